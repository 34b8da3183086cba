// Live changes of experiments and runs, by server-sent events. However many parts of a page watch something, there is one
// connection a page: browsers allow six to a server, over all tabs. A tab that nobody sees has none.

import { createEffect, onCleanup } from "solid-js";

import type { RunChanged, RunChangeKind } from "../wire";
import { address } from "./base";
import { queryText, TRAINYARD } from "./http";

/** What changed about a run since the last time. */
export interface Change {
  experimentId: string;
  runId: string;
  kinds: ReadonlySet<RunChangeKind>;
}

/** What to hear about: whole experiments, single runs. */
export interface Interest {
  experimentIds?: readonly string[];
  runIds?: readonly string[];
}

export interface Listener {
  changed: (changes: readonly Change[]) => void;
  /** Something may have been missed: what is shown has to be asked for anew. */
  reload: () => void;
  /** From now on changes are heard. What was read before may already have changed by then. */
  opened?: () => void;
}

/** The part of EventSource that is used; tests bring their own. */
export interface Source {
  readonly readyState: number;
  addEventListener: (type: string, listener: (event: MessageEvent<string>) => void) => void;
  close: () => void;
}

/** Experiments and runs that one connection hears about. */
export const MOST_TOPICS = 100;
const COLLECT_MS = 250;
const REOPEN_MS = 50;
const RETRY_MS = [2000, 4000, 8000, 15_000, 30_000];
const CLOSED = 2;

interface Watcher {
  interest: Interest;
  listener: Listener;
}

/** Keeps one connection for all watchers, opens it anew when they change, and when it is lost. */
export class LiveChanges {
  readonly #open: (url: string) => Source;
  readonly #watchers = new Set<Watcher>();
  readonly #collected = new Map<string, { experimentId: string; runId: string; kinds: Set<RunChangeKind> }>();
  #source: Source | undefined;
  #url = "";
  #failures = 0;
  #lost = false;
  #awake = true;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #delivering: ReturnType<typeof setTimeout> | undefined;

  constructor(open: (url: string) => Source) {
    this.#open = open;
  }

  /** Starts to watch; the answer stops it. */
  watch(interest: Interest, listener: Listener): () => void {
    const watcher = { interest, listener };
    this.#watchers.add(watcher);
    this.#reopenSoon(REOPEN_MS);
    return () => {
      this.#watchers.delete(watcher);
      this.#reopenSoon(REOPEN_MS);
    };
  }

  /** Whether somebody looks at the page. */
  setAwake(awake: boolean): void {
    if (awake === this.#awake) return;
    this.#awake = awake;
    this.#reopenSoon(REOPEN_MS);
  }

  #reopenSoon(delay: number): void {
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => this.#reopen(), delay);
  }

