// Files that are sent together and get one link. Remembered from the moment they are sent until there is a link.
import { forgetFile, forgetParcel, hold, keepFiles, keepParcel, release } from './memory.js';
import { Meter } from './meter.js';
import { Verdict, verdict } from './plan.js';
import { State, Upload } from './upload.js';

const ASKED = 20;
/** When a link is tried again: milliseconds. */
const LINK_AGAIN = 5000;
/** As many files as one link takes. */
const LINK_FILES = 1000;

export const Phase = Object.freeze({ DRAFT: 'draft', UNFINISHED: 'unfinished', SENDING: 'sending', LINKING: 'linking', STUCK: 'stuck', DONE: 'done', GONE: 'gone' });

/** A file of an earlier visit: complete, or not there until the person gives it again. Looks like an Upload. */
class Earlier {
  note = '';
  notice = '';
  problem = null;
  hashed = 0;
  /** Bytes that the server has, as far as it was asked. */
  arrived = 0;
  meter = new Meter();
  isRunning = false;

  constructor(kept) {
    this.kept = kept;
    this.name = kept.name;
    this.size = kept.size;
    this.fileId = kept.fileId;
    this.sha256 = kept.sha256;
    this.state = kept.done ? State.DONE : State.ABSENT;
    this.result = kept.done ? { fileId: kept.fileId, name: kept.name, size: kept.size, sha256: kept.sha256, instant: false } : null;
  }

  get done() {
    return this.state === State.DONE ? this.size : this.arrived;
  }

  get isOver() {
    return this.state !== State.ABSENT;
  }

  async pause() {}

  again() {}

  async cancel(wire) {
    if (this.state === State.ABSENT) {
      this.state = State.CANCELLED;
      if (this.fileId) {
        await wire.remove(this.fileId).catch(() => {}); // it expires by itself
      }
    }
  }
}

/** What the rest of the page gives: `{wire, digests, slots, queue, owner, server, changed(parcel, upload)}`. */
export class Parcel {
  id;
  phase = Phase.DRAFT;
  /** `{minutes, downloads, password, room}`: minutes and downloads null for no limit; password `none`, `made` or `own`. */
  options = null;
  uploads = [];
  /** As the server tells them. */
  links = [];
  /** Why there is no link. */
  problem = null;
  /** Whether the browser remembers it. */
  kept = false;

  #page;
  /** Of each upload what memory needs besides: {index, file, root, path, parts}. */
  #about = new Map();
  #count = 0;
  #password = '';
  #createdAt;

  /** @param {object} page @param {object} [kept] as memory gives it */
  constructor(page, kept) {
    this.#page = page;
    this.id = kept?.id ?? newId();
    this.#createdAt = kept?.createdAt ?? new Date().toISOString();
    if (kept) {
      this.kept = true;
      this.options = kept.options;
      this.phase = Phase.UNFINISHED;
      for (const file of kept.files) {
        const earlier = new Earlier(file);
        this.uploads.push(earlier);
        this.#about.set(earlier, { ...file, file: null });
        this.#count = Math.max(this.#count, file.index + 1);
      }
    }
  }

  /** Asks the server how much it has of what is absent; of many files only the first. */
  async ask() {
    for (const earlier of this.absent.filter(absent => absent.fileId).slice(0, ASKED)) {
      const told = await this.#page.wire.status(earlier.fileId);
      earlier.arrived = told ? told.bytes_received : 0;
      this.#page.changed(this, earlier);
    }
  }

  get absent() {
    return this.uploads.filter(upload => upload.state === State.ABSENT);
  }

  /** What is known of an upload of this parcel. */
  about(upload) {
    return this.#about.get(upload);
  }

  /** Takes more files. @param {{file: File, name: string, root: object|null, path: string[]}[]} items */
  async add(items) {
    const added = items.map(given => this.#made({ ...given, index: this.#count++, parts: null, fileId: null }));
    this.uploads.push(...added);
    this.#page.changed(this);
    if (this.phase === Phase.STUCK) {
      this.phase = Phase.SENDING;
    }
    if (this.phase === Phase.SENDING) {
      await this.#keep(added);
      this.#page.queue.add(added);
    }
  }

  #made(about) {
    const { wire, digests, slots } = this.#page;
    const upload = new Upload({
      file: about.file, name: about.name, room: this.options?.room, fileId: about.fileId, wire, digests, slots,
      changed: changed => this.#changed(changed),
      remember: changed => this.#remember(changed),
    });
    this.#about.set(upload, about);
    return upload;
  }

