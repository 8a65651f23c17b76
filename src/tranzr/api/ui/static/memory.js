// What the browser remembers of files that are not sent yet, in IndexedDB: enough to go on after a refresh, a crash or a reboot. Never a password.

const NAME = 'tranzr';
const VERSION = 1;

let opened = null;
/** What this tab holds: id → what lets go of it. */
const held = new Map();

/** @returns {Promise<IDBDatabase|null>} null where nothing can be kept */
function database() {
  opened ??= new Promise(resolve => {
    try {
      const request = indexedDB.open(NAME, VERSION);
      request.addEventListener('upgradeneeded', () => {
        request.result.createObjectStore('parcels', { keyPath: 'id' });
        request.result.createObjectStore('files', { keyPath: ['parcel', 'index'] });
      });
      request.addEventListener('success', () => {
        // Another tab of a newer release wants to change it, or somebody to remove it: nothing is kept from then on.
        request.result.addEventListener('versionchange', () => request.result.close());
        resolve(request.result);
      });
      request.addEventListener('error', () => resolve(null));
      request.addEventListener('blocked', () => resolve(null));
    } catch {
      resolve(null); // private windows of some browsers
    }
  });
  return opened;
}

/** Runs in one transaction. @returns {Promise<any>} null where nothing can be kept, or when it is full */
async function within(mode, work) {
  const base = await database();
  if (!base) {
    return null;
  }
  return new Promise(resolve => {
    try {
      const transaction = base.transaction(['parcels', 'files'], mode);
      const result = work(transaction.objectStore('parcels'), transaction.objectStore('files'));
      transaction.addEventListener('complete', () => resolve(result ? result.result ?? true : true));
      transaction.addEventListener('error', () => resolve(null));
      transaction.addEventListener('abort', () => resolve(null));
    } catch {
      resolve(null); // a handle that cannot be kept, say
    }
  });
}

/** All files of a parcel. */
function filesOf(id) {
  return IDBKeyRange.bound([id, 0], [id, Infinity]);
}

/**
 * Keeps a parcel: files that get one link together.
 * @param {{id: string, owner: string, server: string, createdAt: string, options: object}} parcel
 * @returns {Promise<boolean>} whether it is kept
 */
export async function keepParcel(parcel) {
  return await within('readwrite', parcels => { parcels.put(parcel); }) !== null;
}

/**
 * Keeps what is known of files.
 * @param {{parcel: string, index: number, name: string, size: number, modified: number, parts: string|null, root: FileSystemHandle|null, path: string[],
 *     fileId: string|null, sha256: string|null, done: boolean}[]} files
 * @returns {Promise<boolean>} whether they are kept
 */
export async function keepFiles(files) {
  const kept = await within('readwrite', (_, store) => { files.forEach(file => store.put(file)); });
  // A browser that cannot keep handles keeps the rest.
  return kept !== null || await within('readwrite', (_, store) => { files.forEach(file => store.put({ ...file, root: null })); }) !== null;
}

/** Forgets one file of a parcel. */
export async function forgetFile(parcel, index) {
  await within('readwrite', (_, files) => { files.delete([parcel, index]); });
}

/** Forgets a parcel with its files. */
export async function forgetParcel(id) {
  await within('readwrite', (parcels, files) => {
    parcels.delete(id);
    files.delete(filesOf(id));
  });
}

/** The parcels that are kept for this sender at this server, the oldest first, each with its `files`. */
export async function keptParcels(owner, server) {
  const parcels = await within('readonly', store => store.getAll());
  if (!Array.isArray(parcels)) {
    return [];
  }
  const own = parcels.filter(parcel => parcel.owner === owner && parcel.server === server).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  return Promise.all(own.map(async parcel => {
    const files = await within('readonly', (_, store) => store.getAll(filesOf(parcel.id)));
    return { ...parcel, files: Array.isArray(files) ? files : [] };
  }));
}

/**
 * Holds a parcel for this tab until it is closed, so that no other tab sends the same.
 * @returns {Promise<boolean>} false when another tab has it
 */
export function hold(id) {
  if (!navigator.locks) {
    return Promise.resolve(true);
  }
  return new Promise(resolve => {
    navigator.locks.request(`tranzr-parcel-${id}`, { ifAvailable: true }, lock => {
      resolve(lock !== null);
      return lock ? new Promise(release => held.set(id, release)) : undefined;
    });
  });
}

/** Lets another tab have it. */
export function release(id) {
  held.get(id)?.();
  held.delete(id);
}
