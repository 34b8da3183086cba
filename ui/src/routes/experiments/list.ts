import { type Accessor, createEffect, createSignal, on, onCleanup, untrack } from "solid-js";

import { ChangeQueue } from "../../data/change-queue";
import { ApiError } from "../../data/http";
import { type Change, createLive } from "../../data/live";
import * as experiments from "../../data/experiments";
import { quoteName, quoteText } from "../../filter/lexer";
import type { Experiment, ViewType } from "../../wire";
import type { ExperimentActivity } from "../../wire";
import { PagedWindow } from "../runs/paged-window";

const PAGE = 100;
const ORDER = ["last_update_time DESC"];
/** Experiments whose changes are listened to: as many as one connection takes. */
const MOST_LIVE = 100;
/** Experiments that are asked for one by one when they have changed; of more, all of them are read again. */
const MOST_ASKED = 20;
const ACTIVITY_WAIT = 1000;
const COUNT_AGAIN = 5000;

export interface ExperimentQuery {
  search: string;
  lifecycle: ViewType;
}

export interface ExperimentList {
  count: () => number;
  complete: () => boolean;
  at: (index: number) => Experiment | undefined;
  find: (id: string) => Experiment | undefined;
  activity: (id: string) => ExperimentActivity | undefined;
  /** How many have been made or restored since that are not shown, because somebody reads further down. */
  newer: () => number;
  error: () => unknown;
  show: (from: number, to: number) => void;
  retry: () => void;
  /** Asks for all of them again. */
  reload: () => void;
  /** Asks for one of them again. */
  renew: (id: string) => Promise<void>;
}

