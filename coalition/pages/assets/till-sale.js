// A sale from its first request to its one outcome, whatever becomes of the answers: kept before it is sent, repeated
// under the same key, and given up by voiding that key after half a minute. The same after a reload or a crash.
import { calendarDay } from "/assets/till-day.js";
import { NoAnswer, call, isUnclear, signSale } from "/assets/till-server.js";
import { dequeue, drop, enqueue, keep, kept, queued } from "/assets/till-store.js";

export const GIVEN_UP_AFTER_MS = 30_000;
export const CONFIRMED_WITHIN_MS = 120_000;
export const UNDO_MS = 60_000;
const ATTEMPT_MS = 6000;
const AGAIN_AFTER_MS = 1500;
const CONFIRMED_EVERY_MS = 2000;
const CHECKING_AFTER_MS = 1200;
/** How long the first answer may take once there was none for the sale before. */
const CUT_OFF_PATIENCE_MS = 2500;
/** Few enough that a slow server answers in time: what is answered is out of the way, whatever becomes of the rest. */
const SENT_AT_ONCE = 20;
const SENT_PATIENCE_MS = 20_000;

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Whether the last sale had no answer: then one that can wait does not wait for half a minute again. */
let isCutOff = false;

/** Whether points may be spent: such a sale has to be answered now, and never waits in the queue. */
const spends = (body) => Boolean(body.points) || body.confirmation !== undefined;

/**
 * Send a sale `{key, body, begunAt}` until its outcome is known: `{kind, data}`, where kind is booked, refused, given-up
 * or queued. `notify` hears of "checking" and "confirm" meanwhile, with the sale.
 */
export async function settle(sale, notify) {
  await keep("sale", sale);
  const slow = setTimeout(() => notify("checking", sale), Math.max(0, sale.begunAt + CHECKING_AFTER_MS - Date.now()));
  try {
    // What was given up comes first: it may have taken the points that are to be spent now.
    if (!isCutOff) await sendQueue().catch(() => {});
    return await attempts(sale, notify);
  } finally {
    clearTimeout(slow);
  }
}

async function attempts(sale, notify) {
  const endOf = () => sale.confirmUntil ?? sale.begunAt + GIVEN_UP_AFTER_MS;
  while (!sale.cancelled && Date.now() < endOf()) {
    try {
      const longest = isCutOff && !spends(sale.body) ? CUT_OFF_PATIENCE_MS : ATTEMPT_MS;
      const patience = Math.max(500, Math.min(longest, endOf() - Date.now()));
      const { status, data } = await call("POST", "/v1/purchases", { body: sale.body, key: sale.key, patience });
      isCutOff = isUnclear(status) && isCutOff;
      if (status === 201) return booked(sale, data);
      if (data?.code === "confirmation_needed") {
        if (!sale.confirmUntil) {
          sale.confirmUntil = Date.now() + CONFIRMED_WITHIN_MS;
          await keep("sale", sale);
          notify("confirm", sale);
        }
        await after(CONFIRMED_EVERY_MS);
      } else if (isUnclear(status)) await after(AGAIN_AFTER_MS);
      else return refused(sale, data);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (!spends(sale.body) && (isCutOff || !navigator.onLine)) return queue(sale);
      await after(AGAIN_AFTER_MS);
    }
  }
  return spends(sale.body) || sale.cancelled ? giveUp(sale) : queue(sale);
}

async function booked(sale, data) {
  const last = { key: sale.key, body: sale.body, data, at: Date.now() };
  await keep("last", last);
  await drop("sale");
  return { kind: "booked", data, last };
}

async function refused(sale, data) {
  await drop("sale");
  return { kind: "refused", data };
}

/** Void the key now, or as soon as there is a connection: whichever came first, the sale ends as not made. */
async function giveUp(sale) {
  await enqueue({ kind: "void", key: sale.key, body: sale.body, at: sale.begunAt });
  await drop("sale");
  await sendQueue();
  return { kind: "given-up", cancelled: Boolean(sale.cancelled) };
}

