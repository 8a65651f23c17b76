// Brings the missing ranges of a file to the server, by the plan.
import { Problem } from './base.js';
import { Plan, Verdict, verdict } from './plan.js';

/** A login may come back at any time: it is looked for more often than a network, every so many seconds. */
const LOGIN_LOOK = 5;
/** The longest time without a look at what is shown: milliseconds. */
const LOOK = 1000;

/** The server no longer knows the upload. */
export function forgotten() {
  return new Problem({ status: 410, code: 'upload_expired', detail: 'The server no longer knows the upload.' });
}

/** What the browser says when a file is not what it was when it was chosen. */
export function isUnreadable(error) {
  return error.name === 'NotReadableError' || error.name === 'NotFoundError';
}

/** The problem with the time at which to try again. */
export function timed(problem) {
  return verdict(problem) === Verdict.LOGIN ? new Problem(problem.told, Math.min(problem.retryAfter ?? LOGIN_LOOK, LOGIN_LOOK)) : problem;
}

/** One run over the missing ranges. */
export class Mover {
  #given;
  #plan;
  /** What goes now: piece → {loaded, stop}. */
  #flying = new Map();
  #working = new Set();
  #wake = () => {};
  #failure = null;
  #ended = false;

  /**
   * @param {{file: Blob, fileId: string, missing: number[][], whole: boolean, wire: Wire, digests: Digests, slots: Slots,
   *     shown: (bytes: number) => void, rests: (why: Problem|null, milliseconds?: number) => void, completed: (answer: object) => void}} given
   *        whole: the server shall complete what comes in one request; shown: bytes of the file that have gone; rests: why nothing moves, null when it does
   */
  constructor(given) {
    this.#given = given;
    this.#plan = new Plan({ missing: given.missing });
  }

  /** Bytes that are neither there nor under way. */
  get left() {
    return this.#plan.left;
  }

  /** Ends when everything is there, when the server has completed it, or by `end`. Rejected when another try does not help. */
  async run() {
    this.#show();
    try {
      while (!this.#plan.isDone && !this.#failure && !this.#ended) {
        const taken = this.#given.slots.take();
        const step = taken ? this.#plan.next(performance.now()) : null;
        if (step) {
          this.#begin(step);
          continue;
        }
        if (taken) {
          this.#given.slots.give();
        } else {
          this.#given.slots.whenFree(() => this.#wake());
        }
        await this.#something(taken);
      }
    } finally {
      this.#flying.forEach(({ stop }) => stop.abort());
      await Promise.allSettled(this.#working);
    }
    // Who ends it does not want to hear what that broke.
    if (this.#failure && !this.#ended) {
      throw this.#failure;
    }
  }

  /** Ends the run; what has arrived stays. */
  end() {
    this.#ended = true;
    this.#wake();
  }

  /** Something tells that the network is back, or the login. */
  look() {
    this.#plan.breaker.lookNow(performance.now());
    this.#wake();
  }

  /** The browser says that the network has gone. */
  lost() {
    this.#plan.rest(new Problem({ status: 0, code: 'network', detail: 'This device is offline.' }), performance.now());
    this.#flying.forEach(({ stop }) => stop.abort());
    this.#wake();
  }

  #begin(step) {
    const work = this.#do(step).catch(error => { this.#failure ??= error; }).finally(() => {
      this.#given.slots.give();
      this.#working.delete(work);
      this.#wake();
    });
    this.#working.add(work);
  }

  /** Waits until something has ended, or until it is time. @param {boolean} free whether there was a connection for more */
  async #something(free) {
    const now = performance.now();
    const { breaker } = this.#plan;
    this.#given.rests(breaker.isOpen ? breaker.why : null, breaker.lookAt - now);
    const at = free || breaker.isOpen ? this.#plan.wakeAt(now) : Infinity;
    await new Promise(resolve => {
      const timer = setTimeout(resolve, Math.max(0, Math.min(at - now, LOOK)));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #do(step) {
    switch (step.kind) {
      case 'probe': return this.#probe();
      case 'ask': return this.#ask(step.piece);
      default: return this.#move(step.piece);
    }
  }

  async #probe() {
    try {
      await this.#given.wire.probe(this.#given.fileId);
      this.#plan.breaker.answered();
    } catch (problem) {
      this.#plan.unanswered(timed(problem), performance.now());
    }
  }

  /** What has arrived of a piece that failed. */
  async #ask(piece) {
    let told;
    try {
      told = await this.#given.wire.status(this.#given.fileId, [piece.start, piece.end]);
    } catch (problem) {
      this.#plan.failed(piece, timed(problem), performance.now());
      return;
    }
    if (!told) {
      throw forgotten();
    }
    if (told.status === 'completed') {
      this.#complete(told);
    }
    const missing = told.missing.map(([start, end]) => [Math.max(start, piece.start), Math.min(end, piece.end)]).filter(([start, end]) => start < end);
    this.#plan.told(piece, missing, performance.now());
    this.#show();
  }

  async #move(piece) {
    const { wire, digests, file, fileId } = this.#given;
    const { start, end } = piece;
    const stop = new AbortController();
    this.#flying.set(piece, { loaded: 0, stop });
    try {
      const digest = await digests.part(file, start, end, stop.signal);
      const begun = performance.now();
      // The file itself is the body: the browser reads it where it sends it, which is twice as fast as bytes of the page.
      const answer = await wire.put(fileId, { start, end, size: file.size, body: file.slice(start, end), digest, whole: this.#given.whole && end - start === file.size },
        { signal: stop.signal, progress: bytes => this.#flew(piece, bytes) });
      this.#plan.moved(piece, performance.now() - begun);
      if (answer.status === 'completed') {
        this.#complete(answer);
      }
    } catch (error) {
      this.#failed(piece, error);
    } finally {
      this.#flying.delete(piece);
      this.#show();
    }
  }

  #failed(piece, error) {
    if (isUnreadable(error) || this.#ended) {
      throw error;
    }
    this.#plan.failed(piece, error instanceof Problem ? timed(error) : new Problem({ status: 0, code: 'network', detail: error.message }), performance.now());
  }

  #complete(answer) {
    this.#given.completed(answer);
    this.#ended = true;
  }

  #flew(piece, bytes) {
    const flight = this.#flying.get(piece);
    if (flight) {
      flight.loaded = bytes;
      this.#show();
    }
  }

  #show() {
    let away = this.#given.file.size - this.#plan.left;
    this.#flying.forEach((flight, piece) => { away -= piece.end - piece.start - flight.loaded; });
    this.#given.shown(Math.max(0, away));
  }
}
