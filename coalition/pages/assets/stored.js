// What a browser keeps by itself: stores of an IndexedDB, also keys that no script reads.

/** Whether this browser keeps keys and shares locks: it does for pages of a secure origin. */
export const isAble = () => "indexedDB" in window && Boolean(crypto.subtle) && Boolean(navigator.locks);

function open(database, stores) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(stores)) request.result.createObjectStore(name, options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * A database with stores, each by its name with the options that it is made with. What this returns does something in
 * a store, and answers once that is on disk: `inStore(name, mode, (store) => request)`.
 */
export function openStores(database, stores) {
  let opening = null;
  return async (name, mode, act) => {
    opening ??= open(database, stores).catch((error) => {
      opening = null;
      throw error;
    });
    const opened = await opening;
    return new Promise((resolve, reject) => {
      // Strict: what is kept before it is sent has to be there after a crash.
      const transaction = opened.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };
}