/** How many more sales may wait today: what the alliance lets a till do a day, less what it did. */
export async function roomInQueue() {
  const { offline, timezone, now, offset } = await kept("own");
  const today = calendarDay(Date.now() + offset, timezone);
  const most = calendarDay(Date.parse(now), timezone) === today ? offline.sales_left : offline.sales_per_day;
  const waiting = (await queued()).filter(
    ({ kind, refusal, at }) => kind === "earn" && !refusal && calendarDay(at + offset, timezone) === today,
  );
  return { most, left: Math.max(0, most - waiting.length) };
}

/** Keep a sale that only earns, signed, to be sent later under the same key. */
async function queue(sale) {
  isCutOff = true;
  const { most, left } = await roomInQueue();
  if (!left) {
    // It may have been booked all the same, and nobody is told that it was.
    await enqueue({ kind: "void", key: sale.key, body: sale.body, at: sale.begunAt });
    await drop("sale");
    return { kind: "queue-full", most };
  }
  const signed = await signSale(sale.key, sale.body);
  await enqueue({ kind: "earn", key: sale.key, body: sale.body, at: sale.begunAt, ...signed });
  await drop("sale");
  return { kind: "queued" };
}

let sending = null;

/** Send what waits, voids first. Only one run at a time in this tab; another tab holds no till. */
export function sendQueue() {
  sending ??= send().finally(() => {
    sending = null;
  });
  return sending;
}

async function send() {
  const items = (await queued()).filter(({ refusal }) => !refusal).sort((one, other) => one.at - other.at);
  try {
    for (const item of items.filter(({ kind }) => kind === "void")) await sendVoid(item);
    const earns = items.filter(({ kind }) => kind === "earn");
    for (let from = 0; from < earns.length; from += SENT_AT_ONCE) await sendEarns(earns.slice(from, from + SENT_AT_ONCE));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
}

const voidOf = (key, shift) => ({ idempotency_key: key, shift: shift ?? null });

async function sendVoid(item) {
  const { status, ok } = await call("POST", "/v1/purchases/void", { body: voidOf(item.key, item.body.shift) });
  if (isUnclear(status)) throw new NoAnswer();
  isCutOff = false;
  if (ok || status === 422) await dequeue(item.key);
}

async function sendEarns(items) {
  const sales = items.map(({ content, signature }) => ({ content, signature }));
  const { status, data, ok } = await call("POST", "/v1/offline-sales", { body: { sales }, patience: SENT_PATIENCE_MS });
  if (!ok) throw isUnclear(status) ? new NoAnswer() : new Error(data?.detail ?? String(status));
  isCutOff = false;
  for (const [index, answer] of data.data.entries()) {
    const { status: became, code, detail, fields } = answer;
    if (became === 201) await dequeue(items[index].key);
    else if (!isUnclear(became)) await enqueue({ ...items[index], refusal: { code, detail, fields } });
  }
}

/** Undo the last sale by its key, in the shift of whoever does, until it is known to be undone. */
export async function undo({ key, shift }) {
  await keep("undo", { key, shift });
  for (;;) {
    try {
      const { status, data, ok } = await call("POST", "/v1/purchases/void", { body: voidOf(key, shift) });
      if (!isUnclear(status)) {
        await drop("undo");
        await drop("last");
        return { ok, data };
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    await after(AGAIN_AFTER_MS);
  }
}

/** Refund under a key of its own, until it is known what became of it. */
export async function refund(pending) {
  await keep("refund", pending);
  for (;;) {
    try {
      const answer = await call("POST", "/v1/refunds", { body: pending.body, key: pending.key });
      if (!isUnclear(answer.status)) {
        await drop("refund");
        return answer;
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    await after(AGAIN_AFTER_MS);
  }
}

/** What was under way when the page was left: a sale, an undo or a refund, none of which was answered. */
export async function unfinished() {
  const [sale, undone, refunding] = await Promise.all(["sale", "undo", "refund"].map(kept));
  return { sale, undone, refunding };
}
