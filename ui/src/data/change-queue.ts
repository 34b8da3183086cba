// Changes of runs on their way to where they are shown: gathered for a moment, dealt with lot after lot, and kept where that fails.

import type { Change } from "./live";

const GATHER_MS = 400;
const RETRY_MS = 5000;
const LONGEST_RETRY_MS = 60_000;
/** Runs that are dealt with at once: as many as one search finds by their ids. */
const LOT = 200;

/** Deals with changes of runs, one lot at a time: an answer that comes late must not undo what a newer one has said. */
export class ChangeQueue {
  readonly #deal: (changes: readonly Change[]) => Promise<void>;
  readonly #waiting = new Map<string, Change>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dealing = false;
  #failures = 0;
  #closed = false;

  constructor(deal: (changes: readonly Change[]) => Promise<void>) {
    this.#deal = deal;
  }

  add(changes: Iterable<Change>): void {
    for (const change of changes) this.#keep(change);
    if (this.#waiting.size > 0) this.#soon(GATHER_MS);
  }

  /** Nothing is dealt with any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #keep(change: Change): void {
    const subject = subjectOf(change);
    const before = this.#waiting.get(subject);
    const kinds = before ? new Set([...before.kinds, ...change.kinds]) : change.kinds;
    this.#waiting.set(subject, { ...change, kinds });
  }

  #soon(delay: number): void {
    if (this.#closed || this.#dealing) return;
    this.#timer ??= setTimeout(() => void this.#run(), delay);
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    const lot = [...this.#waiting.values()].slice(0, LOT);
    for (const change of lot) this.#waiting.delete(subjectOf(change));
    this.#dealing = true;
    let delay = GATHER_MS;
    try {
      await this.#deal(lot);
      this.#failures = 0;
    } catch {
      // Whoever shows the runs says what is wrong with the server; here they only must not be forgotten.
      delay = Math.min(RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
      this.#failures += 1;
      for (const change of lot) this.#keep(change);
    }
    this.#dealing = false;
    if (this.#waiting.size > 0) this.#soon(delay);
  }
}

/** Of a whole experiment the run has no name. */
function subjectOf({ experimentId, runId }: Change): string {
  return `${experimentId}/${runId}`;
}

/** Work that is asked for often and done seldom: some time after it is asked for, and never twice at once. */
export class Rounds {
  readonly #wait: number;
  readonly #work: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #working = false;
  #again = false;
  #closed = false;

  constructor(wait: number, work: () => Promise<void>) {
    this.#wait = wait;
    this.#work = work;
  }

  /** Asks for the work. */
  soon(): void {
    if (this.#closed) return;
    if (this.#working) this.#again = true;
    else this.#timer ??= setTimeout(() => void this.#run(), this.#wait);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#working = true;
    try {
      await this.#work();
    } catch {
      this.#again = true;
    }
    this.#working = false;
    if (!this.#again) return;
    this.#again = false;
    this.soon();
  }
}
