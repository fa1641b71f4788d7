// The till: which screen is shown, and what its buttons do. Amounts are in till-amount.js, lost answers in till-sale.js.
import { inWords, isLarge, money, number, readAmount } from "/assets/till-amount.js";
import { fillDay, readDay } from "/assets/till-day.js";
import * as lines from "/assets/till-lines.js";
import { canScan, startCamera, stopCamera } from "/assets/till-camera.js";
import { NoAnswer, Removed, call, connect, forget, isUnclear } from "/assets/till-server.js";
import {
  GIVEN_UP_AFTER_MS,
  UNDO_MS,
  refund,
  roomInQueue,
  sendQueue,
  settle,
  undo,
  unfinished,
} from "/assets/till-sale.js";
import { isAble } from "/assets/stored.js";
import { dequeue, drop, keep, kept, queued } from "/assets/till-store.js";
import {
  complain,
  complainOf,
  fill,
  find,
  isSecondAsk,
  line,
  quietButton,
  say,
  screenOf,
  settleFields,
  show,
  shown,
} from "/assets/till-screen.js";
import { signal } from "/assets/till-signals.js";
import { followScanner } from "/assets/till-wedge.js";

const LANG = document.documentElement.lang;
const CODE_KEPT_MS = 50_000;
const SALES_SHOWN = 20;
const SEND_EVERY_MS = 20_000;
const WAYS = ["pay_code", "confirmation", "phone", "email"];
const ANSWERED_EVERY_MS = 1500;
const SHIFT_GONE = ["shift_over", "shift_needed"];
const LINE_NAME_CHARS_MAX = 60;
const PAY_CODE = /^(29\d{18}|\d{6})$/;
/** Where a sale may have to wait for a connection, what can't be anybody's is said now, and not once they are gone. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^\+?[\p{Nd}\s()./-]+$/u;
/** Without a country code or a leading zero, few digits are a pay code that was mistyped. */
const WHOLE_NUMBER = /^[+0]/;
const [PHONE_DIGITS_MIN, PLAIN_DIGITS_MIN, PHONE_DIGITS_MAX] = [6, 9, 15];
/** A second tap on the same spot so soon, in milliseconds and pixels, was meant for what stood there at the first. */
const [DOUBLE_TAP_MS, DOUBLE_TAP_PX] = [400, 24];
/** Refusals whose words are for programmers, in a cashier's. */
const PLAINLY = { person_needed: "too_large", pay_code_used: "code_used", pay_code_invalid: "code_wrong" };
/** A number that this kind of till printed, however it is typed: BX7K2M-12. */
const OWN_RECEIPT = /^([\da-z]{6})[\s\p{Pd}]*(\d+)$/iu;
/** What was rung up and not booked yet outlives a reload, as a change of the language is one. */
const DRAFT = "till-draft";

let own = null;
let shift = null;
let chosen = null;
/** The sale that is being rung up: `{minor, lines, who, quote}`; `lines` is `{}` or as it is sent. */
let sale = {};
let scannedEarly = null;
/** What a scanner read of the goods: the name of the next line. */
let lineName = "";
let isSure = false;
let underWay = null;
let last = null;
let refunding = null;
/** The question that whoever scans this till answers. */
let asking = null;
/** Who was enrolled for the sale under way: `{phone}` or `{email}`. */
let enrolled = null;
let isOnline = true;

const style = () => ({ currency: own.currency, digits: own.minor_digits, lang: LANG });
const amountOf = (minor) => money(minor, style());
const count = (points) => number(points, LANG);
const read = (typed) => readAmount(typed, own.minor_digits, own.decimal_comma);
const unclear = (typed) => say("amount_unclear", { typed });

/** Whatever goes wrong beside the answers that are expected: no connection, or no till any more. */
async function failed(error, form) {
  if (error instanceof Removed) {
    await forget();
    shift = null;
    if (own) emptySale();
    screenOf("connect").querySelector("[data-removed]").hidden = false;
    find("[data-bar]").hidden = true;
    return show("connect");
  }
  if (!(error instanceof NoAnswer)) throw error;
  netIs(false);
  if (form) complain(form, say("no_answer"));
}

function netIs(good) {
  isOnline = good;
  const badge = find("[data-net]");
  badge.textContent = say(good ? "online" : "offline");
  badge.className = `badge ${good ? "good" : "warn"}`;
  // To change the language takes the server: without it, the browser would show its own page, and no till.
  for (const button of document.querySelectorAll("[name=language]")) button.disabled = !good;
  if (good) for (const note of document.querySelectorAll("[data-screen=cashiers] [data-problem]")) note.hidden = true;
}

async function showQueueBadge() {
  const items = await queued();
  const badge = find("[data-queue-badge]");
  const refused = items.filter(({ refusal }) => refusal).length;
  badge.textContent = refused
    ? say("queue_refused", { count: refused })
    : say("queue_badge", { count: items.length });
  badge.hidden = !items.length;
}

// Who is selling

