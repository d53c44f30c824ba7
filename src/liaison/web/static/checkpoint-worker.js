// The worker of the checkpoint: it keeps the screen, so that it opens without a line. KEPT stands before it, made by the
// node: { version, addresses }. Answers to questions are never kept.
const NAME = `checkpoint ${KEPT.version}`;
const LONGEST_WAIT = 2500; // milliseconds for the node, where the screen is kept here too
const PATHS = new Set(KEPT.addresses.map((address) => address.split("?")[0]));

self.addEventListener("install", (event) => {
  const fresh = KEPT.addresses.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== NAME));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

// The node's own file first, so that parts of two versions never meet; what is kept where the line is down or slow.
async function answered(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept === undefined) return fetch(request);
  const late = new Promise((resolve) => { setTimeout(resolve, LONGEST_WAIT, kept); });
  const asked = fetch(request).then((answer) => (answer.status >= 500 ? kept : answer), () => kept);
  return Promise.race([asked, late]);
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || !PATHS.has(pathname)) return;
  event.respondWith(answered(event.request));
});
