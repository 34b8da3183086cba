// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId, RunId } from "./id";

/** What a run, or an experiment, was changed by. Of an experiment: that it was created, tags, and that it was deleted. */
export type RunChangeKind = "created" | "metrics" | "params" | "tags" | "status" | "inputs" | "models" | "deleted";

/** Data of an event `changed`. */
export interface RunChanged {
  /** The experiment, or that of the run. */
  experiment_id: ExperimentId;
  /** The run; empty where the experiment itself was changed. */
  run_id: RunId;
  /** What it was changed by since the event before. */
  kinds: RunChangeKind[];
}
