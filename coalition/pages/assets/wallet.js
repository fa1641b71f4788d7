// What each page of the wallet does: keep a worker that opens it without reception, and forget all at the log-out.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/wallet/worker.js", { scope: "/wallet" }).catch(() => {});
}
