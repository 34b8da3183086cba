//! Records of evaluation datasets.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use trainyard_api::evaluation_datasets::{DeleteDatasetRecords, GetDatasetRecords, UpsertDatasetRecordsResponse};
use trainyard_store::StoreError;

use super::{create, get, page, question, records, upsert};
use crate::backend::TestStore;
use crate::registry::told;

fn counts(inserted_count: i64, updated_count: i64) -> UpsertDatasetRecordsResponse {
    UpsertDatasetRecordsResponse { inserted_count, updated_count }
}

pub fn records_with_the_same_inputs_are_merged(test: TestStore) {
    let made = create(&test, "merged");
    let id = made.dataset_id;
    let first = json!([
        {"inputs": {"a": 1, "b": [1.5, "x"]}, "outputs": "yes", "expectations": {"e": 1}, "tags": {"mlflow.user": "ann"},
         "source": {"source_type": "trace", "source_data": {"trace_id": "tr-1"}}},
        {"inputs": {}},
    ]);
    assert_eq!(upsert(&test, &id, &first), Ok(counts(2, 0)));
    let then = test.now_ms();
    test.advance_ms(7);
    let second = json!([
        {"inputs": {"b": [1.5, "x"], "a": 1}, "outputs": null, "expectations": {"f": null}, "tags": {"mlflow.user": "bob"}},
    ]);
    assert_eq!(upsert(&test, &id, &second), Ok(counts(0, 1)));
    let mut found = records(&test, &id);
    found.sort_by_key(|record| record["inputs"] == json!({}));
    let ids: Vec<Value> = found.iter_mut().map(|record| record["dataset_record_id"].take()).collect();
    assert!(ids.iter().all(|id| id.as_str().is_some_and(|id| id.starts_with("dr-") && id.len() == 35)), "{ids:?}");
    let merged = json!({
        "dataset_record_id": null, "dataset_id": id, "inputs": {"a": 1, "b": [1.5, "x"]},
        "expectations": {"e": 1, "f": null}, "tags": {"mlflow.user": "bob"},
        "source": {"source_type": "TRACE", "source_data": {"trace_id": "tr-1"}}, "source_id": "tr-1", "source_type": "TRACE",
        "created_time": then, "last_update_time": then + 7, "created_by": "ann", "last_updated_by": "bob",
    });
    assert_eq!(found[0], merged);
    let bare = json!({
        "dataset_record_id": null, "dataset_id": id, "inputs": {}, "outputs": {}, "tags": {},
        "created_time": then, "last_update_time": then,
    });
    assert_eq!(found[1], bare);
    let dataset = get(&test, &id);
    assert_eq!(dataset.profile, r#"{"num_records":2}"#);
    assert_eq!((dataset.last_update_time, dataset.last_updated_by.as_str()), (then + 7, "bob"));
    assert_ne!(dataset.digest, made.digest);
}

pub fn the_schema_grows_with_the_records(test: TestStore) {
    let id = create(&test, "described").dataset_id;
    let schema = || serde_json::from_str::<Value>(&get(&test, &id).schema).unwrap();
    assert_eq!(get(&test, &id).schema, "");
    let record = json!({
        "inputs": {"t": "x", "i": 1, "f": 1.0, "b": true, "n": null, "l": [], "o": {}},
        "outputs": [1], "expectations": {"e": "x"},
    });
    upsert(&test, &id, &json!([record])).unwrap();
    let inputs = json!({
        "t": "string", "i": "integer", "f": "float", "b": "boolean", "n": "null", "l": "array", "o": "object",
    });
    assert_eq!(
        schema(),
        json!({"inputs": inputs, "outputs": "array", "expectations": {"e": "string"}, "version": "1.0"})
    );
    upsert(&test, &id, &json!([{"inputs": {"i": "now a text", "new": 1}, "outputs": {"answer": 1}}])).unwrap();
    let described = schema();
    assert_eq!(described["inputs"]["i"], "integer");
    assert_eq!(described["inputs"]["new"], "integer");
    assert_eq!(described["outputs"], "array");
}

pub fn a_bad_record_stores_nothing(test: TestStore) {
    let id = create(&test, "strict").dataset_id;
    let before = get(&test, &id);
    for (records, expected) in [
        (json!({}), "'records': expected a list, got object"),
        (json!([question("a"), 1]), "'records[1]': expected an object, got integer"),
        (json!([question("a"), {"inputs": "x"}]), "'records[1].inputs': expected an object, got string"),
        (json!([{"inputs": {}, "tags": []}]), "'records[0].tags'"),
        (json!([{"inputs": {}, "source": {"source_type": "moon"}}]), "Invalid dataset record source type: MOON"),
        (json!([{"inputs": {}, "source": {"source_data": {}}}]), "'records[0].source.source_type'"),
        (json!([{"inputs": {}, "source": {"source_type": "CODE", "x": 1}}]), "unknown field 'x'"),
    ] {
        let (_, message) = told(upsert(&test, &id, &records));
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(get(&test, &id), before);
    assert!(records(&test, &id).is_empty());
}

pub fn records_come_page_by_page(test: TestStore) {
    let id = create(&test, "paged").dataset_id;
    let wanted: Vec<String> = (0..7).map(|index| format!("q{index}")).collect();
    for text in &wanted {
        upsert(&test, &id, &json!([question(text)])).unwrap();
        test.advance_ms(1);
    }
    let mut found = Vec::new();
    let mut token = String::new();
    let mut sizes = Vec::new();
    loop {
        let (records, next) = page(&test, &id, Some(3), &token);
        sizes.push(records.len());
        found.extend(records.iter().map(|record| record["inputs"]["question"].as_str().unwrap().to_owned()));
        if next.is_empty() {
            break;
        }
        token = next;
    }
    assert_eq!(found, wanted);
    assert_eq!(sizes, [3, 3, 1]);
    let bad = GetDatasetRecords { dataset_id: id, max_results: Some(-1), ..Default::default() };
    assert!(told(test.call(bad)).1.contains("'max_results'"));
}

pub fn a_page_of_large_records_is_short(test: TestStore) {
    let id = create(&test, "large").dataset_id;
    for index in 0..4 {
        upsert(&test, &id, &json!([question(&format!("{index}{}", "x".repeat(3 << 20)))])).unwrap();
    }
    let (first, token) = page(&test, &id, Some(100), "");
    assert_eq!(first.len(), 2);
    let (second, token) = page(&test, &id, Some(100), &token);
    assert_eq!((second.len(), token.as_str()), (2, ""));
}

pub fn any_token_is_answered(test: TestStore) {
    let id = create(&test, "tokens").dataset_id;
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let token = prop_oneof![any::<String>(), "[A-Za-z0-9_-]{0,40}"];
    let outcome = runner.run(&token, |page_token| {
        let request = GetDatasetRecords { dataset_id: id.clone(), page_token, ..Default::default() };
        let is_answered = matches!(test.call(request), Ok(_) | Err(StoreError::InvalidParameter { .. }));
        prop_assert!(is_answered);
        Ok(())
    });
    outcome.unwrap();
}

pub fn deleted_records_are_counted(test: TestStore) {
    let id = create(&test, "shrinking").dataset_id;
    upsert(&test, &id, &json!([question("a"), question("b")])).unwrap();
    let ids: Vec<String> =
        records(&test, &id).iter().map(|record| record["dataset_record_id"].as_str().unwrap().to_owned()).collect();
    let delete = |ids: &[String]| {
        let request = DeleteDatasetRecords { dataset_id: id.clone(), dataset_record_ids: ids.to_vec() };
        test.call(request).unwrap().deleted_count
    };
    assert_eq!(delete(&[ids[0].clone(), "dr-none".into()]), 1);
    assert_eq!(delete(&ids), 1);
    assert_eq!(delete(&ids), 0);
    assert_eq!(get(&test, &id).profile, "");
    assert!(records(&test, &id).is_empty());
}
