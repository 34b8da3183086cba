//! The records of an evaluation dataset.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::wire;

/// Adds records, or changes those with the same inputs.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, UpsertDatasetRecords};
///
/// let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// let records = r#"[{"inputs": {"question": "2 + 2"}, "expectations": {"answer": "4"}}]"#.to_owned();
/// let upsert = UpsertDatasetRecords { dataset_id, records };
/// assert_eq!(client.call(upsert.clone())?.inserted_count, 1);
/// assert_eq!(client.call(upsert)?.updated_count, 1);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::{CreateDataset, GetDatasetRecords, UpsertDatasetRecords};
///
/// let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// let dataset_id = client.call(made)?.dataset.dataset_id;
/// let records = r#"[{"inputs": {"question": "2 + 2"}}, {"inputs": {"question": "3 + 3"}}]"#.to_owned();
/// client.call(UpsertDatasetRecords { dataset_id: dataset_id.clone(), records })?;
/// let (max_results, page_token) = (Some(1), String::new());
/// let first = client.call(GetDatasetRecords { dataset_id: dataset_id.clone(), max_results, page_token })?;
/// let page_token = first.next_page_token;
/// let second = client.call(GetDatasetRecords { dataset_id, max_results, page_token })?;
/// assert_ne!(first.records.contains("2 + 2"), second.records.contains("2 + 2"));
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::evaluation_datasets::DeleteDatasetRecords;
/// # use trainyard::api::evaluation_datasets::{CreateDataset, GetDatasetRecords, UpsertDatasetRecords};
/// # let made = CreateDataset { name: "sums".to_owned(), ..Default::default() };
/// # let dataset_id = client.call(made)?.dataset.dataset_id;
/// # let records = r#"[{"inputs": {"question": "2 + 2"}}]"#.to_owned();
/// # client.call(UpsertDatasetRecords { dataset_id: dataset_id.clone(), records })?;
/// # let page = client.call(GetDatasetRecords { dataset_id: dataset_id.clone(), ..Default::default() })?;
///
/// // A page that `GetDatasetRecords` has answered.
/// let records: serde_json::Value = serde_json::from_str(&page.records).expect("JSON");
/// let dataset_record_ids = vec![records[0]["dataset_record_id"].as_str().expect("an id").to_owned()];
/// let gone = client.call(DeleteDatasetRecords { dataset_id, dataset_record_ids })?;
/// assert_eq!(gone.deleted_count, 1);
/// # Ok::<(), trainyard::Error>(())
/// ```
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

endpoints! { below "/api/3.0/mlflow"
    Post "/datasets/{dataset_id}/records" UpsertDatasetRecords => UpsertDatasetRecordsResponse;
    Get "/datasets/{dataset_id}/records" GetDatasetRecords => GetDatasetRecordsResponse;
    Delete "/datasets/{dataset_id}/records" DeleteDatasetRecords => DeleteDatasetRecordsResponse;
}
