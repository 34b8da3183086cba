//! Evaluation datasets: named collections of records with inputs, outputs and expectations.
//!
//! Tags, schema, profile and records travel as JSON texts, as MLflow has them.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::evaluation_datasets::{
//!     AddDatasetToExperiments, CreateDataset, DeleteDataset, DeleteDatasetRecords, DeleteDatasetTag, GetDataset,
//!     GetDatasetExperimentIds, GetDatasetRecords, ListEvaluationDatasets, RemoveDatasetFromExperiments,
//!     SearchEvaluationDatasets, SetDatasetTags, UpsertDatasetRecords,
//! };
//!
//! let made = CreateDataset { name: "sums".to_owned(), tags: r#"{"team": "nlp"}"#.to_owned(), ..Default::default() };
//! let dataset_id = client.call(made)?.dataset.dataset_id;
//!
//! let records = r#"[{"inputs": {"question": "2 + 2"}, "expectations": {"answer": "4"}}]"#.to_owned();
//! let counts = client.call(UpsertDatasetRecords { dataset_id: dataset_id.clone(), records })?;
//! assert_eq!((counts.inserted_count, counts.updated_count), (1, 0));
//! let page = client.call(GetDatasetRecords { dataset_id: dataset_id.clone(), ..Default::default() })?;
//! let records: serde_json::Value = serde_json::from_str(&page.records).expect("JSON");
//! assert_eq!(records[0]["inputs"]["question"], "2 + 2");
//!
//! let experiment_ids = vec!["0".into()];
//! let added = AddDatasetToExperiments { dataset_id: dataset_id.clone(), experiment_ids: experiment_ids.clone() };
//! client.call(added)?;
//! let of = client.call(GetDatasetExperimentIds { dataset_id: dataset_id.clone() })?;
//! assert_eq!(of.experiment_ids, experiment_ids);
//!
//! let wanted = SearchEvaluationDatasets {
//!     experiment_ids: experiment_ids.clone(),
//!     filter_string: "name = 'sums'".to_owned(),
//!     ..Default::default()
//! };
//! assert_eq!(client.call(wanted.clone())?.datasets.len(), 1);
//! assert_eq!(client.call(ListEvaluationDatasets(wanted))?.datasets.len(), 1);
//!
//! let tags = r#"{"reviewed": "yes"}"#.to_owned();
//! client.call(SetDatasetTags { dataset_id: dataset_id.clone(), tags })?;
//! client.call(DeleteDatasetTag { dataset_id: dataset_id.clone(), key: "team".to_owned() })?;
//! let dataset = client.call(GetDataset { dataset_id: dataset_id.clone() })?.dataset;
//! assert!(dataset.tags.contains("reviewed") && !dataset.tags.contains("team"));
//!
//! let ids = vec![records[0]["dataset_record_id"].as_str().expect("an id").to_owned()];
//! let gone = client.call(DeleteDatasetRecords { dataset_id: dataset_id.clone(), dataset_record_ids: ids })?;
//! assert_eq!(gone.deleted_count, 1);
//! client.call(RemoveDatasetFromExperiments { dataset_id: dataset_id.clone(), experiment_ids })?;
//! client.call(DeleteDataset { dataset_id: dataset_id.clone() })?;
//! assert!(client.call(GetDataset { dataset_id }).is_err());
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::evaluation_datasets::{
    AddDatasetToExperiments, CreateDataset, DatasetResponse, DeleteDataset, DeleteDatasetRecords,
    DeleteDatasetRecordsResponse, DeleteDatasetTag, EvaluationDataset, GetDataset, GetDatasetExperimentIds,
    GetDatasetExperimentIdsResponse, GetDatasetRecords, GetDatasetRecordsResponse, ListEvaluationDatasets,
    RemoveDatasetFromExperiments, SearchEvaluationDatasets, SearchEvaluationDatasetsResponse, SetDatasetTags,
    UpsertDatasetRecords, UpsertDatasetRecordsResponse,
};
