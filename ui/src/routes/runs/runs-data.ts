import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";

import { ApiError } from "../../data/http";
import { type Change, createLive } from "../../data/live";
import * as runs from "../../data/runs";
import type { Run, RunColumns } from "../../wire";
import { movedRuns } from "./moved";
import { lacks } from "./projection";
import { isTree, type RowQuery, rowSource } from "./row-source";
import { RunRows } from "./run-rows";
import type { Sparks } from "./sparks";

const PAGE = 200;
const PATCH_WAIT = 400;
const SORT_WAIT = 5000;
const MOST_PATCHED = 200;

export interface RunsData {
  /** Lines of the query; of the one before while its first page is on the way. */
  rows: Accessor<RunRows | undefined>;
  version: Accessor<number>;
  /** A new query is being answered. */
  stale: Accessor<boolean>;
  /** How many runs the filter finds. */
  total: Accessor<{ runs: number; running: number } | undefined>;
  /** How many lines without children there are. */
  estimate: Accessor<number | undefined>;
  /** The error of the query that is not shown because of it. */
  error: Accessor<unknown>;
  /** The error of a later page of lines that are shown. */
  broken: Accessor<unknown>;
  /** Runs that have been created since, and are not shown yet. */
  newer: Accessor<number>;
  /** Lines that no longer stand where the order has them. */
  moved: Accessor<number>;
  reload: () => void;
}

export interface RunsDataOptions {
  query: Accessor<RowQuery | undefined>;
  /** What the runs of the lines come with. */
  columns: Accessor<RunColumns | undefined>;
  sparks: Sparks;
  /** Runs have logged metrics. */
  onMetrics: () => void;
  /** Whether the table shows its first lines, so that newer runs may appear there. */
  atTop: () => boolean;
  /** Whether somebody points at a line or is among the lines by keyboard: then none may move. */
  reading: () => boolean;
}

