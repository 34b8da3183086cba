// Gets series from the server for all charts of a page: what several charts ask for at once travels in one request, what is
// there is not asked for again, and what a live run has added replaces only that run's series.

import {
  type BucketAxis,
  MOST_BUCKETS,
  MOST_SERIES,
  type SeriesColumns,
  type SeriesKey,
  type SeriesRequest,
} from "../data/charts";

/** The part of the x axis to have in buckets; all of it without an end. */
export interface SeriesWindow {
  x: BucketAxis;
  from?: number;
  to?: number;
}

export type FetchSeries = (request: SeriesRequest, signal: AbortSignal) => Promise<SeriesColumns[]>;

/** Buckets of a series: about as many as a chart has pixels. */
export const BUCKETS = 1000;
const MOST_WINDOWS = 12;
/** Series that are kept, about 40 kB each: those of forty charts of a hundred runs. */
export const MOST_KEPT = 4000;
/** Series of a request: as many as the server answers at once. */
const MOST_PER_REQUEST = Math.min(MOST_SERIES, Math.floor(MOST_BUCKETS / BUCKETS));

interface Entry {
  /** When it was last asked for, counted in calls. */
  used: number;
  columns?: SeriesColumns;
  /** What has been asked for and is not there yet. */
  pending?: Promise<void>;
  stale: boolean;
}

interface Queue {
  window: SeriesWindow;
  keys: SeriesKey[];
  promise: Promise<void>;
}

export class SeriesLoader {
  readonly #fetch: FetchSeries;
  /** In the order of their last use. */
  readonly #windows = new Map<string, Map<string, Entry>>();
  readonly #queues = new Map<string, Queue>();
  readonly #stop = new AbortController();
  #running = 0;
  #calls = 0;

  constructor(fetch: FetchSeries) {
    this.#fetch = fetch;
  }

  /** Whether an answer is waited for. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Gives up what is waited for; whoever made the loader is gone. */
  close(): void {
    this.#stop.abort();
  }

  /** Resolves when all these series are there, as fresh as they were when it was called. */
  async load(runIds: readonly string[], metrics: readonly string[], window: SeriesWindow): Promise<void> {
    const entries = this.#entries(window);
    const waits = new Set<Promise<void>>();
    this.#calls++;
    for (const run_id of runIds) {
      for (const metric_key of metrics) {
        const pair = pairName(run_id, metric_key);
        const entry = entries.get(pair) ?? { stale: true, used: 0 };
        entry.used = this.#calls;
        entries.set(pair, entry);
        if (entry.stale) {
          entry.stale = false;
          entry.pending = this.#enqueue(window, { run_id, metric_key });
        }
        if (entry.pending) waits.add(entry.pending);
      }
    }
    this.#forget();
    await Promise.all(waits);
  }

  /** Lets go of the series that nobody has asked for for longest; charts out of sight ask again when they come back. */
  #forget(): void {
    let kept = 0;
    for (const entries of this.#windows.values()) kept += entries.size;
    if (kept <= MOST_KEPT) return;
    const all = [...this.#windows.values()].flatMap((entries) =>
      [...entries].map(([pair, entry]) => ({ entries, pair, entry })),
    );
    all.sort((a, b) => a.entry.used - b.entry.used);
    for (const { entries, pair, entry } of all) {
      if (kept <= MOST_KEPT) break;
      // What is being asked for now is shown soon.
      if (entry.used === this.#calls || entry.pending) continue;
      entries.delete(pair);
      kept--;
    }
  }

  /** A series if it is there, even where a newer one has been asked for. */
  find(runId: string, metric: string, window: SeriesWindow): SeriesColumns | undefined {
    return this.#windows.get(windowName(window))?.get(pairName(runId, metric))?.columns;
  }

  /** A run has new points: its series are asked for again when they are next needed. */
  outdate(runIds: readonly string[] | "all"): void {
    const ids = runIds === "all" ? undefined : new Set(runIds);
    for (const entries of this.#windows.values()) {
      for (const [pair, entry] of entries) {
        if (ids === undefined || ids.has(pair.slice(0, pair.indexOf("\n")))) entry.stale = true;
      }
    }
  }

  #entries(window: SeriesWindow): Map<string, Entry> {
    const name = windowName(window);
    const entries = this.#windows.get(name) ?? new Map<string, Entry>();
    this.#windows.delete(name);
    this.#windows.set(name, entries);
    // Each zoom is a window of its own; those not looked at for long are dropped, whole axes never.
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MOST_WINDOWS) break;
      if (oldest.includes(" ")) this.#windows.delete(oldest);
    }
    return entries;
  }

  #enqueue(window: SeriesWindow, key: SeriesKey): Promise<void> {
    const name = windowName(window);
    let queue = this.#queues.get(name);
    if (queue === undefined || queue.keys.length >= MOST_PER_REQUEST) {
      const keys: SeriesKey[] = [];
      // Charts that are made or changed together ask within the same turn.
      const promise = Promise.resolve().then(() => {
        if (this.#queues.get(name)?.keys === keys) this.#queues.delete(name);
        return this.#request(window, keys);
      });
      queue = { window, keys, promise };
      this.#queues.set(name, queue);
    }
    queue.keys.push(key);
    return queue.promise;
  }

  async #request(window: SeriesWindow, keys: SeriesKey[]): Promise<void> {
    const entries = this.#entries(window);
    this.#running++;
    try {
      for (const columns of await this.#fetch({ series: keys, buckets: BUCKETS, ...window }, this.#stop.signal)) {
        const entry = entries.get(pairName(columns.run_id, columns.metric_key));
        if (entry) entry.columns = columns;
      }
    } catch (error) {
      for (const key of keys) {
        const entry = entries.get(pairName(key.run_id, key.metric_key));
        if (entry) entry.stale = true;
      }
      throw error;
    } finally {
      this.#running--;
      for (const key of keys) {
        const entry = entries.get(pairName(key.run_id, key.metric_key));
        if (entry && !entry.stale) delete entry.pending;
      }
    }
  }
}

function pairName(runId: string, metric: string): string {
  return `${runId}\n${metric}`;
}

function windowName(window: SeriesWindow): string {
  if (window.from === undefined && window.to === undefined) return window.x;
  return `${window.x} ${String(window.from)} ${String(window.to)}`;
}
