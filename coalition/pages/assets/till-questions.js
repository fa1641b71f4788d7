// What tills ask the member and what they have booked, on pages that show a code: asked for every two seconds while
// somebody looks.
const EVERY_MS = 2000;

/**
 * Keep the questions fresh. `deviceId` says which phone this is. `heard` gets what the server says beside them (the data
 * of its answer), null once the session has ended, and undefined without reception.
 */
export function followQuestions(deviceId, heard) {
  const place = document.querySelector("[data-questions]");
  let shown = "";
  // The feed as it was when the page was opened: what is booked from then on was paid here.
  let since = place.dataset.since ?? "";

  async function ask() {
    const query = new URLSearchParams({ device: deviceId(), ...(since && { since }) });
    const answer = await fetch(`/wallet/questions?${query}`);
    if (answer.redirected) {
      place.replaceChildren();
      heard(null);
      return false;
    }
    if (!answer.ok) return true;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.querySelector("[data-now]");
    since ||= told.dataset.since;
    const html = told.innerHTML;
    // What is unchanged stays in its place, under the thumb that is about to press it.
    if (html !== shown) place.replaceChildren(...told.children);
    shown = html;
    heard({ ...told.dataset });
    return true;
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
