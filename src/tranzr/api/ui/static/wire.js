// What an upload asks of the server, without any retry; every refusal is a Problem.
import { Problem, address, call, problemOf, session } from './base.js';

/** No answer, or no byte moved, for so long: milliseconds. */
const SILENCE = 30000;
const LONGEST_SILENCE = 900000;
/** What buffers on the way may hold when the last byte has left. */
const BUFFERED = 8 * 1024 * 1024;
/** Larger files have larger chunks at the server, so that what it tells of them stays short. */
const CHUNKS = 1000;
const LEAST_CHUNK = 8 * 1024 * 1024;

/** Whether a problem says that there is no such upload any more. Other answers of these statuses, a proxy's, say, do not count. */
export function isGone(problem) {
  return problem.status === 410 && problem.code === 'upload_expired' || problem.status === 404 && problem.code === 'not_found';
}

/** The field that proves the login to whatever changes something. @param {boolean} again when the last one was refused */
export async function sessionHeaders(again) {
  const login = await session(again);
  return login && login.csrf_token ? { 'X-CSRF-Token': login.csrf_token } : {};
}

/** The server as one sender sees it. */
export class Wire {
  #headers;
  #refused = false;

  /** @param {(again: boolean) => Promise<object>} [headers] that say who sends: the session's by default; a guest brings `Authorization` */
  constructor(headers = sessionHeaders) {
    this.#headers = headers;
  }

  /** The fields that say who sends, asked for anew after they were refused. */
  async #who() {
    const again = this.#refused;
    this.#refused = false;
    return this.#headers(again);
  }

  async #call(path, how = {}) {
    const headers = { ...await this.#who(), ...how.headers };
    const { wait = 0, ...rest } = how;
    try {
      return await call(path, { ...rest, headers, anonymous: true, signal: AbortSignal.timeout(SILENCE + wait * 1000) });
    } catch (problem) {
      throw this.#noted(problem);
    }
  }

  #noted(problem) {
    if (problem.name === 'TimeoutError' || problem.name === 'AbortError') {
      return new Problem({ status: 0, code: 'network', detail: 'The server does not answer.' });
    }
    this.#refused ||= problem.status === 401 || problem.code === 'csrf';
    return problem;
  }

  /** Begins an upload. @param {{name: string, size: number, sha256?: string, room?: string}} what @returns the answer, with `instant` when nothing is to be sent */
  start({ name, size, sha256, room }) {
    const json = { filename: name, file_size: size };
    if (size > CHUNKS * LEAST_CHUNK) {
      json.chunk_size = (Math.floor(size / CHUNKS / LEAST_CHUNK) + 1) * LEAST_CHUNK;
    }
    if (sha256) {
      json.sha256 = sha256;
    }
    if (room) {
      json.room = room;
    }
    return this.#call('upload/start', { json });
  }

  /**
   * Where an upload stands; null when the server does not know it, or no longer.
   * @param {number[]} [settle] a range, its end exclusive, whose broken requests the server shall have noticed before it answers
   */
  async status(id, settle) {
    try {
      const told = await this.#call(`upload/status/${id}${settle && settle[1] > settle[0] ? `?settle=${settle[0]}-${settle[1] - 1}` : ''}`);
      return { ...told, missing: told.missing_ranges.map(([first, last]) => [first, last + 1]) };
    } catch (problem) {
      if (isGone(problem)) {
        return null;
      }
      throw problem;
    }
  }

  /** Has it verified, against `sha256` when that is not null; the answer's `status` is `completed`, or `pending_assembly` when it takes longer. @param {number} wait seconds */
  merge(id, sha256, wait) {
    return this.#call(`upload/merge/${id}?wait=${wait}`, { json: sha256 ? { sha256 } : {}, wait });
  }

  /** Gives an upload up, or, when it is complete, removes the file; fine when it is gone already. */
  async remove(id, completed = false) {
    try {
      await this.#call(`${completed ? 'files' : 'upload'}/${id}`, { method: 'DELETE' });
    } catch (problem) {
      if (!isGone(problem)) {
        throw problem;
      }
    }
  }

  /** Makes one link for files of the sender. @param {string[]} ids @param {object} terms as `POST /share/create` takes them */
  share(ids, terms) {
    return ids.length === 1 ? this.#call(`share/create/${ids[0]}`, { json: terms }) : this.#call('share/create', { json: { file_ids: ids, ...terms } });
  }

  /** Whether a file of this content is there that the sender may list. */
  async has(sha256, size) {
    const found = await this.#call(`files?status=completed&sha256=${sha256}&limit=1`);
    return found.some(file => file.file_hash === sha256 && file.file_size === size);
  }

  /** Whether the server is there and knows who asks. */
  async probe(id) {
    await this.#call(id ? `upload/status/${id}` : 'health');
  }

  /**
   * Sends a range.
   * @param {{start: number, end: number, size: number, body: Blob, digest: string, whole: boolean}} what whole: complete the upload when it is whole by this
   * @param {{signal: AbortSignal, progress: (bytes: number) => void}} how
   */
  async put(id, { start, end, size, body, digest, whole }, { signal, progress }) {
    const headers = { Accept: 'application/json', 'X-Requested-With': 'fetch', 'Content-Type': 'application/octet-stream', 'Content-Digest': digest, ...await this.#who() };
    if (end > start) {
      headers['Content-Range'] = `bytes ${start}-${end - 1}/${size}`;
    }
    try {
      return await put(address(`upload/${id}${whole ? '' : '?complete=false'}`), headers, body, signal, progress);
    } catch (problem) {
      if (problem.name === 'AbortError') {
        throw problem;
      }
      throw this.#noted(problem);
    }
  }
}

/** XMLHttpRequest, since fetch does not tell how much of a body has gone. */
function put(url, headers, body, signal, progress) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new DOMException('Stopped.', 'AbortError'));
      return;
    }
    const request = new XMLHttpRequest();
    const begun = performance.now();
    let timer = 0;
    const end = (settle, value) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      settle(value);
    };
    const stop = () => {
      request.abort();
      end(reject, new DOMException('Stopped.', 'AbortError'));
    };
    const silent = () => {
      request.abort();
      end(reject, new Problem({ status: 0, code: 'stalled', detail: 'The connection stands still.' }));
    };
    const within = milliseconds => {
      clearTimeout(timer);
      timer = setTimeout(silent, milliseconds);
    };
    request.open('PUT', url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener('progress', event => {
      within(SILENCE);
      progress(Math.min(event.loaded, body.size));
    });
    request.upload.addEventListener('load', () => {
      const perMillisecond = body.size / Math.max(1, performance.now() - begun);
      within(Math.min(LONGEST_SILENCE, SILENCE + 2 * Math.min(BUFFERED, body.size) / Math.max(perMillisecond, 0.001)));
    });
    request.addEventListener('load', async () => {
      const response = new Response(request.status === 204 ? null : request.responseText, { status: request.status, headers: retryAfter(request) });
      if (response.ok) {
        end(resolve, JSON.parse(request.responseText || '{}'));
      } else {
        end(reject, await problemOf(response));
      }
    });
    request.addEventListener('error', () => end(reject, new Problem({ status: 0, code: 'network', detail: 'The connection broke.' })));
    signal.addEventListener('abort', stop, { once: true });
    within(SILENCE);
    request.send(body);
  });
}

function retryAfter(request) {
  const told = request.getResponseHeader('Retry-After');
  return told ? { 'Retry-After': told } : {};
}
