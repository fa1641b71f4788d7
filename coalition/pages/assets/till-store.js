// What a till keeps on its device: its key, which no script reads, what it last knew of itself, and what waits to be sent.
const DATABASE = "till";
const KEPT = "kept";
const QUEUE = "queue";

let opening = null;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEPT);
      request.result.createObjectStore(QUEUE, { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function inStore(name, mode, act) {
  const database = await opened();
  return new Promise((resolve, reject) => {
    // Strict: what is kept before a sale is sent has to be there after a crash.
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const kept = (name) => inStore(KEPT, "readonly", (store) => store.get(name));
export const keep = (name, value) => inStore(KEPT, "readwrite", (store) => store.put(value, name));
export const drop = (name) => inStore(KEPT, "readwrite", (store) => store.delete(name));

/** What waits to be sent or was refused, by its idempotency key. */
export const queued = () => inStore(QUEUE, "readonly", (store) => store.getAll());
export const enqueue = (item) => inStore(QUEUE, "readwrite", (store) => store.put(item));
export const dequeue = (key) => inStore(QUEUE, "readwrite", (store) => store.delete(key));

/** Whether this browser can be a till: it has what a secure origin has. */
export const isAble = () => "indexedDB" in window && Boolean(crypto.subtle) && Boolean(navigator.locks);
