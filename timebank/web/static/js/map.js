/* SPDX-License-Identifier: EUPL-1.2
   A map that can be moved and made larger, for whoever asks for it: only then Leaflet is fetched.
   Without tiles: nothing is asked of anybody else. */
(function () {
  "use strict";

  const fetchScript = (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });

  const fetchStyle = (address) =>
    new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      link.onload = resolve;
      link.onerror = reject;
      document.head.append(link);
    });

  function draw(box, canvas, picture) {
    const L = window.L;
    const copy = picture.cloneNode(true);
    copy.removeAttribute("hidden");
    copy.removeAttribute("class");
    copy.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    const { width, height } = picture.viewBox.baseVal;
    const bounds = [
      [0, 0],
      [height, width],
    ];
    const map = L.map(canvas, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      scrollWheelZoom: false,
      zoomSnap: 0.25,
      minZoom: -1,
      maxZoom: 4,
    });
    L.control.zoom({ zoomInTitle: box.dataset.larger, zoomOutTitle: box.dataset.smaller }).addTo(map);
    L.svgOverlay(copy, bounds, { interactive: true }).addTo(map);
    map.fitBounds(bounds);
  }

  for (const box of document.querySelectorAll(".tb-map")) {
    const button = box.querySelector("button");
    const canvas = box.querySelector(".tb-map__canvas");
    const picture = box.querySelector("svg");
    let drawn = false;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const opens = canvas.hidden;
      try {
        if (!window.L) await Promise.all([fetchStyle(box.dataset.style), fetchScript(box.dataset.script)]);
      } catch (_) {
        return;
      }
      canvas.hidden = !opens;
      picture.toggleAttribute("hidden", opens);
      button.setAttribute("aria-expanded", String(opens));
      if (opens && !drawn) draw(box, canvas, picture);
      drawn = true;
    });
  }
})();
