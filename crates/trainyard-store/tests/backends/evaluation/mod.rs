pub mod evaluation_datasets;
pub mod evaluation_search;
pub mod records;

use serde_json::{Value, json};
use trainyard_api::evaluation_datasets::{
    CreateDataset, EvaluationDataset, GetDataset, GetDatasetRecords, UpsertDatasetRecords, UpsertDatasetRecordsResponse,
};
use trainyard_store::StoreError;

use crate::backend::TestStore;

fn create(test: &TestStore, name: &str) -> EvaluationDataset {
    test.call(CreateDataset { name: name.into(), ..Default::default() }).unwrap().dataset
}

fn get(test: &TestStore, dataset_id: &str) -> EvaluationDataset {
    test.call(GetDataset { dataset_id: dataset_id.into() }).unwrap().dataset
}

fn upsert(test: &TestStore, dataset_id: &str, records: &Value) -> Result<UpsertDatasetRecordsResponse, StoreError> {
    test.call(UpsertDatasetRecords { dataset_id: dataset_id.into(), records: records.to_string() })
}

/// One page of records, and the token of the next.
fn page(test: &TestStore, dataset_id: &str, max_results: Option<i64>, token: &str) -> (Vec<Value>, String) {
    let request = GetDatasetRecords { dataset_id: dataset_id.into(), max_results, page_token: token.into() };
    let answer = test.call(request).unwrap();
    (serde_json::from_str(&answer.records).unwrap(), answer.next_page_token)
}

fn records(test: &TestStore, dataset_id: &str) -> Vec<Value> {
    page(test, dataset_id, None, "").0
}

fn question(text: &str) -> Value {
    json!({"inputs": {"question": text}})
}
