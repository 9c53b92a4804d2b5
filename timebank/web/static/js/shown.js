/* SPDX-License-Identifier: EUPL-1.2
   Counts which ideas were shown: the page says so once it is read. */
(function () {
  "use strict";

  const token = document.querySelector('input[name="csrf_token"]');
  const needs = [...document.querySelectorAll("[data-idea]")].map((one) => ["need", one.dataset.idea]);
  if (!needs.length) return;
  const body = new URLSearchParams(needs);
  if (token) body.set("csrf_token", token.value);
  fetch("/suggestions/shown", { method: "POST", body, credentials: "same-origin" }).catch(() => undefined);
})();
