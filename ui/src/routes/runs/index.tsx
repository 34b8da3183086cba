import { useNavigate, useParams } from "@solidjs/router";
import { createEffect, createMemo, createResource, type JSX, lazy, on, Show, Suspense } from "solid-js";

import { Failure } from "../../components/failure";
import { useShortcuts } from "../../components/shortcuts";
import { Skeleton } from "../../components/skeleton";
import { useTitle } from "../../components/title";
import * as experiments from "../../data/experiments";
import { firstNames } from "../../data/first-names";
import { isFilterError } from "../../data/http";
import { settled } from "../../data/settled";
import { both, errorPlace, errorReason } from "../../filter/lexer";
import type { Column as ColumnSummary, Experiment, GroupKey } from "../../wire";
import { compareAddress } from "../compare/addresses";
import { BulkBar } from "./bulk-bar";
import { deleteRuns } from "./bulk-change";
import { defaultColumns } from "./columns";
import { ExperimentHead } from "./experiment-head";
import { NoRuns, TableSkeleton } from "./no-runs";
import { projectionOf } from "./projection";
import { isTree, type RowQuery } from "./row-source";
import { createRunsData } from "./runs-data";
import { createSelection } from "./selection";
import { createSparks } from "./sparks";
import { Split } from "./split";
import type { ChartRun, Column, ViewState } from "./state";
import { RunsTable, type TableHandle } from "./table";
import { Toolbar } from "./toolbar";
import { createViewStore } from "./view-state";

import "./runs.css";

const ChartPanel = lazy(() => import("../../charts/panel"));

/** Runs that the charts show while none are marked. */
const CHARTED = 10;
const MOST_RENEWALS = 5;

/** The page of an experiment: its runs, and charts of them. */
export default function Runs(): JSX.Element {
  const params = useParams<{ experiment_id: string }>();
  return (
    <Show when={params.experiment_id} keyed>
      {(id) => <ExperimentRuns experimentId={id} />}
    </Show>
  );
}

