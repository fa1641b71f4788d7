// How a till calls the server: in a session that it begins by signing with its key, and begins again when that has ended.
import { drop, keep, kept } from "/assets/till-store.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const PATIENCE_MS = 8000;
/** What is kept for the till that a device is; what waits to be sent says by itself which till sold it. */
const OF_THIS_TILL = ["device", "own", "shift", "sale", "undo", "refund", "last"];

/** Whether an answer says nothing of what became of the request: it is to be sent again. */
export const isUnclear = (status) => status >= 500 || status === 429 || status === 408;

/** No answer: nobody knows whether the request arrived. */
export class NoAnswer extends Error {}

/** A manager has removed this till. */
export class Removed extends Error {}

let token = null;

function base64url(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

async function request(method, path, { body, key, patience = PATIENCE_MS, bearer } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.timeout(patience),
    });
    const text = await answer.text();
    return { status: answer.status, ok: answer.ok, data: text ? JSON.parse(text) : null };
  } catch {
    throw new NoAnswer();
  }
}

/** Make a key here, and become a till by a manager's code. The answer says whether that went well. */
export async function connect(code, name) {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
  const publicKey = base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
  const answer = await request("POST", "/v1/tills", { body: { code, name, public_key: publicKey } });
  if (answer.ok) await keep("device", { id: answer.data.id, key: pair.privateKey });
  return answer;
}

async function signed(device, text) {
  return base64url(await crypto.subtle.sign(SIGNING, device.key, new TextEncoder().encode(text)));
}

/** A sale as this till signs it, in ASCII: `{content, signature}`. It proves by itself who made it, and when. */
export async function signSale(key, body) {
  const device = await kept("device");
  const plain = JSON.stringify({ ...body, till: device.id, idempotency_key: key });
  const content = plain.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return { content, signature: await signed(device, content) };
}

async function beginSession(patience) {
  const device = await kept("device");
  if (!device) throw new Removed();
  const till = device.id;
  const asked = await request("POST", "/v1/till-challenges", { body: { till }, patience });
  if (asked.status === 401) throw new Removed();
  if (!asked.ok) throw new NoAnswer();
  const { challenge } = asked.data;
  const signature = await signed(device, challenge);
  const begun = await request("POST", "/v1/till-sessions", { body: { till, challenge, signature }, patience });
  if (begun.status === 401) throw new Removed();
  if (!begun.ok) throw new NoAnswer();
  token = begun.data.token;
}

/** Call the API as this till. Throws NoAnswer and Removed; every other answer is returned. */
export async function call(method, path, options = {}) {
  for (const isLast of [false, true]) {
    if (token === null) await beginSession(options.patience);
    const answer = await request(method, path, { ...options, bearer: token });
    if (answer.status !== 401 || isLast) return answer;
    token = null;
  }
}

/** Forget that this device was a till, with all that another one that it becomes has no part in. */
export async function forget() {
  token = null;
  for (const name of OF_THIS_TILL) await drop(name);
}
