// Keeps what pages are made of, tickets and the gate page, so that they open at once and without network.
// Pages are shown as they were seen last and bring themselves up to date (live.js); nothing that is posted is kept.
// Django writes the addresses into the strings: this file is a script before and after.

const ASSETS = "assets-1";
const PAGES = "pages-1";
const OFFLINE = "{{ offline }}";
const NEEDED = "{{ needed }}".split(" ");

// Pages that are shown from here first. Every other page comes from the network, or is excused by OFFLINE.
const TICKET = /^\/tickets\/[0-9]+\/$/;
const KEPT = [TICKET, /^\/gate\/$/];
const MOST_TICKETS = 10;

self.addEventListener("install", (event) => {
  event.waitUntil(prepare().then(() => self.skipWaiting()));
});

async function prepare() {
  const cache = await caches.open(ASSETS);
  await cache.addAll([...NEEDED, OFFLINE]);
}

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  for (const name of await caches.keys()) if (![ASSETS, PAGES].includes(name)) await caches.delete(name);
  // Kept pages name the assets of their time: these go when the pages have been fetched anew.
  const pages = await caches.open(PAGES);
  const renewed = await Promise.allSettled((await pages.keys()).map((request) => refresh(request.url)));
  if (renewed.some(({ status }) => status === "rejected")) return;
  const cache = await caches.open(ASSETS);
  const present = new Set([...NEEDED, OFFLINE].map((path) => new URL(path, location.origin).href));
  for (const request of await cache.keys()) if (!present.has(request.url)) await cache.delete(request);
}

// --- What is asked for -----------------------------------------------------------------------------------

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST") event.waitUntil(forget(url));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (request.mode === "navigate") event.respondWith(isKept(url) ? keptPage(event) : otherPage(request));
});

// A ticket has come onto a screen, or has changed there.
self.addEventListener("message", (event) => {
  const url = new URL(event.data?.keep ?? "", location.origin);
  if (url.origin === location.origin && isKept(url)) event.waitUntil(refresh(url.href).catch(() => undefined));
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
  if (sent.delete(event.request.url)) {
    // The page that answers what was sent; what was kept meanwhile is the old one.
    era += 1;
    await cache.delete(event.request.url);
  }
  const kept = await cache.match(event.request.url, { ignoreVary: true });
  const fresh = refresh(event.request.url);
  if (!kept) return fresh.catch(excuse);
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
}

async function otherPage(request) {
  try {
    return await fetch(request);
  } catch {
    return excuse();
  }
}

async function excuse() {
  return (await caches.match(OFFLINE, { ignoreVary: true })) ?? Response.error();
}

// --- Keeping and forgetting pages --------------------------------------------------------------------------

// Somebody signs in or out: what the person before has seen is nobody's business now. Or another language is wanted.
const DOORS = ["/sign-in/", "/sign-up/", "/sign-out/", "/office/admin/logout/", "/language/"];
let forgetting = Promise.resolve();
let era = 0;
// Tickets from which something was sent, with the time: until the server has done it, it answers the old page.
const sent = new Map();
const ANSWERED_WITHIN = 10000;

async function forget(url) {
  if (DOORS.includes(url.pathname)) {
    era += 1;
    forgetting = caches.delete(PAGES);
    await forgetting;
    // It speaks the language of its time.
    if (url.pathname === "/language/") await (await caches.open(ASSETS)).delete(OFFLINE);
    return;
  }
  // What is sent from a ticket changes it: the page that answers is to be the new one.
  const ticket = url.pathname.match(/^\/tickets\/[0-9]+\//)?.[0];
  if (!ticket) return;
  // A page that was asked for before is the old one, even if it comes after this.
  era += 1;
  const { href } = new URL(ticket, location.origin);
  sent.set(href, Date.now());
  forgetting = caches.open(PAGES).then((cache) => cache.delete(href));
  await forgetting;
}

async function refresh(address) {
  const begun = era;
  const mayBeOld = Date.now() - (sent.get(address) ?? 0) < ANSWERED_WITHIN;
  const response = await fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
  const cache = await caches.open(PAGES);
  if (response.ok && begun === era && !mayBeOld) await keep(cache, address, response.clone());
  else if (response.type === "opaqueredirect" || (response.status >= 400 && response.status < 500)) {
    await cache.delete(address);
  }
  return response;
}

async function keep(cache, address, response) {
  await cache.put(address, response);
  const number = ({ url }) => Number(url.match(/([0-9]+)\/$/)[1]);
  const tickets = (await cache.keys()).filter(({ url }) => TICKET.test(new URL(url).pathname));
  tickets.sort((one, other) => number(other) - number(one));
  for (const request of tickets.slice(MOST_TICKETS)) await cache.delete(request);
  // The offline page is fetched anew after a change of language, while there is a network.
  if (!(await caches.match(OFFLINE))) await (await caches.open(ASSETS)).add(OFFLINE).catch(() => undefined);
}

// --- Push messages -----------------------------------------------------------------------------------------

// The same tag again takes the place of what is shown: a message that comes twice is seen once.
self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data?.json() ?? {};
  if (title) event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/", location.origin);
  if (url.origin === location.origin) event.waitUntil(self.clients.openWindow(url.href));
});
