use trainyard_api::columns::{ColumnKind, ListColumns};
use trainyard_api::runs::{DeleteRun, SetTag};
use trainyard_api::{ExperimentId, RunId};
use trainyard_store::maintenance::column_names::{forget, unused};
use trainyard_store::maintenance::removal::{Removal, begin, next, remove};

use crate::backend::TestStore;
use crate::search::{RunSpec, add_run, experiment};

fn run(test: &TestStore, experiment_id: &ExperimentId, keys: &[&str]) -> RunId {
    let texts: Vec<(String, String)> = keys.iter().map(|&key| (key.to_owned(), "v".to_owned())).collect();
    let metrics = keys.iter().map(|&key| (key.to_owned(), 1.0)).collect();
    add_run(test, experiment_id, &RunSpec { metrics, params: texts.clone(), tags: texts, ..RunSpec::default() })
}

fn names(test: &TestStore, experiment_id: &ExperimentId) -> [String; 3] {
    [ColumnKind::Metric, ColumnKind::Param, ColumnKind::Tag].map(|kind| {
        let experiment_ids = vec![experiment_id.clone()];
        let request = ListColumns { experiment_ids, kind: Some(kind), ..ListColumns::default() };
        let columns = test.call(request).unwrap().columns.into_iter();
        columns.map(|column| column.key).filter(|key| !key.starts_with("mlflow.")).collect::<Vec<_>>().concat()
    })
}

/// Removes what is marked deleted; the experiments that it was in.
fn removed(test: &TestStore) -> Vec<i64> {
    test.store.write(|tx| begin(tx, &Removal::default(), None)).wait().unwrap();
    let doomed = test.store.read(|tx| next(tx, None, 100)).wait().unwrap();
    let list = doomed.clone();
    assert_eq!(test.store.write(move |tx| remove(tx, &list)).wait().unwrap().done, doomed.len());
    doomed.iter().map(|one| one.experiment()).collect()
}

pub fn names_that_no_run_has_any_more_are_forgotten(test: TestStore) {
    let (here, elsewhere) = (experiment(&test, "here"), experiment(&test, "elsewhere"));
    let kept = run(&test, &here, &["a", "b"]);
    let gone = run(&test, &here, &["b", "c", "d", "e"]);
    run(&test, &elsewhere, &["c"]);
    test.call(DeleteRun { run_id: gone }).unwrap();
    // The run can still come back, with its names.
    let key: i64 = here.as_str().parse().unwrap();
    assert_eq!(test.store.read(move |tx| unused(tx, key)).wait().unwrap(), []);
    assert_eq!(removed(&test), [key]);
    assert_eq!(names(&test, &here), ["abcde", "abcde", "abcde"]);
    let mut found = test.store.read(move |tx| unused(tx, key)).wait().unwrap();
    assert_eq!(found.len(), 9);
    // Meanwhile a run gets one of the names, which were known already.
    test.call(SetTag { run_id: kept, key: "d".into(), value: "v".into(), ..SetTag::default() }).unwrap();
    while !found.is_empty() {
        let list = found.clone();
        let done = test.store.write(move |tx| forget(tx, &list)).wait().unwrap();
        assert!(done > 0);
        found.drain(..done);
    }
    assert_eq!(names(&test, &here), ["ab", "ab", "abd"]);
    assert_eq!(names(&test, &elsewhere), ["c", "c", "c"]);
    run(&test, &here, &["e"]);
    assert_eq!(names(&test, &here), ["abe", "abe", "abde"]);
}
