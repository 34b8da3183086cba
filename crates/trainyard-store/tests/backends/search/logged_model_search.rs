//! `logged-models/search`.

use trainyard_api::logged_models::*;
use trainyard_api::metrics::LogMetric;
use trainyard_api::runs::CreateRun;
use trainyard_api::{ExperimentId, ModelId, Param, Tag};
use trainyard_store::StoreError;

use super::{experiment, refused};
use crate::backend::TestStore;

/// Models 1 to 4: accuracies 0.7 on iris, 0.8 on iris and then 0.95 on wine, NaN, none.
fn four_models(test: &TestStore) -> ExperimentId {
    let experiment_id = experiment(test, "models");
    let run = test.call(CreateRun { experiment_id: experiment_id.clone(), ..Default::default() }).unwrap().run.info;
    let model = |name: &str, model_type: &str, param: &str, tag: &str| -> ModelId {
        test.advance_ms(10);
        let request = CreateLoggedModel {
            experiment_id: experiment_id.clone(),
            name: name.into(),
            model_type: model_type.into(),
            params: if param.is_empty() { Vec::new() } else { vec![Param::new("lr", param)] },
            tags: if tag.is_empty() { Vec::new() } else { vec![Tag::new("t", tag)] },
            ..Default::default()
        };
        test.call(request).unwrap().model.info.model_id
    };
    let log = |model_id: &ModelId, value: f64, step: i64, dataset: &str| {
        let request = LogMetric {
            run_id: run.run_id.clone(),
            key: "acc".into(),
            value: Some(value),
            timestamp: Some(1),
            step,
            model_id: model_id.clone(),
            dataset_name: dataset.into(),
            dataset_digest: if dataset.is_empty() { String::new() } else { format!("{dataset}-1") },
            ..Default::default()
        };
        test.call(request).unwrap();
    };
    let first = model("M1", "agent", "0.1", "Hello");
    let second = model("M2", "", "a%b", "hello");
    let third = model("M3", "x", "", "");
    model("M4", "x", "", "");
    log(&first, 0.5, 0, "");
    log(&first, 0.7, 1, "iris");
    log(&second, 0.8, 0, "iris");
    log(&second, 0.95, 2, "wine");
    log(&third, f64::NAN, 0, "");
    test.call(FinalizeLoggedModel { model_id: first, status: LoggedModelStatus::Ready }).unwrap();
    experiment_id
}

fn search(test: &TestStore, request: SearchLoggedModels) -> Result<String, StoreError> {
    let found = test.call(request)?.models;
    Ok(found.iter().map(|model| model.info.name.trim_start_matches('M')).collect())
}

pub fn models_are_found_by_their_latest_metrics(test: TestStore) {
    let experiment_id = four_models(&test);
    for (filter, found) in [
        ("", "4321"),
        ("metrics.acc > 0.6", "21"),
        ("metrics.acc = 0.5", ""),
        ("metrics.acc != 0.7", "32"),
        ("metrics.`acc` < 0.9 AND params.lr = 0.1", "1"),
        ("params.lr = '0.1'", "1"),
        ("params.lr = 0.10", ""),
        ("params.lr >= 0.10", "1"),
        ("params.lr IN (0.1, 'x') OR name = M2", "21"),
        ("status = PENDING AND NOT metrics.acc IS NULL", "32"),
        ("metrics.acc IS NULL", "4"),
        ("metrics.acc BETWEEN 0.6 AND 0.8", "1"),
        ("lifecycle_stage = 'active' AND status_message IS NULL", "4321"),
        ("artifact_location LIKE 'mlflow-artifacts:/1/models/m-%/artifacts'", "4321"),
        ("params.lr NOT IN ('x')", "21"),
        ("tags.t ILIKE 'HELLO'", "21"),
        ("tags.t IN ('hello')", "2"),
        ("name IN ('M1', 'M2')", "21"),
        ("attributes.model_type = ''", "2"),
        ("source_run_id = ''", "4321"),
        ("status = 'READY'", "1"),
        ("status NOT IN ('READY', 'FAILED')", "432"),
        ("creation_timestamp > 0 AND last_updated_time > 0", "4321"),
    ] {
        let request = SearchLoggedModels {
            experiment_ids: vec![experiment_id.clone()],
            filter: filter.into(),
            ..Default::default()
        };
        assert_eq!(search(&test, request).as_deref(), Ok(found), "{filter}");
    }
    for filter in ["metric.acc > 0", "status = 'ready'", "status LIKE 'R%'", "name IS NULL", "artifact_uri = 'x'"] {
        let request = SearchLoggedModels {
            experiment_ids: vec![experiment_id.clone()],
            filter: filter.into(),
            ..Default::default()
        };
        refused(search(&test, request));
    }
}

