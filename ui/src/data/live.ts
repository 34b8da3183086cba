// Live changes of experiments and runs, by server-sent events. However many parts of a page watch something, there is one
// connection a page: browsers allow six to a server, over all tabs. A tab that nobody sees has none.

import { createEffect, onCleanup } from "solid-js";

import type { RunChangeKind } from "../wire";
import { address } from "./base";
import { queryText, TRAINYARD } from "./http";

/** What changed about a run, or about an experiment, since the last time. */
export interface Change {
  experimentId: string;
  /** Empty where the experiment itself was changed. */
  runId: string;
  kinds: ReadonlySet<RunChangeKind>;
}

/** What to hear about: experiments with all of their runs, single runs, what becomes of experiments themselves. */
export interface Interest {
  experimentIds?: readonly string[];
  runIds?: readonly string[];
  /** Of whichever experiment that it is made, renamed, tagged, deleted or restored. */
  allExperiments?: boolean;
}

export interface Listener {
  changed: (changes: readonly Change[]) => void;
  /** Something may have been missed: what is shown has to be asked for anew. */
  reload: () => void;
  /** From now on changes are heard. What was read before may already have changed by then. */
  opened?: () => void;
}

/** One that watches. */
export interface Watching {
  /** Goes on with another interest. What both have in common is heard all the time. */
  change: (interest: Interest) => void;
  stop: () => void;
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
/** The server looks for changes four times a second: what happened before a new connection began comes by the old one. */
const LINGER_MS = 1000;
const RETRY_MS = [2000, 4000, 8000, 15_000, 30_000];
const CLOSED = 2;

interface Watcher {
  interest: Interest;
  listener: Listener;
  /** Something of its interest has been heard: what then happens while nothing is heard has been missed. */
  heard: boolean;
  /** Something of its interest is not heard yet. */
  waits: boolean;
}

interface Connection {
  source: Source;
  url: string;
  topics: ReadonlySet<string>;
  open: boolean;
}

/**
 * Keeps one connection for all watchers. When they change, another takes its place, and the old one is let go only after that:
 * who has been heard before goes on to be, and need not read anything again.
 */
export class LiveChanges {
  readonly #open: (url: string) => Source;
  readonly #watchers = new Set<Watcher>();
  readonly #collected = new Map<string, { experimentId: string; runId: string; kinds: Set<RunChangeKind> }>();
  #current: Connection | undefined;
  /** Takes the place of the current one as soon as it is open. */
  #next: Connection | undefined;
  /** The one before, for a moment. */
  #former: Source | undefined;
  #letGo: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** Since the connection was lost, things may have happened that were heard by nobody. */
  #lost = false;
  #awake = true;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #delivering: ReturnType<typeof setTimeout> | undefined;

  constructor(open: (url: string) => Source) {
    this.#open = open;
  }

  watch(interest: Interest, listener: Listener): Watching {
    const watcher: Watcher = { interest, listener, heard: false, waits: false };
    this.#watchers.add(watcher);
    const look = (): void => {
      if (this.#current?.open === true) this.#note(watcher, this.#current);
      else watcher.waits = topicsOf(watcher.interest).length > 0;
      this.#reopenSoon(REOPEN_MS);
    };
    look();
    return {
      change: (now) => {
        watcher.interest = now;
        look();
      },
      stop: () => {
        this.#watchers.delete(watcher);
        this.#reopenSoon(REOPEN_MS);
      },
    };
  }

  /** Whether somebody looks at the page. */
  setAwake(awake: boolean): void {
    if (awake === this.#awake) return;
    this.#awake = awake;
    this.#reopenSoon(REOPEN_MS);
  }

  #note(watcher: Watcher, { topics, url }: Connection): void {
    const own = topicsOf(watcher.interest);
    // Of more topics than one connection takes the rest is never heard: then there is nothing to wait for.
    watcher.waits = !own.every((topic) => topics.has(topic)) && url !== this.#wanted().url;
    if (own.some((topic) => topics.has(topic))) watcher.heard = true;
  }

  #reopenSoon(delay: number): void {
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => this.#reopen(), delay);
  }

  #wanted(): { url: string; topics: Topics | undefined } {
    const topics = this.#awake ? wantedTopics([...this.#watchers].map((watcher) => watcher.interest)) : undefined;
    return { url: topics ? address(TRAINYARD + "events" + queryText(topics)) : "", topics };
  }

