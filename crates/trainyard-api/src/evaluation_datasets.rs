//! Evaluation datasets: named collections of records with inputs, outputs and expectations.
//!
//! Tags, schema, profile and records travel as JSON texts inside the JSON, as MLflow has them.

mod records;

pub use records::{
    DeleteDatasetRecords, DeleteDatasetRecordsResponse, GetDatasetRecords, GetDatasetRecordsResponse,
    UpsertDatasetRecords, UpsertDatasetRecordsResponse,
};

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, wire};

/// A named collection of records.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, EvaluationDataset, GetDataset, UpsertDatasetRecords};
///
/// let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// let records = r#"[{"inputs": {"question": "2 + 2"}, "expectations": {"answer": "4"}}]"#.to_owned();
/// client.call(UpsertDatasetRecords { dataset_id: dataset_id.clone(), records })?;
/// let EvaluationDataset { name, profile, .. } = client.call(GetDataset { dataset_id })?.dataset;
/// assert_eq!((name.as_str(), profile.as_str()), ("sums", r#"{"num_records":1}"#));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluationDataset {
    /// `d-` and 32 hex digits.
    pub dataset_id: String,
    /// Its name; need not be unique.
    pub name: String,
    /// JSON object of tags.
    pub tags: String,
    /// JSON object: the fields of inputs, outputs and expectations with their types; empty without records.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub schema: String,
    /// JSON object: `num_records`; empty without records.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub profile: String,
    /// Eight hex digits that change whenever records are added or changed.
    pub digest: String,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub created_time: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_update_time: i64,
    /// The tag `mlflow.user` it was made with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// The tag `mlflow.user` of the records that were last added or changed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub last_updated_by: String,
    /// Experiments that it was made for; only in the answer to [`CreateDataset`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
}

/// Makes an evaluation dataset without records.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::CreateDataset;
///
/// let made = client.call(CreateDataset {
///     name: "sums".to_owned(),
///     experiment_ids: vec!["0".into()],
///     tags: r#"{"team": "nlp"}"#.to_owned(),
/// })?;
/// assert!(made.dataset.dataset_id.starts_with("d-"));
/// assert_eq!(made.dataset.experiment_ids, ["0".into()]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateDataset {
    /// Required.
    pub name: String,
    /// Experiments that it belongs to.
    #[serde(alias = "experimentIds", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// JSON object of tags.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
}

/// Answer to [`CreateDataset`], [`GetDataset`], [`AddDatasetToExperiments`] and [`RemoveDatasetFromExperiments`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetResponse {
    /// The dataset.
    pub dataset: EvaluationDataset,
}

/// One dataset by id.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, GetDataset};
///
/// let made = client.call(CreateDataset { name: "sums".to_owned(), ..Default::default() })?.dataset;
/// let found = client.call(GetDataset { dataset_id: made.dataset_id })?;
/// assert_eq!(found.dataset.name, "sums");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetDataset {
    /// In the path.
    pub dataset_id: String,
}

/// Deletes a dataset with its records; one that is not there is no error.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, DeleteDataset, GetDataset};
///
/// let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// client.call(DeleteDataset { dataset_id: dataset_id.clone() })?;
/// assert!(client.call(GetDataset { dataset_id }).is_err());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDataset {
    /// In the path.
    pub dataset_id: String,
}

/// Pages through datasets.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, SearchEvaluationDatasets};
///
/// for name in ["sums", "capitals"] {
///     client.call(CreateDataset { name: name.to_owned(), ..Default::default() })?;
/// }
/// let filter_string = "name LIKE 'sum%'".to_owned();
/// let found = client.call(SearchEvaluationDatasets { filter_string, ..Default::default() })?;
/// assert_eq!((found.datasets.len(), found.datasets[0].name.as_str()), (1, "sums"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchEvaluationDatasets {
    /// Only datasets of these; empty for all.
    #[serde(alias = "experimentIds", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Filter text.
    #[serde(alias = "filterString", skip_serializing_if = "String::is_empty")]
    pub filter_string: String,
    /// Page size, 1 to [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS); 1000 when left out.
    #[serde(alias = "maxResults", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// `key [ASC|DESC]`.
    #[serde(alias = "orderBy", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Where the last page ended.
    #[serde(alias = "pageToken", skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// [`SearchEvaluationDatasets`] sent as a GET.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, ListEvaluationDatasets, SearchEvaluationDatasets};
