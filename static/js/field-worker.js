// The service worker of the panel (served as /sw.js, after its VERSION and SHELL): the officer's own field work opens
// without a signal, and nothing else. The server is always asked first; a copy stands in where it does not answer.
/* global VERSION, SHELL */
const SHELL_CACHE = `shell-${VERSION}`;
const OWN = "field"; // pages of one person; whose they are stands in it under OWNER
const OWNER = "/owner";
const PUSHES = "pushes"; // who switched notifications on in this browser
const AWAY = "/tanpa-sinyal";
const LONGEST = 24 * 60 * 60 * 1000; // ms that a copy is shown
const ANY = { ignoreVary: true }; // whose a copy is stands in OWNER, not in the cookie of the day
const PATIENCE = 6000; // ms for a server that does not answer, where there is a copy
const MOST_FILES = 30;
const LARGEST_FILE = 8_000_000; // bytes
const FILE = /"(\/admin\/ticket\/file\/\d+)"/g;
const OUR_FILE = /^\/admin\/ticket\/file\/\d+$/;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll([...SHELL, AWAY])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL_CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === "/admin/login") event.waitUntil(caches.delete(OWN)); // who comes by here is logged in no more
  else if (url.pathname.startsWith("/static/")) event.respondWith(answer(request, () => caches.match(request.url, ANY)));
  else if (request.mode === "navigate") event.respondWith(answer(request, () => copyOf(url), () => caches.match(AWAY, ANY)));
  else if (OUR_FILE.test(url.pathname)) event.respondWith(answer(request, () => copyOf(url)));
});

self.addEventListener("message", (event) => {
  const { task, person, pages } = event.data;
  const done = { keep: () => keep(person, pages), owner: () => belongsTo(person), pushes: () => pushesTo(person) }[task]?.();
  event.waitUntil(Promise.resolve(done).then((said) => event.ports[0]?.postMessage(said), () => event.ports[0]?.postMessage(null)));
});

// The server's answer; a copy, or what stands in for one, where it cannot be reached.
async function answer(request, copy, instead) {
  const kept = await copy();
  try {
    const slow = kept && new Promise((_done, fail) => { setTimeout(fail, PATIENCE); });
    const found = await (slow ? Promise.race([fetch(request), slow]) : fetch(request));
    return kept && found.status >= 502 ? kept : found;
  } catch (fault) {
    const found = kept || (instead && await instead());
    if (!found) throw fault;
    return found;
  }
}

async function copyOf(url) {
  const cache = await caches.open(OWN);
  const kept = await cache.match(url.pathname + url.search, ANY);
  if (!kept) return undefined;
  const at = kept.headers.get("X-Kept-At");
  if (Date.now() - Date.parse(at) > LONGEST) {
    await caches.delete(OWN);
    return undefined;
  }
  if (!kept.headers.get("Content-Type")?.startsWith("text/html")) return kept;
  const page = (await kept.text()).replace("<body ", `<body data-kept-at="${at}" `);
  return new Response(page, { headers: kept.headers });
}

// What is told here says number and kind, and is drawn once however often it comes.
self.addEventListener("push", (event) => {
  const { number, kind, to, tag } = event.data?.json() ?? {};
  const shown = { body: number ? kind : "", tag, icon: "/static/img/app-192.png", badge: "/static/img/app-192.png", data: { to } };
  event.waitUntil(self.registration.showNotification(number || kind || "Helpdesk", shown));
});

self.addEventListener("notificationclick", (event) => {
  const { to } = event.notification.data || {};
  event.notification.close();
  const page = new URL(to || "/admin/", location.origin);
  event.waitUntil(page.origin === location.origin ? self.clients.openWindow(page.href) : undefined);
});

async function pushesTo(person) {
  await (await caches.open(PUSHES)).put(OWNER, new Response(person));
  return true;
}

// Whoever comes to this browser after them is not told of the other's work; the service then says that it is gone.
async function endPushesOfOthers(person) {
  const owner = await (await caches.open(PUSHES)).match(OWNER);
  if (!owner || (await owner.text()) === person) return;
  await (await self.registration.pushManager.getSubscription())?.unsubscribe();
  await caches.delete(PUSHES);
}

// Somebody else's copies go as soon as another person is logged in.
async function belongsTo(person) {
  await endPushesOfOthers(person).catch(() => {});
  const owner = await (await caches.open(OWN)).match(OWNER);
  if (owner && (await owner.text()) === person) return true;
  await caches.delete(OWN);
  return false;
}

// Fetch these pages and their files, and forget all others; the number of those that could not be had.
async function keep(person, pages) {
  await belongsTo(person);
  const cache = await caches.open(OWN);
  await cache.put(OWNER, new Response(person));
  const wanted = new Set(pages);
  let missing = 0;
  for (const page of pages) {
    const text = await fetched(cache, page);
    if (text === null) missing += 1;
    for (const [, file] of (text || "").matchAll(FILE)) if (wanted.size < pages.length + MOST_FILES) wanted.add(file);
  }
  for (const file of [...wanted].slice(pages.length)) if (!(await cache.match(file, ANY)) && (await fetched(cache, file)) === null) missing += 1;
  for (const old of await cache.keys()) {
    const { pathname, search } = new URL(old.url);
    if (pathname !== OWNER && !wanted.has(pathname + search)) await cache.delete(old, ANY);
  }
  return { missing, at: new Date().toISOString() };
}

// The words of a page that is kept now, nothing of a file or of what the server does not give, null without an answer.
async function fetched(cache, address) {
  const found = await fetch(address, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  if (!found || found.status >= 500) return null;
  if (found.redirected && new URL(found.url).pathname.startsWith("/admin/login")) {
    await caches.delete(OWN); // the session is over
    return null;
  }
  if (!found.ok || found.redirected || Number(found.headers.get("Content-Length") || 0) > LARGEST_FILE) return "";
  const headers = new Headers(found.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  const body = await found.blob();
  await cache.put(address, new Response(body, { headers }));
  return body.type.startsWith("text/html") ? body.text() : "";
}
