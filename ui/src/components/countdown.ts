/** Calls `done` after a time that can be held: what somebody looks at does not go away. */
export class Countdown {
  #left: number;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #done: () => void;

  constructor(milliseconds: number, done: () => void) {
    this.#left = milliseconds;
    this.#done = done;
    this.#start();
  }

  /** Stands still until `resume`. */
  hold(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left -= Date.now() - this.#since;
  }

  /** Goes on, for no less than `least` milliseconds: time to come back. */
  resume(least = 0): void {
    if (this.#timer !== undefined) return;
    this.#left = Math.max(this.#left, least);
    this.#start();
  }

  #start(): void {
    this.#since = Date.now();
    this.#timer = setTimeout(this.#done, this.#left);
  }
}
