import { createMemo, type JSX, Match, Show, Switch } from "solid-js";

import { Icon } from "../../components/icons";
import { Duration, TimeAgo } from "../../components/time";
import { address } from "../../data/base";
import { loggedModels, modelAddress } from "../../data/model-entries";
import type { Run, RunStatus } from "../../wire";
import type { Sparks } from "./sparks";
import type { Column } from "./state";
import { exactText, tagOf, textOf } from "./values";

export const STATUS_TEXT: Record<RunStatus, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
};

/** A dot and a word: no status is told by its colour alone. */
export function Status(props: { status: RunStatus }): JSX.Element {
  return (
    <span class="status" data-status={props.status}>
      {STATUS_TEXT[props.status]}
    </span>
  );
}

/** What a run has in a column. */
export function RunCell(props: { run: Run; column: Column; sparks: Sparks }): JSX.Element {
  const text = createMemo(() => textOf(props.run, props.column));
  const plain = () => (
    <span class="ellipsis" title={exactText(props.run, props.column)}>
      {text() ?? <span class="absent">–</span>}
    </span>
  );
  return (
    <Switch fallback={plain()}>
      <Match when={props.column.spark === true}>
        <Spark path={props.sparks.path(props.run.info.run_id, props.column.key)} />
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "run_name"}>
        <a class="run-name ellipsis" href={address(`runs/${props.run.info.run_id}`)} tabIndex={-1} title={text()}>
          {text() === "" ? props.run.info.run_id : text()}
        </a>
        <Show when={props.run.info.lifecycle_stage === "deleted"}>
          <span class="run-deleted">deleted</span>
        </Show>
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "status"}>
        <Status status={props.run.info.status} />
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "start_time"}>
        <TimeAgo at={props.run.info.start_time} />
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "end_time" && props.run.info.end_time}>
        {(at) => <TimeAgo at={at()} />}
      </Match>
      <Match when={isLive(props.run, props.column)}>
        <Duration from={props.run.info.start_time} />
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "source" && text() !== undefined}>
        <Source run={props.run} name={text() ?? ""} />
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "models" && text() !== undefined}>
        <Models run={props.run} />
      </Match>
    </Switch>
  );
}

function isLive(run: Run, column: Column): boolean {
  return (
    column.source === "attribute" &&
    column.key === "duration" &&
    run.info.end_time === undefined &&
    run.info.status === "RUNNING"
  );
}

function Spark(props: { path: string | undefined }): JSX.Element {
  return (
    <Show when={props.path !== undefined} fallback={<span class="skeleton-cell" />}>
      <Show when={props.path !== ""} fallback={<span class="absent">–</span>}>
        <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
          <path d={props.path} />
        </svg>
      </Show>
    </Show>
  );
}

function Source(props: { run: Run; name: string }): JSX.Element {
  const commit = () => tagOf(props.run, "mlflow.source.git.commit");
  return (
    <span class="ellipsis" title={tagOf(props.run, "mlflow.source.name")}>
      {props.name}
      <Show when={commit()}>{(hash) => <span class="commit mono">{hash().slice(0, 7)}</span>}</Show>
    </span>
  );
}

function Models(props: { run: Run }): JSX.Element {
  const models = createMemo(() => loggedModels(props.run));
  return (
    <Show when={models()[0]}>
      {(first) => (
        <a
          class="models ellipsis"
          href={address(modelAddress(props.run, first()).slice(1))}
          tabIndex={-1}
          title={models()
            .map((model) => model.name)
            .join("\n")}
        >
          <Icon name="box" size={14} />
          {models().length === 1 ? "1 model" : `${String(models().length)} models`}
        </a>
      )}
    </Show>
  );
}
