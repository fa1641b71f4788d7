// Shows the code that this phone makes, with or without reception, and what tills ask meanwhile.
import "/assets/awake.js";
import { STEP_SECONDS, code128, grouped, leftOfStep, makeCode, qrCode, stepOf } from "/assets/pay-code.js";
import { forgetDevice, keepDevice, keptDevice, loggedIn, offsetOf, ownDevice } from "/assets/pay-device.js";
import { isAble } from "/assets/stored.js";
import { followQuestions } from "/assets/till-questions.js";

const REDRAWN_EVERY_MS = 250;
const OFFSET_KEPT_FROM_MS = 1000;
const wallet = loggedIn();
const find = (name) => document.querySelector(`[data-${name}]`);
let device = null;
let shownStep = null;
/** The step whose code was used: it is good for nothing more. */
let usedStep = null;

/** What the page is about: the code, or why there is none. */
function show(state) {
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
}

/** Squares of a drawing as one path: a row of runs that are dark. */
function squares(rows) {
  return rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
}

function bars(widths, height) {
  let x = 0;
  return widths
    .map((width, index) => {
      const drawn = index % 2 ? "" : `M${x} 0h${width}v${height}h-${width}z`;
      x += width;
      return drawn;
    })
    .join("");
}

async function draw() {
  if (!device?.key) return;
  const moment = Date.now() + device.offset;
  const step = stepOf(moment);
  find("left").value = leftOfStep(moment) / 1000;
  if (step === shownStep) return;
  find("used").hidden = step !== usedStep;
  find("unused").hidden = step === usedStep;
  const code = await makeCode(device.key, device.number, step);
  find("qr").setAttribute("d", squares(qrCode(code)));
  find("bars").setAttribute("d", bars(code128(code), 1));
  find("digits").textContent = grouped(code);
  shownStep = step;
  show("code");
}

/** Take a phone as the one that makes the codes; null where that takes a proof first. */
function take(next) {
  device = next;
  shownStep = null;
  if (device?.key) return draw();
  return show(device ? "ended" : "unproven");
}

async function ended() {
  const { member, session } = device;
  // Kept without its key, so that it is not added again by itself: somebody has ended it.
  await keepDevice({ member, session });
  take({ member, session });
}

async function heard(told) {
  find("no-reception").hidden = told !== undefined;
  if (told === undefined) return;
  if (told === null) {
    await forgetDevice();
    device = null;
    show("logged-out");
  } else if (told.session !== wallet.session) {
    // This page was kept in an earlier session.
    await tellWorker("forget");
    location.reload();
  } else if (device?.key && told.device === "ended" && told.asked === device.id) {
    await ended();
  } else if (device?.key) {
    const offset = offsetOf(Number(told.now));
    const isNews = Math.abs(offset - device.offset) >= OFFSET_KEPT_FROM_MS;
    device.offset = offset;
    if (isNews) await keepDevice(device);
  }
  if (told?.booked && shownStep !== null) {
    usedStep = shownStep;
    shownStep = null;
    await draw();
  }
}

async function tellWorker(message) {
  navigator.serviceWorker?.controller?.postMessage(message);
}

async function begin() {
  if (!isAble()) return show("unable");
  const kept = await keptDevice();
  // What is kept is shown at once: nothing else is there without reception.
  if (kept?.session === wallet.session) take(kept);
  followQuestions(() => device?.id ?? "", heard);
  if (!device) take(await ownDevice(wallet).catch(() => null));
}

find("left").max = STEP_SECONDS;
find("again").addEventListener("click", async () => {
  const added = await ownDevice(wallet, { again: true }).catch(() => null);
  if (added) take(added);
  else location.assign(find("prove").href);
});
setInterval(draw, REDRAWN_EVERY_MS);
begin().catch(() => show("unable"));
