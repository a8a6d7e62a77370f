// Scans without an answer, on the disk of this device under their numbers, until the server has answered: they survive
// a tab that was killed and a phone that was started anew.

const NAME = "gate";
const TABLE = "unanswered";
const IN_STORAGE = "gate-unanswered"; // where there is no IndexedDB
const PATIENCE = 1000; // a database that does not answer must not hold up a gate

const held = new Map(); // the scans of this tab: what ends their locks

// Resolves when the scan is on the disk, or cannot be.
export async function keep(scan) {
  hold(scan.id);
  if (
    await inTable("readwrite", (table) => table.put(scan)).then(
      () => true,
      () => false,
    )
  )
    return;
  inStorage((scans) => ({ ...scans, [scan.id]: scan }));
}

export async function forget(id) {
  held.get(id)?.();
  held.delete(id);
  inStorage((scans) => Object.fromEntries(Object.entries(scans).filter(([other]) => other !== id)));
  await inTable("readwrite", (table) => table.delete(id)).catch(() => undefined);
}

// The scans that wait for an answer, the oldest first; not those that another tab is sending.
export async function keptScans() {
  const rows = await inTable("readonly", (table) => table.getAll()).catch(() => []);
  const elsewhere = await locked();
  const scans = [...rows, ...Object.values(inStorage())].filter(({ id }) => !elsewhere.has(lockOf(id)));
  return scans.sort((one, other) => one.at - other.at);
}

// --- Which tab sends ------------------------------------------------------------------------------------

const lockOf = (id) => `gate-scan ${id}`;

function hold(id) {
  if (held.has(id)) return;
  const end = new Promise((resolve) => held.set(id, resolve));
  navigator.locks?.request(lockOf(id), () => end).catch(() => undefined);
}

async function locked() {
  const locks = await navigator.locks?.query().catch(() => null);
  return new Set(locks?.held?.map(({ name }) => name));
}

// --- Where they are -------------------------------------------------------------------------------------

async function inTable(mode, act) {
  if (!globalThis.indexedDB) throw new Error("This browser has no IndexedDB.");
  return Promise.race([inOpenTable(mode, act), tooLate()]);
}

async function inOpenTable(mode, act) {
  const database = await opened();
  try {
    // Strict: done when it is on the disk, not when the system has promised to write it.
    const transaction = database.transaction(TABLE, mode, { durability: "strict" });
    const request = act(transaction.objectStore(TABLE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function tooLate() {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("The database does not answer.")), PATIENCE);
  });
}

// Returns the scans in localStorage, after they were changed.
function inStorage(change) {
  try {
    const before = JSON.parse(localStorage.getItem(IN_STORAGE) ?? "{}");
    if (!change) return before;
    const after = change(before);
    if (Object.keys(after).length) localStorage.setItem(IN_STORAGE, JSON.stringify(after));
    else localStorage.removeItem(IN_STORAGE);
    return after;
  } catch {
    return {}; // Storage is not available: a reload loses the scan, the server does not.
  }
}
