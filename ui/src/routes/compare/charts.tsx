import { useNavigate } from "@solidjs/router";
import { createMemo, createResource, type JSX, Show } from "solid-js";

import { Charts } from "../../charts/charts";
import type { Suggest } from "../../charts/charts-context";
import { commonKeys } from "../../charts/run-values";
import { defaultCharts } from "../../charts/spec";
import { createStoredCharts } from "../../charts/stored-charts";
import { Skeleton } from "../../components/skeleton";
import { search as searchColumns } from "../../data/columns";
import type { Run } from "../../wire";

const SUGGESTIONS = 200;
const MOST_DEFAULT = 12;

/** Charts of the compared runs. */
export function CompareCharts(props: { runs: readonly Run[]; running: readonly string[] }): JSX.Element {
  const navigate = useNavigate();
  const experiments = createMemo(() => [...new Set(props.runs.map((run) => run.info.experiment_id))].sort());
  // eslint-disable-next-line solid/reactivity -- the charts are those of the experiments that the page was opened with
  const [stored, setStored] = createStoredCharts(`compare.${experiments().join("-")}`);
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
    const kept = stored();
    if (kept) return kept;
    return metrics.latest && defaultCharts(metrics.latest, MOST_DEFAULT);
  });
  return (
    <Show when={state()} fallback={<Skeleton lines={8} />}>
      {(charts) => (
        <Charts
          runs={props.runs}
          state={charts()}
          setState={setStored}
          suggest={suggest}
          openRun={(id) => navigate(`/runs/${id}`)}
          live={{ runIds: props.running }}
          legend
        />
      )}
    </Show>
  );
}
