import { useNavigate } from "@solidjs/router";
import { createMemo, createResource, type JSX, Show, untrack } from "solid-js";

import { createChartStore } from "../../charts/chart-store";
import { Charts } from "../../charts/charts";
import type { Suggest } from "../../charts/charts-context";
import { commonKeys } from "../../charts/run-values";
import { defaultCharts } from "../../charts/spec";
import { Skeleton } from "../../components/skeleton";
import { search as searchColumns } from "../../data/columns";
import type { Run } from "../../wire";

const SUGGESTIONS = 200;
const MOST_DEFAULT = 12;

/** Charts of the compared runs. */
export function CompareCharts(props: { runs: readonly Run[]; running: readonly string[] }): JSX.Element {
  const navigate = useNavigate();
  const experiments = createMemo(() => [...new Set(props.runs.map((run) => run.info.experiment_id))].sort());
  // The charts are those of the experiments that the page was opened with.
  const store = untrack(() => createChartStore({ page: "compare", experimentIds: experiments() }));
  const suggest: Suggest = async (kind, contains) => {
    const request = { experiment_ids: experiments(), kind, contains, max_results: SUGGESTIONS };
    return (await searchColumns(request)).columns.map((column) => column.key);
  };
  // Metrics that these runs have come before those that others of their experiments have.
  const [metrics] = createResource(
    () => props.runs,
    (runs) => Promise.resolve(commonKeys(runs, "metrics")),
  );
  const state = createMemo(() => {
    if (!store.ready()) return undefined;
    const kept = store.state();
    if (kept) return kept;
    return metrics.latest && defaultCharts(metrics.latest, MOST_DEFAULT);
  });
  return (
    <Show when={state()} fallback={<Skeleton lines={8} />}>
      {(charts) => (
        <Charts
          runs={props.runs}
          state={charts()}
          setState={store.setState}
          keeping={store.keeping}
          suggest={suggest}
          openRun={(id) => navigate(`/runs/${id}`)}
          live={{ runIds: props.running }}
          legend
        />
      )}
    </Show>
  );
}
