// Digests of files by workers, so that the page never stands still.

/** How much of the beginning, the middle and the end tells a file from others. */
const PART = 64 * 1024;
/** Files whose whole digest is taken at the same time. */
const WHOLE = 2;

/** A worker and who waits for it. */
class Hand {
  #worker;
  #waiting = new Map();
  #count = 0;

  constructor() {
    this.#worker = new Worker(new URL('./hash-worker.js', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', event => this.#heard(event.data));
    this.#worker.addEventListener('error', event => this.#broken(event));
  }

  /** @returns {Promise<any>} what came of it; rejected with an AbortError when `signal` ends it */
  do(order, { signal, progress } = {}) {
    if (signal && signal.aborted) {
      return Promise.reject(new DOMException('Stopped.', 'AbortError'));
    }
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.delete(id);
        this.#worker.postMessage({ id, stop: true });
        reject(new DOMException('Stopped.', 'AbortError'));
      };
      const end = () => {
        this.#waiting.delete(id);
        signal?.removeEventListener('abort', stop);
      };
      this.#waiting.set(id, { resolve, reject, progress, end });
      signal?.addEventListener('abort', stop, { once: true });
      this.#worker.postMessage({ ...order, id });
    });
  }

  #heard(told) {
    const waiting = this.#waiting.get(told.id);
    if (!waiting) {
      return;
    }
    if ('progress' in told) {
      waiting.progress?.(told.progress);
      return;
    }
    waiting.end();
    if (told.failed) {
      waiting.reject(new DOMException(told.failed.message, told.failed.name));
    } else {
      waiting.resolve(told.done);
    }
  }

  #broken(event) {
    for (const waiting of [...this.#waiting.values()]) {
      waiting.end();
      waiting.reject(new Error(event.message || 'The browser could not start a worker.'));
    }
  }
}

/** The digests of a page's files. */
export class Digests {
  #parts = null;
  #whole = [];
  #busy = 0;
  #queue = [];

  /** Whether the digest of a range is a SHA-256 and not only a CRC: then all ranges together prove the whole. */
  get areStrong() {
    return Boolean(globalThis.crypto?.subtle);
  }

  /** What Content-Digest says of a range. @param {Blob} file @param {AbortSignal} [signal] @returns {Promise<string>} */
  part(file, start, end, signal) {
    return this.#small().do({ kind: 'part', file, start, end }, { signal });
  }

  /** What a file is recognised by later. @param {Blob} file @returns {Promise<string>} */
  parts(file) {
    return this.#small().do({ kind: 'parts', file, size: PART });
  }

  /** SHA-256 of the whole. @param {Blob} file @param {{signal?: AbortSignal, progress?: (bytes: number) => void}} [how] @returns {Promise<string>} */
  async whole(file, how = {}) {
    if (this.#busy >= WHOLE) {
      await new Promise(resolve => this.#queue.push(resolve));
    } else {
      this.#busy++;
    }
    const hand = this.#whole.pop() ?? new Hand();
    try {
      return await hand.do({ kind: 'whole', file }, how);
    } finally {
      this.#whole.push(hand);
      const next = this.#queue.shift();
      if (next) {
        next();
      } else {
        this.#busy--;
      }
    }
  }

  #small() {
    this.#parts ??= new Hand();
    return this.#parts;
  }
}