///
/// client.call(CreateDataset { name: "sums".to_owned(), ..Default::default() })?;
/// let found = client.call(ListEvaluationDatasets(SearchEvaluationDatasets::default()))?;
/// assert_eq!(found.datasets[0].name, "sums");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListEvaluationDatasets(pub SearchEvaluationDatasets);

/// Answer to [`SearchEvaluationDatasets`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchEvaluationDatasetsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<EvaluationDataset>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// Sets tags of a dataset.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, GetDataset, SetDatasetTags};
///
/// let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// let tags = r#"{"reviewed": "yes"}"#.to_owned();
/// client.call(SetDatasetTags { dataset_id: dataset_id.clone(), tags })?;
/// assert!(client.call(GetDataset { dataset_id })?.dataset.tags.contains("reviewed"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetDatasetTags {
    /// In the path.
    pub dataset_id: String,
    /// JSON object, required; tags with the value null are passed over.
    pub tags: String,
}

/// Removes one tag of a dataset; one that is not there is no error.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, DeleteDatasetTag, GetDataset};
///
/// let tags = r#"{"draft": "yes", "team": "nlp"}"#.to_owned();
/// let made = CreateDataset { name: "sums".to_owned(), tags, ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// client.call(DeleteDatasetTag { dataset_id: dataset_id.clone(), key: "draft".to_owned() })?;
/// let tags = client.call(GetDataset { dataset_id })?.dataset.tags;
/// assert!(tags.contains("team") && !tags.contains("draft"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDatasetTag {
    /// In the path.
    pub dataset_id: String,
    /// In the path.
    pub key: String,
}

/// The experiments that a dataset belongs to.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, GetDatasetExperimentIds};
///
/// let experiment_ids = vec!["0".into()];
/// let made = CreateDataset { name: "sums".to_owned(), experiment_ids, ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// let of = client.call(GetDatasetExperimentIds { dataset_id })?;
/// assert_eq!(of.experiment_ids, ["0".into()]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetDatasetExperimentIds {
    /// In the path.
    pub dataset_id: String,
}

/// Answer to [`GetDatasetExperimentIds`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetDatasetExperimentIdsResponse {
    /// Their ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
}

/// Makes a dataset belong to further experiments.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{AddDatasetToExperiments, CreateDataset, GetDatasetExperimentIds};
///
/// let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// client.call(AddDatasetToExperiments { dataset_id: dataset_id.clone(), experiment_ids: vec!["0".into()] })?;
/// assert_eq!(client.call(GetDatasetExperimentIds { dataset_id })?.experiment_ids, ["0".into()]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddDatasetToExperiments {
    /// In the path.
    pub dataset_id: String,
    /// Experiments, all of which must exist.
    #[serde(alias = "experimentIds", deserialize_with = "wire::list")]
    pub experiment_ids: Vec<ExperimentId>,
}

/// Undoes [`AddDatasetToExperiments`]; experiments that it does not belong to are passed over.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, GetDatasetExperimentIds, RemoveDatasetFromExperiments};
///
/// let experiment_ids = vec!["0".into()];
/// let made = CreateDataset { name: "sums".to_owned(), experiment_ids: experiment_ids.clone(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// client.call(RemoveDatasetFromExperiments { dataset_id: dataset_id.clone(), experiment_ids })?;
/// assert!(client.call(GetDatasetExperimentIds { dataset_id })?.experiment_ids.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoveDatasetFromExperiments {
    /// In the path.
    pub dataset_id: String,
    /// Experiments.
    #[serde(alias = "experimentIds", deserialize_with = "wire::list")]
    pub experiment_ids: Vec<ExperimentId>,
}

endpoints! { below "/api/3.0/mlflow"
    Post "/datasets/create" CreateDataset => DatasetResponse;
    Get "/datasets/{dataset_id}" GetDataset => DatasetResponse;
    Delete "/datasets/{dataset_id}" DeleteDataset => Empty;
    Post "/datasets/search" SearchEvaluationDatasets => SearchEvaluationDatasetsResponse;
    Get "/datasets/search" ListEvaluationDatasets => SearchEvaluationDatasetsResponse;
    Patch "/datasets/{dataset_id}/tags" SetDatasetTags => Empty;
    Delete "/datasets/{dataset_id}/tags/{key}" DeleteDatasetTag => Empty;
    Get "/datasets/{dataset_id}/experiment-ids" GetDatasetExperimentIds => GetDatasetExperimentIdsResponse;
    Post "/datasets/{dataset_id}/add-experiments" AddDatasetToExperiments => DatasetResponse;
    Post "/datasets/{dataset_id}/remove-experiments" RemoveDatasetFromExperiments => DatasetResponse;
}
