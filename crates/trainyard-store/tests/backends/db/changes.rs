//! What listeners hear of changes of runs.

use std::time::{Duration, Instant};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use trainyard_api::experiments::{
    CreateExperiment, DeleteExperiment, DeleteExperimentTag, RestoreExperiment, SetExperimentTag, UpdateExperiment,
};
use trainyard_api::metrics::Metric;
use trainyard_api::run_changes::{ChangeRuns, RunAction};
use trainyard_api::run_events::RunChangeKind::{self, Created, Deleted, Metrics, Params, Status, Tags};
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, RunStatus, SetTag, UpdateRun};
use trainyard_api::{ExperimentId, Param, RunId, Tag};
use trainyard_store::{Operation as _, RunChange, RunNews, Sources, Store};

use crate::backend::{TestStore, options};

/// Waits until a run has been changed in all of these ways.
fn hears(news: &mut Receiver<RunNews>, run_id: &RunId, kinds: &[RunChangeKind]) {
    let began = Instant::now();
    let mut left: Vec<RunChangeKind> = kinds.to_vec();
    while !left.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "{left:?} of {kinds:?} were not heard");
        match news.try_recv() {
            Ok(RunNews::Changed(changes)) => {
                for change in changes.iter().filter(|change| change.run_id == *run_id) {
                    left.retain(|kind| !change.kinds().contains(kind));
                }
            }
            Ok(RunNews::Missed) => {}
            Err(TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => panic!("{error}"),
        }
    }
}

pub fn each_write_tells_what_it_changed(test: TestStore) {
    let mut news = test.store.run_changes();
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    hears(&mut news, &run_id, &[Created]);
    let metric = Metric { key: "m".into(), ..Metric::default() };
    let batch = LogBatch {
        run_id: run_id.clone(),
        metrics: vec![metric],
        params: vec![Param::new("p", "1")],
        tags: vec![Tag::new("t", "1")],
    };
    test.call(batch).unwrap();
    hears(&mut news, &run_id, &[Metrics, Params, Tags]);
    let update = UpdateRun { run_id: run_id.clone(), status: Some(RunStatus::Finished), ..UpdateRun::default() };
    test.call(update).unwrap();
    hears(&mut news, &run_id, &[Status]);
    let (run_ids, action) = (vec![run_id.clone()], Some(RunAction::SetTag));
    test.call(ChangeRuns { run_ids, action, key: "t".into(), value: "2".into() }).unwrap();
    hears(&mut news, &run_id, &[Tags]);
    test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
    hears(&mut news, &run_id, &[Deleted]);
}