async function loadOwn() {
  const answer = await call("GET", "/v1/till");
  if (!answer.ok) throw new NoAnswer();
  own = { ...answer.data, offset: Date.parse(answer.data.now) - Date.now() };
  await keep("own", own);
  netIs(true);
}

function showBar() {
  const cashier = own.cashiers.find(({ id }) => id === shift?.cashier);
  fill(find("[data-bar]"), { shop: own.shop_name, cashier: cashier?.name ?? "" });
  find("[data-bar]").hidden = false;
}

function showCashiers() {
  const screen = show("cashiers");
  const list = screen.querySelector("[data-list]");
  list.replaceChildren(
    ...own.cashiers.map((cashier) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button big";
      button.textContent = cashier.locked ? `${cashier.name} (${say("locked")})` : cashier.name;
      button.addEventListener("click", () => {
        chosen = cashier;
        find("#pin").value = "";
        fill(show("pin"), { who: cashier.name });
      });
      return button;
    }),
  );
  screen.querySelector("[data-none]").hidden = own.cashiers.length > 0;
}

async function signIn(form) {
  try {
    const answer = await call("POST", "/v1/shifts", { body: { cashier: chosen.id, pin: form.pin.value || "0" } });
    form.pin.value = "";
    if (!answer.ok) return complain(form, answer.data.detail);
    shift = answer.data;
    await keep("shift", shift);
    showBar();
    newSale();
  } catch (error) {
    await failed(error, form);
  }
}

/** A manager has ended the shift: nothing was booked, and somebody signs in again. */
async function signedOutElsewhere() {
  shift = null;
  await drop("shift");
  emptySale();
  await loadOwn().catch(() => {});
  showBar();
  showCashiers();
}

