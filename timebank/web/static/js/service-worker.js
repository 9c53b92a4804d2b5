/* SPDX-License-Identifier: EUPL-1.2
   Keeps on the phone what every page needs to look right, and one page that is about nobody. No
   page of a person is ever kept. KEPT is written above this file by the server. */
"use strict";

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && KEPT.shell.includes(address.pathname + address.search)) event.respondWith(kept(request));
});

async function keep() {
  const cache = await caches.open(KEPT.name);
  // Without cookies: what is kept is the page of a stranger.
  await cache.addAll([KEPT.page, ...KEPT.shell].map((path) => new Request(path, { credentials: "omit", cache: "reload" })));
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT.name).map((name) => caches.delete(name)));
}

async function kept(request) {
  return (await caches.match(request)) || fetch(request);
}

async function page(request) {
  try {
    return await fetch(request);
  } catch (away) {
    // A form that was on its way may have arrived: the page says so, and asks not to write it down again.
    if (request.method !== "GET") return Response.redirect(KEPT.page + "?sent=unknown", 303);
    return (await caches.match(KEPT.page)) || Response.error();
  }
}
