use std::sync::mpsc;
use std::time::Duration;

use trainyard_api::experiments::{CreateExperiment, DeleteExperiment, GetExperiment, RestoreExperiment};
use trainyard_api::logged_models::{CreateLoggedModel, DeleteLoggedModel, GetLoggedModel};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{DeleteRun, GetRun, LogBatch, RestoreRun};
use trainyard_api::{ErrorCode, ExperimentId, ModelId, RunId};
use trainyard_store::StoreError;
use trainyard_store::maintenance::removal::{Doomed, Kind, Removal, Removed, begin, next, preview, remove};
use trainyard_store::maintenance::{Shrinking, check, shrink};

use super::packed_run;
use crate::backend::TestStore;

fn delete_run(test: &TestStore, run_id: &RunId) {
    test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
}

fn experiment(test: &TestStore, name: &str) -> ExperimentId {
    test.call(CreateExperiment { name: name.into(), ..CreateExperiment::default() }).unwrap().experiment_id
}

fn model(test: &TestStore, experiment_id: &str) -> ModelId {
    let request = CreateLoggedModel { experiment_id: experiment_id.into(), ..CreateLoggedModel::default() };
    test.call(request).unwrap().model.info.model_id
}

fn previewed(test: &TestStore, removal: Removal) -> Vec<(Kind, String, Option<String>)> {
    let doomed = test.store.read(move |tx| preview(tx, &removal)).wait().unwrap();
    doomed.into_iter().map(|doomed| (doomed.kind, doomed.id, doomed.artifacts)).collect()
}

/// Begins and carries out a removal; how many calls it took.
fn removed(test: &TestStore, removal: Removal) -> usize {
    begun(test, &removal);
    finish(test)
}

/// Writes down all of what is to go.
fn begun(test: &TestStore, removal: &Removal) {
    let mut after = None;
    loop {
        let removal = removal.clone();
        after = test.store.write(move |tx| begin(tx, &removal, after)).wait().unwrap();
        if after.is_none() {
            return;
        }
    }
}

/// Carries out what has begun.
fn finish(test: &TestStore) -> usize {
    let mut calls = 0;
    let mut after: Option<Doomed> = None;
    loop {
        let behind = after.clone();
        let mut some = test.store.read(move |tx| next(tx, behind.as_ref(), 3)).wait().unwrap();
        let Some(last) = some.last() else { return calls };
        after = Some(last.clone());
        while !some.is_empty() {
            let list = some.clone();
            let Removed { done, .. } = test.store.write(move |tx| remove(tx, &list)).wait().unwrap();
            some.drain(..done);
            calls += 1;
            assert!(calls < 1000);
        }
    }
}

