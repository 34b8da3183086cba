//! Evaluation datasets: named collections of records with inputs, outputs and expectations.
//!
//! Tags, schema, profile and records travel as JSON texts inside the JSON, as MLflow has them.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, wire};

/// A named collection of records.
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

/// Answer that holds a dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetResponse {
    /// The dataset.
    pub dataset: EvaluationDataset,
}

/// One dataset by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetDataset {
    /// In the path.
    pub dataset_id: String,
}

/// Deletes a dataset with its records; one that is not there is no error.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDataset {
    /// In the path.
    pub dataset_id: String,
}

/// Pages through datasets.
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetDatasetTags {
    /// In the path.
    pub dataset_id: String,
    /// JSON object, required; tags with the value null are passed over.
    pub tags: String,
}

/// Removes one tag of a dataset; one that is not there is no error.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDatasetTag {
    /// In the path.
    pub dataset_id: String,
    /// In the path.
    pub key: String,
}

/// Adds records, or changes those with the same inputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpsertDatasetRecords {
    /// In the path.
    pub dataset_id: String,
    /// JSON list of objects with `inputs`, `outputs`, `expectations`, `tags`, `source`; required.
    pub records: String,
}

/// Answer to [`UpsertDatasetRecords`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpsertDatasetRecordsResponse {
    /// New records.
    pub inserted_count: i64,
    /// Records that had the same inputs.
    pub updated_count: i64,
}

/// Pages through the records of a dataset, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetDatasetRecords {
    /// In the path.
    pub dataset_id: String,
    /// Most records of the page; 1000 when left out. Pages of large records are shorter.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`GetDatasetRecords`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetDatasetRecordsResponse {
    /// JSON list of objects.
    pub records: String,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// Deletes records of a dataset; those that are not there are passed over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDatasetRecords {
    /// In the path.
    pub dataset_id: String,
    /// Ids of records: `dr-` and 32 hex digits.
    #[serde(alias = "datasetRecordIds", deserialize_with = "wire::list")]
    pub dataset_record_ids: Vec<String>,
}

/// Answer to [`DeleteDatasetRecords`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDatasetRecordsResponse {
    /// How many there were.
    pub deleted_count: i64,
}

/// The experiments that a dataset belongs to.
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
    Post "/datasets/{dataset_id}/records" UpsertDatasetRecords => UpsertDatasetRecordsResponse;
    Get "/datasets/{dataset_id}/records" GetDatasetRecords => GetDatasetRecordsResponse;
    Delete "/datasets/{dataset_id}/records" DeleteDatasetRecords => DeleteDatasetRecordsResponse;
    Get "/datasets/{dataset_id}/experiment-ids" GetDatasetExperimentIds => GetDatasetExperimentIdsResponse;
    Post "/datasets/{dataset_id}/add-experiments" AddDatasetToExperiments => DatasetResponse;
    Post "/datasets/{dataset_id}/remove-experiments" RemoveDatasetFromExperiments => DatasetResponse;
}
