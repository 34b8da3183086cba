//! Requests that wait at the same time are carried out together, and each is answered as if it were alone.

use std::sync::mpsc;

use trainyard_api::experiments::{CreateExperiment, DeleteExperiment};
use trainyard_api::metrics::{GetMetricHistory, LogMetric};
use trainyard_api::runs::{CreateRun, DeleteRun};
use trainyard_api::{RunId, Tag};
use trainyard_store::{Operation, StoreError};

use super::get;
use crate::backend::TestStore;

/// Sends requests while the writer is busy, so that they wait together; their outcomes in the same order.
fn together<O: Operation>(test: &TestStore, requests: Vec<O>) -> Vec<Result<O::Response, StoreError>> {
    let (release, released) = mpsc::channel::<()>();
    let busy = test.store.write(move |_| {
        let _ = released.recv();
        Ok(())
    });
    let pending: Vec<_> = requests.into_iter().map(|request| test.store.execute(request)).collect();
    drop(release);
    busy.wait().unwrap();
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
