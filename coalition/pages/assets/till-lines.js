// The lines of a sale that is being rung up, in the shops that want them. Amounts are in minor units.
import { find, line, quietButton, say } from "/assets/till-screen.js";

export const LINES_MAX = 200;

let lines = [];

/** As they are, to be kept and restored. */
export const all = () => lines;
export const restore = (kept) => {
  lines = kept;
};
export const reset = () => restore([]);
export const isEmpty = () => !lines.length;
export const isFull = () => lines.length >= LINES_MAX;
export const sum = () => lines.reduce((all, { minor }) => all + minor, 0);
export const count = () => lines.length;

/** A line by its name; without one it is called by its number. A name that is there already gets a number behind it. */
export function add(minor, name) {
  const taken = new Set(lines.map(({ ref }) => ref));
  let number = name ? 2 : lines.length + 1;
  let ref = name || String(number);
  while (taken.has(ref)) ref = name ? `${name} ${number++}` : String(++number);
  lines.push({ ref, minor, earns: true });
}

function remove(ref) {
  lines = lines.filter((each) => each.ref !== ref);
}

/** Whether a line earns points is turned round. */
function turn(ref) {
  lines = lines.map((each) => (each.ref === ref ? { ...each, earns: !each.earns } : each));
}

/** As a sale is sent: nothing where there are none. */
export const asSent = () =>
  lines.length ? { lines: lines.map(({ ref, minor, earns }) => ({ ref, amount_minor: minor, earns })) } : {};

/** A row for each, with what can be done to it; `changed` is called once that was done. */
export const rows = (amountOf, changed) =>
  lines.map(({ ref, minor, earns }) => {
    const button = (text, label, act) =>
      quietButton(text, `${ref}: ${label}`, () => {
        act(ref);
        changed();
        find(lines.length ? "[data-lines] summary" : "#amount").focus();
      });
    const points = say(earns ? "line_earns" : "line_earns_not");
    const row = line(ref, "", amountOf(minor));
    row.className = "row sale-line";
    row.append(button(points, points, turn), button("✕", say("line_remove"), remove));
    return row;
  });

/** A line of a sale that was made, as a box to be ticked; one that was given back already can't be. */
export function toChoose({ ref, amount_minor: minor, refunded }, amountOf) {
  const [item, label, box, name, side] = ["li", "label", "input", "span", "span"].map((each) => document.createElement(each));
  box.type = "checkbox";
  box.value = ref;
  box.dataset.minor = minor;
  name.textContent = ref;
  side.textContent = refunded ? `${amountOf(minor)} · ${say("line_refunded")}` : amountOf(minor);
  side.className = "line-side";
  box.disabled = refunded;
  label.className = "row check";
  label.append(box, name, side);
  item.append(label);
  return item;
}

/** Those that are ticked: `{ref, minor}`. */
export const chosen = (place) =>
  [...place.querySelectorAll("input:checked")].map((box) => ({ ref: box.value, minor: Number(box.dataset.minor) }));
