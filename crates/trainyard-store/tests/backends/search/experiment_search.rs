//! `experiments/search`.

use trainyard_api::Tag;
use trainyard_api::experiments::{CreateExperiment, ListExperiments, SearchExperiments};
use trainyard_store::StoreError;

use super::refused;
use crate::backend::TestStore;

fn three_experiments(test: &TestStore) {
    for (name, tags) in [("exA", &[("k", "v1")][..]), ("exB", &[("k", "V2"), ("x y", "z")]), ("exC", &[])] {
        test.advance_ms(10);
        let tags = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        test.call(CreateExperiment { name: name.into(), tags, ..Default::default() }).unwrap();
    }
}

fn search(test: &TestStore, filter: &str, order: &[&str]) -> Result<String, StoreError> {
    let order_by = order.iter().map(|entry| (*entry).into()).collect();
    let request = SearchExperiments { max_results: Some(100), filter: filter.into(), order_by, ..Default::default() };
    let found = test.call(request)?.experiments;
    Ok(found.iter().map(|experiment| experiment.name.trim_start_matches("ex")).collect())
}

pub fn experiments_are_found_and_ordered_as_in_mlflow(test: TestStore) {
    three_experiments(&test);
    for (filter, found) in [
        ("", "CBADefault"),
        ("name LIKE 'ex%'", "CBA"),
        ("name like 'EX%'", ""),
        ("attribute.name ILIKE 'EX%'", "CBA"),
        ("attributes.name != 'exA'", "CBDefault"),
        ("experiment_id = '1'", "A"),
        ("experiment_id IN ('1', '2')", "BA"),
        ("experiment_id = '01' OR experiment_id = 2", "BA"),
        ("experiment_id NOT IN (1, 2, 3)", "Default"),
        ("name IN ('exA', 'exC') AND NOT tags.k LIKE 'v%'", "C"),
        ("tags.k RLIKE '^[vV]' AND creation_time BETWEEN 0 AND 1e15", "BA"),
        ("creation_time > 0 AND last_update_time > 0 AND name = 'exC'", "C"),
        ("tags.k = 'v1'", "A"),
        ("tag.k ILIKE 'v%'", "BA"),
        ("tags.k IS NULL", "CDefault"),
        ("tags.`x y` IS NOT NULL", "B"),
    ] {
        assert_eq!(search(&test, filter, &[]).as_deref(), Ok(found), "{filter}");
    }
    for (order, found) in [
        (&["name"][..], "DefaultABC"),
        (&["name DESC"], "CBADefault"),
        (&["creation_time ASC", "experiment_id"], "DefaultABC"),
        (&["experiment_id DESC"], "CBADefault"),
        (&["attribute.`last_update_time`"], "DefaultABC"),
    ] {
        assert_eq!(search(&test, "", order).as_deref(), Ok(found), "{order:?}");
    }
    for filter in ["attr.name = 'a'", "experiment_id LIKE '1'", "experiment_id = 'x'", "name > 'a'", "metrics.m > 1"] {
        refused(search(&test, filter, &[]));
    }
    refused(search(&test, "", &["tags.k"]));
    refused(search(&test, "", &["name", "name DESC"]));
}

pub fn a_page_size_is_required(test: TestStore) {
    three_experiments(&test);
    for max_results in [None, Some(0), Some(-1), Some(50_001)] {
        let message = refused(test.call(SearchExperiments { max_results, ..Default::default() }));
        assert!(message.starts_with("Invalid value"), "{message}");
    }
    let request = SearchExperiments { max_results: Some(3), ..Default::default() };
    let first = test.call(request.clone()).unwrap();
    let next = SearchExperiments { page_token: first.next_page_token.clone(), ..request };
    let second = test.call(ListExperiments(next)).unwrap();
    assert_eq!((first.experiments.len(), second.experiments.len()), (3, 1));
    assert_eq!(second.next_page_token, "");
}
