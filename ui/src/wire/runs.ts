// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { RunInputs, RunOutputs } from "./datasets";
import type { ExperimentId, RunId } from "./id";
import type { LifecycleStage, Param, Tag, ViewType } from "./lib";
import type { Metric } from "./metrics";

/** How far a run has come. */
export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

/** A run with everything that was logged to it; of each metric the latest point. */
export interface Run {
  /** Who, when, where, how it ended. */
  info: RunInfo;
  /** Metrics, params and tags. */
  data: RunData;
  /** Datasets and models used. */
  inputs: RunInputs;
  /** Models made; not told of a run that is just being made. */
  outputs?: RunOutputs;
}

/** Who, when, where and how a run ended. */
export interface RunInfo {
  /** The id. */
  run_id: RunId;
  /** The id once more, under its older name. */
  run_uuid: RunId;
  /** Name for people; not unique. */
  run_name: string;
  /** The experiment it belongs to. */
  experiment_id: ExperimentId;
  /** Who started it. */
  user_id: string;
  /** How far it has come. */
  status: RunStatus;
  /** Milliseconds since the epoch. */
  start_time: number;
  /** Milliseconds since the epoch. */
  end_time?: number;
  /** URI below which its artifacts lie. */
  artifact_uri: string;
  /** Active or deleted. */
  lifecycle_stage: LifecycleStage;
}

/** What was logged to a run. */
export interface RunData {
  /** The latest point of each metric, ordered by key. */
  metrics?: Metric[];
  /** Params, ordered by key. */
  params?: Param[];
  /** Tags, ordered by key. */
  tags?: Tag[];
}

/** Starts a run. */
export interface CreateRun {
  /** The experiment; empty for `0`. */
  experiment_id: ExperimentId;
  /** Who starts it. */
  user_id?: string;
  /** Name; the tag `mlflow.runName`, else one is made up. */
  run_name?: string;
  /** Milliseconds since the epoch. */
  start_time?: number;
  /** Tags to set. */
  tags?: Tag[];
  /**
   * The id that a client has given to a run it started without a server: 32 lower-case hex digits. Ours alone: other
   * servers ignore it and make an id. A run that is there already is answered as it is.
   */
  run_id?: RunId;
}

/** Answer to [`CreateRun`] and [`GetRun`]. */
export interface GetRunResponse {
  /** The run. */
  run: Run;
}

/** One run by id. */
export interface GetRun {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
}

/** Changes status, end time or name of a run. */
export interface UpdateRun {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** New status. */
  status?: RunStatus;
  /** Milliseconds since the epoch. */
  end_time?: number;
  /** New name. */
  run_name?: string;
}

/** Answer to [`UpdateRun`]. */
export interface UpdateRunResponse {
  /** The run as it is now. */
  run_info: RunInfo;
}

/** Soft-deletes a run. */
export interface DeleteRun {
  /** Required. */
  run_id: RunId;
}

/** Undoes [`DeleteRun`]. */
export interface RestoreRun {
  /** Required. */
  run_id: RunId;
}

/** Filters, orders and pages runs of some experiments. */
export interface SearchRuns {
  /** Experiments to look in; none finds nothing. */
  experiment_ids?: ExperimentId[];
  /** Filter text. */
  filter?: string;
  /** Lifecycle stages to return. */
  run_view_type?: ViewType;
  /** Page size, 1000 when left out, at most [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS). */
  max_results?: number;
  /**
   * Only runs whose parent, by the tag `mlflow.parentRunId`, is not among the runs of these experiments and stages. Ours
   * alone: other servers ignore it.
   */
  roots_only?: boolean;
  /**
   * What the runs of the answer come with; all that was logged to them where it is left out. It does not matter for the
   * filter, the order and page tokens. Ours alone: other servers ignore it.
   */
  columns?: RunColumns;
  /** `key [ASC|DESC]`; by default the newest first. */
  order_by?: string[];
  /** Where the last page ended. */
  page_token?: string;
}

/** What runs of an answer come with. Pages of runs with thousands of metrics stay small when few of them are asked for. */
export interface RunColumns {
  /** Keys of metrics; with params and tags at most [`RUN_COLUMNS`](crate::limits::RUN_COLUMNS). */
  metrics?: string[];
  /** Keys of params. */
  params?: string[];
  /** Keys of tags. */
  tags?: string[];
  /** Datasets that the run used, with names, digests and types of sources only. */
  datasets?: boolean;
  /** Logged models that the run used and made. */
  models?: boolean;
}

/** Answer to [`SearchRuns`]. */
export interface SearchRunsResponse {
  /** One page. */
  runs?: Run[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Logs one param. */
export interface LogParam {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Sets one tag of a run. */
export interface SetTag {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag of a run. */
export interface DeleteTag {
  /** Required. */
  run_id: RunId;
  /** Required. */
  key: string;
}

/** Logs points, params and tags together: all of them or none. */
export interface LogBatch {
  /** Required. */
  run_id: RunId;
  /** Points; each has a value and a timestamp. */
  metrics?: Metric[];
  /** Params. */
  params?: Param[];
  /** Tags. */
  tags?: Tag[];
}

/** Notes on a run that a model was saved among its artifacts; clients of MLflow 2 do so with every model. */
export interface LogModel {
  /** Required. */
  run_id: RunId;
  /**
   * Required: the model's description as JSON, an object with `artifact_path`, `flavors`, `run_id` and
   * `utc_time_created`.
   */
  model_json: string;
}
