//! Datasets and models as inputs and outputs of runs.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, ModelId, RunId, Tag, wire};

/// A description of data that was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dataset {
    /// Name, such as `iris`.
    pub name: String,
    /// Fingerprint of the content.
    pub digest: String,
    /// Kind of source, such as `local`, `http`, `code`.
    #[serde(alias = "sourceType")]
    pub source_type: String,
    /// Where the data came from, usually JSON.
    pub source: String,
    /// Column or tensor specification, usually JSON.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub schema: String,
    /// Sizes and statistics, usually JSON.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub profile: String,
}

/// A dataset that a run used; the tag `mlflow.data.context` says for what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetInput {
    /// Tags of the use, not of the dataset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The dataset.
    pub dataset: Dataset,
}

/// A logged model that a run used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelInput {
    /// The model's id.
    #[serde(alias = "modelId")]
    pub model_id: ModelId,
}

/// A logged model that a run made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelOutput {
    /// The model's id.
    #[serde(alias = "modelId")]
    pub model_id: ModelId,
    /// Training step at which it was made.
    #[serde(deserialize_with = "wire::int64")]
    pub step: i64,
}

/// What a run used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunInputs {
    /// Datasets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dataset_inputs: Vec<DatasetInput>,
    /// Logged models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_inputs: Vec<ModelInput>,
}

/// What a run made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOutputs {
    /// Logged models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_outputs: Vec<ModelOutput>,
}

/// Attaches datasets and models to a run as inputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogInputs {
    /// Required.
    pub run_id: RunId,
    /// At most [`INPUT_DATASETS`](crate::limits::INPUT_DATASETS).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<DatasetInput>,
    /// Logged models that the run uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelInput>,
}

/// Attaches logged models to a run as outputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogOutputs {
    /// Required.
    pub run_id: RunId,
    /// Logged models that the run made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelOutput>,
}

/// The datasets that runs of some experiments used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchDatasets {
    /// Required; at most [`DATASET_SEARCH_EXPERIMENTS`](crate::limits::DATASET_SEARCH_EXPERIMENTS).
    #[serde(alias = "experimentIds")]
    pub experiment_ids: Vec<ExperimentId>,
}

/// A dataset and what runs of an experiment used it for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetSummary {
    /// The experiment.
    pub experiment_id: ExperimentId,
    /// The dataset's name.
    pub name: String,
    /// The dataset's digest.
    pub digest: String,
    /// Value of the input's tag `mlflow.data.context`, such as `training`; empty without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub context: String,
}

/// Answer to [`SearchDatasets`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchDatasetsResponse {
    /// One for each dataset and context.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dataset_summaries: Vec<DatasetSummary>,
}

endpoints! {
    Post "/runs/log-inputs" LogInputs => Empty;
    Post "/runs/outputs" LogOutputs => Empty;
    Post "/experiments/search-datasets" SearchDatasets => SearchDatasetsResponse;
}
