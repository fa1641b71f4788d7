// What tills ask the member and what they have booked, on pages that show a code: asked for every two seconds while
// somebody looks.
const EVERY_MS = 2000;

/**
 * Keep the questions fresh. `deviceId` says which phone this is. `heard` gets what the server says beside them (the data
 * of its answer), null once the session has ended, and undefined without reception.
 */
export function followQuestions(deviceId, heard) {
  const place = document.querySelector("[data-questions]");
  // The feed as it was when the page was opened: what is booked from then on was paid here.
  let since = place.dataset.since ?? "";
  // And as it was when the page last showed what was booked.
  let seen = "";

  async function ask() {
    const query = new URLSearchParams({ device: deviceId(), ...(since && { since }), ...(seen && { seen }) });
    const answer = await fetch(`/wallet/questions?${query}`);
    if (answer.redirected) {
      place.replaceChildren();
      heard(null);
      return false;
    }
    if (!answer.ok) return true;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.querySelector("[data-now]");
    since ||= told.dataset.newest;
    if (told.dataset.booked) seen = told.dataset.newest;
    heard({ ...told.dataset });
    for (const part of [...told.children]) renew(part);
    return true;
  }

  /** What is unchanged stays in its place, under the thumb that is about to press it. */
  function renew(part) {
    const before = place.querySelector(`[data-part="${part.dataset.part}"]`);
    if (before?.innerHTML === part.innerHTML) return;
    if (!part.childElementCount) before?.remove();
    else if (before) before.replaceWith(part);
    else place.append(part);
  }

  async function go() {
    let goesOn = true;
    try {
      if (document.visibilityState === "visible") goesOn = await ask();
    } catch {
      heard(undefined);
    }
    if (goesOn) setTimeout(go, EVERY_MS);
  }
  go();
}