/// Waits until an experiment itself was changed in this way.
fn hears_of(news: &mut Receiver<RunNews>, experiment_id: &ExperimentId, kind: RunChangeKind) {
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < Duration::from_secs(20), "{kind:?} of experiment {experiment_id} was not heard");
        match news.try_recv() {
            Ok(RunNews::Changed(changes)) => {
                let is_it = |change: &RunChange| {
                    change.is_of_experiment()
                        && change.experiment.to_string() == experiment_id.as_str()
                        && change.kinds().contains(&kind)
                };
                if changes.iter().any(is_it) {
                    return;
                }
            }
            Ok(RunNews::Missed) => {}
            Err(TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Changes an experiment in every way, by a store, and waits until each is heard.
fn change_experiment(store: &Store, news: &mut Receiver<RunNews>) {
    let request = CreateExperiment { name: "e".into(), ..CreateExperiment::default() };
    let experiment_id = store.execute(request).wait().unwrap().experiment_id;
    hears_of(news, &experiment_id, Created);
    let rename = UpdateExperiment { experiment_id: experiment_id.clone(), new_name: "f".into() };
    store.execute(rename).wait().unwrap();
    hears_of(news, &experiment_id, Tags);
    let tag = SetExperimentTag { experiment_id: experiment_id.clone(), key: "k".into(), value: "v".into() };
    store.execute(tag).wait().unwrap();
    hears_of(news, &experiment_id, Tags);
    let tag = DeleteExperimentTag { experiment_id: experiment_id.clone(), key: "k".into() };
    store.execute(tag).wait().unwrap();
    hears_of(news, &experiment_id, Tags);
    store.execute(DeleteExperiment { experiment_id: experiment_id.clone() }).wait().unwrap();
    hears_of(news, &experiment_id, Deleted);
    store.execute(RestoreExperiment { experiment_id: experiment_id.clone() }).wait().unwrap();
    hears_of(news, &experiment_id, Deleted);
}

pub fn changes_of_experiments_are_told(test: TestStore) {
    let mut news = test.store.run_changes();
    change_experiment(&test.store, &mut news);
}

pub fn other_servers_hear_of_experiments(test: TestStore) {
    let other = test.another();
    let mut news = listening(&other);
    change_experiment(&test.store, &mut news);
}

pub fn what_was_told_can_be_read(test: TestStore) {
    let mut news = test.store.run_changes();
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    hears(&mut news, &run_id, &[Created]);
    for value in 0..20 {
        let value = value.to_string();
        let tag = SetTag { run_id: run_id.clone(), key: "t".into(), value: value.clone(), ..SetTag::default() };
        // Nobody waits for the answer: what is heard comes after the commit all the same.
        let pending = test.store.execute(tag);
        hears(&mut news, &run_id, &[Tags]);
        assert_eq!(
            test.call(trainyard_api::runs::GetRun { run_id: run_id.clone(), ..Default::default() })
                .unwrap()
                .run
                .data
                .tags[1]
                .value,
            value
        );
        pending.wait().unwrap();
    }
}

pub fn what_was_under_way_when_somebody_began_to_listen_is_not_lost(test: TestStore) {
    let store = test.store.clone();
    let (sender, begun) = std::sync::mpsc::channel();
    let mut sender = Some(sender);
    let write = test.store.write(move |tx| {
        let run_id = CreateRun::default().execute(tx)?.run.info.run_id;
        if let Some(sender) = sender.take() {
            sender.send(store.run_changes()).unwrap();
        }
        Ok(run_id)
    });
    let run_id = write.wait().unwrap();
    hears_or_looks(&mut begun.recv().unwrap(), &run_id);
}

/// Waits until a change of the run is told, or everybody is told to look.
fn hears_or_looks(news: &mut Receiver<RunNews>, run_id: &RunId) {
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing was heard of {run_id}");
        match news.try_recv() {
            Ok(RunNews::Changed(changes)) if changes.iter().any(|change| change.run_id == *run_id) => return,
            Ok(RunNews::Missed) => return,
            Ok(RunNews::Changed(_)) => {}
            Err(TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A listener that others have heard of.
fn listening(store: &Store) -> Receiver<RunNews> {
    let mut news = store.run_changes();
    let own = store.execute(CreateRun::default()).wait().unwrap().run.info.run_id;
    // What it changes itself takes the way that changes of others take.
    hears(&mut news, &own, &[Created]);
    news
}

pub fn other_servers_hear_of_runs(test: TestStore) {
    let other = test.another();
    let mut news = listening(&other);
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    hears(&mut news, &run_id, &[Created]);
}

pub fn the_first_and_the_last_that_a_program_does_is_heard_elsewhere(test: TestStore) {
    let mut news = listening(&test.store);
    // It begins, makes a run, ends it and goes, before it can have heard that somebody listens.
    let program = test.another();
    let run_id = program.execute(CreateRun::default()).wait().unwrap().run.info.run_id;
    let update = UpdateRun { run_id: run_id.clone(), status: Some(RunStatus::Finished), ..UpdateRun::default() };
    program.execute(update).wait().unwrap();
    drop(program);
    hears(&mut news, &run_id, &[Created, Status]);
}

pub fn what_was_changed_while_the_connection_was_away_is_heard(test: TestStore) {
    let schema = test.schema().unwrap();
    let mut news = listening(&test.store);
    let program = format!("{}&application_name={}", test.uri(), schema.name);
    let program = Store::open_with(&program, options(), Sources::default()).unwrap();
    for _ in 0..5 {
        let run_id = program.execute(CreateRun::default()).wait().unwrap().run.info.run_id;
        let connections = format!("FROM pg_stat_activity WHERE application_name = '{}'", schema.name);
        schema.execute(&format!("SELECT pg_terminate_backend(pid) {connections}"));
        hears_or_looks(&mut news, &run_id);
    }
}
