import { useNavigate, useSearchParams } from "@solidjs/router";
import { createEffect, createMemo, createResource, createSignal, type JSX, on, Show, untrack } from "solid-js";

import { createChartStore } from "../../charts/chart-store";
import { Charts } from "../../charts/charts";
import type { Suggest } from "../../charts/charts-context";
import { type ChartsState, defaultCharts, lineChart, withMetricInFront } from "../../charts/spec";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { Skeleton } from "../../components/skeleton";
import { summaries } from "../../data/metrics";
import type { Run } from "../../wire";

const SYSTEM = "system/";
const MOST_CHARTS = 24;
const SUGGESTIONS = 200;

/** Charts of one run: of its training, or of the machine that it ran on. */
export function RunCharts(props: { run: Run; kind: "training" | "system" }): JSX.Element {
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ metric?: string }>();
  const system = () => props.kind === "system";
  // A run stays in its experiment, and each kind of charts has a component of its own.
  const store = untrack(() =>
    createChartStore({ page: `run.${props.kind}`, experimentIds: [props.run.info.experiment_id] }),
  );

  const suggest: Suggest = async (kind, contains) => {
    if (kind === "param") {
      const text = contains.toLowerCase();
      return (props.run.data.params ?? []).map(({ key }) => key).filter((key) => key.toLowerCase().includes(text));
    }
    const page = await summaries({ run_id: props.run.info.run_id, contains, max_results: SUGGESTIONS });
    return page.metrics.map((metric) => metric.key);
  };
  // By its id: the run is another object each time it is read again, and the charts would be made anew with it.
  const runId = createMemo(() => props.run.info.run_id);
  const prefix = untrack(system) ? SYSTEM : undefined;
  const [found, { refetch }] = createResource(runId, async (run_id) => {
    const { metrics } = await summaries({ run_id, prefix, max_results: SUGGESTIONS });
    // Lines before single points: a chart of one value says little.
    const curves = metrics.filter((metric) => metric.points > 1).map((metric) => metric.key);
    const points = metrics.filter((metric) => metric.points <= 1).map((metric) => metric.key);
    return [...curves, ...points];
  });
  const state = createMemo((): ChartsState | undefined => {
    if (!store.ready()) return undefined;
    const kept = store.state();
    if (kept) return kept;
    if (found.state !== "ready") return undefined;
    if (!system()) return defaultCharts(found.latest, MOST_CHARTS);
    return { charts: found.latest.slice(0, MOST_CHARTS).map((key) => lineChart([key], `metric:${key}`)) };
  });

  // A metric that the address names stands in front as long as this page is there: a link arranges nothing for other runs.
  const [front, setFront] = createSignal<string>();
  createEffect(
    on(
      () => search.metric,
      (metric) => {
        if (metric === undefined || metric === "") return;
        setFront(metric);
        setSearch({ metric: undefined }, { replace: true });
      },
    ),
  );
  const shown = createMemo(() => {
    const current = state();
    const metric = front();
    return current && metric !== undefined ? withMetricInFront(current, metric) : current;
  });
  const arrange = (next: ChartsState): void => {
    store.setState(next);
    setFront(undefined);
  };

  return (
    <Show
      when={shown()}
      fallback={
        <Show when={found.state === "errored"} fallback={<Skeleton lines={8} />}>
          <Failure what="The metrics could not be loaded" error={found.error} onRetry={() => void refetch()} />
        </Show>
      }
    >
      {(charts) => (
        <Show
          when={!system() || charts().charts.length > 0}
          fallback={
            <Empty icon="system" title="No system metrics" code="mlflow.enable_system_metrics_logging()">
              Use of processors, memory, disks and network is recorded from the next run on.
            </Empty>
          }
        >
          <Charts
            runs={[props.run]}
            state={charts()}
            setState={arrange}
            keeping={store.keeping}
            suggest={suggest}
            openRun={(id) => navigate(`/runs/${id}`)}
            live={{ runIds: [props.run.info.run_id] }}
          />
        </Show>
      )}
    </Show>
  );
}
