// The screens of a till: one is shown at a time, with texts in its places.
import { stopCamera } from "/assets/till-camera.js";
import { signal } from "/assets/till-signals.js";

const TEXTS = JSON.parse(document.querySelector("[data-texts]").textContent);
const FIELD = "input:not([type=hidden], [type=checkbox])";

export const find = (selector) => document.querySelector(selector);
export const screenOf = (name) => find(`[data-screen="${name}"]`);
/** A sentence with its places filled in. */
export const say = (name, values = {}) => TEXTS[name].replace(/\{(\w+)\}/g, (_, place) => values[place]);

export function show(name) {
  if (name !== "scan") stopCamera();
  for (const each of document.querySelectorAll("[data-screen]")) each.hidden = each.dataset.screen !== name;
  const screen = screenOf(name);
  for (const problem of screen.querySelectorAll("[data-problem]")) problem.hidden = true;
  const field = screen.querySelector(`[data-focus], ${FIELD}`);
  (field && name !== "pay" ? field : screen.querySelector("h1")).focus({ preventScroll: true });
  scrollTo(0, 0);
  return screen;
}

export const shown = () => find("[data-screen]:not([hidden])")?.dataset.screen;

/** Put texts into the places of a screen; an empty one takes no room. */
export function fill(screen, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of screen.querySelectorAll(`[data-fill="${name}"]`)) {
      place.textContent = value ?? "";
      place.hidden = !value;
    }
  }
}

export function complain(form, sentence) {
  const problem = form.querySelector("[data-problem]");
  problem.textContent = sentence;
  problem.hidden = false;
  form.querySelector(FIELD).setAttribute("aria-invalid", "true");
  signal(false);
}

export function settleFields(form) {
  form.querySelector("[data-problem]").hidden = true;
  form.querySelector(FIELD).removeAttribute("aria-invalid");
}

/** The same on a screen that has no field. */
export function complainOf(screen, sentence) {
  const problem = screen.querySelector("[data-problem]");
  problem.textContent = sentence;
  problem.hidden = false;
}

/** A row of a list; with `act` it is a button. */
export function line(title, detail, side, act) {
  const item = document.createElement("li");
  const button = document.createElement(act ? "button" : "div");
  if (act) {
    button.type = "button";
    button.addEventListener("click", act);
  }
  button.className = "line plain line-button";
  const [left, right, above, below] = ["span", "span", "span", "span"].map((name) => document.createElement(name));
  above.className = "line-title";
  above.textContent = title;
  below.className = "muted small below";
  below.textContent = detail;
  right.className = "line-side";
  right.textContent = side;
  left.append(above, below);
  button.append(left, right);
  item.append(button);
  return item;
}

/** Whether a button has asked already; else it asks now. `label` is what it is called then without its row. */
export function isSecondAsk(button, question, label = null) {
  if (button.dataset.asked) return true;
  button.dataset.asked = "yes";
  button.textContent = question;
  if (label) button.setAttribute("aria-label", label);
  return false;
}

/** A button that stands in a row, where `label` is what it is called without the row. */
export function quietButton(text, label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.textContent = text;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  return button;
}
