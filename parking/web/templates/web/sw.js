{% load static %}// Keeps what pages are made of, tickets and the gate page, so that they open at once and without network.
// Pages are shown as they were seen last and bring themselves up to date (live.js); nothing that is posted is kept.

const ASSETS = "assets-1";
const PAGES = "pages-1";
const NEEDED = [{% for name in needed %}
  "{% static name %}",{% endfor %}
];

// Pages that are shown from here first. Every other page comes from the network, or not at all.
const KEPT = [/^\/tickets\/[0-9]+\/$/, /^\/tickets\/[0-9]+\/live\/$/, /^\/gate\/$/];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(ASSETS).then((cache) => cache.addAll(NEEDED)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  for (const name of await caches.keys()) if (![ASSETS, PAGES].includes(name)) await caches.delete(name);
  const cache = await caches.open(ASSETS);
  const present = new Set(NEEDED.map((path) => new URL(path, location.origin).href));
  for (const request of await cache.keys()) if (!present.has(request.url)) await cache.delete(request);
}

// Somebody signs in or out: what the person before has seen is nobody's business now. Or another language is wanted.
const DOORS = ["/sign-in/", "/sign-out/", "/language/"];
let forgetting = Promise.resolve();

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && DOORS.includes(url.pathname)) {
    forgetting = caches.delete(PAGES);
    event.waitUntil(forgetting);
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && isKept(url)) event.respondWith(keptPage(event));
});

function isKept(url) {
  return url.search === "" && KEPT.some((address) => address.test(url.pathname));
}

// Names of assets carry a checksum of their content: what is kept is never out of date.
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) (await caches.open(ASSETS)).put(request, response.clone());
  return response;
}

async function keptPage(event) {
  await forgetting;
  const cache = await caches.open(PAGES);
  const kept = await cache.match(event.request.url);
  const fresh = refresh(event.request, cache);
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
}

async function refresh(request, cache) {
  // A navigation itself may not be asked for again, its address may.
  const response = await fetch(request.url, { credentials: "same-origin", redirect: "manual" });
  if (response.type === "opaqueredirect") {
    await cache.delete(request.url);
    return response;
  }
  if (response.ok) await cache.put(request.url, response.clone());
  else if (response.status < 500) await cache.delete(request.url);
  return response;
}
