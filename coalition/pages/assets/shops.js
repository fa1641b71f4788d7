// Shows the shops that are asked for at once, and the nearest first. Where the phone is stays on the phone.
const form = document.querySelector("[data-filter]");
const list = document.querySelector("[data-shops]");
const near = document.querySelector("[data-near]");
const EARTH_M = 6_371_000;

form.addEventListener("change", () => form.requestSubmit());

const KEPT = "near";
const DENIED = 1;

near?.addEventListener("click", find);
// Asked for once, it holds for what is chosen next.
if (near && sessionStorage.getItem(KEPT)) find();

function find() {
  if (!isSecureContext || !navigator.geolocation) return show("unable");
  show("asking");
  const options = { timeout: 10_000, maximumAge: 60_000 };
  navigator.geolocation.getCurrentPosition(sortFrom, ({ code }) => show(code === DENIED ? "refused" : "unknown"), options);
}

function show(state) {
  near.disabled = state === "asking";
  for (const part of document.querySelectorAll("[data-near-is]")) part.hidden = part.dataset.nearIs !== state;
  if (state === "sorted") sessionStorage.setItem(KEPT, "yes");
  else if (state !== "asking") sessionStorage.removeItem(KEPT);
}

function sortFrom({ coords }) {
  const rows = [...list.children].map((row) => ({ row, metres: metresTo(coords, row.dataset) }));
  for (const { row, metres } of rows) {
    if (Number.isFinite(metres)) row.querySelector("[data-far]").textContent = written(metres);
  }
  list.append(...rows.sort((one, other) => (one.metres < other.metres ? -1 : one.metres > other.metres ? 1 : 0)).map(({ row }) => row));
  show("sorted");
}

// Along a great circle, by the haversine formula; infinitely far where a shop does not say where it is.
function metresTo(here, { latitude, longitude }) {
  if (latitude === undefined) return Infinity;
  const [from, to, turn] = [here.latitude, Number(latitude), Number(longitude) - here.longitude].map((it) => (it * Math.PI) / 180);
  const half = Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(turn / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
}

function written(metres) {
  const [unit, count] = metres < 950 ? ["meter", Math.max(10, Math.round(metres / 10) * 10)] : ["kilometer", metres / 1000];
  const format = { style: "unit", unit, maximumFractionDigits: count < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(count);
}
