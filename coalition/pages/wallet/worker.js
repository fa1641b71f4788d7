// Opens the wallet without reception: the shell from its start, and the last page seen of each that helps at a till.
const CACHE = "wallet-{{ version }}";
const SHELL = {{ files | tojson }};
const KEPT = ["/wallet", "/wallet/code"];
const OFFLINE = "/wallet/offline";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...SHELL, OFFLINE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(stored(event.request));
  else if (event.request.mode === "navigate") event.respondWith(page(event.request, url.pathname));
});

async function stored(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(request, path) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (KEPT.includes(path) && answer.ok && !answer.redirected) await cache.put(path, answer.clone());
    return answer;
  } catch {
    return (await cache.match(path)) ?? (await cache.match(OFFLINE));
  }
}
