// Counts down how long six digits are good, and fetches new ones then.
import "/assets/awake.js";
import { followQuestions } from "/assets/till-questions.js";

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
followQuestions(
  () => "",
  (told) => {
    if (told === null) location.reload();
    // Those that are shown were used, or may have been.
    else if (told?.booked) renew().catch(() => {});
  },
);
