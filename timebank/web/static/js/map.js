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

  function told(properties, none) {
    const words = document.createElement("span");
    words.textContent = properties.name + ": " + (properties.words || none);
    return words;
  }

  function draw(box, canvas) {
    const L = window.L;
    const map = L.map(canvas, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
    L.control.zoom({ zoomInTitle: box.dataset.larger, zoomOutTitle: box.dataset.smaller }).addTo(map);
    const layer = L.geoJSON(JSON.parse(box.dataset.map), {
      style: ({ properties }) => ({
        className:
          "tb-shade " + (properties.words ? "tb-shade-" + properties.shade : "tb-shade-withheld"),
      }),
      onEachFeature: (feature, area) =>
        area.bindTooltip(told(feature.properties, box.dataset.none), { sticky: true }),
    }).addTo(map);
    map.fitBounds(layer.getBounds(), { padding: [8, 8] });
  }

  for (const box of document.querySelectorAll("[data-map]")) {
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
      if (opens && !drawn) draw(box, canvas);
      drawn = true;
    });
  }
})();
