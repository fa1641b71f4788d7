// A sale from its first request to its one outcome, whatever becomes of the answers: kept before it is sent, repeated
// under the same key, and given up by voiding that key after half a minute. The same after a reload or a crash.
import { NoAnswer, call } from "/assets/till-server.js";
import { dequeue, drop, enqueue, keep, kept, queued } from "/assets/till-store.js";

export const GIVEN_UP_AFTER_MS = 30_000;
export const CONFIRMED_WITHIN_MS = 120_000;
export const UNDO_MS = 60_000;
export const QUEUE_MAX = 50;
const ATTEMPT_MS = 6000;
const AGAIN_AFTER_MS = 1500;
const CONFIRMED_EVERY_MS = 2000;
const CHECKING_AFTER_MS = 1200;
const QUEUED_HOURS_MAX = 72;
const HOUR_MS = 3_600_000;

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const isUnclear = (status) => status >= 500 || status === 429 || status === 408;

/** Whether points are spent: such a sale has to be answered now, and never waits in the queue. */
const spends = (body) => body.points !== undefined && body.points !== 0;

/**
 * Send a sale `{key, body, begunAt}` until its outcome is known: `{kind, data}`, where kind is booked, refused, given-up
 * or queued. `notify` hears of "checking" and "confirm" meanwhile, with the sale.
 */
export async function settle(sale, notify) {
  await keep("sale", sale);
  const slow = setTimeout(() => notify("checking", sale), Math.max(0, sale.begunAt + CHECKING_AFTER_MS - Date.now()));
  try {
    return await attempts(sale, notify);
  } finally {
    clearTimeout(slow);
  }
}

async function attempts(sale, notify) {
  const endOf = () => sale.confirmUntil ?? sale.begunAt + GIVEN_UP_AFTER_MS;
  // A sale that was kept before a crash was never asked about since: whatever its age, it is asked about once.
  while (!sale.cancelled && Date.now() < endOf()) {
    try {
      const patience = Math.max(500, Math.min(ATTEMPT_MS, endOf() - Date.now()));
      const { status, data } = await call("POST", "/v1/purchases", { body: sale.body, key: sale.key, patience });
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
      if (!spends(sale.body) && !navigator.onLine) return queue(sale);
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

/** Keep a sale that only earns, to be sent later under the same key. */
async function queue(sale) {
  const waiting = (await queued()).filter(({ kind }) => kind === "earn");
  if (waiting.length >= QUEUE_MAX) {
    // It may have been booked all the same, and nobody is told that it was.
    await enqueue({ kind: "void", key: sale.key, body: sale.body, at: sale.begunAt });
    await drop("sale");
    return { kind: "queue-full" };
  }
  await enqueue({ kind: "earn", key: sale.key, body: sale.body, at: sale.begunAt });
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
  const items = (await queued()).filter(({ refusal }) => !refusal);
  items.sort((one, other) => Number(one.kind === "earn") - Number(other.kind === "earn") || one.at - other.at);
  for (const item of items) {
    try {
      if (item.kind === "void") await sendVoid(item);
      else await sendEarn(item);
    } catch (error) {
      if (error instanceof NoAnswer) return;
      throw error;
    }
  }
}

const voidOf = (key, shift) => ({ idempotency_key: key, shift: shift ?? null });

async function sendVoid(item) {
  const { status, ok } = await call("POST", "/v1/purchases/void", { body: voidOf(item.key, item.body.shift) });
  if (isUnclear(status)) throw new NoAnswer();
  if (ok || status === 422) await dequeue(item.key);
}

async function sendEarn(item) {
  if (Date.now() - item.at > QUEUED_HOURS_MAX * HOUR_MS) return enqueue({ ...item, refusal: "too_old" });
  const { status, data, ok } = await call("POST", "/v1/purchases", { body: item.body, key: item.key });
  if (isUnclear(status)) throw new NoAnswer();
  if (ok) await dequeue(item.key);
  else await enqueue({ ...item, refusal: data?.detail ?? String(status) });
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
