//! A machine whose clock is set back while the store is open.

use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, DeleteRun, GetRun, LogBatch, RunStatus, SearchRuns, UpdateRun};
use trainyard_api::{Param, RunId, Tag};
use trainyard_store::maintenance::check;
use trainyard_store::maintenance::removal::{Removal, preview};
use trainyard_store::{Packer, PackingEnd};

use crate::backend::TestStore;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

fn run(test: &TestStore, name: &str) -> RunId {
    test.call(CreateRun { run_name: name.into(), ..CreateRun::default() }).unwrap().run.info.run_id
}

/// Points as a program logs them whose clock is the store's.
fn log(test: &TestStore, run_id: &RunId, steps: std::ops::Range<i64>) {
    let now = test.now_ms();
    let point = |step| Metric { key: "m".into(), step, timestamp: now + step, value: step as f64, ..Metric::default() };
    for first in steps.clone().step_by(900) {
        let batch = LogBatch {
            run_id: run_id.clone(),
            metrics: (first..(first + 900).min(steps.end)).map(point).collect(),
            params: vec![Param::new(format!("p{first}"), "v")],
            tags: vec![Tag::new("last", first.to_string())],
        };
        test.call(batch).unwrap();
    }
}

fn finish(test: &TestStore, run_id: &RunId) {
    let (status, end_time) = (Some(RunStatus::Finished), Some(test.now_ms()));
    test.call(UpdateRun { run_id: run_id.clone(), status, end_time, ..UpdateRun::default() }).unwrap();
}

/// Names of runs that would be removed.
fn removed(test: &TestStore, older_than_ms: i64) -> Vec<String> {
    let removal = Removal { older_than_ms, ..Removal::default() };
    let doomed = test.store.read(move |tx| preview(tx, &removal)).wait().unwrap();
    doomed.into_iter().map(|doomed| doomed.id).collect()
}

pub fn a_clock_that_goes_back_harms_nothing(test: TestStore) {
    let (ahead, both) = (run(&test, "ahead"), run(&test, "both"));
    log(&test, &ahead, 0..5000);
    log(&test, &both, 0..5000);
    finish(&test, &ahead);
    let packer = Packer::new(test.store.clone());
    assert_eq!(packer.run(|_| true).unwrap().0, PackingEnd::Done);

    test.advance_ms(-DAY_MS);
    let behind = run(&test, "behind");
    // Later steps with earlier times: behind the blocks by step, before them by time.
    log(&test, &both, 5000..9000);
    log(&test, &behind, 0..100);
    finish(&test, &both);
    finish(&test, &behind);
    assert_eq!(packer.run(|_| true).unwrap().0, PackingEnd::Done);
    let latest = test.call(GetRun { run_id: both.clone(), ..GetRun::default() }).unwrap().run.data;
    assert_eq!(
        (latest.metrics[0].step, latest.metrics[0].value),
        (8999, 8999.0),
        "the latest is that of the last step"
    );
    assert!(latest.tags.contains(&Tag::new("last", "8600")));
    let request = GetMetricHistory { run_id: both.clone(), metric_key: "m".into(), ..GetMetricHistory::default() };
    let steps: Vec<i64> = test.call(request).unwrap().metrics.iter().map(|point| point.step).collect();
    assert_eq!(steps, (5000..9000).chain(0..5000).collect::<Vec<_>>(), "a history is in the order of time");

    // Pages go by the start times that there are.
    let mut request = SearchRuns { experiment_ids: vec!["0".into()], max_results: Some(1), ..SearchRuns::default() };
    let mut names = Vec::new();
    loop {
        let page = test.call(request.clone()).unwrap();
        names.extend(page.runs.into_iter().map(|run| run.info.run_name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(names.last().map(String::as_str), Some("behind"));
    names.sort_unstable();
    assert_eq!(names, ["ahead", "behind", "both"]);

    // What was marked deleted in what is the future now is not old, and goes all the same where no age is asked for.
    test.advance_ms(DAY_MS);
    test.call(DeleteRun { run_id: ahead.clone() }).unwrap();
    test.advance_ms(-DAY_MS);
    test.call(DeleteRun { run_id: behind.clone() }).unwrap();
    let mut all = [ahead.to_string(), behind.to_string()];
    all.sort_unstable();
    let mut found = removed(&test, 0);
    found.sort_unstable();
    assert_eq!(found, all);
    assert_eq!(removed(&test, HOUR_MS), [""; 0]);
    test.advance_ms(2 * HOUR_MS);
    assert_eq!(removed(&test, HOUR_MS), [behind.to_string()]);
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}
