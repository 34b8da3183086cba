// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId } from "./id";
import type { LifecycleStage, Tag, ViewType } from "./lib";

/** A named group of runs with a place for their artifacts. */
export interface Experiment {
  /** Decimal number as text. */
  experiment_id: ExperimentId;
  /** Unique name. */
  name: string;
  /** URI below which the artifacts of its runs and models lie. */
  artifact_location: string;
  /** Active or deleted. */
  lifecycle_stage: LifecycleStage;
  /** Milliseconds since the epoch. */
  last_update_time: number;
  /** Milliseconds since the epoch. */
  creation_time: number;
  /** Tags, ordered by key. */
  tags?: Tag[];
}

/** Makes an experiment. */
export interface CreateExperiment {
  /** Unique name, required. */
  name: string;
  /** Where artifacts go; empty for the server's default. */
  artifact_location?: string;
  /** Tags to set. */
  tags?: Tag[];
}

/** Answer to [`CreateExperiment`]. */
export interface CreateExperimentResponse {
  /** The new id. */
  experiment_id: ExperimentId;
}

/** One experiment by id. */
export interface GetExperiment {
  /** Required. */
  experiment_id: ExperimentId;
}

/** One experiment by name. */
export interface GetExperimentByName {
  /** Required. */
  experiment_name: string;
}

/** Answer to [`GetExperiment`] and [`GetExperimentByName`]. */
export interface GetExperimentResponse {
  /** The experiment. */
  experiment: Experiment;
}

/** Pages through experiments. */
export interface SearchExperiments {
  /** Page size, required, 1 to [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS). */
  max_results?: number;
  /** Where the last page ended. */
  page_token?: string;
  /** Filter text. */
  filter?: string;
  /** `key [ASC|DESC]`. */
  order_by?: string[];
  /** Lifecycle stages to return. */
  view_type?: ViewType;
}

/** Answer to [`SearchExperiments`]; the GET of the same path is [`ListExperiments`]. */
export interface SearchExperimentsResponse {
  /** One page. */
  experiments?: Experiment[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** [`SearchExperiments`] sent as a GET. */
export type ListExperiments = SearchExperiments;

/** Renames an experiment. */
export interface UpdateExperiment {
  /** Required. */
  experiment_id: ExperimentId;
  /** The new name; nothing happens without one. */
  new_name?: string;
}

/** Soft-deletes an experiment and its runs. */
export interface DeleteExperiment {
  /** Required. */
  experiment_id: ExperimentId;
}

/** Undoes [`DeleteExperiment`]. */
export interface RestoreExperiment {
  /** Required. */
  experiment_id: ExperimentId;
}

/** Sets one tag of an experiment. */
export interface SetExperimentTag {
  /** Required. */
  experiment_id: ExperimentId;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag of an experiment. */
export interface DeleteExperimentTag {
  /** Required. */
  experiment_id: ExperimentId;
  /** Required. */
  key: string;
}
