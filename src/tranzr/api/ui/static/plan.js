// Which bytes go next, how many at a time, and what to do when they fail: the rules of docs/client.md, without doing anything. Times are milliseconds since any origin.

export const KIB = 1024;
export const MIB = 1024 * KIB;

const LEAST = 64 * KIB;
/** A chunk is held in memory while it goes: no more than this, four times. */
const MOST = 16 * MIB;
const FIRST = 256 * KIB;
const USUAL = 8 * MIB;
const TARGET = 5000;
/** How often in a row a chunk fails before everything rests. */
const RETRIES = 10;
/** How often a wrong checksum is taken for an accident. */
const MISMATCHES = 4;

/** What a retry helps. */
export const Verdict = Object.freeze({ AGAIN: 'again', FEW: 'few', FEWER: 'fewer', REST: 'rest', LOGIN: 'login', NEVER: 'never' });

const VERDICTS = new Map([
  ['network', Verdict.AGAIN], ['stalled', Verdict.AGAIN], ['superseded', Verdict.AGAIN], ['body_incomplete', Verdict.AGAIN], ['request_timeout', Verdict.AGAIN],
  ['checksum_mismatch', Verdict.FEW],
  ['too_many_transfers', Verdict.FEWER], ['busy', Verdict.FEWER], ['too_many_connections', Verdict.FEWER],
  ['no_space', Verdict.REST], ['quota_exceeded', Verdict.REST], ['too_many', Verdict.REST], ['unavailable', Verdict.REST], ['too_many_requests', Verdict.REST],
  ['too_many_attempts', Verdict.REST], ['shutting_down', Verdict.REST],
  ['session_expired', Verdict.LOGIN], ['token_required', Verdict.LOGIN], ['wrong_token', Verdict.LOGIN], ['csrf', Verdict.LOGIN],
]);

/** @param {{status: number, code: string, told?: {retryable?: boolean}}} problem @returns {string} one of Verdict */
export function verdict(problem) {
  const known = VERDICTS.get(problem.code);
  if (known) {
    return known;
  }
  const hasCode = problem.code && !problem.code.startsWith('http_');
  // A code that this page does not know comes from a newer server, which says itself whether it is worth it.
  if (hasCode && !(problem.told && problem.told.retryable)) {
    return Verdict.NEVER;
  }
  switch (problem.status) {
    case 408: case 425: return Verdict.AGAIN;
    case 429: case 503: case 507: return Verdict.REST;
    default: return problem.status >= 500 || hasCode ? Verdict.AGAIN : Verdict.NEVER;
  }
}

/** Full jitter: anything between 50 ms and a bound that doubles with each failure in a row, up to 30 s; never earlier than the server said. */
export class Backoff {
  #random;

  /** @param {() => number} random 0 to below 1 */
  constructor(random) {
    this.#random = random;
  }

