//! Datasets and models as inputs and outputs of runs.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, ModelId, RunId, Tag, wire};

/// A description of data that was used.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::{Dataset, DatasetInput, LogInputs, SearchDatasets};
/// # let run_id = client.call(trainyard::api::runs::CreateRun::default())?.run.info.run_id;
///
/// let dataset = Dataset {
///     name: "iris".to_owned(),
///     digest: "9a3b1c77".to_owned(),
///     source_type: "local".to_owned(),
///     source: r#"{"uri": "iris.csv"}"#.to_owned(),
///     ..Default::default()
/// };
/// let datasets = vec![DatasetInput { dataset, ..Default::default() }];
/// client.call(LogInputs { run_id, datasets, ..Default::default() })?;
/// let found = client.call(SearchDatasets { experiment_ids: vec!["0".into()] })?;
/// assert_eq!(found.dataset_summaries[0].digest, "9a3b1c77");
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::datasets::{Dataset, DatasetInput, LogInputs, SearchDatasets};
/// # let run_id = client.call(trainyard::api::runs::CreateRun::default())?.run.info.run_id;
/// # let (name, digest, source_type) = ("iris".to_owned(), "9a3b1c77".to_owned(), "local".to_owned());
/// # let dataset = Dataset { name, digest, source_type, source: "iris.csv".to_owned(), ..Default::default() };
///
/// let datasets = vec![DatasetInput { tags: vec![Tag::new("mlflow.data.context", "training")], dataset }];
/// client.call(LogInputs { run_id, datasets, ..Default::default() })?;
/// let found = client.call(SearchDatasets { experiment_ids: vec!["0".into()] })?;
/// assert_eq!(found.dataset_summaries[0].context, "training");
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::{LogInputs, ModelInput};
/// use trainyard::api::logged_models::CreateLoggedModel;
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let model = CreateLoggedModel { experiment_id: "0".into(), ..Default::default() };
/// let pretrained = ModelInput { model_id: client.call(model)?.model.info.model_id };
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(LogInputs { run_id: run_id.clone(), models: vec![pretrained.clone()], ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.inputs.model_inputs, [pretrained]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelInput {
    /// The model's id.
    #[serde(alias = "modelId")]
    pub model_id: ModelId,
}

/// A logged model that a run made.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::{LogOutputs, ModelOutput};
/// use trainyard::api::logged_models::CreateLoggedModel;
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let model = CreateLoggedModel { experiment_id: "0".into(), ..Default::default() };
/// let trained = ModelOutput { model_id: client.call(model)?.model.info.model_id, step: 100 };
/// client.call(LogOutputs { run_id: run_id.clone(), models: vec![trained.clone()] })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.outputs.expect("a model").model_outputs, [trained]);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::RunInputs;
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// let RunInputs { dataset_inputs, model_inputs } = run.inputs;
/// assert!(dataset_inputs.is_empty() && model_inputs.is_empty(), "nothing was logged with LogInputs");
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::RunOutputs;
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let made = client.call(CreateRun::default())?.run;
/// assert_eq!(made.outputs, None, "a run that is just being made");
/// let run = client.call(GetRun { run_id: made.info.run_id, ..Default::default() })?.run;
/// assert_eq!(run.outputs, Some(RunOutputs { model_outputs: vec![] }));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOutputs {
    /// Logged models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_outputs: Vec<ModelOutput>,
}

/// Attaches datasets and models to a run as inputs.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::{Dataset, DatasetInput, LogInputs};
/// use trainyard::api::runs::{CreateRun, GetRun};
/// # let (name, digest, source_type) = ("iris".to_owned(), "9a3b1c77".to_owned(), "local".to_owned());
/// # let dataset = Dataset { name, digest, source_type, source: "iris.csv".to_owned(), ..Default::default() };
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let datasets = vec![DatasetInput { dataset, ..Default::default() }];
/// client.call(LogInputs { run_id: run_id.clone(), datasets, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.inputs.dataset_inputs[0].dataset.name, "iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::{LogOutputs, ModelOutput};
/// use trainyard::api::runs::{CreateRun, GetRun};
/// # use trainyard::api::logged_models::CreateLoggedModel;
/// # let model = CreateLoggedModel { experiment_id: "0".into(), ..Default::default() };
/// # let model_id = client.call(model)?.model.info.model_id;
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(LogOutputs { run_id: run_id.clone(), models: vec![ModelOutput { model_id, step: 7 }] })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.outputs.expect("a model").model_outputs[0].step, 7);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::datasets::SearchDatasets;
/// # use trainyard::api::datasets::{Dataset, DatasetInput, LogInputs};
/// # let run_id = client.call(trainyard::api::runs::CreateRun::default())?.run.info.run_id;
/// # let (name, digest, source_type) = ("iris".to_owned(), "9a3b1c77".to_owned(), "local".to_owned());
/// # let dataset = Dataset { name, digest, source_type, source: "iris.csv".to_owned(), ..Default::default() };
/// # let datasets = vec![DatasetInput { dataset, ..Default::default() }];
/// # client.call(LogInputs { run_id, datasets, ..Default::default() })?;
///
/// let found = client.call(SearchDatasets { experiment_ids: vec!["0".into()] })?;
/// let names: Vec<&str> = found.dataset_summaries.iter().map(|dataset| dataset.name.as_str()).collect();
/// assert_eq!(names, ["iris"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchDatasets {
    /// Required; at most [`DATASET_SEARCH_EXPERIMENTS`](crate::limits::DATASET_SEARCH_EXPERIMENTS).
    #[serde(alias = "experimentIds")]
    pub experiment_ids: Vec<ExperimentId>,
}

/// A dataset and what runs of an experiment used it for, as [`SearchDatasets`] tells it.
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
