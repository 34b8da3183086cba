// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { RunId } from "./id";

/** How many runs have each of these for their parent. */
export interface CountRunChildren {
  /** Required; at most [`RUN_IDS`](crate::limits::RUN_IDS). */
  run_ids?: RunId[];
}

/** Answer to [`CountRunChildren`]. */
export interface CountRunChildrenResponse {
  /** One entry a run, in the order of the request. */
  counts: RunChildren[];
}

/** How many children a run has. */
export interface RunChildren {
  /** The run; ids of no run have no children. */
  run_id: RunId;
  /** Runs in the same experiment that have not been deleted. */
  children: number;
}
