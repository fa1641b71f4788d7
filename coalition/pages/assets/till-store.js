// What a till keeps on its device: its key, which no script reads, what it last knew of itself, and what waits to be sent.
import { openStores } from "/assets/stored.js";

const KEPT = "kept";
const QUEUE = "queue";
const inStore = openStores("till", { [KEPT]: {}, [QUEUE]: { keyPath: "key" } });

export const kept = (name) => inStore(KEPT, "readonly", (store) => store.get(name));
export const keep = (name, value) => inStore(KEPT, "readwrite", (store) => store.put(value, name));
export const drop = (name) => inStore(KEPT, "readwrite", (store) => store.delete(name));

/** What waits to be sent or was refused, by its idempotency key. */
export const queued = () => inStore(QUEUE, "readonly", (store) => store.getAll());
export const enqueue = (item) => inStore(QUEUE, "readwrite", (store) => store.put(item));
export const dequeue = (key) => inStore(QUEUE, "readwrite", (store) => store.delete(key));
