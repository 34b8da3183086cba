// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId, ModelId, RunId } from "./id";
import type { Param, Tag } from "./lib";
import type { Metric } from "./metrics";

/** Whether a logged model's files are complete. */
export type LoggedModelStatus =
  | "LOGGED_MODEL_STATUS_UNSPECIFIED"
  | "LOGGED_MODEL_PENDING"
  | "LOGGED_MODEL_READY"
  | "LOGGED_MODEL_UPLOAD_FAILED";

/** A model with what was logged about it. */
export interface LoggedModel {
  /** Identity, place and state. */
  info: LoggedModelInfo;
  /** Params and metrics. */
  data: LoggedModelData;
}

/** Identity, place and state of a logged model. */
export interface LoggedModelInfo {
  /** `m-` and 32 hex digits. */
  model_id: ModelId;
  /** The experiment it belongs to. */
  experiment_id: ExperimentId;
  /** Name; not unique. */
  name: string;
  /** Milliseconds since the epoch. */
  creation_timestamp_ms: number;
  /** Milliseconds since the epoch. */
  last_updated_timestamp_ms: number;
  /** URI of the model directory. */
  artifact_uri: string;
  /** Whether its files are complete. */
  status: LoggedModelStatus;
  /** Free text; as `source_run_id` written even when empty. */
  model_type: string;
  /** Run that made it. */
  source_run_id: RunId;
  /** More about the status. */
  status_message?: string;
  /** Tags, ordered by key. */
  tags?: Tag[];
  /** Model versions made from it. */
  registrations?: LoggedModelRegistration[];
}

/** A model version made from a logged model. */
export interface LoggedModelRegistration {
  /** The registered model. */
  name: string;
  /** The version number as text. */
  version: string;
}

/** Params and metrics of a logged model. */
export interface LoggedModelData {
  /** Params, ordered by key. */
  params?: Param[];
  /** Metrics that were logged with its id. */
  metrics?: Metric[];
}

/** Makes a logged model in state PENDING. */
export interface CreateLoggedModel {
  /** Required. */
  experiment_id: ExperimentId;
  /** Name; one is made up when empty. */
  name?: string;
  /** Free text. */
  model_type?: string;
  /** Run that makes it. */
  source_run_id?: RunId;
  /** Params. */
  params?: Param[];
  /** Tags. */
  tags?: Tag[];
}

/** Answer to [`CreateLoggedModel`], [`GetLoggedModel`] and [`FinalizeLoggedModel`]. */
export interface GetLoggedModelResponse {
  /** The model. */
  model: LoggedModel;
}

/** One logged model by id. */
export interface GetLoggedModel {
  /** Required. */
  model_id: ModelId;
  /** Whether to answer with a model that has been deleted. */
  allow_deleted?: boolean;
}

/** Says that the files are complete, or never will be. */
export interface FinalizeLoggedModel {
  /** Required. */
  model_id: ModelId;
  /** Required: READY or UPLOAD_FAILED, or PENDING again; UNSPECIFIED, the default, is refused as missing. */
  status: LoggedModelStatus;
}

/** Soft-deletes a logged model. */
export interface DeleteLoggedModel {
  /** Required. */
  model_id: ModelId;
}

/** Sets tags of a logged model. */
export interface SetLoggedModelTags {
  /** Required. */
  model_id: ModelId;
  /** Tags to set. */
  tags?: Tag[];
}

/** Removes one tag of a logged model. */
export interface DeleteLoggedModelTag {
  /** Required. */
  model_id: ModelId;
  /** Required. */
  tag_key: string;
}

/** Adds params to a logged model. */
export interface LogLoggedModelParams {
  /** Required. */
  model_id: ModelId;
  /** Params to add. */
  params?: Param[];
}

/** Filters, orders and pages logged models. */
export interface SearchLoggedModels {
  /** Experiments to look in. */
  experiment_ids?: ExperimentId[];
  /** Filter text. */
  filter?: string;
  /** Metric clauses of the filter look only at points on these datasets. */
  datasets?: DatasetRef[];
  /** Page size, 100 when left out. */
  max_results?: number;
  /** Order; by default the newest first. */
  order_by?: LoggedModelOrder[];
  /** Where the last page ended. */
  page_token?: string;
}

/** A dataset by name, and by digest when given. */
export interface DatasetRef {
  /** Required. */
  dataset_name: string;
  /** Any digest when empty. */
  dataset_digest?: string;
}

/** One column of the order of logged models. */
export interface LoggedModelOrder {
  /** Attribute, or `metrics.<key>`. */
  field_name: string;
  /** Smallest first. */
  ascending: boolean;
  /** For a metric: only points on this dataset. */
  dataset_name?: string;
  /** For a metric: only points on a dataset of this digest. */
  dataset_digest?: string;
}

/** Answer to [`SearchLoggedModels`]. */
export interface SearchLoggedModelsResponse {
  /** One page. */
  models?: LoggedModel[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}
