// How far a piece of long work is: asked for every second while somebody looks. Once it has ended, the page is loaded anew.
const EVERY_MS = 1000;
const place = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-progress]");
  if (now.dataset.open === "no") location.reload();
  else place.replaceChildren(...now.children);
}

async function go() {
  if (document.visibilityState === "visible") await look().catch(() => {});
  setTimeout(go, EVERY_MS);
}

setTimeout(go, EVERY_MS);