  /** Sends what is there. @param {object} options @param {string} password of the link, when it is the sender's own; kept nowhere but here */
  async send(options, password) {
    this.options = options;
    this.#password = password;
    this.phase = Phase.SENDING;
    // The room is known only now.
    this.uploads = this.uploads.map(upload => this.#made(this.#about.get(upload)));
    await hold(this.id);
    this.kept = await keepParcel({ id: this.id, owner: this.#page.owner, server: this.#page.server, createdAt: this.#createdAt, options });
    await this.#keep(this.uploads);
    this.#page.queue.add(this.uploads);
    this.#page.changed(this);
  }

  async #keep(uploads) {
    if (this.kept) {
      this.kept = await keepFiles(uploads.map(upload => this.#record(upload)));
    }
  }

  #record(upload) {
    const { index, file, root, path, parts } = this.#about.get(upload);
    return {
      parcel: this.id, index, name: upload.name, size: upload.size, modified: file ? file.lastModified : this.#about.get(upload).modified, parts, root, path,
      fileId: upload.fileId, sha256: upload.sha256, done: upload.state === State.DONE,
    };
  }

  /** Before the first byte of a file goes. */
  async #remember(upload) {
    const about = this.#about.get(upload);
    about.parts ??= this.kept ? await this.#page.digests.parts(about.file).catch(() => null) : null;
    await this.#keep([upload]);
  }

  #changed(upload) {
    if (upload.state === State.DONE && !this.#about.get(upload).settled) {
      this.#about.get(upload).settled = true;
      this.#keep([upload]);
    }
    this.#page.changed(this, upload);
    this.#settle();
  }

  /** When all is over there is a link to be made, or a person to be asked. */
  #settle() {
    if (this.phase !== Phase.SENDING || this.uploads.some(upload => upload.isRunning || !upload.isOver)) {
      return;
    }
    if (this.uploads.every(upload => upload.state === State.CANCELLED)) {
      this.#forget(Phase.GONE);
    } else if (this.uploads.some(upload => upload.state === State.FAILED)) {
      this.phase = Phase.STUCK;
      this.#page.changed(this);
    } else {
      this.link();
    }
  }

  /** Whether the link needs the sender's own password again, which is kept nowhere. */
  get wantsPassword() {
    return this.options?.password === 'own' && this.#password === '';
  }

  /** Makes the link of all that is done. @param {string} [password] the sender's own, when it `wantsPassword` */
  async link(password) {
    this.#password = password || this.#password;
    this.phase = Phase.LINKING;
    this.problem = null;
    this.#page.changed(this);
    if (this.wantsPassword) {
      return;
    }
    const ids = this.uploads.filter(upload => upload.state === State.DONE).map(upload => upload.result.fileId).slice(this.#linked());
    try {
      for (let from = 0; from < ids.length; from += LINK_FILES) {
        const some = ids.slice(from, from + LINK_FILES);
        this.links.push({ ...await this.#page.wire.share(some, this.#terms()), files: some.length });
      }
      await this.#forget(Phase.DONE);
    } catch (problem) {
      this.problem = problem;
      this.#page.changed(this);
      if (verdict(problem) !== Verdict.NEVER) {
        setTimeout(() => this.phase === Phase.LINKING && this.problem === problem && this.link(), LINK_AGAIN);
      }
    }
  }

  /** Lets the files be, without a link. */
  leave() {
    return this.#forget(Phase.GONE);
  }

  #linked() {
    return this.links.reduce((count, link) => count + link.files, 0);
  }

  #terms() {
    const { minutes, downloads, password } = this.options;
    const terms = { expire_minutes: minutes, max_downloads: downloads, protected: password !== 'none' };
    if (password === 'own') {
      terms.password = this.#password;
    }
    return terms;
  }

  async #forget(phase) {
    this.phase = phase;
    this.#page.changed(this);
    this.#page.queue.remove(new Set(this.uploads));
    await forgetParcel(this.id);
    release(this.id);
  }

  /** Takes a file out. */
  async cancel(upload) {
    if (this.phase === Phase.DRAFT) {
      this.uploads = this.uploads.filter(other => other !== upload);
    } else {
      await upload.cancel(this.#page.wire);
      await forgetFile(this.id, this.#about.get(upload).index);
    }
    this.#page.changed(this, upload);
    this.#settle();
  }

  /** Gives all of it up, and removes what has arrived. */
  async cancelAll() {
    const { wire } = this.#page;
    const complete = this.uploads.filter(upload => upload.state === State.DONE);
    await Promise.all(this.uploads.map(upload => upload.cancel(wire)));
    await Promise.all(complete.map(upload => wire.remove(upload.result.fileId, true).catch(() => {}))); // whoever may not remove it finds it in the list
    await this.#forget(Phase.GONE);
  }

  async pauseAll() {
    await Promise.all(this.uploads.map(upload => upload.pause()));
  }

  /** Lets paused and failed ones go on. @param {Upload[]} [which] */
  resume(which = this.uploads) {
    which.forEach(upload => upload.again());
    if (this.phase === Phase.STUCK) {
      this.phase = Phase.SENDING;
    }
    this.#page.queue.turn(true);
    this.#page.changed(this);
  }

  /**
   * Gives back a file of an earlier visit.
   * @param {Earlier} earlier @param {File} file @param {boolean} anew whether it is another file now, so that what has arrived is of no use
   */
  async give(earlier, file, anew) {
    const about = this.#about.get(earlier);
    if (anew && earlier.fileId) {
      this.#page.wire.remove(earlier.fileId).catch(() => {}); // it expires by itself
    }
    const upload = this.#made({ ...about, file, fileId: anew ? null : earlier.fileId, parts: anew ? null : about.parts });
    this.uploads[this.uploads.indexOf(earlier)] = upload;
    this.phase = Phase.SENDING;
    await this.#keep([upload]);
    this.#page.queue.add([upload]);
    this.#page.changed(this);
  }

  /** Goes on with an earlier visit's parcel of which nothing is absent any more. */
  goOn() {
    this.phase = Phase.SENDING;
    this.#settle();
  }

  /** Removes the files from the server, and with them the links. */
  async remove() {
    for (const upload of this.uploads.filter(done => done.state === State.DONE)) {
      await this.#page.wire.remove(upload.result.fileId, true);
    }
    this.phase = Phase.GONE;
    this.#page.changed(this);
  }
}

/** Without HTTPS there is no randomUUID. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}
