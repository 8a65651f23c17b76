// Several uploads, some at a time.
import { State } from './upload.js';

/** The uploads of a page, in their order. */
export class Queue {
  #uploads = [];
  #atOnce;
  #running = 0;
  /** No upload before this one waits. */
  #from = 0;

  /** @param {number} [atOnce] */
  constructor(atOnce = 4) {
    this.#atOnce = atOnce;
  }

  get uploads() {
    return this.#uploads;
  }

  /** They run when it is their turn. @param {Upload[]} uploads that wait */
  add(uploads) {
    this.#uploads.push(...uploads);
    this.turn();
  }

  /** Takes out what is no longer of interest. @param {Set<Upload>} gone */
  remove(gone) {
    this.#uploads = this.#uploads.filter(upload => !gone.has(upload));
    this.#from = 0;
  }

  /** Starts what may start. To be called when one waits again. */
  turn(again = false) {
    if (again) {
      this.#from = 0;
    }
    while (this.#running < this.#atOnce) {
      while (this.#from < this.#uploads.length && !waits(this.#uploads[this.#from])) {
        this.#from++;
      }
      const upload = this.#uploads[this.#from];
      if (!upload) {
        return;
      }
      this.#running++;
      upload.run().finally(() => {
        this.#running--;
        this.turn(waits(upload)); // paused and resumed before it had stopped
      });
    }
  }
}

function waits(upload) {
  return upload.state === State.WAITING && !upload.isRunning;
}

/** Numbers of several uploads together. @param {Upload[]} uploads @param {number} now milliseconds, as the meters count them */
export function totals(uploads, now) {
  const found = { count: 0, over: 0, size: 0, done: 0, speed: 0, states: {} };
  for (const upload of uploads) {
    found.states[upload.state] = (found.states[upload.state] ?? 0) + 1;
    if (upload.state !== State.CANCELLED) {
      found.count++;
      found.size += upload.size;
      found.done += upload.done;
      found.over += upload.state === State.DONE ? 1 : 0;
      found.speed += upload.state === State.UPLOADING ? upload.meter.speed(now) : 0;
    }
  }
  return found;
}
