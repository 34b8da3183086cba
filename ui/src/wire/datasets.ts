// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId, ModelId, RunId } from "./id";
import type { Tag } from "./lib";

/** A description of data that was used. */
export interface Dataset {
  /** Name, such as `iris`. */
  name: string;
  /** Fingerprint of the content. */
  digest: string;
  /** Kind of source, such as `local`, `http`, `code`. */
  source_type: string;
  /** Where the data came from, usually JSON. */
  source: string;
  /** Column or tensor specification, usually JSON. */
  schema?: string;
  /** Sizes and statistics, usually JSON. */
  profile?: string;
}

/** A dataset that a run used; the tag `mlflow.data.context` says for what. */
export interface DatasetInput {
  /** Tags of the use, not of the dataset. */
  tags?: Tag[];
  /** The dataset. */
  dataset: Dataset;
}

/** A logged model that a run used. */
export interface ModelInput {
  /** The model's id. */
  model_id: ModelId;
}

/** A logged model that a run made. */
export interface ModelOutput {
  /** The model's id. */
  model_id: ModelId;
  /** Training step at which it was made. */
  step: number;
}

/** What a run used. */
export interface RunInputs {
  /** Datasets. */
  dataset_inputs?: DatasetInput[];
  /** Logged models. */
  model_inputs?: ModelInput[];
}

/** What a run made. */
export interface RunOutputs {
  /** Logged models. */
  model_outputs?: ModelOutput[];
}

/** Attaches datasets and models to a run as inputs. */
export interface LogInputs {
  /** Required. */
  run_id: RunId;
  /** At most [`INPUT_DATASETS`](crate::limits::INPUT_DATASETS). */
  datasets?: DatasetInput[];
  /** Logged models that the run uses. */
  models?: ModelInput[];
}

/** Attaches logged models to a run as outputs. */
export interface LogOutputs {
  /** Required. */
  run_id: RunId;
  /** Logged models that the run made. */
  models?: ModelOutput[];
}

/** The datasets that runs of some experiments used. */
export interface SearchDatasets {
  /** Required; at most [`DATASET_SEARCH_EXPERIMENTS`](crate::limits::DATASET_SEARCH_EXPERIMENTS). */
  experiment_ids: ExperimentId[];
}

/** A dataset and what runs of an experiment used it for, as [`SearchDatasets`] tells it. */
export interface DatasetSummary {
  /** The experiment. */
  experiment_id: ExperimentId;
  /** The dataset's name. */
  name: string;
  /** The dataset's digest. */
  digest: string;
  /** Value of the input's tag `mlflow.data.context`, such as `training`; empty without one. */
  context?: string;
}

/** Answer to [`SearchDatasets`]. */
export interface SearchDatasetsResponse {
  /** One for each dataset and context. */
  dataset_summaries?: DatasetSummary[];
}
