// Opens the wallet without reception: the shell from its start, the code's page at once, and the balance as last seen.
// And shows what the server lets this phone know.
const CACHE = "wallet-{{ version }}";
const SHELL = {{ files | tojson }};
const ICON = "{{ icon }}";
const HOME = "/wallet";
const CODE = "/wallet/code";
const KEPT = [HOME, CODE];
const OFFLINE = "/wallet/offline";
/** With so little reception, what is kept is better than to wait. */
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...SHELL, OFFLINE])).then(() => self.skipWaiting()));
});

// Caches belong to all workers of this address, so to the till's too: only the wallet's own earlier ones go.
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("wallet-") && name !== CACHE))
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// Pages say that somebody has logged in, so there is something to keep, or that what is kept has changed.
self.addEventListener("message", (event) => {
  event.waitUntil(event.data === "forget" ? forgetPages() : keepPages());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method !== "GET") event.respondWith(written(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(stored(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url.pathname));
});

// What the server has to say to this phone, and the page that it is about where that is tapped.
self.addEventListener("push", (event) => {
  const { title, path, ...options } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { ...options, icon: ICON, badge: ICON, data: { path } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data.path));
});

async function openPage(path) {
  const [open] = await self.clients.matchAll({ type: "window" });
  if (!open) return self.clients.openWindow(path);
  await open.focus();
  return open.navigate(path);
}

/** A write may be a log-in as somebody else, and changes what there is to see: pages that are kept are kept anew. */
async function written(request) {
  try {
    const answer = await fetch(request);
    await forgetPages();
    return answer;
  } catch (error) {
    if (request.mode !== "navigate") throw error;
    // Whoever goes back to what a form once led to is shown the form: browsers keep no such page.
    return navigator.onLine ? Response.redirect(formOf(request)) : caches.match(OFFLINE);
  }
}

/** The page that a form was on, as far as the browser tells. */
function formOf({ referrer }) {
  return referrer.startsWith(self.location.origin) ? referrer : new URL(HOME, self.location.origin).href;
}

async function stored(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(event, path) {
  if (!KEPT.includes(path)) return asked(event.request).catch(() => caches.match(OFFLINE));
  const kept = await caches.match(path);
  const fresh = freshPage(event.request, path);
  event.waitUntil(fresh.catch(() => {}));
  if (kept && path === CODE) return kept;
  try {
    return kept ? await Promise.race([fresh, tooLate()]) : await fresh;
  } catch {
    return kept ?? caches.match(OFFLINE);
  }
}

/** Of whoever goes back browsers may want what they keep alone, and of forms they keep nothing: the server has it. */
async function asked(request) {
  try {
    return await fetch(request);
  } catch (error) {
    if (!navigator.onLine) throw error;
    return fetch(request.url, { headers: { Accept: "text/html" }, redirect: "manual" });
  }
}

async function freshPage(request, path) {
  const answer = await fetch(request);
  const cache = await caches.open(CACHE);
  if (answer.ok && !answer.redirected) await cache.put(path, answer.clone());
  else if (answer.type === "opaqueredirect" || answer.redirected) await forgetPages();
  return answer;
}

function tooLate() {
  return new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
}

async function keepPages() {
  for (const path of KEPT) if (!(await caches.match(path))) await freshPage(path, path);
}

async function forgetPages() {
  const cache = await caches.open(CACHE);
  await Promise.all(KEPT.map((path) => cache.delete(path)));
}
