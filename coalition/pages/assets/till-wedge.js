// Scanners that type: what one reads comes as keys, faster than any hand, and ends with Enter. Works in whatever field.
const GAP_MS = 100;
/** What lies between two keys on the average: nobody types six like this, and a slow device delivers none later. */
const MEAN_GAP_MS = 50;
const LEAST_CHARS = 6;

/** Call `scanned` with each text that a scanner types, which then stands in no field. */
export function followScanner(scanned) {
  let burst = { text: "", from: 0, at: 0, field: null, before: "" };

  function begun(event) {
    const field = event.target.matches?.("input") ? event.target : null;
    return { text: "", from: event.timeStamp, at: event.timeStamp, field, before: field?.value ?? "" };
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.timeStamp - burst.at > GAP_MS) burst = begun(event);
      burst.at = event.timeStamp;
      if (event.key.length === 1) burst.text += event.key;
      if (event.key !== "Enter" && event.key !== "Tab") return;
      const { text, from, field, before } = burst;
      burst = begun(event);
      if (text.length < LEAST_CHARS || event.timeStamp - from > text.length * MEAN_GAP_MS) return;
      event.preventDefault();
      event.stopPropagation();
      if (field) {
        field.value = before;
        field.dispatchEvent(new Event("input"));
      }
      scanned(text);
    },
    { capture: true },
  );
}
