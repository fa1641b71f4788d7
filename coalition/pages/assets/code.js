// Keeps the code fresh, and the screen awake.
let live = document.querySelector("[data-live]");
let shownAt = performance.now();

async function renew() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
  live.replaceWith(next);
  live = next;
  shownAt = performance.now();
}

setInterval(() => {
  const left = Number(live.dataset.seconds) - (performance.now() - shownAt) / 1000;
  live.querySelector("progress").value = Math.max(0, left);
  if (left <= 0 && document.visibilityState === "visible") renew().catch(() => {});
}, 1000);

async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The phone saves its battery: the code is there all the same.
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