  #reopen(): void {
    const { url, topics } = this.#wanted();
    const answers = (one: Connection | undefined) => one?.url === url && one.source.readyState !== CLOSED;
    if (answers(this.#next)) return;
    this.#next?.source.close();
    this.#next = undefined;
    if (topics === undefined) this.#drop();
    else if (!answers(this.#current)) this.#connect(url, topics);
  }

  /** What happens from now on is heard by nobody. */
  #drop(): void {
    if (!this.#current) return;
    this.#current.source.close();
    this.#current = undefined;
    this.#lost = true;
  }

  #connect(url: string, topics: Topics): void {
    const source = this.#open(url);
    const connection: Connection = { source, url, topics: new Set(topicList(topics)), open: false };
    this.#next = connection;
    source.addEventListener("open", () => this.#opened(connection));
    source.addEventListener("changed", (event) => {
      if (source.readyState !== CLOSED) this.#collect(event.data);
    });
    source.addEventListener("reload", () => {
      if (connection === this.#current) this.#reload();
    });
    source.addEventListener("error", () => this.#failed(connection));
  }

  #opened(connection: Connection): void {
    if (connection === this.#next) {
      const before = this.#current;
      this.#current = connection;
      this.#next = undefined;
      if (before) this.#linger(before);
    } else if (connection !== this.#current) return;
    connection.open = true;
    this.#failures = 0;
    const lost = this.#lost;
    this.#lost = false;
    // Everything is read anew, what has been collected included.
    if (lost) this.#collected.clear();
    for (const watcher of [...this.#watchers]) {
      const { heard, waits, listener } = watcher;
      this.#note(watcher, connection);
      if (lost && heard) listener.reload();
      else if (waits && !watcher.waits) listener.opened?.();
    }
  }

  #linger({ source, open }: Connection): void {
    clearTimeout(this.#letGo);
    // Browsers keep few connections to a server: no more than one is left over.
    if (this.#former && this.#former.readyState !== CLOSED) {
      this.#former.close();
      this.#lost = true;
    }
    this.#former = source;
    if (open) this.#letGo = setTimeout(() => source.close(), LINGER_MS);
    else source.close();
  }

  #failed(connection: Connection): void {
    if (connection === this.#current) {
      connection.open = false;
      this.#lost = true;
    } else if (connection !== this.#next) return;
    // The browser tries again by itself after a broken connection, but not after an answer that is an error.
    if (connection.source.readyState !== CLOSED) return;
    if (connection === this.#next) {
      this.#next = undefined;
      // Perhaps the server has no place left for two.
      this.#drop();
    }
    const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 30_000;
    this.#failures++;
    this.#reopenSoon(delay);
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
          interest.runIds?.includes(change.runId) === true ||
          (interest.allExperiments === true && change.runId === ""),
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

/** What a connection is about, as the server is asked. */
export interface Topics extends Record<string, string[] | string | undefined> {
  experiment_id: string[];
  run_id: string[];
  all_experiments?: string;
}

/** The topics of all interests, experiments first: they cover the most. `undefined` for none. */
export function wantedTopics(interests: readonly Interest[]): Topics | undefined {
  const experiments = [...new Set(interests.flatMap((interest) => interest.experimentIds ?? []))].sort();
  const runs = [...new Set(interests.flatMap((interest) => interest.runIds ?? []))].sort();
  const experiment_id = experiments.slice(0, MOST_TOPICS);
  const run_id = runs.slice(0, MOST_TOPICS - experiment_id.length);
  const all = interests.some((interest) => interest.allExperiments === true);
  if (experiment_id.length + run_id.length === 0 && !all) return undefined;
  return { experiment_id, run_id, ...(all ? { all_experiments: "true" } : {}) };
}

/** One text for each topic. */
function topicList({ experiment_id, run_id, all_experiments }: Topics): string[] {
  return [...experiment_id.map((id) => `/${id}`), ...run_id, ...(all_experiments === undefined ? [] : ["*"])];
}

function topicsOf(interest: Interest): string[] {
  const { experimentIds = [], runIds = [], allExperiments = false } = interest;
  return [...experimentIds.map((id) => `/${id}`), ...runIds, ...(allExperiments ? ["*"] : [])];
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
  let watching: Watching | undefined;
  createEffect(() => {
    const now = interest();
    if (watching) watching.change(now);
    else watching = pageChanges().watch(now, listener);
  });
  onCleanup(() => watching?.stop());
}
