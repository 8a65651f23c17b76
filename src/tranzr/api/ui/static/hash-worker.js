// Reads files and takes their digests beside the page. One worker does one thing at a time; a message {id, stop: true} ends what it does.
import { Sha256, crc32c } from './hash.js';

const PIECE = 4 * 1024 * 1024;
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

const WORK = {
  /** The bytes of a range with their CRC-32C; with their SHA-256 too when `sha256` is set, which is for small files. */
  async part({ id, file, start, end, sha256 }) {
    const buffer = await file.slice(start, end).arrayBuffer();
    const bytes = new Uint8Array(buffer);
    if (bytes.length !== end - start) {
      throw new DOMException('The file is shorter than it was.', 'NotReadableError');
    }
    const answer = { id, done: { buffer, crc: crc32c(bytes), sha256: sha256 ? new Sha256().update(bytes).hex() : null } };
    self.postMessage(answer, [buffer]);
  },

  /** The SHA-256 of a whole file, while the next piece is being read. */
  async whole({ id, file }) {
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
