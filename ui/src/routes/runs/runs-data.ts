import { type Accessor, batch, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";

import { ChangeQueue, Rounds } from "../../data/change-queue";
import { isFilterError } from "../../data/http";
import { type Change, createLive } from "../../data/live";
import * as runs from "../../data/runs";
import type { RunColumns } from "../../wire";
import { Appeared } from "./appeared";
import { movedRuns } from "./moved";
import { lacks } from "./projection";
import { isTree, type RowQuery, rowSource } from "./row-source";
import { RunRows } from "./run-rows";
import type { Sparks } from "./sparks";

const PAGE = 200;
const SORT_WAIT = 5000;
const TALLY_WAIT = 2000;

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
  /** The experiment itself has been renamed, tagged, deleted or restored. */
  onExperiment: () => void;
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
  const appeared = new Appeared();
  const [moved, setMoved] = createSignal(0);
  const [asked, setAsked] = createSignal(0);
  /** Parents that are open stay so in every order; groups until others are asked for. */
  const openParents = new Set<string>();
  let openGroups = { of: "", keys: new Set<string>() };
  let coming: RunRows | undefined;
  /** The query that `coming` answers. */
  let comingKey = "";
  /** `coming` is to be asked for once more: it may be older than what has happened since. */
  let again = false;
  /** Changes that were heard of while `coming` was on its way. */
  const missed: Change[] = [];
  /** Changes are heard of since then; what was on its way may be older. */
  let unheard = false;
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
    if (coming && comingKey === key()) {
      // Closed each time a run is created, it would never arrive where they are created faster than it is read.
      again = true;
      return;
    }
    coming?.close();
    comingKey = key();
    again = false;
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
      appeared.clear();
      setMoved(0);
      setRows(next);
      setVersion((now) => now + 1);
      arrived();
    }
    next.show(0, 40);
    counted = count(query);
  }

  /** What has happened while lines were on their way may be missing in them. */
  function arrived(): void {
    queue.add(missed.splice(0));
    if (again) reload();
    else if (unheard) void catchUp();
  }

  let counting: AbortController | undefined;
  let counted = Promise.resolve();
  onCleanup(() => counting?.abort());
  async function count(query: RowQuery): Promise<void> {
    counting?.abort();
    const abort = new AbortController();
    counting = abort;
    const request = { experiment_ids: [query.experimentId], run_view_type: query.lifecycle };
    try {
      const numberOf = (filter: string) => runs.count({ ...request, filter }, { signal: abort.signal });
      // Both at once: who sees how many runs there are may go to the last of them.
      const [all, parents] = await Promise.all([
        numberOf(query.filter),
        isTree(query) ? numberOf("tags.`mlflow.parentRunId` IS NULL") : undefined,
      ]);
      batch(() => {
        setTotal(all);
        setRoots(query.groups.length > 0 ? undefined : (parents ?? all).runs);
      });
    } catch {
      // The number is a help for the scroll bar; the lines themselves say what is wrong.
      if (!abort.signal.aborted) {
        setTotal(undefined);
        setRoots(undefined);
      }
    }
  }

  const reload = () => setAsked((now) => now + 1);
  let sorting: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(sorting));
  /** Sorts and filters again after a while, unless somebody would lose the line they are reading. */
  function sortSoon(): void {
    sorting ??= setTimeout(() => {
      sorting = undefined;
      if (options.atTop() && !options.reading() && !stale()) reload();
    }, SORT_WAIT);
  }

  async function update(changes: readonly Change[]): Promise<void> {
    const logged = changes.filter((change) => change.kinds.has("metrics")).map((change) => change.runId);
    if (logged.length > 0) options.onMetrics();
    if (coming) missed.push(...changes);
    const query = options.query();
    const shown = rows();
    if (!query || !shown) return;
    if (tallied(query, changes)) tally.soon();
    options.sparks.forget(logged);
    const here = new Set<string>();
    for (const run of shown.runs()) here.add(run.info.run_id);
    const known = changes.filter((change) => here.has(change.runId));
    const unseen = changes.filter((change) => !here.has(change.runId));
    const fitting = await appeared.among(query, unseen);
    // The lines that the numbers are about may have been replaced while the server was asked.
    if (rows() !== shown) {
      queue.add(changes);
      return;
    }
    const gone = known.some((change) => change.kinds.has("deleted"));
    if (fitting.length > 0) setNewer((before) => new Set([...before, ...fitting]));
    if ((gone || fitting.length > 0) && options.atTop()) {
      reload();
      return;
    }
    const columns = options.columns();
    const ids = known.map((change) => change.runId);
    const found = await runs.byIds([query.experimentId], ids, columns);
    if (found.length > 0 && rows() === shown) {
      // Asked for before a column was added, they lack what is shown by now.
      if (lacks(columns, options.columns())) queue.add(known);
      else shown.patch(new Map(found.map((run) => [run.info.run_id, run])));
      if (query.groups.length === 0) setMoved(movedRuns(shown.roots(), query.order));
    }
    if (moved() > 0 || query.filter.trim() !== "") sortSoon();
  }
  const queue = new ChangeQueue(update);
  onCleanup(() => queue.close());

  // Numbers of all runs that the query finds: the footer's, and those of groups.
  async function countAgain(): Promise<void> {
    const query = options.query();
    if (!query || coming) return;
    await (counted = count(query));
    if (query.groups.length > 0 && (await rows()?.renewGroups()) === true) sortSoon();
  }
  const tally = new Rounds(TALLY_WAIT, countAgain);
  onCleanup(() => tally.close());

  /** Runs that were read before their changes were heard of may have gone on by then, and others may have come. */
  async function catchUp(): Promise<void> {
    unheard = coming !== undefined || rows() === undefined;
    if (unheard) return;
    const query = options.query();
    const shown = rows();
    if (!query || !shown) return;
    await counted;
    const before = total();
    for (const run of shown.runs()) {
      if (run.info.status !== "RUNNING") continue;
      shown.renew();
      break;
    }
    await (counted = count(query));
    const now = total();
    if (!before || !now || rows() !== shown || coming) return;
    // A run that came after the lines and before the first count is in both numbers, and not among the lines. These may be more:
    // runs whose parent is not there are counted with those that have one.
    const lacking = shown.complete && query.groups.length === 0 && shown.count - shown.nested < (roots() ?? 0);
    if ((before.runs !== now.runs || lacking) && options.atTop()) reload();
    else if (query.groups.length > 0 && now.running + before.running > 0) tally.soon();
  }

  const experiment = createMemo(() => options.query()?.experimentId);
  createLive(
    () => {
      const id = experiment();
      return { experimentIds: id === undefined ? [] : [id] };
    },
    {
      changed: (all) => {
        if (all.some((change) => change.runId === "")) options.onExperiment();
        queue.add(all.filter((change) => change.runId !== ""));
      },
      opened: () => void catchUp(),
      reload: () => {
        options.onExperiment();
        if (options.atTop()) {
          reload();
          return;
        }
        // The lines stay where they are under the reader's eyes; what they say is read anew.
        rows()?.renew();
        tally.soon();
      },
    },
  );

  const broken = () => {
    version();
    return error() === undefined ? rows()?.error : undefined;
  };
  return { rows, version, stale, total, estimate: roots, error, broken, newer: () => newer().size, moved, reload };
}

/** Whether changes may be seen in the numbers of all runs: any of them where runs are filtered or grouped by what they have. */
function tallied(query: RowQuery, changes: readonly Change[]): boolean {
  if (query.groups.length > 0 || query.filter.trim() !== "") return true;
  return changes.some(({ kinds }) => kinds.has("created") || kinds.has("deleted") || kinds.has("status"));
}
