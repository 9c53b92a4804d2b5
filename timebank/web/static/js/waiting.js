/* SPDX-License-Identifier: EUPL-1.2
   On the start page: say what waits on this device, and what signing out does to it. */
(function () {
  "use strict";

  const Phone = globalThis.TimebankPhone;
  if (!Phone) return;
  const box = (name) => document.querySelector(`[data-queue="${name}"]`);
  let own = [];

  Phone.onNews(async () => {
    const known = Phone.known();
    own = (await Phone.entries()).filter((entry) => known && entry.owner === known.owner);
    for (const state of ["waiting", "refused"]) box(state).hidden = !own.some((entry) => entry.state === state);
  });

  // Before the guard against a second click, which would take the second press for one.
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action).pathname !== "/sign-out") return;
    const known = Phone.known(), lost = own.some((entry) => entry.state !== "stands");
    if (known && known.shared && lost && box("leaving").hidden) {
      event.preventDefault();
      event.stopPropagation();
      box("leaving").hidden = false;
      return;
    }
    Phone.forgetKnown();
    if (known && known.shared) Phone.change(() => []);
  }, true);
})();
