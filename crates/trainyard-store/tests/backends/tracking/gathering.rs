//! Requests that wait at the same time are carried out together, and each is answered as if it were alone.

use std::sync::mpsc;
use std::time::Duration;

use trainyard_api::experiments::{CreateExperiment, DeleteExperiment};
use trainyard_api::metrics::{GetMetricHistory, LogMetric};
use trainyard_api::runs::{CreateRun, DeleteRun};
use trainyard_api::{ApiError, ErrorCode, RunId, Tag};
use trainyard_store::{Operation, Pending, Store, StoreError};

use super::get;
use crate::backend::TestStore;

/// Transactions that write at the same time.
fn writers(test: &TestStore) -> usize {
    if test.is_on_sqlite() { 1 } else { 4 }
}

/// Keeps a writer busy until the sender is dropped.
fn busy(store: &Store) -> (mpsc::Sender<()>, Pending<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (began, begun) = mpsc::channel();
    let pending = store.write(move |_| {
        let _ = began.send(());
        let _ = released.recv();
        Ok(())
    });
    begun.recv_timeout(Duration::from_secs(60)).unwrap();
    (release, pending)
}

/// Sends requests while all writers are busy, so that they wait together; their outcomes in the same order.
fn together<O: Operation>(test: &TestStore, requests: Vec<O>) -> Vec<Result<O::Response, StoreError>> {
    let held: Vec<_> = (0..writers(test)).map(|_| busy(&test.store)).collect();
    let pending: Vec<_> = requests.into_iter().map(|request| test.store.execute(request)).collect();
    for (release, busy) in held {
        drop(release);
        busy.wait().unwrap();
    }
    pending.into_iter().map(|pending| pending.wait()).collect()
}

fn point(run_id: &RunId, key: &str, step: i64) -> LogMetric {
    LogMetric {
        run_id: run_id.clone(),
        key: key.to_owned(),
        value: Some(step as f64),
        timestamp: Some(1000 + step),
        step,
        ..LogMetric::default()
    }
}

fn steps(test: &TestStore, run_id: &RunId, key: &str) -> Vec<i64> {
    let request = GetMetricHistory { run_id: run_id.clone(), metric_key: key.to_owned(), ..Default::default() };
    test.call(request).unwrap().metrics.iter().map(|point| point.step).collect()
}

/// On SQLite there is one writer, whom all wait for.
pub fn a_point_does_not_wait_for_the_long_write_of_somebody_else(test: TestStore) {
    let run_id = super::run(&test);
    let (release, long) = busy(&test.store);
    // More than once: the next request joins those that wait, and must not depend on another being sent.
    for step in 0..3 {
        let pending = test.store.execute(point(&run_id, "loss", step));
        let (answer, answered) = mpsc::channel();
        std::thread::spawn(move || answer.send(pending.wait()));
        answered.recv_timeout(Duration::from_secs(30)).expect("an answer while the other write goes on").unwrap();
    }
    drop(release);
    long.wait().unwrap();
    assert_eq!(steps(&test, &run_id, "loss"), [0, 1, 2]);
}

pub fn points_logged_at_the_same_time_are_all_stored(test: TestStore) {
    let runs: Vec<RunId> = (0..7).map(|_| super::run(&test)).collect();
    let keys = ["loss", "acc", "f1"];
    let requests = (0..2100).map(|i| point(&runs[i as usize % 7], keys[i as usize / 7 % 3], i)).collect();
    assert!(together(&test, requests).iter().all(Result::is_ok));
    for (number, run_id) in runs.iter().enumerate() {
        for (place, key) in keys.iter().enumerate() {
            let expected: Vec<i64> =
                (0..2100).filter(|i| i % 7 == number as i64 && i / 7 % 3 == place as i64).collect();
            assert_eq!(steps(&test, run_id, key), expected, "{key} of run {number}");
        }
        let latest: Vec<_> = get(&test, run_id).data.metrics.iter().map(|metric| metric.step % 7).collect();
        assert_eq!(latest, [number as i64; 3]);
    }
}

