// Opens the till without reception: its page and what that is made of. What it sells, the page keeps by itself.
const CACHE = "till-{{ version }}";
const SHELL = {{ files | tojson }};
const PAGE = "/till";
/** With so little reception, what is kept is better than to wait. */
const PATIENCE_MS = 2000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...SHELL, PAGE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("till-") && name !== CACHE))
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || request.method !== "GET") return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(stored(request));
  else if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event));
});

async function stored(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  const fresh = fetch(event.request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    return answer;
  });
  event.waitUntil(fresh.catch(() => {}));
  if (!kept) return fresh;
  const tooLate = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  return Promise.race([fresh.catch(() => kept), tooLate]);
}
