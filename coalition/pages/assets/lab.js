// Moves a number with its slider, and runs the scheme anew when one is let go. Without this the form does it by its button.
const form = document.querySelector("[data-lab]");
let running = false;
let changed = false;

for (const slider of form.querySelectorAll("[data-slides]")) {
  const number = document.getElementById(slider.dataset.slides);
  slider.hidden = false;
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { slider.value = number.value; });
}

// One run at a time, and the newest wish last: the server takes one of each person.
async function run() {
  changed = true;
  if (running) return;
  running = true;
  const result = document.querySelector("[data-result]");
  result.setAttribute("aria-busy", "true");
  while (changed) {
    changed = false;
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
      const next = page.querySelector("[data-result]");
      if (!next) { location.href = address; return; }
      result.replaceChildren(...next.childNodes);
      history.replaceState(null, "", address);
    } catch {
      break;
    }
  }
  result.setAttribute("aria-busy", "false");
  running = false;
}

form.addEventListener("change", run);
