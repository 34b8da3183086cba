use trainyard_api::activity::*;
use trainyard_api::runs::{CreateRun, DeleteRun, RunStatus, UpdateRun};

use super::{missing, refused};
use crate::backend::TestStore;
use crate::search::experiment;

pub fn activity_counts_runs_and_tells_the_last_change(test: TestStore) {
    let (busy, quiet) = (experiment(&test, "busy"), experiment(&test, "quiet"));
    let made = test.now_ms();
    let run = |start_time| {
        let request = CreateRun { experiment_id: busy.clone(), start_time: Some(start_time), ..CreateRun::default() };
        test.call(request).unwrap().run.info.run_id
    };
    let ask = || {
        let experiment_ids = vec![quiet.clone(), "77".into(), busy.clone()];
        test.call(GetExperimentActivity { experiment_ids }).unwrap().experiments
    };
    let activity = |experiment_id: &trainyard_api::ExperimentId, runs, running, deleted_runs, last_activity_time| {
        let experiment_id = experiment_id.clone();
        ExperimentActivity { experiment_id, runs, running, deleted_runs, last_activity_time, at_least: false }
    };
    let (first, _, third) = (run(made + 10), run(made + 20), run(made - 5));
    assert_eq!(ask(), [activity(&quiet, 0, 0, 0, made), activity(&busy, 3, 3, 0, made + 20)]);
    let update = UpdateRun {
        run_id: first,
        status: Some(RunStatus::Finished),
        end_time: Some(made + 99),
        ..UpdateRun::default()
    };
    test.call(update).unwrap();
    test.call(DeleteRun { run_id: third }).unwrap();
    assert_eq!(ask()[1], activity(&busy, 2, 1, 1, made + 99));
}

pub fn activity_is_asked_of_named_experiments(test: TestStore) {
    assert_eq!(refused(test.call(GetExperimentActivity::default())), missing("experiment_id"));
    let ids = |count| GetExperimentActivity { experiment_ids: vec!["0".into(); count] };
    assert!(refused(test.call(ids(101))).1.contains("101 experiments are named, 100 at most can be"));
    assert_eq!(test.call(ids(100)).unwrap().experiments.len(), 100);
}
