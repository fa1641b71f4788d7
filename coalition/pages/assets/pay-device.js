// The phone as a maker of pay codes: its key stands in IndexedDB, where no script reads it, for as long as its session.
import { importKey } from "/assets/pay-code.js";
import { openStores } from "/assets/stored.js";

const STORE = "device";
const OWN = "own";
const LOCK = "pay-device";
const inStore = openStores("pay-device", { [STORE]: {} });

/** The member whose wallet this is, their session, and what a write needs; undefined where nobody has logged in. */
export function loggedIn() {
  const meta = document.querySelector("meta[name=wallet]");
  return meta ? { member: meta.content, ...meta.dataset } : undefined;
}

/** What is kept of this phone: `{id, number, key, member, session, offset}`, without a key once it has ended. */
export const keptDevice = () => inStore(STORE, "readonly", (store) => store.get(OWN));
export const keepDevice = (device) => inStore(STORE, "readwrite", (store) => store.put(device, OWN));
export const forgetDevice = () => inStore(STORE, "readwrite", (store) => store.delete(OWN));

/** By how much the alliance's clock is ahead of this one, in milliseconds, as an answer of just now says. */
export const offsetOf = (now) => now - Date.now();

/**
 * The phone as this session has it; it is added where the session has none yet. A phone that was ended stays so, unless
 * `again`. Null where adding it takes a fresh proof of who it is. Throws without reception.
 */
export function ownDevice(wallet, { again = false } = {}) {
  return navigator.locks.request(LOCK, async () => {
    const kept = await keptDevice();
    if (kept?.session === wallet.session && (kept.key || !again)) return kept;
    const path = `/v1/members/${encodeURIComponent(wallet.member)}/pay-devices`;
    const csrf = { "X-CSRF-Token": wallet.csrf };
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...csrf },
      body: JSON.stringify({ name: wallet.device }),
    });
    if (!answer.ok) return null;
    const { id, number, key, now } = await answer.json();
    const offset = offsetOf(Date.parse(now));
    const { member, session } = wallet;
    const device = { id, number, key: await importKey(key), member, session, offset };
    await keepDevice(device);
    // An earlier session's phone was this one too.
    if (kept?.member === member && kept.key) await fetch(`${path}/${kept.id}`, { method: "DELETE", headers: csrf });
    return device;
  });
}
