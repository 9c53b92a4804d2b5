/* SPDX-License-Identifier: EUPL-1.2
   Small comforts. Every page works without this file. */
(function () {
  "use strict";

  // After a failed submit: start reading at the list of what to look at again.
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // A box that needs another look has the focus; typing replaces what stands in it.
  var again = document.querySelector("input[autofocus][aria-invalid], .tb-row input[autofocus]");
  if (again && again.select) again.select();

  // A shaking hand clicks twice. The second submit of one form within five
  // seconds is ignored; the button itself is never disabled.
  var sent = new WeakMap();
  document.addEventListener("submit", function (event) {
    var before = sent.get(event.target);
    if (before && Date.now() - before < 5000) event.preventDefault();
    else sent.set(event.target, Date.now());
  });
  // Back in the browser brings the form back alive.
  window.addEventListener("pageshow", function () { sent = new WeakMap(); });

  // A button that prints is there only where it can.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // Keys work only while the focus is inside what they belong to, and nobody
  // is typing: those in the buttons of a slip in that slip, and on the desk
  // also the next slip (j), the one before (k) and the buttons of the page.
  function typing(event) {
    return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])");
  }
  function keyed(where, key) {
    return where && where.querySelector('[data-key="' + CSS.escape(key) + '"]');
  }
  function step(desk, from, way) {
    var slips = Array.from(desk.querySelectorAll(".tb-slip, .tb-line")).filter(function (slip) { return slip.offsetParent; });
    var here = slips.indexOf(from);
    var next = slips[here < 0 ? 0 : Math.min(Math.max(here + way, 0), slips.length - 1)];
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", function (event) {
    if (typing(event) || !event.key || event.repeat && event.key.length > 1) return;
    var desk = event.target.closest("[data-keys]");
    var slip = event.target.closest(".tb-slip, .tb-line");
    var key = event.key;
    if (desk && (key === "j" || key === "k")) {
      event.preventDefault();
      step(desk, slip, key === "j" ? 1 : -1);
      return;
    }
    var button = keyed(slip, key) || (desk && (key === "A" || key === "u") && keyed(desk, key));
    if (button) { event.preventDefault(); button.click(); }
  });

  // What can be undone says so only as long as that is true.
  document.querySelectorAll("[data-for-seconds]").forEach(function (form) {
    window.setTimeout(function () { form.hidden = true; }, 1000 * form.dataset.forSeconds);
  });
})();
