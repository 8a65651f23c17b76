// One file on its way to the server: finds out what is there, sends the rest, has it verified. Knows nothing of any page.
import { Problem } from './base.js';
import { Meter } from './meter.js';
import { Mover, forgotten, isUnreadable, timed } from './mover.js';
import { Backoff, KIB, MIB, Verdict, verdict } from './plan.js';
import { isGone } from './wire.js';

export const State = Object.freeze({
  WAITING: 'waiting', HASHING: 'hashing', UPLOADING: 'uploading', VERIFYING: 'verifying', DONE: 'done',
  NETWORK: 'network', PAUSED: 'paused', FAILED: 'failed', CANCELLED: 'cancelled',
  /** Was begun before, and the file has to be given again. */
  ABSENT: 'absent',
});

/** Goes in two requests. */
const SMALL = 256 * KIB;
/** Hashed before anything is sent, since the server may have it already. */
const CHEAP = 32 * MIB;
/** When the digest is known only later, so much must be left for it to be worth a question: bytes and seconds. */
const WORTH_BYTES = 4 * MIB;
const WORTH_SECONDS = 5;
/**
 * When a file has been going for so many milliseconds at less than so many bytes a second, the digest of the whole costs nothing and may save the rest. On a faster way it would
 * be what all waits for, and proves nothing that the SHA-256 of each range has not proven.
 */
const LOOK = 3000;
const SLOW = 20 * MIB;
/** How often a forgotten upload is begun again, one that holds wrong bytes, and how often bytes may be missing at the end after all. */
const FORGOTTEN = 3;
const WRONG = 1;
const ROUNDS = 10;
/** Seconds that a merge is waited for by one request. */
const MERGE_WAIT = 10;

/** An upload. What is public is for whoever shows it; `changed` is called when some of it is new. */
export class Upload {
  state = State.WAITING;
  /** What it waits for, or why it failed, in words. */
  note = '';
  /** What went otherwise than one would think, in words. */
  notice = '';
  /** The Problem that it waits for or failed by. */
  problem = null;
  /** `{fileId, name, size, sha256, instant}` when it is done. */
  result = null;
  fileId;
  /** SHA-256 of the whole; null while it is not known. */
  sha256;
  /** Bytes whose digest is taken. */
  hashed = 0;
  meter = new Meter();

  #given;
  #backoff = new Backoff(Math.random);
  #stop = new AbortController();
  #running = null;
  #mover = null;
  /** Whether all that the server has of it came from here, with a digest of each range. */
  #proven = false;
  /** The digest of the whole on its way; null while nobody takes it. */
  #hashing = null;
  #jump = () => {};
  #shown = 0;

  /**
   * @param {{file: Blob, name: string, room?: string, fileId?: string, wire: Wire, digests: Digests, slots: Slots, instant?: boolean,
   *     changed: (upload: Upload) => void, remember?: (upload: Upload) => Promise<void>}} given
   *        fileId: of an upload that was begun before; instant: whether the server may be asked for a file of the same content;
   *        remember: called when `fileId` is new, before the first byte goes
   */
  constructor(given) {
    this.#given = { instant: true, remember: async () => {}, ...given };
    this.fileId = given.fileId ?? null;
    this.sha256 = null;
  }

  get name() {
    return this.#given.name;
  }

  get size() {
    return this.#given.file.size;
  }

  /** Bytes that have gone, acknowledged or not. */
  get done() {
    return this.state === State.DONE ? this.size : this.#shown;
  }

  get isRunning() {
    return this.#running !== null;
  }

  /** Whether nothing more will come of it by itself. */
  get isOver() {
    return this.state === State.DONE || this.state === State.FAILED || this.state === State.CANCELLED;
  }

