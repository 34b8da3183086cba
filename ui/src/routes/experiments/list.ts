import { type Accessor, createEffect, createSignal, on, onCleanup, untrack } from "solid-js";

import { createLive } from "../../data/live";
import * as experiments from "../../data/experiments";
import { quoteName, quoteText } from "../../filter/lexer";
import type { Experiment, ViewType } from "../../wire";
import type { ExperimentActivity } from "../../wire";
import { PagedWindow } from "../runs/paged-window";

const PAGE = 100;
/** Experiments whose changes are listened to: as many as one connection takes. */
const MOST_LIVE = 100;
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
  const [asked, setAsked] = createSignal(0);
  const [window, setWindow] = createSignal(open(untrack(query)));
  let sight = { from: 0, to: 30 };
  const abort = new AbortController();
  onCleanup(() => {
    abort.abort();
    window().close();
  });

  function open({ search, lifecycle }: ExperimentQuery): PagedWindow<Experiment> {
    return new PagedWindow<Experiment>({
      pageSize: PAGE,
      most: 5000,
      onChange: () => setVersion((now) => now + 1),
      load: async (page_token, max_results, signal) => {
        const request = { filter: searchFilter(search), view_type: lifecycle, max_results, page_token };
        const page = await experiments.search({ ...request, order_by: ["last_update_time DESC"] }, { signal });
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
      [query, asked],
      ([now]) => {
        window().close();
        const next = open(now);
        setWindow(next);
        next.show(sight.from, sight.to);
      },
      { defer: true },
    ),
  );

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
  createLive(() => ({ experimentIds: first() }), {
    changed: (changes) => {
      countSoon(
        changes.map((change) => change.experimentId),
        ACTIVITY_WAIT,
      );
    },
    reload: () => void count(first()),
  });

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
    error: () => read((now) => now.error),
    show: (from, to) => {
      sight = { from, to };
      window().show(from, to);
    },
    retry: () => window().retry(),
    reload: () => setAsked((now) => now + 1),
    renew: async (id) => {
      const newer = await experiments.getExperiment(id);
      window().patch((one) => (one.experiment_id === id ? newer : undefined));
    },
  };
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
