// Keeps the screen awake while a code is on it.
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