fn exists(test: &TestStore, run_id: &RunId) -> bool {
    match test.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }) {
        Ok(_) => true,
        Err(StoreError::NotFound { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

fn rows(test: &TestStore, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    test.store.read(move |tx| tx.query_one(&sql, &[], |row| row.get(0))).wait().unwrap().unwrap()
}

pub fn only_what_is_marked_and_old_enough_goes(test: TestStore) {
    let (kept, old, young) = (packed_run(&test, "0", 10), packed_run(&test, "0", 10), packed_run(&test, "0", 10));
    delete_run(&test, &old);
    test.advance_ms(1000);
    delete_run(&test, &young);
    let removal = Removal { older_than_ms: 1000, ..Removal::default() };
    let place = format!("mlflow-artifacts:/0/{old}");
    assert_eq!(previewed(&test, removal.clone()), [(Kind::Run, old.to_string(), Some(place))]);
    assert!(exists(&test, &old), "a preview changes nothing");
    removed(&test, removal);
    assert_eq!([&kept, &old, &young].map(|run_id| exists(&test, run_id)), [true, false, true]);
    // What was marked by a clock that was ahead is marked all the same.
    test.advance_ms(-86_400_000);
    removed(&test, Removal::default());
    assert_eq!([&kept, &old, &young].map(|run_id| exists(&test, run_id)), [true, false, false]);
    assert_eq!(rows(&test, "metric_point"), 10);
    assert_eq!(check(&test.store, |_| {}).unwrap().problems, []);
}

/// A run with blocks and with more rows than go in one piece.
fn long_run(test: &TestStore) -> RunId {
    let run_id = packed_run(test, "0", 20_000);
    let more: Vec<Metric> = (0..12_000)
        .map(|i| Metric { key: format!("m{}", i % 3), timestamp: i, step: i, value: 1.0, ..Metric::default() })
        .collect();
    for metrics in more.chunks(150) {
        test.call(LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() }).unwrap();
    }
    run_id
}

pub fn a_long_run_goes_in_short_pieces(test: TestStore) {
    let run_id = long_run(&test);
    delete_run(&test, &run_id);
    assert!(removed(&test, Removal::default()) >= 3);
    assert!(!exists(&test, &run_id));
    for table in ["metric_point", "metric_block", "metric_series", "metric_summary", "metric_packing", "removal"] {
        assert_eq!(rows(&test, table), 0, "{table}");
    }
    assert_eq!(check(&test.store, |_| {}).unwrap().problems, []);
}

/// Inserts rows with the numbers from 1 to 12,000, `n`.
fn fill(test: &TestStore, table_and_columns: &str, selected: &str) {
    let digit =
        "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6
                  UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let sql = format!(
        "INSERT INTO {table_and_columns} SELECT {selected} FROM
         (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM {digit} a, {digit} b, {digit} c, {digit} e
          UNION SELECT 10000 + a.d + 10 * b.d + 100 * c.d FROM {digit} a, {digit} b, {digit} c
          UNION SELECT 11000 + a.d + 10 * b.d + 100 * c.d FROM {digit} a, {digit} b, {digit} c) numbers"
    );
    test.store.write(move |tx| Ok(tx.execute(&sql, &[])?)).wait().unwrap();
}

pub fn what_there_is_much_of_beside_metrics_goes_in_short_pieces(test: TestStore) {
    let id = experiment(&test, "wide");
    let run_id = packed_run(&test, id.as_str(), 1);
    let within = model(&test, id.as_str());
    let run = format!("SELECT id FROM run WHERE run_id = '{run_id}'");
    let of_model = format!("SELECT id FROM logged_model WHERE model_id = '{within}'");
    let number = "CAST(n AS TEXT)";
    fill(&test, "run_tag (run, key, value)", &format!("({run}), {number}, ''"));
    fill(&test, "param (run, key, value)", &format!("({run}), {number}, ''"));
    fill(&test, "logged_model_tag (model, key, value)", &format!("({of_model}), {number}, ''"));
    fill(&test, "experiment_tag (experiment_id, key, value)", &format!("{id}, {number}, ''"));
    test.call(DeleteExperiment { experiment_id: id }).unwrap();
    // Five thousand rows a call: three calls for each of the four lists, but for what is left of a call for the next one.
    assert!(removed(&test, Removal::default()) >= 9);
    for table in ["run_tag", "param", "logged_model_tag", "experiment_tag", "run", "logged_model", "removal"] {
        assert_eq!(rows(&test, table), 0, "{table}");
    }
    assert_eq!(check(&test.store, |_| {}).unwrap().problems, []);
}

pub fn an_experiment_takes_along_what_is_in_it(test: TestStore) {
    let id = experiment(&test, "old");
    let run_id = packed_run(&test, id.as_str(), 100);
    let (within, beside) = (model(&test, id.as_str()), model(&test, "0"));
    let metrics = vec![Metric { key: "m".into(), model_id: within.clone(), ..Metric::default() }];
    test.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    test.call(DeleteExperiment { experiment_id: id.clone() }).unwrap();
    let doomed = previewed(&test, Removal::default());
    let kinds: Vec<Kind> = doomed.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds, [Kind::Run, Kind::LoggedModel, Kind::Experiment]);
    assert_eq!(doomed[1].2, Some(format!("mlflow-artifacts:/{id}/models/{within}")));
    assert_eq!(doomed[2].2, Some(format!("mlflow-artifacts:/{id}")));
    removed(&test, Removal::default());
    assert!(!exists(&test, &run_id));
    assert!(matches!(test.call(GetExperiment { experiment_id: id }), Err(StoreError::NotFound { .. })));
    let get = |model_id| test.call(GetLoggedModel { model_id, ..GetLoggedModel::default() });
    assert!(get(within).is_err() && get(beside).is_ok());
    assert_eq!(rows(&test, "logged_model_metric"), 0);
}

pub fn what_is_named_goes_and_nothing_else(test: TestStore) {
    let (one, other, active) = (packed_run(&test, "0", 1), packed_run(&test, "0", 1), packed_run(&test, "0", 1));
    let deleted = model(&test, "0");
    test.call(DeleteLoggedModel { model_id: deleted.clone() }).unwrap();
    delete_run(&test, &one);
    delete_run(&test, &other);
    let of_runs = |run_ids: &[&RunId]| Removal {
        run_ids: run_ids.iter().map(|run_id| (*run_id).clone()).collect(),
        ..Removal::default()
    };
    let refused = |removal: Removal| {
        let error = test.store.write(move |tx| begin(tx, &removal, None)).wait().unwrap_err();
        (error.code(), error.to_string())
    };
    let (code, message) = refused(of_runs(&[&one, &active]));
    assert_eq!(code, ErrorCode::InvalidParameterValue);
    assert_eq!(message, format!("The run {active} is not marked deleted; delete it before it is removed"));
    assert_eq!(refused(of_runs(&[&"unknown".into()])).0, ErrorCode::ResourceDoesNotExist);
    let young = Removal { older_than_ms: 1, ..of_runs(&[&one]) };
    assert_eq!(refused(young).1, format!("The run {one} was marked deleted too short a time ago"));
    assert_eq!(rows(&test, "removal"), 0);
    removed(&test, of_runs(&[&one]));
    assert_eq!([&one, &other].map(|run_id| exists(&test, run_id)), [false, true]);
    assert_eq!(rows(&test, "logged_model"), 1);
    removed(&test, Removal { logged_model_ids: vec![deleted], ..Removal::default() });
    assert_eq!((rows(&test, "logged_model"), exists(&test, &other)), (0, true));
}

pub fn what_is_being_removed_is_not_restored(test: TestStore) {
    let id = experiment(&test, "old");
    let (run_id, within) = (packed_run(&test, "0", 1), packed_run(&test, id.as_str(), 1));
    delete_run(&test, &run_id);
    test.call(DeleteExperiment { experiment_id: id.clone() }).unwrap();
    begun(&test, &Removal::default());
    let restored = test.call(RestoreRun { run_id: run_id.clone() });
    let message = format!("The run {run_id} is being removed for good and cannot be restored");
    assert_eq!(restored, Err(StoreError::invalid(message)));
    assert!(test.call(RestoreRun { run_id: within.clone() }).is_err());
    assert!(test.call(RestoreExperiment { experiment_id: id }).is_err());
    // Whoever began it is gone; the next one goes on.
    let test = test.reopened();
    finish(&test);
    assert!(!exists(&test, &run_id) && !exists(&test, &within));
}

pub fn a_restore_waits_for_what_is_being_written_down(test: TestStore) {
    let run_id = packed_run(&test, "0", 1);
    delete_run(&test, &run_id);
    let (other, restored) = (test.another(), run_id.clone());
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let writing = test.store.write(move |tx| {
        begin(tx, &Removal::default(), None)?;
        let _ = begun.send(());
        let _ = may_go_on.recv();
        Ok(())
    });
    has_begun.recv().unwrap();
    let restoring = std::thread::spawn(move || other.execute(RestoreRun { run_id: restored }).wait());
    // Time enough to go wrong in.
    std::thread::sleep(Duration::from_millis(300));
    drop(go_on);
    writing.wait().unwrap();
    assert!(restoring.join().unwrap().is_err());
    finish(&test);
    assert!(!exists(&test, &run_id));
}

pub fn what_another_gc_has_removed_is_passed_over(test: TestStore) {
    let run_id = packed_run(&test, "0", 10);
    delete_run(&test, &run_id);
    begun(&test, &Removal::default());
    let list = test.store.read(|tx| next(tx, None, 3)).wait().unwrap();
    finish(&test);
    // SQLite gives the key of the last run to the next.
    let new = packed_run(&test, "0", 10);
    let Removed { done, kept } = test.store.write(move |tx| remove(tx, &list)).wait().unwrap();
    assert_eq!((done, kept), (1, 0));
    assert!(exists(&test, &new) && !exists(&test, &run_id));
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}

pub fn a_store_is_whole_while_a_run_is_being_removed(test: TestStore) {
    let run_id = long_run(&test);
    delete_run(&test, &run_id);
    begun(&test, &Removal::default());
    let list = test.store.read(|tx| next(tx, None, 3)).wait().unwrap();
    let again = list.clone();
    let piece = test.store.write(move |tx| remove(tx, &list)).wait().unwrap();
    assert_eq!(piece.done, 0, "it takes more than one piece");
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
    assert_eq!(again.len(), 1);
    finish(&test);
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}

pub fn the_file_shrinks(test: TestStore) {
    let size = |test: &TestStore| {
        let sql = test.store.read(|tx| Ok(tx.dialect().database_size())).wait().unwrap();
        test.store.read(move |tx| tx.query_one(sql, &[], |row| row.get::<i64>(0))).wait().unwrap().unwrap()
    };
    let run_id = packed_run(&test, "0", 40_000);
    let before = size(&test);
    delete_run(&test, &run_id);
    removed(&test, Removal::default());
    let mut freed = 0;
    loop {
        match test.store.write(shrink).wait().unwrap() {
            Shrinking::Some(bytes) => freed += bytes as i64,
            Shrinking::Done => break,
            Shrinking::Impossible => panic!("a new file can shrink"),
        }
    }
    let after = size(&test);
    assert_eq!(before - after, freed);
    assert!(after < before / 2, "{before} bytes, then {after}");
}
