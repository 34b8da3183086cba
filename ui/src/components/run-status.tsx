import type { JSX } from "solid-js";

import type { RunStatus } from "../wire";

import "./run-status.css";

const NAMES: Record<RunStatus, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
};

/** How far a run has come: a word and a colour. */
export function RunStatusBadge(props: { status: RunStatus }): JSX.Element {
  return (
    <span class="run-status" data-status={props.status}>
      {NAMES[props.status]}
    </span>
  );
}
