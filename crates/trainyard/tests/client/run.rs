//! Runs as values.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use trainyard_api::runs::{GetRun, Run, RunStatus};
use trainyard_api::{Param, RunId};

use crate::tracking::Yard;

fn stored(yard: &Yard, run_id: &RunId) -> Run {
    yard.client.call(GetRun { run_id: run_id.clone(), ..Default::default() }).unwrap().run
}

#[test]
fn what_a_run_logs_is_stored_with_it() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "first").unwrap();
        let id = run.id().clone();
        run.log_params([("max_depth", 5), ("n_estimators", 100)]).unwrap();
        run.log_metric("accuracy", 0.5, 0).unwrap();
        run.log_metric("accuracy", 0.97, 1).unwrap();
        run.set_tag("note", "good").unwrap();
        let file = yard.folder.path().join("notes.txt");
        fs::write(&file, "text").unwrap();
        run.log_artifact(&file, "").unwrap();
        run.log_artifact(&file, "deep/er").unwrap();
        assert_eq!(run.artifacts().unwrap().read("deep/er/notes.txt").unwrap(), b"text");
        run.finish().unwrap();

        let stored = stored(&yard, &id);
        assert_eq!(stored.info.run_name, "first");
        assert_eq!(stored.info.status, RunStatus::Finished);
        assert!(stored.info.end_time >= Some(stored.info.start_time));
        assert_eq!(stored.data.params, [Param::new("max_depth", "5"), Param::new("n_estimators", "100")]);
        assert_eq!((stored.data.metrics[0].value, stored.data.metrics[0].step), (0.97, 1));
        assert!(stored.data.tags.iter().any(|tag| tag.key == "note" && tag.value == "good"));
    }
}

#[test]
fn more_params_than_one_batch_holds_are_logged_in_several() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("iris", "").unwrap();
    run.log_params((0..250).map(|n| (format!("p{n}"), n))).unwrap();
    assert_eq!(stored(&yard, run.id()).data.params.len(), 250);
}

#[test]
fn a_run_whose_scope_panics_has_failed() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("iris", "").unwrap();
    let id = run.id().clone();
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        let _run = run;
        panic!("training went wrong");
    }));
    assert!(panicked.is_err());
    assert_eq!(stored(&yard, &id).info.status, RunStatus::Failed);
}

#[test]
fn a_second_run_of_the_same_name_joins_the_experiment() {
    let yard = Yard::embedded();
    let first = yard.client.start_run("iris", "").unwrap();
    let second = yard.client.start_run("iris", "").unwrap();
    assert_eq!(first.info().experiment_id, second.info().experiment_id);
    assert_ne!(first.id(), second.id());
}
