// Says beside its field, in the page's language, what is missing or wrong in a form: browsers say it in a bubble, in
// their own language. And a form that is on its way is not sent again by the second of two clicks.
const words = JSON.parse(document.querySelector("[data-checks]").dataset.checks);
const MISSING = { checkbox: words.tick, file: words.file, "select-one": words.choose, radio: words.choose };
const notes = new WeakMap();
const MISTYPED = { email: words.email, url: words.url };

/** What is wrong with a field, in words. */
function reason({ type, inputMode, min, max, validity }) {
  if (validity.valueMissing) return MISSING[type] ?? words.missing;
  if (validity.typeMismatch) return MISTYPED[type] ?? words.shape;
  if (validity.rangeUnderflow) return words.least.replace("{least}", min);
  if (validity.rangeOverflow) return words.most.replace("{most}", max);
  if (validity.badInput || validity.stepMismatch) return type === "date" ? words.day : words.number;
  return inputMode === "numeric" ? words.digits : words.shape;
}

/** A tick's words stand behind its label, others' behind the field. */
function addNote(field) {
  const note = document.createElement("p");
  note.className = "wrong";
  note.id = `wrong-${[...document.querySelectorAll("input, select, textarea")].indexOf(field)}`;
  note.setAttribute("role", "alert");
  (field.closest("label.check") ?? field).after(note);
  field.setAttribute("aria-invalid", "true");
  const described = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", [described, note.id].filter(Boolean).join(" "));
  notes.set(field, note);
  return note;
}

function clear(field) {
  const note = notes.get(field);
  if (!note) return;
  const left = field.getAttribute("aria-describedby").split(" ").filter((id) => id !== note.id);
  if (left.length) field.setAttribute("aria-describedby", left.join(" "));
  else field.removeAttribute("aria-describedby");
  field.removeAttribute("aria-invalid");
  note.remove();
  notes.delete(field);
}

addEventListener(
  "invalid",
  (event) => {
    const field = event.target;
    event.preventDefault();
    (notes.get(field) ?? addNote(field)).textContent = reason(field);
    // The browser would have shown its bubble at the first of them.
    if (field === field.form?.querySelector(":invalid:not(fieldset)")) field.focus();
  },
  true,
);
for (const type of ["input", "change"]) {
  addEventListener(type, ({ target }) => target.validity?.valid && clear(target), true);
}

/** How long an answer is waited for: a form whose answer is a file leaves its page where it is. */
const PATIENCE_MS = 5000;
const sentAt = new Map();
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (event.timeStamp - sentAt.get(form) < PATIENCE_MS) event.preventDefault();
  else sentAt.set(form, event.timeStamp);
});
addEventListener("pageshow", () => sentAt.clear());
