// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { RunId } from "./id";

/** Changes all of these runs or none. */
export interface ChangeRuns {
  /** Required; at most [`RUN_IDS`](crate::limits::RUN_IDS). */
  run_ids?: RunId[];
  /** Required. */
  action?: RunAction;
  /** The tag, for the two actions that are about one. */
  key?: string;
  /** Its new value. */
  value?: string;
}

/** What is done to each run. */
export type RunAction = "delete" | "restore" | "set_tag" | "delete_tag";
