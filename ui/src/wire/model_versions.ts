// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ModelId, RunId } from "./id";
import type { Tag } from "./lib";
import type { Metric } from "./metrics";

/** One numbered model under a registered name. */
export interface ModelVersion {
  /** The registered model. */
  name: string;
  /** The number as text. */
  version: string;
  /** Milliseconds since the epoch. */
  creation_timestamp: number;
  /** Milliseconds since the epoch. */
  last_updated_timestamp: number;
  /** Who made it. */
  user_id?: string;
  /** `None`, `Staging`, `Production` or `Archived`. */
  current_stage: string;
  /** Free text; as `run_id` and `run_link` written even when empty. */
  description: string;
  /** What it was made from: `models:/m-…` or an artifact URI. */
  source: string;
  /** Run that made the model. */
  run_id: RunId;
  /** Whether it can be used. */
  status: ModelVersionStatus;
  /** More about the status. */
  status_message?: string;
  /** Tags, ordered by key. */
  tags?: Tag[];
  /** Link to the run, for people. */
  run_link: string;
  /** Aliases that point at it. */
  aliases?: string[];
  /** Logged model it was made from. */
  model_id?: ModelId;
  /** Params of that logged model. */
  model_params?: ModelParam[];
  /** Metrics of that logged model. */
  model_metrics?: Metric[];
}

/** Whether a version can be used. */
export type ModelVersionStatus = "PENDING_REGISTRATION" | "FAILED_REGISTRATION" | "READY";

/** A parameter of a model version. */
export interface ModelParam {
  /** The key. */
  name: string;
  /** The value. */
  value: string;
}

/** Makes a version. */
export interface CreateModelVersion {
  /** Required. */
  name: string;
  /** Required: `models:/m-…`, or an artifact URI. */
  source: string;
  /** Run that made the model. */
  run_id?: RunId;
  /** Tags to set. */
  tags?: Tag[];
  /** Link to the run, for people. */
  run_link?: string;
  /** Free text. */
  description?: string;
  /** Logged model it is made from. */
  model_id?: ModelId;
}

/**
 * Answer to [`CreateModelVersion`], [`GetModelVersion`], [`UpdateModelVersion`], [`TransitionModelVersionStage`] and
 * [`GetModelVersionByAlias`](crate::registered_models::GetModelVersionByAlias).
 */
export interface GetModelVersionResponse {
  /** The version. */
  model_version: ModelVersion;
}

/** One version. */
export interface GetModelVersion {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
}

/** Changes the description, or clears it. */
export interface UpdateModelVersion {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** The new description. Left out or empty, it clears the one before, as MLflow does. */
  description?: string;
}

/** Moves a version to a stage. */
export interface TransitionModelVersionStage {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** Required. */
  stage: string;
  /** Whether the other versions of the stage become `Archived`. */
  archive_existing_versions?: boolean;
}

/** Deletes one version. */
export interface DeleteModelVersion {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
}

/** Filters, orders and pages versions. */
export interface SearchModelVersions {
  /** Filter text. */
  filter?: string;
  /** Page size, 10000 when left out. */
  max_results?: number;
  /** `key [ASC|DESC]`. */
  order_by?: string[];
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`SearchModelVersions`]. */
export interface SearchModelVersionsResponse {
  /** One page. */
  model_versions?: ModelVersion[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Where the files of a version lie. */
export interface GetModelVersionDownloadUri {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
}

/** Answer to [`GetModelVersionDownloadUri`]. */
export interface GetModelVersionDownloadUriResponse {
  /** URI of the model directory. */
  artifact_uri: string;
}

/** Sets one tag. */
export interface SetModelVersionTag {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag. */
export interface DeleteModelVersionTag {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** Required. */
  key: string;
}