  /** Runs until it is done, failed, paused or cancelled. Never rejected: see `state`. */
  run() {
    this.#running ??= this.#guarded().finally(() => {
      this.#running = null;
      this.#given.changed(this);
    });
    return this.#running;
  }

  /** Stops what is under way; what has arrived stays. */
  async pause() {
    if (!this.isOver) {
      this.#set(State.PAUSED);
      await this.#halt();
    }
  }

  /** Makes a paused or failed one wait for its turn. */
  again() {
    if (this.state === State.PAUSED || this.state === State.FAILED) {
      this.problem = null;
      this.#set(State.WAITING);
    }
  }

  /** Ends it for good, and removes what has arrived. */
  async cancel() {
    if (this.state === State.DONE || this.state === State.CANCELLED) {
      return;
    }
    this.#set(State.CANCELLED);
    await this.#halt();
    if (this.fileId) {
      await this.#given.wire.remove(this.fileId).catch(() => {}); // it expires by itself
    }
  }

  /** Something tells that the network is back, or the login. */
  look() {
    this.#mover?.look();
    this.#jump();
  }

  /** The browser says that the network has gone. */
  lost() {
    this.#mover?.lost();
  }

  async #halt() {
    this.#stop.abort();
    this.#mover?.end();
    this.#jump();
    await this.#running;
  }

  #set(state, note = '') {
    if (this.state !== state || this.note !== note) {
      if (state === State.NETWORK || state === State.PAUSED) {
        this.meter.rest();
      }
      this.state = state;
      this.note = note;
      this.#given.changed(this);
    }
  }

  /** A state that must not cover one which somebody has set from outside. */
  #go(state, note = '') {
    this.#checkStopped();
    this.#set(state, note);
  }

  #checkStopped() {
    if (this.#stop.signal.aborted) {
      throw new DOMException('Stopped.', 'AbortError');
    }
  }

  async #guarded() {
    this.#stop = new AbortController();
    try {
      await this.#attempts();
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        this.problem = error;
        this.#set(State.FAILED, isUnreadable(error) ? 'The file was changed, moved or deleted after it was chosen. Choose it again.' : error.message);
      }
    } finally {
      this.#stop.abort(); // a digest that nobody wants any more
    }
  }

  /** Begins anew where that helps. */
  async #attempts() {
    let lost = 0;
    let wrong = 0;
    for (;;) {
      try {
        return await this.#attempt();
      } catch (error) {
        this.#checkStopped();
        if (isGone(error) && ++lost <= FORGOTTEN) {
          await this.#anew('The server no longer knew this upload, so it began anew.');
        } else if ((error.code === 'chunk_conflict' || error.code === 'hash_mismatch') && ++wrong <= WRONG) {
          this.sha256 = null;
          await this.#once(() => this.#given.wire.remove(this.fileId));
          await this.#anew('What the server had of it was not this file, so it began anew.');
        } else {
          throw error;
        }
      }
    }
  }

  async #anew(notice) {
    this.fileId = null;
    this.notice = notice;
    this.#show(0);
    await this.#given.remember(this);
  }

  async #attempt() {
    this.#go(State.HASHING);
    this.#hashing = null;
    if (!this.sha256 && this.size <= CHEAP) {
      await this.#hash();
    }
    // What came in an earlier visit may have been of another file; and a CRC alone proves nothing.
    if (this.fileId && !this.#proven || !this.#given.digests.areStrong) {
      this.#hash().catch(() => {}); // who waits for it hears of it
    }
    for (let round = 0; this.state !== State.DONE; round++) {
      const missing = await this.#begin();
      if (missing && await this.#send(missing)) {
        this.#go(this.#hashing && !this.sha256 ? State.HASHING : State.VERIFYING);
        await this.#hashing;
        await this.#complete(round);
      }
    }
  }

  /** Takes the digest of the whole, once. */
  #hash() {
    const progress = bytes => {
      this.hashed = bytes;
      this.#given.changed(this);
    };
    this.#hashing ??= this.sha256 ? Promise.resolve() : this.#given.digests.whole(this.#given.file, { signal: this.#stop.signal, progress }).then(sha256 => { this.sha256 = sha256; });
    return this.#hashing;
  }

  /** @returns {Promise<number[][]|null>} what is missing; null when it is complete */
  async #begin() {
    const { wire, name, room, remember } = this.#given;
    if (this.fileId) {
      const told = await this.#once(() => wire.status(this.fileId, [0, this.size]));
      if (!told) {
        throw forgotten();
      }
      if (told.status === 'completed') {
        this.#finish(told);
        return null;
      }
      if (told.file_size !== this.size) {
        throw new Problem({ status: 409, code: 'length_mismatch', detail: 'The upload that was begun is of a file of another length.' });
      }
      return told.status === 'pending_assembly' ? [] : told.missing;
    }
    const begun = await this.#once(() => wire.start({ name, size: this.size, sha256: this.sha256, room }));
    this.fileId = begun.file_id;
    this.#proven = true;
    if (begun.instant) {
      this.#finish(begun);
      return null;
    }
    await remember(this);
    return this.size > 0 ? [[0, this.size]] : [];
  }

  #finish(told) {
    if (this.sha256 && told.file_hash !== this.sha256) {
      throw new Problem({ status: 422, code: 'hash_mismatch', detail: 'The server has a file with another SHA-256.' });
    }
    this.sha256 = told.file_hash;
    this.result = { fileId: this.fileId, name: told.filename, size: told.file_size, sha256: told.file_hash, instant: Boolean(told.instant) };
    this.problem = null;
    this.#set(State.DONE);
  }

  /** Sends what is missing. @returns {Promise<boolean>} whether it is now to be verified; otherwise it is complete already, or to be begun anew since the server has the content */
  async #send(missing) {
    this.#go(State.UPLOADING);
    let found = false;
    const mover = new Mover({
      ...this.#given, fileId: this.fileId, missing, whole: this.size <= SMALL,
      shown: bytes => this.#show(bytes),
      rests: (why, milliseconds) => this.#rests(why, milliseconds),
      completed: answer => this.#finish(answer),
    });
    this.#mover = mover;
    const shortcut = async () => {
      await this.#hash();
      found = this.#given.instant && await this.#has(mover);
      if (found) {
        mover.end();
      }
    };
    const slow = this.sha256 ? 0 : setTimeout(() => {
      if (this.#hashing || this.meter.speed(performance.now()) < SLOW) {
        shortcut().catch(() => {}); // who waits for the digest hears of it; the question is worth it only when it is answered
      }
    }, LOOK);
    try {
      await mover.run();
    } finally {
      clearTimeout(slow);
      this.#mover = null;
    }
    this.#checkStopped();
    if (found && this.state !== State.DONE) {
      await this.#once(() => this.#given.wire.remove(this.fileId));
      this.fileId = null;
    }
    return !found && this.state !== State.DONE;
  }

  /** Whether the server has the content already, and it is worth to begin anew for that. */
  async #has(mover) {
    const worth = () => mover === this.#mover && mover.left >= Math.max(WORTH_BYTES, WORTH_SECONDS * this.meter.speed(performance.now()));
    return worth() && await this.#given.wire.has(this.sha256, this.size) && worth();
  }

  #show(bytes) {
    if (bytes !== this.#shown) {
      if (this.state === State.UPLOADING && this.#shown > 0) {
        this.meter.add(bytes - this.#shown, performance.now());
      }
      this.#shown = bytes;
      this.#given.changed(this);
    }
  }

  #rests(why, milliseconds) {
    if (!this.#stop.signal.aborted && this.state !== State.DONE) {
      this.problem = why;
      this.#set(why ? State.NETWORK : State.UPLOADING, why ? waits(why, milliseconds) : '');
    }
  }

  /** Has it verified, however long that takes; returns without when bytes are missing after all. */
  async #complete(round) {
    while (this.state !== State.DONE) {
      this.#go(State.VERIFYING);
      try {
        const told = await this.#once(() => this.#given.wire.merge(this.fileId, this.sha256, MERGE_WAIT));
        if (told.status === 'completed') {
          this.#finish(told);
        }
      } catch (problem) {
        if (problem.code !== 'missing_chunks' || round >= ROUNDS) {
          throw problem;
        }
        return;
      }
    }
  }

  /** A small call, tried again for as long as that may help. */
  async #once(action) {
    const before = this.state;
    for (let failures = 1; ; failures++) {
      try {
        const answer = await action();
        this.problem = null;
        if (!this.#stop.signal.aborted) {
          this.#set(before);
        }
        return answer;
      } catch (error) {
        this.#checkStopped();
        const found = error instanceof Problem ? verdict(error) : Verdict.NEVER;
        if (found === Verdict.NEVER || found === Verdict.FEW) {
          throw error;
        }
        const problem = timed(error);
        const pause = this.#backoff.pause(failures, problem.retryAfter);
        this.problem = problem;
        this.#set(State.NETWORK, waits(problem, pause));
        await this.#rest(pause);
      }
    }
  }

  async #rest(milliseconds) {
    await new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      this.#jump = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#jump = () => {};
    this.#checkStopped();
  }
}

/** Why nothing moves, for a person. */
function waits(problem, milliseconds) {
  if (verdict(problem) === Verdict.LOGIN) {
    return 'Your login has ended. What has arrived stays, and the rest follows when you have logged in again.';
  }
  const seconds = Math.ceil(milliseconds / 1000);
  return Number.isFinite(seconds) && seconds > 0 ? `${problem.message} Tries again in ${seconds} s.` : `${problem.message} Looking whether it is back…`;
}