  /** @param {number} failures in a row, at least 1 @param {number} [retryAfter] seconds @returns {number} milliseconds */
  pause(failures, retryAfter = 0) {
    const own = 50 + this.#random() * (Math.min(30000, 250 * 2 ** (failures - 1)) - 50);
    const said = Math.min(retryAfter, 900) * 1000;
    return Math.max(own, said * (1 + this.#random() / 10));
  }
}

/** How large the next chunk is: what takes about five seconds, in powers of two. */
export class Sizer {
  #speed = 0;
  #size = FIRST;
  #failed = false;
  #calm = 0;

  /** Bytes, when so many are left for so many connections: towards the end chunks get smaller, so that all end together. */
  size(left, connections) {
    if (this.#speed === 0) {
      return this.#size;
    }
    const share = Math.max(Math.ceil(left / (2 * connections)), this.#speed / 4);
    return Math.min(this.#size, Math.ceil(share / LEAST) * LEAST);
  }

  /** So many bytes came through in this time. */
  moved(bytes, milliseconds) {
    const first = this.#speed === 0;
    if (bytes === 0 || !first && bytes < this.#size / 4 && milliseconds < 2 * TARGET) {
      return;
    }
    this.#speed = bytes * 1000 / Math.max(milliseconds, 1);
    this.#calm++;
    if (first) {
      this.#size = Math.min(this.#fitting(), USUAL);
    } else if (milliseconds * this.#size / bytes < TARGET / 2 && (!this.#failed || this.#calm >= 3)) {
      this.#size = Math.max(this.#size, Math.min(this.#fitting(), this.#size * (this.#failed ? 2 : 8)));
      this.#calm = 0;
    } else if (milliseconds > 2 * TARGET) {
      this.#size = Math.min(this.#size, Math.max(this.#fitting(), this.#size / 8));
    }
    this.#size = Math.min(MOST, Math.max(LEAST, Math.floor(this.#size / LEAST) * LEAST));
  }

  /** A chunk of so many bytes failed. Several that fail together halve the size once. */
  failed(bytes) {
    this.#failed = true;
    this.#calm = 0;
    if (bytes >= this.#size && bytes < 2 * this.#size) {
      this.#size = Math.max(LEAST, this.#size / 2);
    }
  }

  #fitting() {
    return Math.max(LEAST, 2 ** Math.floor(Math.log2(Math.max(1, this.#speed * TARGET / 1000))));
  }
}

/** Has everything rest when nothing gets through: one small question is asked from time to time, and when it is answered one chunk goes ahead of the others. */
export class Breaker {
  #backoff;
  #state = 'closed';
  #failures = 0;
  #rests = 0;
  #asking = false;
  #lookAt = 0;
  /** Why it rests; null while it does not. */
  why = null;

  /** @param {Backoff} backoff */
  constructor(backoff) {
    this.#backoff = backoff;
  }

  get isOpen() {
    return this.#state === 'open';
  }

  get lookAt() {
    return this.#asking ? Infinity : this.#lookAt;
  }

  /** How many may go at a time. */
  limit(otherwise) {
    return this.#state === 'closed' ? otherwise : this.#state === 'half' ? 1 : 0;
  }

  progress() {
    this.#state = 'closed';
    this.#failures = 0;
    this.#rests = 0;
    this.why = null;
  }

  failed(problem, workers, now) {
    this.#failures++;
    if (this.#state === 'half' || this.#state === 'closed' && this.#failures >= 3 + workers) {
      this.open(problem, now);
    }
  }

  /** Rests now, whatever was before. */
  open(problem, now) {
    this.#state = 'open';
    this.#rests++;
    this.#asking = false;
    this.#lookAt = now + this.#backoff.pause(this.#rests + 1, problem.retryAfter);
    this.why = problem;
  }

  /** Something tells that it is worth to look at once, such as the browser's `online`. */
  lookNow(now) {
    if (this.isOpen && !this.#asking) {
      this.#rests = 0;
      this.#lookAt = now;
    }
  }

  /** Whether to ask now; `answered` or `open` must follow. */
  mayAsk(now) {
    if (!this.isOpen || this.#asking || now < this.#lookAt) {
      return false;
    }
    this.#asking = true;
    return true;
  }

  answered() {
    this.#asking = false;
    this.#state = 'half';
  }
}

/** How many chunks go at a time: one until the speed is known, then four; one fewer after a failure, until it was calm for ten seconds. */
export class Concurrency {
  #usual;
  /** What the network can feed. */
  #fed = 1;
  #level = 1;
  #started = false;
  #failedAt = -Infinity;

  constructor(usual) {
    this.#usual = usual;
  }

  level(now) {
    if (this.#level < this.#fed && now - this.#failedAt >= 10000) {
      this.#level++;
      this.#failedAt = now;
    }
    return Math.min(this.#level, this.#fed);
  }

  /** A chunk came through in this time, beside so many others. A network that needs longer than ten seconds for the smallest chunk on each connection has too many of them. */
  moved(bytes, milliseconds, others) {
    if (bytes > 0) {
      const perSecond = bytes * 1000 * (others + 1) / Math.max(1, milliseconds);
      this.#fed = Math.min(this.#usual, Math.max(1, Math.floor(perSecond * 10 / LEAST)));
      this.#level = this.#started ? this.#level : this.#fed;
      this.#started = true;
    }
  }

  failed(now) {
    if (now - this.#failedAt >= 2000) {
      this.#level = Math.max(1, this.#level - 1);
    }
    this.#failedAt = now;
  }

  refused(others, now) {
    this.#level = Math.max(1, Math.min(this.#level, others));
    this.#failedAt = now;
  }
}

/**
 * The plan of one upload. `next` says what to do, and is told what came of it.
 * A piece is `{start, end, failures, mismatches, notBefore, ask}`, its end exclusive.
 */
export class Plan {
  #backoff;
  #sizer = new Sizer();
  #concurrency;
  #waiting = [];
  #left = 0;
  #underWay = 0;
  /** @type {Breaker} */
  breaker;

  /** @param {{missing: number[][], parallel?: number, random?: () => number}} what ranges that are missing, ends exclusive */
  constructor({ missing, parallel = 4, random = Math.random }) {
    this.#backoff = new Backoff(random);
    this.#concurrency = new Concurrency(parallel);
    this.breaker = new Breaker(this.#backoff);
    missing.forEach(([start, end]) => this.#put({ start, end, failures: 0, mismatches: 0, notBefore: -Infinity, ask: false }));
  }

  get isDone() {
    return this.#waiting.length === 0 && this.#underWay === 0;
  }

  /** Bytes that are neither there nor under way. */
  get left() {
    return this.#left;
  }

  get underWay() {
    return this.#underWay;
  }

  /** @returns {{kind: 'move'|'ask'|'probe', piece?: object}|null} null when there is nothing before `wakeAt`, or before something ends */
  next(now) {
    if (this.breaker.mayAsk(now)) {
      return { kind: 'probe' };
    }
    const level = this.#concurrency.level(now);
    if (this.#underWay >= this.breaker.limit(level)) {
      return null;
    }
    const index = this.#waiting.findIndex(piece => piece.notBefore <= now);
    return index < 0 ? null : this.#take(index, level);
  }

  #take(index, level) {
    const size = this.#sizer.size(this.#left, level);
    const [piece] = this.#waiting.splice(index, 1);
    this.#left -= piece.end - piece.start;
    this.#underWay++;
    if (piece.ask) {
      return { kind: 'ask', piece };
    }
    if (piece.end - piece.start <= size) {
      return { kind: 'move', piece };
    }
    // Ends lie on multiples of the smallest chunk, so that gaps stay few.
    const aligned = Math.floor((piece.start + size) / LEAST) * LEAST;
    const end = aligned > piece.start ? aligned : piece.start + size;
    this.#put({ ...piece, start: end });
    return { kind: 'move', piece: { ...piece, end } };
  }

  #put(piece) {
    if (piece.end > piece.start) {
      const after = this.#waiting.findIndex(other => other.start > piece.start);
      this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, piece);
      this.#left += piece.end - piece.start;
    }
  }

  /** When `next` may have something without anything having ended. */
  wakeAt(now) {
    if (this.breaker.isOpen) {
      return this.breaker.lookAt;
    }
    if (this.#underWay >= this.breaker.limit(this.#concurrency.level(now))) {
      return Infinity;
    }
    return this.#waiting.reduce((earliest, piece) => Math.min(earliest, piece.notBefore), Infinity);
  }

  /** A piece is there. */
  moved(piece, milliseconds) {
    this.#underWay--;
    this.breaker.progress();
    this.#sizer.moved(piece.end - piece.start, milliseconds);
    this.#concurrency.moved(piece.end - piece.start, milliseconds, this.#underWay);
  }

  /** What is missing of a piece that failed. @param {number[][]} missing within it */
  told(piece, missing, now) {
    this.#underWay--;
    const gained = missing.reduce((left, [start, end]) => left - (end - start), piece.end - piece.start);
    missing.forEach(([start, end]) => this.#put({ ...piece, start, end, ask: false, failures: gained > 0 ? 0 : piece.failures }));
    if (gained > 0) {
      this.breaker.progress();
    } else {
      this.#concurrency.failed(now);
    }
  }

  /** A piece was not moved, or nobody said what is missing of it. @throws the problem when another try does not help */
  failed(piece, problem, now) {
    this.#underWay--;
    const found = verdict(problem);
    if (found === Verdict.NEVER || found === Verdict.FEW && ++piece.mismatches >= MISMATCHES) {
      throw problem;
    }
    if (found === Verdict.FEWER) {
      this.#concurrency.refused(this.#underWay, now);
    }
    const counts = found === Verdict.AGAIN || found === Verdict.FEW;
    if (counts) {
      piece.failures++;
      this.#sizer.failed(piece.end - piece.start);
    }
    const rests = found === Verdict.REST || found === Verdict.LOGIN || found === Verdict.FEWER && this.#underWay === 0;
    const again = { ...piece, ask: true, notBefore: now + this.#backoff.pause(Math.max(1, piece.failures), rests ? 0 : problem.retryAfter) };
    if (piece.failures > RETRIES || rests) {
      again.failures = 0;
      this.breaker.open(problem, now);
    } else if (counts) {
      this.breaker.failed(problem, this.#underWay + 1, now);
    }
    this.#put(again);
  }

  /** Nobody answered when it was asked whether somebody is there. @throws the problem when it makes no sense to ask again */
  unanswered(problem, now) {
    // That this very question is refused shows that somebody is there.
    if (verdict(problem) === Verdict.NEVER) {
      this.breaker.answered();
    } else {
      this.breaker.open(problem, now);
    }
  }

  /** Stops everything as if the network had gone. */
  rest(problem, now) {
    this.breaker.open(problem, now);
  }
}