  #reopen(): void {
    const topics = wantedTopics([...this.#watchers].map((watcher) => watcher.interest));
    const wanted = this.#awake && topics ? address(TRAINYARD + "events" + queryText(topics)) : "";
    const isOpen = this.#source !== undefined && this.#source.readyState !== CLOSED;
    if (wanted === this.#url && (isOpen || wanted === "")) return;
    // What happens between two connections is heard by neither.
    if (this.#source) this.#lost = true;
    this.#source?.close();
    this.#source = undefined;
    this.#url = wanted;
    if (wanted !== "") this.#connect(wanted);
  }

  #connect(url: string): void {
    const source = this.#open(url);
    this.#source = source;
    source.addEventListener("open", () => {
      if (source !== this.#source) return;
      this.#failures = 0;
      if (this.#lost) this.#reload();
      else for (const { listener } of [...this.#watchers]) listener.opened?.();
      this.#lost = false;
    });
    source.addEventListener("changed", (event) => {
      if (source === this.#source) this.#collect(event.data);
    });
    source.addEventListener("reload", () => {
      if (source === this.#source) this.#reload();
    });
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      this.#lost = true;
      // The browser tries again by itself after a broken connection, but not after an answer that is an error.
      if (source.readyState !== CLOSED) return;
      const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 30_000;
      this.#failures++;
      this.#reopenSoon(delay);
    });
  }

  #collect(text: string): void {
    const change = readChange(text);
    if (change === undefined) return;
    const { experimentId, runId } = change;
    // Of a whole experiment the run has no name.
    const subject = `${experimentId}/${runId}`;
    const known = this.#collected.get(subject);
    if (known) for (const kind of change.kinds) known.kinds.add(kind);
    else this.#collected.set(subject, { experimentId, runId, kinds: new Set(change.kinds) });
    if (this.#delivering === undefined) this.#delivering = setTimeout(() => this.#deliver(), COLLECT_MS);
  }

  #deliver(): void {
    this.#delivering = undefined;
    const changes: Change[] = [...this.#collected.values()];
    this.#collected.clear();
    for (const { interest, listener } of [...this.#watchers]) {
      const own = changes.filter(
        (change) =>
          interest.experimentIds?.includes(change.experimentId) === true ||
          interest.runIds?.includes(change.runId) === true,
      );
      if (own.length > 0) listener.changed(own);
    }
  }

  #reload(): void {
    // Everything is read anew, what has been collected included.
    this.#collected.clear();
    for (const { listener } of [...this.#watchers]) listener.reload();
  }
}

/** The topics of all interests, experiments first: they cover the most. `undefined` for none. */
export function wantedTopics(
  interests: readonly Interest[],
): { experiment_id: string[]; run_id: string[] } | undefined {
  const experiments = [...new Set(interests.flatMap((interest) => interest.experimentIds ?? []))].sort();
  const runs = [...new Set(interests.flatMap((interest) => interest.runIds ?? []))].sort();
  const experiment_id = experiments.slice(0, MOST_TOPICS);
  const run_id = runs.slice(0, MOST_TOPICS - experiment_id.length);
  return experiment_id.length + run_id.length > 0 ? { experiment_id, run_id } : undefined;
}

function readChange(text: string): { experimentId: string; runId: string; kinds: RunChangeKind[] } | undefined {
  try {
    const value = JSON.parse(text) as { experiment_id?: unknown; run_id?: unknown; kinds?: unknown };
    const { experiment_id: experimentId, run_id: runId, kinds } = value;
    if (typeof experimentId !== "string" || typeof runId !== "string" || !Array.isArray(kinds)) return undefined;
    return { experimentId, runId, kinds: kinds as RunChangeKind[] };
  } catch {
    return undefined;
  }
}

let shared: LiveChanges | undefined;

function pageChanges(): LiveChanges {
  if (shared) return shared;
  const changes = new LiveChanges((url) => new EventSource(url));
  const look = (): void => changes.setAwake(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", look);
  look();
  shared = changes;
  return changes;
}

/** Watches while the component that calls it is on the page; follows changes of the interest. */
export function createLive(interest: () => Interest, listener: Listener): void {
  createEffect(() => {
    const stop = pageChanges().watch(interest(), listener);
    onCleanup(stop);
  });
}

export interface LiveOptions {
  experiment_ids?: readonly string[];
  run_ids?: readonly string[];
  /** Something has changed; called for each run, at most some times a second. */
  onChange: (event: RunChanged) => void;
  /** Something may have been missed: load again what is shown. */
  onReload: () => void;
}

/** Listens to changes, run by run, until the returned function is called. */
export function listen(options: LiveOptions): () => void {
  const { experiment_ids: experimentIds = [], run_ids: runIds = [] } = options;
  return pageChanges().watch(
    { experimentIds, runIds },
    {
      changed(changes) {
        for (const { experimentId, runId, kinds } of changes) {
          options.onChange({ experiment_id: experimentId, run_id: runId, kinds: [...kinds] });
        }
      },
      reload: () => options.onReload(),
    },
  );
}
