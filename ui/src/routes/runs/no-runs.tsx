import { createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { Skeleton } from "../../components/skeleton";
import type { Experiment } from "../../wire";
import { restoreExperiment } from "../experiments/restoring";
import type { ViewState } from "./state";

/** What stands in the place of the table where there are no runs to show. */
export function NoRuns(props: {
  state: ViewState;
  experiment: Experiment | undefined;
  onClear: () => void;
  onRestored: () => void;
}): JSX.Element {
  const [busy, setBusy] = createSignal(false);
  async function restore(experiment: Experiment): Promise<void> {
    const onRestored = props.onRestored;
    setBusy(true);
    await restoreExperiment(experiment, onRestored);
    setBusy(false);
  }
  const deleted = () => (props.experiment?.lifecycle_stage === "deleted" ? props.experiment : undefined);
  const code = () => `import trainyard as mlflow

mlflow.set_tracking_uri("${location.origin}")
mlflow.set_experiment(${JSON.stringify(props.experiment?.name ?? "")})
with mlflow.start_run():
    mlflow.log_metric("accuracy", 0.97)`;
  return (
    <div class="runs-none">
      <Show
        when={props.state.filter === ""}
        fallback={
          <Empty icon="filter" title="No run fits the filter">
            <Button onClick={() => props.onClear()}>Clear filter</Button>
          </Empty>
        }
      >
        <Show
          when={props.state.lifecycle !== "DELETED_ONLY"}
          fallback={<Empty icon="trash" title="No run has been deleted" />}
        >
          <Show
            when={deleted()}
            fallback={
              <Empty icon="play" title="No runs yet" code={code()}>
                Runs appear here while they are being logged.
              </Empty>
            }
          >
            {(experiment) => (
              <Empty icon="trash" title="This experiment is deleted">
                <p>Its runs are deleted with it, and come back with it.</p>
                <Button icon="undo" busy={busy()} onClick={() => void restore(experiment())}>
                  Restore the experiment
                </Button>
              </Empty>
            )}
          </Show>
        </Show>
      </Show>
    </div>
  );
}

/** Lines of the table's height, until there are some. */
export function TableSkeleton(props: { hidden: boolean }): JSX.Element {
  return (
    <div class="runs-none">
      <Show when={!props.hidden}>
        <div class="runs-skeleton">
          <Skeleton lines={14} label="Loading runs" />
        </div>
      </Show>
    </div>
  );
}
