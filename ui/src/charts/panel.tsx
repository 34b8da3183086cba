import { useNavigate } from "@solidjs/router";
import { createEffect, createMemo, createResource, createSignal, type JSX, on, onCleanup, Show } from "solid-js";

import { Failure } from "../components/failure";
import { Skeleton } from "../components/skeleton";
import { ChangeQueue } from "../data/change-queue";
import { search as searchColumns } from "../data/columns";
import { firstNames } from "../data/first-names";
import { createLive } from "../data/live";
import { searchByIds } from "../data/run-details";
import { lacks } from "../routes/runs/projection";
import type { ChartPanelProps } from "../routes/runs/state";
import type { RunColumns } from "../wire";
import { askedValues } from "./asked-values";
import { Charts } from "./charts";
import { readCharts } from "./read-spec";
import { onlySelected, withNewer } from "./panel-runs";
import type { ChartRun } from "./run-values";
import { defaultCharts } from "./spec";

const SUGGESTIONS = 200;

/** Charts of the runs that are marked in the table. */
export default function ChartPanel(props: ChartPanelProps): JSX.Element {
  const navigate = useNavigate();
  const suggest = async (kind: "metric" | "param", contains: string): Promise<string[]> => {
    const request = { experiment_ids: [props.experimentId], kind, contains, max_results: SUGGESTIONS };
    const { columns } = await searchColumns(request);
    return columns.map((column) => column.key);
  };
  const saved = createMemo(() => readCharts(props.state));
  // Asked for only where nobody has chosen charts yet.
  const [metrics, { refetch }] = createResource(
    () => (saved() ? undefined : props.experimentId),
    (id) => firstNames(id, "metric").then((names) => names.map((one) => one.key)),
  );
  const state = createMemo(() => saved() ?? (metrics.state === "ready" ? defaultCharts(metrics()) : undefined));

  // Lines need no more than the runs' ids. For other charts the runs are read with the values that are drawn.
  const needed = createMemo(() => askedValues(state()?.charts ?? []), undefined, { equals: sameKeys });
  let readWith: RunColumns | undefined;
  const [full, setFull] = createSignal<ReadonlyMap<string, ChartRun>>(new Map());
  const [failure, setFailure] = createSignal<unknown>();
  const [attempt, setAttempt] = createSignal(0);
  createEffect(
    on([needed, () => props.selectedRuns, attempt], ([columns, selected]) => {
      if (!columns) return;
      const complete = readWith !== undefined && !lacks(readWith, columns);
      const missing = selected.map((run) => run.run_id).filter((id) => !complete || !full().has(id));
      readWith = columns;
      if (missing.length === 0) return;
      searchByIds([props.experimentId], missing, columns).then(
        (found) => {
          // Answers to an older question lack what is drawn now.
          if (readWith !== columns) return;
          setFailure(undefined);
          setFull((before) => new Map([...before, ...found.map((run) => [run.info.run_id, run] as const)]));
        },
        (error: unknown) => {
          if (readWith !== columns) return;
          readWith = undefined;
          setFailure(error);
        },
      );
    }),
  );
  // What is no longer shown is forgotten: who looks through thousands of runs does not keep them all.
  createEffect(
    on(
      () => props.selectedRuns,
      (selected) => setFull((before) => onlySelected(before, selected)),
    ),
  );
  const queue = new ChangeQueue(async (changes) => {
    const columns = readWith;
    const ids = changes.map((change) => change.runId).filter((id) => full().has(id));
    if (!columns || ids.length === 0) return;
    const found = await searchByIds([props.experimentId], ids, columns);
    // Read for other charts meanwhile, they are as new as these.
    if (readWith === columns) setFull((before) => withNewer(before, found));
  });
  onCleanup(() => queue.close());
  createLive(() => ({ experimentIds: [props.experimentId] }), {
    changed: (changes) => queue.add(changes.filter((change) => full().has(change.runId))),
    reload: () =>
      queue.add(
        [...full().keys()].map((runId) => ({ experimentId: props.experimentId, runId, kinds: new Set(["metrics"]) })),
      ),
  });
  const runs = createMemo(() => props.selectedRuns.map((run): ChartRun => full().get(run.run_id) ?? named(run)));

  return (
    <Show
      when={state()}
      fallback={
        <Show when={metrics.state === "errored"} fallback={<Skeleton lines={6} />}>
          <Failure what="The metrics could not be loaded" error={metrics.error} onRetry={() => void refetch()} />
        </Show>
      }
    >
      {(charts) => (
        <>
          <Show when={failure()}>
            {(error) => (
              <Failure
                what="Values of the runs could not be loaded"
                error={error()}
                onRetry={() => setAttempt((count) => count + 1)}
                inline
              />
            )}
          </Show>
          <Charts
            runs={runs()}
            state={charts()}
            setState={(next) => props.setState(next)}
            suggest={suggest}
            openRun={(runId) => navigate(`/runs/${runId}`)}
            live={{ experimentIds: [props.experimentId] }}
            legend
          />
        </>
      )}
    </Show>
  );
}

function sameKeys(a: RunColumns | undefined, b: RunColumns | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A run of which no values are known; its start is, so that all of its lines count from there. */
function named({ run_id, run_name, start_time }: ChartPanelProps["selectedRuns"][number]): ChartRun {
  return { info: { run_id, run_name, start_time, status: "" }, data: {} };
}
