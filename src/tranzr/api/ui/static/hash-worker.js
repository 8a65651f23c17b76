// Reads files and takes their digests beside the page. One worker does one thing at a time; a message {id, stop: true} ends what it does.
import { Sha256, crc32c, crcField, hex, shaField } from './hash.js';

const PIECE = 4 * 1024 * 1024;
/** Up to so many bytes a file is read at once and hashed by the browser itself, which is many times as fast. */
const AT_ONCE = 32 * 1024 * 1024;
/** Not there without HTTPS, but on the machine itself. */
const native = self.crypto?.subtle;
const stopped = new Set();

self.addEventListener('message', async event => {
  const order = event.data;
  if (order.stop) {
    stopped.add(order.id);
    return;
  }
  try {
    await WORK[order.kind](order);
  } catch (error) {
    self.postMessage({ id: order.id, failed: { name: error.name, message: error.message } });
  } finally {
    stopped.delete(order.id);
  }
});

/** @returns {Promise<ArrayBuffer>} */
async function read(file, start, end) {
  const bytes = await file.slice(start, end).arrayBuffer();
  if (bytes.byteLength !== end - start) {
    throw new DOMException('The file is shorter than it was.', 'NotReadableError');
  }
  return bytes;
}

const WORK = {
  /** The value of Content-Digest for a range. */
  async part({ id, file, start, end }) {
    const bytes = await read(file, start, end);
    self.postMessage({ id, done: native ? shaField(await native.digest('SHA-256', bytes)) : crcField(crc32c(new Uint8Array(bytes))) });
  },

  /** The SHA-256 of a whole file, while the next piece is being read. */
  async whole({ id, file }) {
    if (native && file.size <= AT_ONCE) {
      self.postMessage({ id, done: hex(await native.digest('SHA-256', await read(file, 0, file.size))) });
      return;
    }
    const digest = new Sha256();
    let next = file.slice(0, PIECE).arrayBuffer();
    while (digest.length < file.size) {
      const bytes = new Uint8Array(await next);
      if (stopped.has(id)) {
        throw new DOMException('Stopped.', 'AbortError');
      }
      if (bytes.length === 0) {
        throw new DOMException('The file is shorter than it was.', 'NotReadableError');
      }
      const after = digest.length + bytes.length;
      next = file.slice(after, after + PIECE).arrayBuffer();
      digest.update(bytes);
      self.postMessage({ id, progress: digest.length });
    }
    self.postMessage({ id, done: digest.hex() });
  },

  /** What a file is recognised by: the digest of the parts at its beginning, middle and end. */
  async parts({ id, file, size }) {
    const digest = new Sha256();
    const last = Math.max(0, file.size - size);
    for (const start of [0, Math.floor(last / 2), last]) {
      digest.update(new Uint8Array(await file.slice(start, start + size).arrayBuffer()));
    }
    self.postMessage({ id, done: digest.hex() });
  },
};