/** Experiments page by page, with how busy each of them is. */
export function createExperimentList(query: Accessor<ExperimentQuery>): ExperimentList {
  const [version, setVersion] = createSignal(0);
  const [activity, setActivity] = createSignal<ReadonlyMap<string, ExperimentActivity>>(new Map());
  const [window, setWindow] = createSignal(open(untrack(query)));
  const [newer, setNewer] = createSignal<ReadonlySet<string>>(new Set());
  /** Takes the place of the window once its lines are here, so that nothing flickers. */
  let coming: PagedWindow<Experiment> | undefined;
  let sight = { from: 0, to: 30 };
  const abort = new AbortController();
  onCleanup(() => {
    abort.abort();
    coming?.close();
    window().close();
  });

  function open({ search, lifecycle }: ExperimentQuery): PagedWindow<Experiment> {
    return new PagedWindow<Experiment>({
      pageSize: PAGE,
      most: 5000,
      onChange: () => {
        if (coming?.busy === false) arrived(coming);
        setVersion((now) => now + 1);
      },
      load: async (page_token, max_results, signal) => {
        const request = { filter: searchFilter(search), view_type: lifecycle, max_results, page_token };
        const page = await experiments.search({ ...request, order_by: ORDER }, { signal });
        void count(page.experiments.map((one) => one.experiment_id));
        return { rows: page.experiments, next: page.next_page_token ?? "" };
      },
    });
  }

  async function count(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      const found = await experiments.activity(ids, { signal: abort.signal });
      setActivity((before) => new Map([...before, ...found]));
    } catch {
      // The names are worth showing without the numbers, which are asked for again a while later.
      if (!abort.signal.aborted) countSoon(ids, COUNT_AGAIN);
    }
  }

  createEffect(
    on(
      query,
      (now) => {
        coming?.close();
        coming = undefined;
        window().close();
        setNewer(new Set<string>());
        const next = open(now);
        setWindow(next);
        next.show(sight.from, sight.to);
      },
      { defer: true },
    ),
  );

  function reload(): void {
    coming?.close();
    coming = open(untrack(query));
    coming.show(sight.from, sight.to);
  }

  function arrived(next: PagedWindow<Experiment>): void {
    coming = undefined;
    // Where they cannot be read again, the lines that are known stay.
    if (next.error !== undefined && window().known > 0) {
      next.close();
      return;
    }
    window().close();
    setNewer(new Set<string>());
    setWindow(next);
    // Somebody may have gone on meanwhile.
    next.show(sight.from, sight.to);
  }

  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  function countSoon(ids: readonly string[], wait: number): void {
    for (const id of ids) changed.add(id);
    timer ??= setTimeout(() => {
      timer = undefined;
      void count([...changed]);
      changed.clear();
    }, wait);
  }
  const first = () => {
    version();
    const ids: string[] = [];
    for (const [, one] of window().loaded()) if (ids.push(one.experiment_id) >= MOST_LIVE) break;
    return ids;
  };
  const shown = (): Map<string, Experiment> =>
    new Map([...window().loaded()].map(([, one]) => [one.experiment_id, one] as const));

  /** Undefined where it has been removed for good. */
  async function lookUp(id: string): Promise<Experiment | undefined> {
    try {
      return await experiments.getExperiment(id, { signal: abort.signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async function renew(id: string): Promise<void> {
    const newer = await lookUp(id);
    window().patch((one) => (one.experiment_id === id ? newer : undefined));
  }

  // Experiments themselves have changed: what is to be done about it follows from what is shown.
  async function take(changes: readonly Change[]): Promise<void> {
    const known = shown();
    const { gone, renewed, appeared } = sorted(changes, new Set(known.keys()), untrack(query).lifecycle);
    const found = await Promise.all(appeared.slice(0, MOST_ASKED).map(lookUp));
    const stage = untrack(query).lifecycle === "DELETED_ONLY" ? "deleted" : "active";
    // Of more than are asked for some will be there.
    const more = [
      ...found.flatMap((one) => (one?.lifecycle_stage === stage ? [one.experiment_id] : [])),
      ...appeared.slice(MOST_ASKED),
    ];
    if (gone || renewed.length > MOST_ASKED || (more.length > 0 && sight.from === 0)) {
      reload();
      return;
    }
    if (more.length > 0) setNewer((before) => new Set([...before, ...more]));
    await Promise.all(renewed.map(renew));
  }
  const queue = new ChangeQueue(take);
  onCleanup(() => queue.close());
  createLive(() => ({ experimentIds: first(), allExperiments: true }), {
    changed: (changes) => {
      const known = shown();
      countSoon(
        changes.map((change) => change.experimentId).filter((id) => known.has(id)),
        ACTIVITY_WAIT,
      );
      queue.add(changes.filter((change) => change.runId === ""));
    },
    opened: () => void catchUp(),
    reload,
  });

  /** What was changed between being read and being listened to was heard by nobody: mostly the first line tells. */
  async function catchUp(): Promise<void> {
    const before = window();
    const request = {
      filter: searchFilter(untrack(query).search),
      view_type: untrack(query).lifecycle,
      max_results: 1,
    };
    try {
      const page = await experiments.search({ ...request, order_by: ORDER }, { signal: abort.signal });
      const [now] = page.experiments;
      const top = before.row(0);
      // The first line has been let go while somebody reads far below: nothing can be told from it.
      if (top === undefined && before.known > 0) return;
      const same = now?.experiment_id === top?.experiment_id && now?.last_update_time === top?.last_update_time;
      if (same || before !== window() || before.busy) return;
      const id = now?.experiment_id;
      if (sight.from === 0) reload();
      // Nothing moves under the eyes of somebody who reads further down.
      else if (id !== undefined && !shown().has(id)) setNewer((known) => new Set([...known, id]));
    } catch {
      // The list itself says what is wrong with the server.
    }
  }

  const read = <T>(value: (now: PagedWindow<Experiment>) => T) => {
    version();
    return value(window());
  };
  return {
    count: () => read((now) => now.known),
    complete: () => read((now) => now.complete),
    at: (index) => read((now) => now.row(index)),
    find: (id) =>
      read((now) => {
        for (const [, one] of now.loaded()) if (one.experiment_id === id) return one;
        return undefined;
      }),
    activity: (id) => activity().get(id),
    newer: () => newer().size,
    error: () => read((now) => now.error),
    show: (from, to) => {
      sight = { from, to };
      window().show(from, to);
    },
    retry: () => window().retry(),
    reload,
    renew,
  };
}

/** What changes of experiments mean for a list: a line has to go, others say something new, further ones may belong there. */
export function sorted(
  changes: readonly Change[],
  known: ReadonlySet<string>,
  lifecycle: ViewType,
): { gone: boolean; renewed: string[]; appeared: string[] } {
  let gone = false;
  const renewed = new Set<string>();
  const appeared = new Set<string>();
  for (const { experimentId: id, kinds } of changes) {
    const here = known.has(id);
    if (here && kinds.has("deleted")) gone = true;
    else if (here) renewed.add(id);
    // Nothing new has been deleted yet.
    else if (kinds.has("deleted") || (kinds.has("created") && lifecycle !== "DELETED_ONLY")) appeared.add(id);
  }
  return { gone, renewed: [...renewed], appeared: [...appeared] };
}

/** What a person types, as a filter: part of a name, or `key=value` for a tag, `key:` for any value of it. */
export function searchFilter(search: string): string {
  const text = search.trim();
  if (text === "") return "";
  const tag = /^([^\s=:]+)\s*[=:]\s*(.*)$/.exec(text);
  const name = `name ILIKE ${quoteText(`%${text}%`)}`;
  if (!tag) return name;
  const [, key = "", value = ""] = tag;
  const clause =
    value === "" ? `tags.${quoteName(key)} IS NOT NULL` : `tags.${quoteName(key)} ILIKE ${quoteText(`%${value}%`)}`;
  return `${name} OR ${clause}`;
}
