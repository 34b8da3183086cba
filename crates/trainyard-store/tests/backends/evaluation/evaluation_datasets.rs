//! Evaluation datasets themselves.

use serde_json::json;
use trainyard_api::ErrorCode;
use trainyard_api::evaluation_datasets::{
    AddDatasetToExperiments, CreateDataset, DeleteDataset, DeleteDatasetTag, EvaluationDataset, GetDataset,
    GetDatasetExperimentIds, RemoveDatasetFromExperiments, SetDatasetTags,
};
use trainyard_api::experiments::CreateExperiment;

use super::{create, get, question, records, upsert};
use crate::backend::TestStore;
use crate::registry::told;

fn experiment_ids(test: &TestStore, dataset_id: &str) -> Vec<String> {
    let answer = test.call(GetDatasetExperimentIds { dataset_id: dataset_id.into() }).unwrap();
    answer.experiment_ids.iter().map(ToString::to_string).collect()
}

pub fn a_dataset_is_read_back_whole(test: TestStore) {
    let request = CreateDataset {
        name: "questions".into(),
        experiment_ids: vec!["0".into()],
        tags: json!({"mlflow.user": "ann", "n": 1, "t": true, "none": null}).to_string(),
    };
    let made = test.call(request).unwrap().dataset;
    let now = test.now_ms();
    let expected = EvaluationDataset {
        dataset_id: made.dataset_id.clone(),
        name: "questions".into(),
        tags: r#"{"mlflow.user":"ann","n":"1","t":"True"}"#.into(),
        digest: made.digest.clone(),
        created_time: now,
        last_update_time: now,
        created_by: "ann".into(),
        last_updated_by: "ann".into(),
        experiment_ids: vec!["0".into()],
        ..Default::default()
    };
    assert_eq!(made, expected);
    assert_eq!(made.dataset_id.len(), 34);
    assert!(made.dataset_id.starts_with("d-"));
    assert_eq!(made.digest.len(), 8);
    assert_eq!(get(&test, &made.dataset_id), EvaluationDataset { experiment_ids: Vec::new(), ..expected });
}

pub fn a_dataset_needs_a_name_and_experiments_that_exist(test: TestStore) {
    let (code, message) = told(test.call(CreateDataset::default()));
    assert_eq!(code, ErrorCode::InvalidParameterValue);
    assert!(message.contains("'name'"), "{message}");
    let request = |experiment: &str, tags: &str| CreateDataset {
        name: "d".into(),
        experiment_ids: vec![experiment.into()],
        tags: tags.into(),
    };
    assert_eq!(told(test.call(request("77", ""))).0, ErrorCode::ResourceDoesNotExist);
    assert!(told(test.call(request("x", ""))).1.contains("Invalid experiment ID 'x'"));
    for (tags, expected) in
        [("{", "'tags' is no JSON"), ("[1]", "'tags': expected an object, got array"), (r#"{"a": {}}"#, "'tags.a'")]
    {
        let (code, message) = told(test.call(request("0", tags)));
        assert_eq!(code, ErrorCode::InvalidParameterValue);
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(
        told(test.call(GetDataset { dataset_id: "d-none".into() })),
        (ErrorCode::ResourceDoesNotExist, "Evaluation dataset with id 'd-none' not found".into())
    );
}

pub fn tags_are_set_and_removed(test: TestStore) {
    let id = create(&test, "tagged").dataset_id;
    let set = |tags: &str| test.call(SetDatasetTags { dataset_id: id.clone(), tags: tags.into() });
    set(r#"{"a": "1", "b": "2"}"#).unwrap();
    set(r#"{"a": "3", "b": null}"#).unwrap();
    assert_eq!(get(&test, &id).tags, r#"{"a":"3","b":"2"}"#);
    assert!(told(set("")).1.contains("'tags'"));
    assert!(told(set(&json!({"k": "v".repeat(5001)}).to_string())).1.contains("5000"));
    for key in ["a", "a", "unknown"] {
        test.call(DeleteDatasetTag { dataset_id: id.clone(), key: key.into() }).unwrap();
    }
    assert_eq!(get(&test, &id).tags, r#"{"b":"2"}"#);
    let (code, _) = told(test.call(SetDatasetTags { dataset_id: "d-none".into(), tags: "{}".into() }));
    assert_eq!(code, ErrorCode::ResourceDoesNotExist);
}

pub fn a_dataset_belongs_to_experiments(test: TestStore) {
    let other = test.call(CreateExperiment { name: "other".into(), ..Default::default() }).unwrap().experiment_id;
    let made = create(&test, "shared");
    let id = made.dataset_id;
    let add = |experiments: &[&str]| AddDatasetToExperiments {
        dataset_id: id.clone(),
        experiment_ids: experiments.iter().map(|id| (*id).into()).collect(),
    };
    test.advance_ms(5);
    let added = test.call(add(&["0", other.as_str(), "0"])).unwrap().dataset;
    assert_eq!(added.last_update_time, made.last_update_time + 5);
    assert_eq!(experiment_ids(&test, &id), ["0", other.as_str()]);
    assert_eq!(told(test.call(add(&["0", "99"]))).1, "No Experiment with id=99 exists");
    let remove = |experiment: &str| RemoveDatasetFromExperiments {
        dataset_id: id.clone(),
        experiment_ids: vec![experiment.into()],
    };
    for experiment in ["0", "0", "99", "x"] {
        test.call(remove(experiment)).unwrap();
    }
    assert_eq!(experiment_ids(&test, &id), [other.as_str()]);
    assert!(experiment_ids(&test, "d-none").is_empty());
}

pub fn a_deleted_dataset_takes_its_records_along(test: TestStore) {
    let id = create(&test, "gone").dataset_id;
    upsert(&test, &id, &json!([question("a")])).unwrap();
    for _ in 0..2 {
        test.call(DeleteDataset { dataset_id: id.clone() }).unwrap();
    }
    assert_eq!(told(test.call(GetDataset { dataset_id: id.clone() })).0, ErrorCode::ResourceDoesNotExist);
    assert!(records(&test, &id).is_empty());
    assert_eq!(told(upsert(&test, &id, &json!([]))).0, ErrorCode::ResourceDoesNotExist);
}