pub fn datasets_narrow_what_metric_clauses_see(test: TestStore) {
    let experiment_id = four_models(&test);
    let on = |name: &str, digest: &str| DatasetRef { dataset_name: name.into(), dataset_digest: digest.into() };
    for (filter, datasets, found) in [
        ("metrics.acc > 0.75", vec![on("iris", "")], "2"),
        ("metrics.acc < 0.85", vec![on("iris", "iris-1")], "21"),
        ("", vec![on("iris", "")], "21"),
        ("", vec![on("wine", "")], "2"),
        ("", vec![on("iris", "other")], ""),
        ("metrics.acc > 0.9", vec![on("iris", ""), on("wine", "")], "2"),
    ] {
        let request = SearchLoggedModels {
            experiment_ids: vec![experiment_id.clone()],
            filter: filter.into(),
            datasets: datasets.clone(),
            ..Default::default()
        };
        assert_eq!(search(&test, request).as_deref(), Ok(found), "{filter} {datasets:?}");
    }
    let request = SearchLoggedModels {
        experiment_ids: vec![experiment_id],
        datasets: vec![on("", "iris-1")],
        ..Default::default()
    };
    assert_eq!(refused(search(&test, request)), "`dataset_name` in the `datasets` clause must be specified.");
}

pub fn models_are_ordered_by_attributes_and_metrics(test: TestStore) {
    let experiment_id = four_models(&test);
    let by = |field: &str, ascending, dataset: &str| {
        let entry = LoggedModelOrder {
            field_name: field.into(),
            ascending,
            dataset_name: dataset.into(),
            ..Default::default()
        };
        let request = SearchLoggedModels {
            experiment_ids: vec![experiment_id.clone()],
            order_by: vec![entry],
            ..Default::default()
        };
        search(&test, request)
    };
    for (field, ascending, dataset, found) in [
        ("name", true, "", "1234"),
        ("creation_time", true, "", "1234"),
        ("model_type", true, "", "2143"),
        ("metrics.acc", true, "", "1234"),
        ("metrics.acc", false, "", "2134"),
        ("metrics.acc", false, "iris", "2143"),
        ("metrics.acc", true, "wine", "2431"),
    ] {
        assert_eq!(by(field, ascending, dataset).as_deref(), Ok(found), "{field} {ascending} {dataset}");
    }
    for field in ["", "foo", "params.lr", "metric.acc", "name DESC"] {
        assert!(refused(by(field, true, "")).starts_with(&format!("Invalid order by field name '{field}'")));
    }
}

pub fn pages_of_models_belong_to_their_query(test: TestStore) {
    let experiment_id = four_models(&test);
    let request =
        SearchLoggedModels { experiment_ids: vec![experiment_id], max_results: Some(3), ..Default::default() };
    let first = test.call(request.clone()).unwrap();
    let next = SearchLoggedModels { page_token: first.next_page_token, ..request.clone() };
    let second = test.call(next.clone()).unwrap();
    assert_eq!((first.models.len(), second.models.len(), second.next_page_token.as_str()), (3, 1, ""));
    refused(test.call(SearchLoggedModels { filter: "name = 'M1'".into(), ..next }));
    refused(test.call(SearchLoggedModels { max_results: Some(-1), ..request.clone() }));
    refused(test.call(SearchLoggedModels { experiment_ids: Vec::new(), ..request }));
}