function ExperimentRuns(props: { experimentId: string }): JSX.Element {
  // The component is made anew for another experiment.
  const id = props.experimentId;
  const navigate = useNavigate();
  const store = createViewStore(() => id);
  const selection = createSelection();
  const sparks = createSparks();
  const [experiment, { refetch }] = createResource(() => experiments.getExperiment(id));
  const [names, { refetch: renewNames }] = createResource(() => startingNames(id));
  // When it cannot be read anew, what was known of it stays.
  const known = createMemo((before: Experiment | undefined) => settled(experiment) ?? before);
  let table: TableHandle | undefined;
  let filter: HTMLInputElement | undefined;
  useTitle(() => known()?.name);

  const columns = createMemo((): Column[] | undefined => {
    const chosen = store.state()?.columns;
    if (chosen) return chosen;
    const found = settled(names);
    return found && defaultColumns(found);
  });
  const query = createMemo((): RowQuery | undefined => {
    const state = store.state();
    // Columns come first: the runs are asked for what is shown of them.
    if (!state || !columns()) return undefined;
    const { order, groups, tree, lifecycle, aggregate } = state;
    const grouped = groups.length > 0;
    const metrics = (grouped ? (columns() ?? []) : []).filter((one) => one.source === "metric").map((one) => one.key);
    const unique = [...new Set(metrics)];
    return {
      experimentId: id,
      filter: state.filter,
      order,
      groups,
      tree,
      lifecycle,
      // Without groups neither changes what the lines are.
      aggregate: grouped ? aggregate : "mean",
      metrics: unique,
    };
  });
  const projection = createMemo(() => projectionOf(columns() ?? [], store.state()?.order ?? null));
  const data = createRunsData({
    query,
    columns: projection,
    sparks,
    onMetrics: noticeMetrics,
    onExperiment: () => void refetch(),
    atTop: () => table?.atTop() ?? true,
    reading: () => table?.reading() ?? false,
  });
  const problem = () => {
    const error = data.error();
    if (!isFilterError(error)) return undefined;
    const text = store.state()?.filter ?? "";
    return { place: errorPlace(error.message, text), reason: errorReason(error.message) };
  };
  createEffect(
    on(
      () => JSON.stringify(query()),
      () => table?.toTop(),
      { defer: true },
    ),
  );

  // Columns of an experiment that had no metrics yet when the page was opened. Not for ever: names may be out of reach.
  let renewals = 0;
  function noticeMetrics(): void {
    const found = settled(names);
    if (!found || names.loading || found.some((one) => one.kind === "metric")) return;
    if (renewals++ < MOST_RENEWALS) void renewNames();
  }

  const charted = createMemo(
    (): readonly ChartRun[] => {
      const marked = selection.runs();
      if (marked.size > 0) return [...marked.values()];
      data.version();
      const first: ChartRun[] = [];
      for (const { info } of data.rows()?.runs() ?? []) {
        const { run_id, run_name, start_time } = info;
        if (first.push({ run_id, run_name, start_time }) >= CHARTED) break;
      }
      return first;
    },
    [],
    { equals: sameRuns },
  );

  const marked = () => [...selection.runs().keys()];
  const update = (changes: Partial<ViewState>) => store.update(changes);
  const group = (column: Column) => {
    const state = store.state();
    const key = groupOf(column);
    if (!state || !key || state.groups.some((one) => one.kind === key.kind && one.key === key.key)) return;
    update({ groups: [...state.groups, key].slice(-3) });
  };
  useShortcuts("filter");
  useShortcuts("table");
  useShortcuts("columns");
  useShortcuts("runs", {
    "/": () => filter?.focus(),
    "g t": () => table?.focus(),
    o: () => document.querySelector<HTMLElement>("[data-key=columns]")?.click(),
    v: () => update({ chartsOpen: store.state()?.chartsOpen !== true }),
    c: () => {
      if (marked().length > 1) navigate(compareAddress(marked()));
    },
    Delete: () => {
      if (marked().length > 0) void deleteRuns(selection.runs().values(), reloadAll);
    },
    r: () => data.reload(),
  });

  function reloadAll(): void {
    selection.clear();
    data.reload();
  }

  const nothing = () => {
    data.version();
    const rows = data.rows();
    return !data.stale() && rows?.complete === true && rows.count === 0;
  };

  return (
    <div class="runs-page">
      <ExperimentHead
        experimentId={id}
        experiment={known()}
        runs={store.state()?.filter === "" ? data.total()?.runs : undefined}
      >
        <Show when={selection.runs().size > 0}>
          <BulkBar
            experimentId={id}
            selection={selection}
            lifecycle={store.state()?.lifecycle ?? "ALL"}
            onChanged={() => data.reload()}
          />
        </Show>
      </ExperimentHead>
      <Show
        when={known() !== undefined || experiment.error === undefined}
        fallback={
          <Failure what="The experiment could not be loaded" error={experiment.error} onRetry={() => void refetch()} />
        }
      >
        <Show when={store.state()} fallback={<Skeleton lines={8} />}>
          {(state) => (
            <>
              <Toolbar
                experimentId={id}
                store={store}
                state={state()}
                columns={columns() ?? []}
                problem={problem()}
                filterRef={(input) => (filter = input)}
              />
              <Split
                open={state().chartsOpen}
                share={state().chartsShare}
                onShare={(chartsShare) => update({ chartsShare })}
                side={() => (
                  <Suspense fallback={<Skeleton lines={6} label="Loading charts" />}>
                    <ChartPanel
                      experimentId={id}
                      selectedRuns={charted()}
                      state={state().charts}
                      setState={(charts: unknown) => update({ charts })}
                    />
                  </Suspense>
                )}
              >
                <Show when={store.problem()}>
                  {(error) => (
                    <Failure
                      what="The saved view could not be loaded"
                      error={error()}
                      onRetry={() => store.retry()}
                      inline
                    />
                  )}
                </Show>
                <Show when={data.error() !== undefined && !isFilterError(data.error()) && !data.stale()}>
                  <Failure
                    what="The runs could not be loaded"
                    error={data.error()}
                    onRetry={() => data.reload()}
                    inline
                  />
                </Show>
                <Show when={data.broken()}>
                  {(error) => (
                    <Failure
                      what="More runs could not be loaded"
                      error={error()}
                      onRetry={() => data.rows()?.retry()}
                      inline
                    />
                  )}
                </Show>
                <Show when={data.newer() > 0 || data.moved() > 0}>
                  <button
                    type="button"
                    class="runs-newer"
                    data-quiet={data.newer() === 0 ? "" : undefined}
                    onClick={() => {
                      if (data.newer() > 0) table?.toTop();
                      data.reload();
                    }}
                  >
                    {changesText(data.newer(), data.moved())}
                  </button>
                </Show>
                <Show
                  when={!nothing()}
                  fallback={
                    <NoRuns
                      state={state()}
                      experiment={known()}
                      onClear={() => update({ filter: "" })}
                      onRestored={() => {
                        void refetch();
                        data.reload();
                      }}
                    />
                  }
                >
                  <Show
                    when={data.rows() !== undefined && columns()}
                    fallback={<TableSkeleton hidden={data.error() !== undefined} />}
                  >
                    {(shown) => (
                      <Show when={data.rows()}>
                        {(rows) => (
                          <RunsTable
                            rows={rows()}
                            version={data.version()}
                            estimate={data.estimate()}
                            columns={shown()}
                            view={state()}
                            selection={selection}
                            sparks={sparks}
                            stale={data.stale()}
                            onOrder={(order) => update({ order })}
                            onColumns={(next) => update({ columns: next })}
                            onGroup={group}
                            onFilter={(clause) => update({ filter: both(state().filter, clause) })}
                            onOpen={(run_id) => navigate(`/runs/${run_id}`)}
                            ref={(handle) => (table = handle)}
                          />
                        )}
                      </Show>
                    )}
                  </Show>
                </Show>
                <footer class="runs-foot">
                  <Show when={data.total()} fallback={<span>{"\u00a0"}</span>}>
                    {(total) => (
                      <span>
                        {total().runs.toLocaleString()} {total().runs === 1 ? "run" : "runs"}
                        <Show when={total().running > 0}>, {total().running.toLocaleString()} running</Show>
                      </span>
                    )}
                  </Show>
                  <Show when={state().tree && state().groups.length === 0 && !isTree(state())}>
                    <span>Children stand among all runs while a filter is set</span>
                  </Show>
                </footer>
              </Split>
            </>
          )}
        </Show>
      </Show>
    </div>
  );
}

/** Names that the columns are chosen from while nobody has chosen any. */
async function startingNames(id: string): Promise<ColumnSummary[]> {
  // The table does without columns of values rather than not at all.
  const ask = (kind: "metric" | "param") => firstNames(id, kind).catch(() => []);
  return (await Promise.all([ask("metric"), ask("param")])).flat();
}

function groupOf(column: Column): GroupKey | undefined {
  if (column.source === "param" || column.source === "tag") return { kind: column.source, key: column.key };
  if (column.key === "datasets") return { kind: "dataset", key: "" };
  return column.key === "status" || column.key === "user_id" ? { kind: "attribute", key: column.key } : undefined;
}

/** What a click on the note above the table shows. */
function changesText(newer: number, moved: number): string {
  if (newer > 0) return newer === 1 ? "1 new run" : `${newer.toLocaleString()} new runs`;
  return `${moved.toLocaleString()} ${moved === 1 ? "run has" : "runs have"} moved: sort again`;
}

function sameRuns(a: readonly ChartRun[], b: readonly ChartRun[]): boolean {
  return a.length === b.length && a.every((run, at) => run.run_id === b[at]?.run_id && run.run_name === b[at].run_name);
}
