// How far a piece of long work is: asked for every second while somebody looks. Once it has ended, the page is loaded anew.
const EVERY_MS = 1000;
const LIVE = "[data-progress], [data-task-badge]";

async function look() {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.querySelector("[data-progress]").dataset.open === "no") return location.reload();
  const now = page.querySelectorAll(LIVE);
  document.querySelectorAll(LIVE).forEach((place, at) => place.replaceWith(now[at]));
}

async function go() {
  if (document.visibilityState === "visible") await look().catch(() => {});
  setTimeout(go, EVERY_MS);
}

setTimeout(go, EVERY_MS);
