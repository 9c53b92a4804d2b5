/* SPDX-License-Identifier: EUPL-1.2
   Small comforts. Every page works without this file. */
(function () {
  "use strict";

  // After a failed submit: start reading at the list of what to look at again.
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // A box that needs another look has the focus; typing replaces what stands in it.
  var again = document.querySelector("input[autofocus][aria-invalid]");
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

  // The keys that stand in the buttons of a slip, only while the focus is in
  // that slip and nobody is typing.
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    var slip = event.target.closest(".tb-slip");
    var button = slip && slip.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (button) { event.preventDefault(); button.click(); }
  });
})();
