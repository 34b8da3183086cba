// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId } from "./id";

/** Counts the runs of experiments. */
export interface GetExperimentActivity {
  /** Required; at most [`ACTIVITY_EXPERIMENTS`](crate::limits::ACTIVITY_EXPERIMENTS). */
  experiment_id?: ExperimentId[];
}

/** Answer to [`GetExperimentActivity`]. */
export interface GetExperimentActivityResponse {
  /** One entry an experiment, in the order of the request; none for ids of no experiment. */
  experiments: ExperimentActivity[];
}

/** How busy one experiment is. */
export interface ExperimentActivity {
  /** The experiment. */
  experiment_id: ExperimentId;
  /** Runs that have not been deleted. */
  runs: number;
  /** Those of them that are `RUNNING`. */
  running: number;
  /** Runs that have been deleted. */
  deleted_runs: number;
  /** When a run last began or ended, or the experiment was last changed, in milliseconds since the epoch. */
  last_activity_time: number;
  /**
   * Whether there may be more runs than the numbers say: one request counts
   * [`ACTIVITY_RUNS`](crate::limits::ACTIVITY_RUNS) at most.
   */
  at_least?: boolean;
}
