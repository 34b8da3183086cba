import { type JSX, Show } from "solid-js";

import { CopyButton } from "../../components/copy";
import { Tabs } from "../../components/tabs";
import type { Experiment } from "../../wire";

import "./experiment-head.css";

export interface ExperimentHeadProps {
  experimentId: string;
  experiment: Experiment | undefined;
  runs?: number | undefined;
  children?: JSX.Element;
}

/** Name of an experiment above its pages. */
export function ExperimentHead(props: ExperimentHeadProps): JSX.Element {
  return (
    <header class="experiment-head">
      <div class="experiment-name">
        <h1 class="ellipsis" title={props.experiment?.name}>
          {props.experiment?.name ?? "\u00a0"}
        </h1>
        <span class="experiment-id mono">{props.experimentId}</span>
        <CopyButton text={props.experimentId} label="Copy experiment ID" />
        <Show when={props.experiment?.lifecycle_stage === "deleted"}>
          <span class="run-deleted">deleted</span>
        </Show>
      </div>
      <Tabs
        label="Experiment"
        tabs={[
          { label: "Runs", href: `/experiments/${props.experimentId}`, end: true, count: props.runs },
          { label: "Models", href: `/experiments/${props.experimentId}/models` },
        ]}
      />
      <div class="experiment-more">{props.children}</div>
    </header>
  );
}