async function signOut() {
  const button = find("[data-act=sign-out]");
  if (!isOnline && !isSecondAsk(button, say("sign_out_sure"))) return;
  delete button.dataset.asked;
  button.textContent = say("sign_out");
  try {
    await call("POST", `/v1/shifts/${shift.id}/end`);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
  await signedOutElsewhere();
}

// The amount

function newSale() {
  last = null;
  enrolled = null;
  emptySale();
  showAmount();
}

/** Wherever somebody comes from: nothing is sold while nobody is signed in. */
const showAmount = () => (shift ? show("amount") : showCashiers());

/** What was sold is no part of the next sale, however somebody gets there. */
function emptySale() {
  sale = {};
  scannedEarly = null;
  lines.reset();
  showLines();
  clearTyped();
}

/** On to the next sale: what was sold before can't be undone here any more, also after a reload. */
async function nextSale() {
  await drop("last");
  newSale();
}

function clearTyped() {
  lineName = "";
  find("#amount").value = "";
  readTyped();
}

/** Show what an amount was understood as, while it is typed. */
function readTyped() {
  const typed = find("#amount").value;
  const minor = typed ? read(typed) : null;
  isSure = false;
  const words = minor !== null && own && isLarge(minor, own.minor_digits) ? ` · ${inWords(minor, style())}` : "";
  const name = lineName ? `${say("line_name", { name: lineName })} ` : "";
  find("[data-read]").textContent = name + (minor === null ? "" : amountOf(minor) + words);
  find("[data-next]").textContent = say("next");
  settleFields(find("[data-form=amount]"));
  keepDraft();
  return minor;
}

/** What was typed as an amount; null where the form has been told why it can't be used. */
function typedAmount(form, needed) {
  const typed = form.amount.value;
  const minor = typed ? read(typed) : null;
  if (minor === null) complain(form, typed ? unclear(typed) : say(needed));
  return minor;
}

/** What was rung up, `{minor, lines}`; null where the form has been told what is missing. What is typed ends the lines. */
function rungUp(form) {
  if (lines.isEmpty()) {
    const minor = typedAmount(form, "amount_needed");
    return minor === null ? null : { minor, lines: {} };
  }
  if (form.amount.value && !addLine(1)) return null;
  const minor = lines.sum();
  if (minor < 0) {
    complain(form, say("lines_below_zero"));
    return null;
  }
  return { minor, lines: lines.asSent() };
}

function goOnFromAmount(form) {
  const wanted = rungUp(form);
  if (wanted === null) return;
  const { minor } = wanted;
  if (!minor) return complain(form, say("amount_needed"));
  if (isLarge(minor, own.minor_digits) && !isSure) {
    complain(form, say("large", { words: inWords(minor, style()) }));
    isSure = true;
    find("[data-next]").textContent = say("yes_large", { amount: amountOf(minor) });
    return;
  }
  sale = wanted;
  const early = scannedEarly;
  scannedEarly = null;
  if (early && Date.now() - early.at < CODE_KEPT_MS) identify(early.text);
  else showScan();
}

// The lines of a sale, where the shop wants them

/** Make a line of what was typed: with `sign` -1 one that takes off, as a coupon does. Says whether it could. */
function addLine(sign) {
  const form = find("[data-form=amount]");
  const minor = typedAmount(form, "line_needed");
  if (minor === null) return false;
  if (!minor) {
    complain(form, say("line_needed"));
    return false;
  }
  if (lines.isFull()) {
    complain(form, say("lines_full", { most: count(lines.LINES_MAX) }));
    return false;
  }
  lines.add(sign * minor, lineName);
  clearTyped();
  showLines();
  find("#amount").focus({ preventScroll: true });
  return true;
}

function showLines() {
  const box = find("[data-lines]");
  box.hidden = lines.isEmpty();
  fill(box, { "lines-sum": say("lines_sum", { count: count(lines.count()), amount: amountOf(lines.sum()) }) });
  box.querySelector("[data-list]").replaceChildren(...lines.rows(amountOf, showLines));
  for (const act of ["add-line", "take-off"]) find(`[data-act=${act}]`).hidden = !own.lines;
  isSure = false;
  find("[data-next]").textContent = say("next");
  settleFields(find("[data-form=amount]"));
  keepDraft();
}

function keepDraft() {
  const typed = find("#amount").value;
  if (!typed && !lineName && lines.isEmpty()) sessionStorage.removeItem(DRAFT);
  else sessionStorage.setItem(DRAFT, JSON.stringify({ typed, name: lineName, lines: lines.all() }));
}

function takeUp(draft) {
  lines.restore(draft.lines);
  lineName = draft.name;
  find("#amount").value = draft.typed;
  showLines();
  readTyped();
}

// The member

function showScan() {
  const screen = show("scan");
  screen.querySelector("[name=who]").value = sale.who?.phone ?? sale.who?.email ?? "";
  const words = isLarge(sale.minor, own.minor_digits) ? ` ${inWords(sale.minor, style())}` : "";
  fill(screen, { amount: amountOf(sale.minor), words });
  if (canScan()) useCamera();
}

async function useCamera() {
  const box = find("[data-camera]");
  const started = await startCamera(box.querySelector("video"), (text) => onceIdle(() => scanned(text)));
  if (shown() !== "scan") return stopCamera();
  box.hidden = !started;
  find("[data-act=camera]").hidden = started;
  find("[data-no-camera]").hidden = started;
}

/** A code came, by camera or scanner, on whatever screen. */
function scanned(text) {
  if (shown() === "scan") return identify(text);
  if (shown() === "amount") {
    const isCode = PAY_CODE.test(text.trim());
    if (own.lines && !isCode && !find("#amount").value) {
      lineName = text.trim().slice(0, LINE_NAME_CHARS_MAX);
      readTyped();
      return signal(true);
    }
    const isReady = find("#amount").value ? read(find("#amount").value) !== null : !lines.isEmpty();
    const wanted = isReady ? rungUp(find("[data-form=amount]")) : null;
    if (wanted?.minor && !isLarge(wanted.minor, own.minor_digits)) {
      sale = wanted;
      return identify(text);
    }
    scannedEarly = { text, at: Date.now() };
    find("[data-read]").textContent = say("scanned");
    signal(true);
  } else if (shown() === "refunds") {
    find("#receipt").value = text;
    findReceipt(find("[data-form=receipt]"));
  } else if (shown() === "connect") find("#code").value = text.split("#").pop();
}

async function identify(text) {
  stopCamera();
  // A Chinese keyboard types digits of its own.
  const typed = text.normalize("NFKC").trim();
  const digits = typed.replace(/\s/g, "");
  if (PAY_CODE.test(digits)) {
    sale.who = { pay_code: digits };
    return quote();
  }
  sale.who = typed.includes("@") ? { email: typed } : { phone: typed };
  if (!canBeContact(typed)) return notBooked(say("contact_unclear", { contact: typed }));
  return book(0);
}

function canBeContact(typed) {
  const digits = typed.match(/\p{Nd}/gu)?.length ?? 0;
  const least = WHOLE_NUMBER.test(typed) ? PHONE_DIGITS_MIN : PLAIN_DIGITS_MIN;
  return EMAIL.test(typed) || (PHONE.test(typed) && digits >= least && digits <= PHONE_DIGITS_MAX);
}

/** The other way round: the till shows a code, and whoever opens it in their wallet says yes. */
async function askMember() {
  try {
    const body = { shop: own.shop, amount_minor: sale.minor };
    const answer = await call("POST", "/v1/confirmations", { body });
    if (!answer.ok) return notBooked(answer.data.detail);
    netIs(true);
    showQuestion(answer.data);
  } catch (error) {
    if (!(error instanceof NoAnswer)) return failed(error);
    netIs(false);
    notBooked(say("points_offline"));
  }
}

function showQuestion(asked) {
  asking = asked.id;
  const screen = show("asking");
  const until = Date.parse(asked.expires_at) - own.offset;
  screen.querySelector("[data-qr]").src = `/till/questions/${asked.code}.svg`;
  fill(screen, { amount: amountOf(sale.minor), code: `${asked.code.slice(0, 4)} ${asked.code.slice(4)}` });
  countDown(screen, until, () => asking === asked.id);
  setTimeout(followAnswer, ANSWERED_EVERY_MS, asked.id, until);
}

/** Ask until the member has answered; without a connection for as long as the question is good. */
async function followAnswer(id, until) {
  if (asking !== id || shown() !== "asking") return;
  let state = Date.now() > until + ANSWERED_EVERY_MS ? "expired" : "asked";
  try {
    const answer = await call("GET", `/v1/confirmations/${id}`);
    if (answer.ok) state = answer.data.state;
    netIs(true);
  } catch (error) {
    if (!(error instanceof NoAnswer)) return failed(error);
    netIs(false);
  }
  if (asking !== id || shown() !== "asking") return;
  if (state === "asked") return setTimeout(followAnswer, ANSWERED_EVERY_MS, id, until);
  asking = null;
  if (state === "declined") return notBooked(say("declined"));
  if (state === "expired") return notBooked(say("not_answered"));
  sale.who = { confirmation: id };
  await onceIdle(() => quote({ isAgreed: true }));
}

/** The clock of the alliance, as this device knows it. */
const now = () => new Date(Date.now() + own.offset).toISOString();

/** What the member can pay; where they have said yes to it already, it is paid. */
async function quote({ isAgreed = false } = {}) {
  const body = { shop: own.shop, amount_minor: sale.minor, points: "all", ...sale.lines, ...sale.who };
  try {
    const answer = await call("POST", "/v1/purchases/quote", { body });
    netIs(true);
    if (isUnclear(answer.status)) throw new NoAnswer();
    if (!answer.ok) return notBooked(reasonOf(answer.data), { earns: !answer.data.code.startsWith("pay_code") });
    sale.quote = answer.data;
    if (!answer.data.points_spent) return book(0);
    if (isAgreed) return book("all");
    showPay();
  } catch (error) {
    if (!(error instanceof NoAnswer)) return failed(error);
    netIs(false);
    notBooked(say("points_offline"), { earns: true, later: true });
  }
}

function showPay() {
  const screen = show("pay");
  const { points_spent: points, cash_due_minor: due } = sale.quote;
  const worth = amountOf(sale.minor - due);
  fill(screen, { "can-pay": say("can_pay", { worth, amount: amountOf(sale.minor), points: count(points) }) });
  find("[data-act=pay-all]").textContent = say("pay_all", { worth });
  find("[data-act=pay-none]").textContent = say("pay_none");
  find("[data-part]").open = false;
  find("#part").value = "";
  fill(screen, { "part-most": say("part_most", { worth }) });
}

function payPart(form) {
  const minor = read(form.part.value);
  const most = sale.minor - sale.quote.cash_due_minor;
  if (!form.part.value || minor === 0) return complain(form, say("amount_needed"));
  if (minor === null) return complain(form, unclear(form.part.value));
  if (minor > most) return complain(form, say("part_too_much", { worth: amountOf(most) }));
  const [over, under = "1"] = own.points_per_unit.split("/");
  const decimals = over.split(".")[1]?.length ?? 0;
  const scale = 10n ** BigInt(own.minor_digits + decimals);
  const points = (BigInt(minor) * BigInt(over.replace(".", ""))) / (BigInt(under) * scale);
  return book(Number(points));
}

// Booking

async function book(points) {
  const counter = ((await kept("counter")) ?? 0) + 1;
  await keep("counter", counter);
  const body = {
    shop: own.shop,
    amount_minor: sale.minor,
    shift: shift.id,
    external_ref: `${own.id.slice(-6).toUpperCase()}-${counter}`,
    ...sale.lines,
    ...sale.who,
  };
  if (points) body.points = points;
  // What only earns says when it was sold, so that it is the same request whenever it arrives.
  else body.occurred_at = now();
  return follow({ key: crypto.randomUUID(), body, begunAt: Date.now() });
}

async function follow(pending) {
  underWay = pending;
  sale.minor = pending.body.amount_minor;
  sale.lines = pending.body.lines ? { lines: pending.body.lines } : {};
  sale.who = who(pending.body);
  try {
    const outcome = await settle(pending, watch);
    await showOutcome(outcome, pending);
  } catch (error) {
    await failed(error);
  } finally {
    underWay = null;
  }
}

/** The one way in which a sale names its member. */
const who = (body) => Object.fromEntries(Object.entries(body).filter(([name]) => WAYS.includes(name)));

function watch(state, pending) {
  if (shown() === state) return;
  countDown(show(state), pending.confirmUntil ?? pending.begunAt + GIVEN_UP_AFTER_MS, () => shown() === state);
}

/** Show how many seconds are left, for as long as it matters. */
function countDown(screen, end, matters) {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  screen.querySelector("[data-progress]").value = left;
  fill(screen, { left: `${left} s` });
  if (matters()) setTimeout(countDown, 250, screen, end, matters);
}

async function showOutcome({ kind, data, last: booked, cancelled, most }, pending) {
  netIs(kind === "booked" || kind === "refused" ? true : navigator.onLine && kind !== "queued");
  await showQueueBadge();
  if (kind === "booked") return showResult(booked);
  if (kind === "queued") return showQueued(pending);
  if (kind === "queue-full") return notBooked(say("queue_full", { most }));
  if (kind === "given-up") return notBooked(say(cancelled ? "cancelled" : "given_up"));
  if (SHIFT_GONE.includes(data.code)) return signedOutElsewhere();
  // The clock of this device was set since it asked for the alliance's.
  if (data.code === "signature_needed") await loadOwn().catch(() => {});
  const isStranger = ofStranger(data, pending.body);
  const canEarn = !isStranger && pending.body.points && !data.code.startsWith("pay_code");
  notBooked(reasonOf(data), { strangers: isStranger, earns: canEarn });
}

/** Whether a sale was refused because nobody has the contact that it names; a shift may be unknown too. */
const ofStranger = ({ code, fields }, who) => code === "not_found" && (fields ?? []).some(({ field }) => field in who);

/** Why something was refused, in a cashier's words. */
function reasonOf(data, who = sale.who) {
  if (ofStranger(data, who)) return say("stranger", { contact: contactOf(who) });
  if (data.code === "contact_invalid") return say("contact_unclear", { contact: contactOf(who) });
  return PLAINLY[data.code] ? say(PLAINLY[data.code]) : data.detail;
}

const contactOf = ({ phone, email }) => phone ?? email;

function showResult(booked) {
  emptySale();
  last = booked;
  const { data } = booked;
  const screen = show("result");
  const worth = amountOf(data.amount_minor - data.cash_due_minor);
  fill(screen, {
    "cash-label": say("cash"),
    cash: amountOf(data.cash_due_minor),
    spent: data.points_spent ? say("spent", { worth, points: count(data.points_spent) }) : "",
    earned: data.points_earned ? say("earned", { points: count(data.points_earned) }) : "",
    stamps: (data.stamps ?? []).map(({ description }) => description).join(" "),
    receipt: data.external_ref ? say("receipt", { number: data.external_ref }) : "",
    enrolled: whose(booked.body),
  });
  const note = screen.querySelector("[data-note]");
  note.textContent = data.not_earned ? say("nothing_earned", { why: data.not_earned.detail }) : "";
  note.hidden = !data.not_earned;
  screen.querySelector("[data-act=next-sale]").focus({ preventScroll: true });
  signal(true);
  countDownUndo(booked);
}

/** Whose points they are where a contact was typed, so that a mistyped one is seen while they are here. */
function whose(body) {
  const contact = contactOf(body);
  if (!contact) return "";
  return enrolled && contactOf(enrolled) === contact ? say("enrolled", { contact }) : say("of_contact", { contact });
}

function countDownUndo(booked) {
  const button = find("[data-act=undo]");
  const left = Math.ceil((booked.at + UNDO_MS - Date.now()) / 1000);
  button.hidden = left <= 0;
  button.textContent = say("undo", { seconds: left });
  if (left > 0 && last === booked) setTimeout(countDownUndo, 250, booked);
}

function showQueued(pending) {
  emptySale();
  const screen = show("result");
  last = null;
  fill(screen, {
    "cash-label": say("cash"),
    cash: amountOf(pending.body.amount_minor),
    spent: "",
    earned: "",
    stamps: "",
    receipt: say("receipt", { number: pending.body.external_ref }),
    enrolled: whose(pending.body),
  });
  const note = screen.querySelector("[data-note]");
  note.textContent = say("queued");
  note.hidden = false;
  find("[data-act=undo]").hidden = true;
  signal(true);
}

function notBooked(why, { strangers = false, earns = false, later = false } = {}) {
  const screen = show("not-done");
  fill(screen, { why, "cash-label": say("cash"), cash: amountOf(sale.minor) });
  find("[data-act=enrol]").hidden = !strangers;
  find("[data-act=enrol]").classList.toggle("next", strangers);
  find("[data-act=again]").classList.toggle("next", !strangers);
  const button = find("[data-act=earn-only]");
  button.hidden = !earns;
  button.textContent = say(later ? "earn_later" : "pay_none");
  signal(false);
}

async function undoLast() {
  const { key, data } = last;
  last = null;
  await undoBy({ key, shift: shift?.id }, data);
}

async function undoBy(wanted, data) {
  const begun = Date.now();
  const slow = setTimeout(() => watch("checking", { begunAt: begun }), 1200);
  try {
    const answer = await undo(wanted);
    clearTimeout(slow);
    const screen = show("undone");
    find("#undone-title").textContent = say("undone_title");
    const back = answer.ok ? answer.data.cash_back_minor : data?.cash_due_minor;
    fill(screen, {
      why: answer.ok ? say("undone") : answer.data.detail,
      "cash-label": say("cash_back"),
      cash: back === undefined ? "" : amountOf(back),
    });
    signal(answer.ok);
  } catch (error) {
    clearTimeout(slow);
    await failed(error);
  }
}

async function enrol() {
  try {
    const answer = await call("POST", "/v1/members", { body: { ...sale.who, shift: shift?.id } });
    if (SHIFT_GONE.includes(answer.data?.code)) return await signedOutElsewhere();
    if (!answer.ok) return notBooked(reasonOf(answer.data));
    enrolled = sale.who;
    await book(0);
  } catch (error) {
    if (error instanceof NoAnswer) return notBooked(say("no_answer"), { strangers: true });
    await failed(error);
  }
}

// Refunds

async function showRefunds() {
  const screen = show("refunds");
  const list = screen.querySelector("[data-list]");
  list.replaceChildren();
  try {
    const { ok, data } = await call("GET", `/v1/purchases?shop=${encodeURIComponent(own.shop)}&limit=${SALES_SHOWN}`);
    if (!ok) return;
    list.replaceChildren(...data.data.map((each) => saleLine(each, () => showRefund(each))));
  } catch (error) {
    await failed(error, screen.querySelector("form"));
  }
}

const timeOf = (moment) =>
  new Intl.DateTimeFormat(LANG.startsWith("zh") ? "zh-CN" : "en-GB", {
    timeZone: own.timezone,
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(moment));

function saleLine(each, act) {
  const receipt = each.external_ref ?? each.id;
  const isOver = each.amount_minor > 0 && each.refunded_minor === each.amount_minor;
  const partly = each.refunded_minor ? say("partly_refunded", { amount: amountOf(each.refunded_minor) }) : "";
  const detail = [receipt, isOver ? say("all_refunded") : partly].filter(Boolean).join(" · ");
  return line(timeOf(each.occurred_at), detail, amountOf(each.amount_minor), isOver ? null : act);
}

async function findReceipt(form) {
  const wanted = form.receipt.value.trim();
  if (!wanted) return;
  try {
    const it = (await saleByReceipt(wanted)) ?? (await saleByReceipt(asPrinted(wanted))) ?? (await saleById(wanted));
    if (!it) return complain(form, say("none_found"));
    showRefund(it);
  } catch (error) {
    await failed(error, form);
  }
}

const asPrinted = (typed) => typed.replace(OWN_RECEIPT, (_, till, number) => `${till.toUpperCase()}-${number}`);

async function saleByReceipt(wanted) {
  const path = `/v1/purchases?shop=${encodeURIComponent(own.shop)}&external_ref=${encodeURIComponent(wanted)}`;
  const answer = await call("GET", path);
  return answer.ok ? answer.data.data[0] : undefined;
}

async function saleById(wanted) {
  const id = wanted.toLowerCase();
  if (!id.startsWith("pur_")) return undefined;
  const answer = await call("GET", `/v1/purchases/${encodeURIComponent(id)}`);
  return answer.ok ? answer.data : undefined;
}

function showRefund(each) {
  refunding = each;
  const left = each.amount_minor - each.refunded_minor;
  if (!left) return complain(find("[data-form=receipt]"), say("all_refunded"));
  const values = { amount: amountOf(each.amount_minor), time: timeOf(each.occurred_at), left: amountOf(left) };
  fill(show("refund"), { sale: say("sale", { ...values, number: each.external_ref ?? each.id }) });
  find("#refund-amount").value = plain(left);
  find("#refund-amount").readOnly = false;
  showRefundLines(each, left);
}

/** The lines of a sale that has some, to be chosen; what was chosen is the amount. */
async function showRefundLines(each, left) {
  const box = find("[data-refund-lines]");
  box.hidden = true;
  box.querySelector("[data-list]").replaceChildren();
  const answer = await call("GET", `/v1/purchases/${encodeURIComponent(each.id)}`).catch(() => ({ ok: false }));
  if (!answer.ok || !answer.data.lines.length || refunding !== each) return;
  box.querySelector("[data-list]").replaceChildren(...answer.data.lines.map((each) => lines.toChoose(each, amountOf)));
  box.hidden = false;
  box.onchange = () => {
    const chosen = lines.chosen(box);
    const minor = chosen.reduce((all, each) => all + each.minor, 0);
    find("#refund-amount").value = plain(chosen.length ? Math.max(0, minor) : left);
    find("#refund-amount").readOnly = chosen.length > 0;
  };
}

/** An amount as it is typed here. */
function plain(minor) {
  const digits = own.minor_digits;
  const text = String(minor).padStart(digits + 1, "0");
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

async function giveBack(form) {
  const chosen = lines.chosen(find("[data-refund-lines]")).map(({ ref }) => ref);
  const minor = read(form.amount.value);
  if (!minor && !chosen.length) return complain(form, unclear(form.amount.value));
  const wanted = chosen.length ? { lines: chosen } : { amount_minor: minor };
  await refundBy({ key: crypto.randomUUID(), body: { purchase: refunding.id, ...wanted, shift: shift?.id } });
}

async function refundBy(pending) {
  const slow = setTimeout(() => watch("checking", { begunAt: Date.now() }), 1200);
  try {
    const { ok, data } = await refund(pending);
    clearTimeout(slow);
    if (!ok) {
      if (SHIFT_GONE.includes(data.code)) return await signedOutElsewhere();
      if (shown() !== "refund") show("refunds");
      return complain(find(shown() === "refund" ? "[data-form=refund]" : "[data-form=receipt]"), data.detail);
    }
    await drop("last");
    const values = { amount: amountOf(data.amount_minor), returned: count(data.points_returned) };
    find("#undone-title").textContent = say("refunded_title");
    fill(show("undone"), {
      why: say("refunded", { ...values, taken: count(data.points_taken_back) }),
      "cash-label": say("cash_back"),
      cash: amountOf(data.cash_back_minor),
    });
    signal(true);
  } catch (error) {
    clearTimeout(slow);
    await failed(error);
  }
}

async function showToday() {
  const screen = show("day");
  // What was shown last is not how the day is by now.
  screen.querySelector("[data-day]").hidden = true;
  fill(screen, { day: "", window: "" });
  try {
    const { ok, data, day } = await readDay(own);
    if (!ok) return complainOf(screen, data.detail);
    fillDay(screen, data, { amountOf, count, noTill: say("no_till") });
    const [window] = data.windows.slice(-1);
    const lastMoment = Date.parse(window.closes_at) - 1;
    const until = { day: dayOf(lastMoment), amount: amountOf(Math.abs(window.net_minor)) };
    fill(screen, {
      day: say("day_of", { shop: own.shop_name, day: dayOf(`${day}T12:00:00Z`) }),
      window: say(window.net_minor < 0 ? "window_pays" : "window_receives", until),
    });
  } catch (error) {
    if (error instanceof NoAnswer) complainOf(screen, say("no_answer"));
    await failed(error);
  }
}

const dayOf = (moment) =>
  new Intl.DateTimeFormat(LANG.startsWith("zh") ? "zh-CN" : "en-GB", {
    timeZone: own.timezone,
    day: "numeric",
    month: "long",
  }).format(new Date(moment));

// What was not sent yet

async function showQueue() {
  const items = await queued();
  const screen = show("queue");
  const refused = items.filter(({ refusal }) => refusal).length;
  const { most } = await roomInQueue();
  find("[data-act=send]").hidden = items.length === refused;
  fill(screen, {
    "queue-state": say("queue_waits", { waiting: items.length - refused, most, refused }),
    "queue-rule": say("queue_rule", { hours: own.offline.hours }),
    "queue-loss": refused ? say(`loss_${own.offline.loss}`) : "",
  });
  screen.querySelector("[data-list]").replaceChildren(
    ...items.sort((one, other) => one.at - other.at).map((item) => {
      const whom = contactOf(item.body) ?? say("by_code");
      const row = line(
        timeOf(item.at + own.offset),
        [whom, item.body.external_ref, item.refusal ? reasonOf(item.refusal, item.body) : say("waiting")].join(" · "),
        amountOf(item.body.amount_minor),
      );
      if (item.refusal && shift) {
        row.append(quietButton(say("ring_up_again"), `${say("ring_up_again")}: ${item.body.external_ref}`, () => ringUpAgain(item)));
        const forgotten = async ({ currentTarget: button }) => {
          const question = say("queue_forget_sure");
          if (!isSecondAsk(button, question, `${question}: ${item.body.external_ref}`)) return;
          await dequeue(item.key);
          await showQueue();
          await showQueueBadge();
        };
        row.append(quietButton(say("queue_forget"), `${say("queue_forget")}: ${item.body.external_ref}`, forgotten));
      }
      return row;
    }),
  );
}

/** A refused sale once more, from the member on: their number can be corrected, or they are enrolled. */
function ringUpAgain({ body }) {
  newSale();
  const again = (body.lines ?? []).map(({ ref, amount_minor: minor, earns }) => ({ ref, minor, earns }));
  takeUp({ typed: again.length ? "" : plain(body.amount_minor), name: "", lines: again });
  sale = { minor: body.amount_minor, lines: body.lines ? { lines: body.lines } : {}, who: who(body) };
  showScan();
}

async function sendWaiting() {
  const waited = (await queued()).length;
  await sendQueue().catch((error) => failed(error));
  // How many may still be made offline is the server's to say.
  if ((await queued()).length < waited) await loadOwn().catch(() => {});
  await showQueueBadge();
  if (shown() === "queue") await showQueue();
}

// Wiring

/** What loads a list is not waited for: whoever goes back meanwhile is let go. */
const GO = {
  cashiers: showCashiers,
  amount: showAmount,
  refunds: () => void showRefunds(),
  queue: showQueue,
  day: () => void showToday(),
};
const ACTS = {
  reload: () => location.reload(),
  "sign-out": signOut,
  "add-line": () => addLine(1),
  "take-off": () => addLine(-1),
  camera: useCamera,
  "pay-all": () => book("all"),
  "pay-none": () => book(0),
  cancel: showScan,
  "next-sale": nextSale,
  again: showScan,
  ask: askMember,
  "stop-asking": () => {
    asking = null;
    showScan();
  },
  undo: undoLast,
  enrol,
  "earn-only": () => book(0),
  "give-up": () => {
    underWay.cancelled = true;
  },
  send: sendWaiting,
  print: () => print(),
};
const FORMS = {
  connect: connectHere,
  pin: signIn,
  amount: goOnFromAmount,
  scan: (form) => (form.who.value.trim() ? identify(form.who.value) : complain(form, say("who_needed"))),
  part: payPart,
  receipt: findReceipt,
  refund: giveBack,
};
let busy = null;

/** One thing at a time: a second tap on a button does nothing. */
async function once(act) {
  if (busy) return;
  busy = Promise.resolve().then(act);
  try {
    await busy;
  } finally {
    busy = null;
  }
}

/** What a scanner reads is not lost while a list is loading. */
async function onceIdle(act) {
  await busy?.catch(() => {});
  await once(act);
}

let tapped = { at: -Infinity, x: 0, y: 0, button: null, text: "" };

/** Whether this is the second tap of two on one spot, where something else stands now than at the first. */
function isMeantForBefore(event, button) {
  const before = tapped;
  tapped = { at: event.timeStamp, x: event.clientX, y: event.clientY, button, text: button.textContent };
  const isDouble = event.detail > 1 || event.pointerType === "touch";
  const isNear = Math.hypot(event.clientX - before.x, event.clientY - before.y) < DOUBLE_TAP_PX;
  const isOther = button !== before.button || button.textContent !== before.text;
  return isDouble && isNear && isOther && event.timeStamp - before.at < DOUBLE_TAP_MS;
}

// The field keeps the focus while its keys are tapped: then Enter goes on, and what a keyboard types arrives.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-keypad]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (isMeantForBefore(event, button)) {
    event.preventDefault();
    return;
  }
  const { go, act, key } = button.dataset;
  if (key) press(button.closest("[data-keypad]").dataset.keypad, key);
  else if (act === "give-up") ACTS[act]();
  else if (go) once(GO[go]);
  else if (act) once(ACTS[act]);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-form]");
  if (!form) return;
  event.preventDefault();
  settleFields(form);
  once(() => FORMS[form.dataset.form](form));
});
find("#amount").addEventListener("input", readTyped);

