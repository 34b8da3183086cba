//! `datasets/search`.

use serde_json::json;
use trainyard_api::evaluation_datasets::{CreateDataset, ListEvaluationDatasets, SearchEvaluationDatasets};
use trainyard_api::experiments::CreateExperiment;
use trainyard_store::StoreError;

use crate::backend::TestStore;
use crate::search::refused;

fn three_datasets(test: &TestStore) {
    let other = test.call(CreateExperiment { name: "other".into(), ..Default::default() }).unwrap().experiment_id;
    for (name, experiment, user) in [("a", "0", "ann"), ("b", "0", "bob"), ("c", other.as_str(), "ann")] {
        test.advance_ms(10);
        let tags = json!({"mlflow.user": user, "kind": name.to_uppercase()}).to_string();
        test.call(CreateDataset { name: name.into(), experiment_ids: vec![experiment.into()], tags }).unwrap();
    }
}

fn names(test: &TestStore, request: SearchEvaluationDatasets) -> Result<String, StoreError> {
    Ok(test.call(request)?.datasets.into_iter().map(|dataset| dataset.name).collect())
}

fn filtered(filter: &str) -> SearchEvaluationDatasets {
    SearchEvaluationDatasets { filter_string: filter.into(), ..Default::default() }
}

pub fn datasets_are_found_by_their_keys(test: TestStore) {
    three_datasets(&test);
    for (filter, found) in [
        ("", "cba"),
        ("name = 'b'", "b"),
        ("name IN ('a', 'c')", "ca"),
        ("name LIKE '%' AND created_by = 'ann'", "ca"),
        ("last_updated_by != 'ann'", "b"),
        ("created_time > 0 AND last_update_time >= '1'", "cba"),
        ("tags.kind ILIKE 'a'", "a"),
    ] {
        assert_eq!(names(&test, filtered(filter)).as_deref(), Ok(found), "{filter}");
    }
    for (order, found) in
        [("name", "abc"), ("name DESC", "cba"), ("created_time ASC", "abc"), ("last_update_time DESC", "cba")]
    {
        let request = SearchEvaluationDatasets { order_by: vec![order.into()], ..Default::default() };
        assert_eq!(names(&test, request).as_deref(), Ok(found), "{order}");
    }
    let of = |ids: &[&str]| SearchEvaluationDatasets {
        experiment_ids: ids.iter().map(|id| (*id).into()).collect(),
        ..Default::default()
    };
    assert_eq!(names(&test, of(&["0"])).as_deref(), Ok("ba"));
    assert_eq!(names(&test, of(&["1", "0"])).as_deref(), Ok("cba"));
    assert_eq!(names(&test, of(&["99"])).as_deref(), Ok(""));
    assert_eq!(test.call(ListEvaluationDatasets(of(&["1"]))).unwrap().datasets.len(), 1);
}

pub fn what_cannot_be_searched_is_named(test: TestStore) {
    assert!(refused(names(&test, filtered("digest = 'x'"))).contains("'digest'"));
    assert!(refused(names(&test, filtered("created_time > 'soon'"))).contains("soon"));
    refused(names(&test, filtered("metrics.m > 1")));
    let ordered = SearchEvaluationDatasets { order_by: vec!["created_by".into()], ..Default::default() };
    assert!(refused(names(&test, ordered)).contains("created_by"));
    let endless = SearchEvaluationDatasets { max_results: Some(50_001), ..Default::default() };
    assert!(refused(names(&test, endless)).contains("max_results"));
}

pub fn pages_follow_each_other(test: TestStore) {
    three_datasets(&test);
    let page = |page_token: String| {
        test.call(SearchEvaluationDatasets { max_results: Some(2), page_token, ..Default::default() })
    };
    let first = page(String::new()).unwrap();
    let second = page(first.next_page_token.clone()).unwrap();
    let names: Vec<_> = first.datasets.iter().chain(&second.datasets).map(|dataset| dataset.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
    assert_eq!(second.next_page_token, "");
    refused(page("nonsense".into()));
}
