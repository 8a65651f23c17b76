// Speed over a moving window, and the time that is left at it.

/** Milliseconds that count. */
const WINDOW = 8000;
const STEP = 250;

/** What has passed in the last seconds. Bytes only; times are milliseconds since any origin. */
export class Meter {
  #samples = [];
  #total = 0;

  /** So many bytes more have passed. Bytes that have to go again are taken off, and slow it down. */
  add(bytes, now) {
    this.#total += bytes;
    const last = this.#samples.at(-1);
    if (last && now - last.at < STEP) {
      last.total = this.#total;
    } else {
      this.#samples.push({ at: now, total: this.#total });
    }
    while (this.#samples.length > 2 && now - this.#samples[1].at > WINDOW) {
      this.#samples.shift();
    }
  }

  /** Bytes a second; 0 while nobody knows. */
  speed(now) {
    const first = this.#samples.find(sample => now - sample.at <= WINDOW);
    if (!first || now - first.at < STEP) {
      return 0;
    }
    return Math.max(0, (this.#total - first.total) * 1000 / (now - first.at));
  }

  /** Nothing passes for a while: what comes after it is measured by itself. */
  rest() {
    this.#samples = [];
  }
}

/** Seconds for so many bytes; null while nobody can say. */
export function remaining(bytes, perSecond) {
  return perSecond > 0 ? bytes / perSecond : null;
}