function press(target, key) {
  const field = find(`#${target}`);
  field.value = key === "back" ? field.value.slice(0, -1) : (field.value + key).slice(0, field.maxLength);
  field.dispatchEvent(new Event("input"));
}

async function connectHere(form) {
  try {
    const answer = await connect(form.code.value, form.name.value);
    if (!answer.ok) return complain(form, answer.data.detail);
    history.replaceState(null, "", location.pathname);
    screenOf("connect").querySelector("[data-removed]").hidden = true;
    await begin();
  } catch (error) {
    await failed(error, form);
  }
}

/** From the device's key to the first screen; what was under way before a reload goes on. */
async function begin() {
  if (!(await kept("device"))) {
    show("connect");
    find("#code").value = decodeURIComponent(location.hash.slice(1));
    return;
  }
  [own, shift] = await Promise.all([kept("own"), kept("shift")]);
  try {
    await loadOwn();
    shift = own.shift;
    if (shift) await keep("shift", shift);
  } catch (error) {
    if (error instanceof Removed) return failed(error);
    if (!(error instanceof NoAnswer)) throw error;
    if (!own) return show("unreachable");
    netIs(false);
  }
  showBar();
  await showQueueBadge();
  const { sale: pending, undone, refunding: refundPending } = await unfinished();
  if (pending) return follow(pending);
  if (undone) return undoBy(undone);
  if (refundPending) return refundBy(refundPending);
  if (!shift) return showCashiers();
  const booked = await kept("last");
  const draft = JSON.parse(sessionStorage.getItem(DRAFT));
  newSale();
  if (booked && booked.at + UNDO_MS > Date.now()) showResult(booked);
  else if (draft) takeUp(draft);
}

/** One tab is the till. Another one waits, and goes on once this one is closed. */
async function start() {
  if (!isAble()) return show("unable");
  const forGood = () => {
    open();
    return new Promise(() => {});
  };
  const isFree = await navigator.locks.request("till", { ifAvailable: true }, (lock) => lock !== null);
  if (!isFree) show("elsewhere");
  await navigator.locks.request("till", forGood);
}

function open() {
  followScanner((text) => onceIdle(() => scanned(text)));
  begin();
  setInterval(sendWaiting, SEND_EVERY_MS);
  addEventListener("online", () => {
    netIs(true);
    sendWaiting();
  });
  addEventListener("offline", () => netIs(false));
}

start();
navigator.serviceWorker?.register("/till/worker.js", { scope: "/till" }).catch(() => {});
