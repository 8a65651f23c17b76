// How many requests with bytes may be under way, of all files together.

export class Slots {
  #free;
  #waiting = [];

  /** @param {number} count */
  constructor(count) {
    this.#free = count;
  }

  /** @returns {boolean} whether there was one */
  take() {
    if (this.#free === 0) {
      return false;
    }
    this.#free--;
    return true;
  }

  give() {
    this.#free++;
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach(wake => wake());
  }

  /** Calls `wake` when one becomes free, once. */
  whenFree(wake) {
    this.#waiting.push(wake);
  }
}