pub fn a_bad_point_among_others_is_refused_alone(test: TestStore) {
    let [good, deleted] = [(); 2].map(|()| super::run(&test));
    test.call(DeleteRun { run_id: deleted.clone() }).unwrap();
    let missing = RunId::from("0".repeat(32));
    let requests = vec![
        point(&good, "loss", 1),
        point(&deleted, "loss", 2),
        point(&missing, "loss", 3),
        point(&good, "a//b", 4),
        LogMetric { value: None, ..point(&good, "loss", 5) },
        point(&good, "loss", 6),
        point(&good, "loss", 1),
    ];
    let alone: Vec<_> = requests.iter().map(|request| test.call(request.clone())).collect();
    assert_eq!(alone.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, false, false, true, true]);
    assert_eq!(together(&test, requests), alone);
    assert_eq!(steps(&test, &good, "loss"), [1, 6]);
}

/// Asserts that a request is refused for one of its fields.
fn is_refused_for<T: std::fmt::Debug>(outcome: &Result<T, StoreError>, field: &str) {
    let error = ApiError::from(outcome.as_ref().unwrap_err().clone());
    assert_eq!(error.error_code, ErrorCode::InvalidParameterValue, "{error}");
    assert!(error.message.contains(&format!("'{field}'")) && error.message.contains("NUL"), "{error}");
}

pub fn a_point_of_a_run_with_nul_in_its_id_is_refused_alone(test: TestStore) {
    let good = super::run(&test);
    let nul = RunId::from("a\0");
    let older = LogMetric { run_id: RunId::default(), run_uuid: nul.clone(), ..point(&good, "loss", 3) };
    let requests = vec![point(&good, "loss", 1), point(&nul, "loss", 2), older, point(&good, "loss", 4)];
    let outcomes = together(&test, requests);
    assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, true]);
    is_refused_for(&outcomes[1], "run_id");
    is_refused_for(&outcomes[2], "run_uuid");
    assert_eq!(steps(&test, &good, "loss"), [1, 4]);
}

pub fn a_run_with_nul_in_a_text_is_refused_alone(test: TestStore) {
    let named = |name: &str| CreateRun { run_name: name.to_owned(), ..CreateRun::default() };
    let tagged = |key: &str, value: &str| CreateRun { tags: vec![Tag::new(key, value)], ..named("tagged") };
    let bad = [
        (named("a\0b"), "run_name"),
        (CreateRun { user_id: "ann\0".to_owned(), ..named("of a user") }, "user_id"),
        (tagged("k\0", "v"), "tags[0].key"),
        (tagged("k", "v\0"), "tags[0].value"),
        (tagged("mlflow.runName", "n\0"), "tags[0].value"),
    ];
    let mut requests = vec![named("first")];
    requests.extend(bad.iter().map(|(request, _)| request.clone()));
    requests.push(named("last"));
    let outcomes = together(&test, requests);
    let [first, refused @ .., last] = outcomes.as_slice() else { panic!("too few answers") };
    for (outcome, (_, field)) in refused.iter().zip(&bad) {
        is_refused_for(outcome, field);
    }
    for (outcome, name) in [(first, "first"), (last, "last")] {
        let created = &outcome.as_ref().unwrap().run.info;
        assert_eq!(get(&test, &created.run_id).info.run_name, name);
    }
}

pub fn runs_created_at_the_same_time_are_all_there(test: TestStore) {
    let deleted = test.call(CreateExperiment { name: "gone".to_owned(), ..Default::default() }).unwrap().experiment_id;
    test.call(DeleteExperiment { experiment_id: deleted.clone() }).unwrap();
    let requests: Vec<CreateRun> = (0..600)
        .map(|i| CreateRun {
            experiment_id: if i % 100 == 7 { deleted.clone() } else { "0".into() },
            run_name: format!("run-{i}"),
            tags: vec![Tag::new("first", "1"), Tag::new("number", format!("{i}")), Tag::new("first", "2")],
            ..CreateRun::default()
        })
        .collect();
    for (i, outcome) in together(&test, requests).into_iter().enumerate() {
        if i % 100 == 7 {
            assert!(matches!(outcome, Err(StoreError::Deleted { .. })), "{outcome:?}");
            continue;
        }
        let run = outcome.unwrap().run;
        assert_eq!(run.info.run_name, format!("run-{i}"));
        assert!(run.data.tags.contains(&Tag::new("first", "2")));
        let mut read = get(&test, &run.info.run_id);
        read.outputs = None;
        assert_eq!(read.data.tags, run.data.tags);
        assert_eq!(read.info, run.info);
    }
}
