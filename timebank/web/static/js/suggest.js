/* SPDX-License-Identifier: EUPL-1.2
   While somebody types what they look for: kinds of help that fit, to press or
   to leave. Without this file they are shown on the next page. */
(function () {
  "use strict";

  var form = document.querySelector("form[data-suggest]");
  if (!form || !window.fetch) return;
  var box = form.querySelector("[data-suggestions]");
  var cards = box.querySelector(".tb-cards");
  var card = form.querySelector("template[data-card]").content;
  var none = form.querySelector("template[data-none]").content;
  var waiting = 0;
  var asked = 0;

  function chosen() {
    var radio = form.querySelector("input[name=category]:checked");
    return radio ? radio.value : "";
  }
  function made(kind, number, code) {
    var one = card.cloneNode(true);
    var radio = one.querySelector("input");
    var use = one.querySelector("use");
    radio.id = "category-" + number;
    radio.value = kind.code;
    radio.checked = kind.code === code;
    use.setAttribute("href", use.getAttribute("href").split("#")[0] + "#" + kind.code);
    one.querySelector(".tb-card__label").textContent = kind.label;
    return one;
  }
  function show(kinds) {
    var code = chosen();
    // What was chosen is never taken away by a next letter.
    if (code) return;
    cards.replaceChildren.apply(cards, kinds.map(function (kind, number) { return made(kind, number, code); }));
    if (kinds.length) {
      cards.appendChild(none.cloneNode(true));
      cards.lastElementChild.querySelector("input").checked = true;
    }
    box.hidden = !kinds.length;
  }
  function ask() {
    var number = ++asked;
    var body = new URLSearchParams();
    body.set("words", form.elements.words.value);
    body.set("csrf_token", form.elements.csrf_token.value);
    fetch(form.dataset.suggest, { method: "POST", body: body, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : { kinds: [] }; })
      .then(function (answer) { if (number === asked) show(answer.kinds); })
      .catch(function () { /* Without a network nothing is suggested, and nothing is lost. */ });
  }
  form.elements.words.addEventListener("input", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 300);
  });
})();
