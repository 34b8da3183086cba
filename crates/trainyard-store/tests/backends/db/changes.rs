//! What listeners hear of changes of runs.

use std::time::{Duration, Instant};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use trainyard_api::RunId;
use trainyard_api::metrics::Metric;
use trainyard_api::run_changes::{ChangeRuns, RunAction};
use trainyard_api::run_events::RunChangeKind::{self, Created, Deleted, Metrics, Params, Status, Tags};
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, RunStatus, SetTag, UpdateRun};
use trainyard_api::{Param, Tag};
use trainyard_store::RunNews;

use crate::backend::TestStore;

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

pub fn other_servers_hear_of_runs(test: TestStore) {
    let other = test.another();
    let mut news = other.run_changes();
    // Until it has been said that somebody listens, changes are not passed on; then everybody is told to look.
    let began = Instant::now();
    let mut missed = 0;
    while missed < 2 && began.elapsed() < Duration::from_secs(5) {
        match news.try_recv() {
            Ok(RunNews::Missed) => missed += 1,
            _ => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    assert!(missed > 0);
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    hears(&mut news, &run_id, &[Created]);
}