/** Loads the lines of a query, counts them, and keeps them up to date. */
export function createRunsData(options: RunsDataOptions): RunsData {
  const [rows, setRows] = createSignal<RunRows>();
  const [version, setVersion] = createSignal(0);
  const [stale, setStale] = createSignal(true);
  const [error, setError] = createSignal<unknown>();
  const [total, setTotal] = createSignal<{ runs: number; running: number }>();
  const [roots, setRoots] = createSignal<number>();
  const [newer, setNewer] = createSignal<ReadonlySet<string>>(new Set());
  const [moved, setMoved] = createSignal(0);
  const [asked, setAsked] = createSignal(0);
  /** Parents that are open stay so in every order; groups until others are asked for. */
  const openParents = new Set<string>();
  let openGroups = { of: "", keys: new Set<string>() };
  let coming: RunRows | undefined;
  /** What the lines' last pages came with. */
  let askedFor = options.columns();

  const key = createMemo(() => JSON.stringify(options.query()));
  createEffect(
    on([key, asked], () => {
      const query = options.query();
      if (query) load(query);
    }),
  );
  createEffect(
    on(options.columns, (now) => {
      const before = askedFor;
      askedFor = now;
      if (!lacks(before, now)) return;
      coming?.renew();
      rows()?.renew();
    }),
  );
  onCleanup(() => {
    coming?.close();
    rows()?.close();
  });

  function opened(query: RowQuery): Set<string> {
    if (isTree(query)) return openParents;
    const of = JSON.stringify(query.groups);
    if (of !== openGroups.of) openGroups = { of, keys: new Set() };
    return openGroups.keys;
  }

  /** The new lines take the place of the old ones once their first page is here, so that nothing flickers. */
  function load(query: RowQuery): void {
    coming?.close();
    askedFor = options.columns();
    setStale(true);
    setError(undefined);
    const next = new RunRows(rowSource(query, options.columns), opened(query), changed, PAGE);
    coming = next;
    function changed(): void {
      if (next !== coming) {
        if (next === rows()) setVersion((now) => now + 1);
        return;
      }
      if (next.busy && next.count === 0) return;
      coming = undefined;
      setStale(false);
      if (next.error !== undefined && rows() !== undefined && isFilterError(next.error)) {
        // What was shown stays; the filter says what is wrong with it.
        setError(next.error);
        next.close();
        return;
      }
      setError(next.error);
      rows()?.close();
      setNewer(new Set<string>());
      setMoved(0);
      setRows(next);
      setVersion((now) => now + 1);
    }
    next.show(0, 40);
    void count(query);
  }

  let counting: AbortController | undefined;
  onCleanup(() => counting?.abort());
  async function count(query: RowQuery): Promise<void> {
    counting?.abort();
    const abort = new AbortController();
    counting = abort;
    const request = { experiment_ids: [query.experimentId], run_view_type: query.lifecycle };
    try {
      const all = await runs.count({ ...request, filter: query.filter }, { signal: abort.signal });
      setTotal(all);
      if (!isTree(query)) {
        setRoots(query.groups.length > 0 ? undefined : all.runs);
        return;
      }
      const filter = "tags.`mlflow.parentRunId` IS NULL";
      setRoots((await runs.count({ ...request, filter }, { signal: abort.signal })).runs);
    } catch {
      // The number is a help for the scroll bar; the lines themselves say what is wrong.
      if (!abort.signal.aborted) {
        setTotal(undefined);
        setRoots(undefined);
      }
    }
  }

  const reload = () => setAsked((now) => now + 1);
  const changes = new Map<string, Change>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  let sorting: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(sorting));
  /** Sorts and filters again after a while, unless somebody would lose the line they are reading. */
  function sortSoon(): void {
    sorting ??= setTimeout(() => {
      sorting = undefined;
      if (options.atTop() && !options.reading() && !stale()) reload();
    }, SORT_WAIT);
  }

  async function update(): Promise<void> {
    timer = undefined;
    const query = options.query();
    const shown = rows();
    const now = [...changes.values()];
    changes.clear();
    if (now.some((change) => change.kinds.has("metrics"))) options.onMetrics();
    if (!query || !shown) return;
    const here = new Map<string, Run>();
    for (const run of shown.runs()) here.set(run.info.run_id, run);
    const known = now.filter((change) => here.has(change.runId));
    const appeared = now.filter((change) => !here.has(change.runId) && change.kinds.has("created"));
    const gone = known.some((change) => change.kinds.has("deleted"));
    if (appeared.length > 0) setNewer((before) => new Set([...before, ...appeared.map((change) => change.runId)]));
    if ((gone || appeared.length > 0) && options.atTop()) {
      reload();
      return;
    }
    const ids = known.slice(0, MOST_PATCHED).map((change) => change.runId);
    try {
      const found = await runs.byIds([query.experimentId], ids, options.columns());
      if (found.length > 0 && rows() === shown) {
        shown.patch(new Map(found.map((run) => [run.info.run_id, run])));
        if (query.groups.length === 0) setMoved(movedRuns(shown.roots(), query.order));
      }
      if (moved() > 0 || query.filter.trim() !== "") sortSoon();
      options.sparks.forget(known.filter((change) => change.kinds.has("metrics")).map((change) => change.runId));
    } catch {
      // The next change of these runs brings what was missed.
    }
  }

  const experiment = createMemo(() => options.query()?.experimentId);
  createLive(
    () => {
      const id = experiment();
      return { experimentIds: id === undefined ? [] : [id] };
    },
    {
      changed: (all) => {
        for (const change of all) {
          const before = changes.get(change.runId);
          const kinds = before ? new Set([...before.kinds, ...change.kinds]) : change.kinds;
          changes.set(change.runId, { ...change, kinds });
        }
        timer ??= setTimeout(() => void update(), PATCH_WAIT);
      },
      reload: () => {
        if (options.atTop()) {
          reload();
          return;
        }
        // The lines stay where they are under the reader's eyes; what they say is read anew.
        const query = options.query();
        rows()?.renew();
        if (query) void count(query);
      },
    },
  );

  const broken = () => {
    version();
    return error() === undefined ? rows()?.error : undefined;
  };
  return { rows, version, stale, total, estimate: roots, error, broken, newer: () => newer().size, moved, reload };
}

/** Whether the server did not understand the filter. */
export function isFilterError(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 400;
}
