//! Several processes on one file, and processes that are killed.
//!
//! The children are this test binary, told by environment variables to run [`child`] and nothing else.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, LogBatch};
use trainyard_api::{Param, RunId, Tag};
use trainyard_store::Store;

use super::files::integrity;
use crate::backend::{self, TestStore};

const URI: &str = "TRAINYARD_TEST_CHILD_URI";
const BATCHES: &str = "TRAINYARD_TEST_CHILD_BATCHES";
const POINTS: usize = 20;

/// What a child does: logs batches to a run of its own and prints the number of each that was acknowledged.
#[test]
fn child() {
    let Ok(uri) = std::env::var(URI) else { return };
    let batches: usize = std::env::var(BATCHES).unwrap().parse().unwrap();
    let store = Store::open(&uri, backend::options()).unwrap();
    let run_id = store.execute(CreateRun::default()).wait().unwrap().run.info.run_id;
    let mut out = std::io::stdout();
    writeln!(out, "\nrun {run_id}").unwrap();
    for number in 0..batches {
        store.execute(batch(&run_id, number)).wait().unwrap();
        writeln!(out, "acknowledged {number}").unwrap();
    }
}

fn batch(run_id: &RunId, number: usize) -> LogBatch {
    let point = |i: usize| Metric {
        key: format!("m{}", i % 3),
        value: i as f64,
        timestamp: number as i64,
        step: (number * POINTS + i) as i64,
        ..Metric::default()
    };
    LogBatch {
        run_id: run_id.clone(),
        metrics: (0..POINTS).map(point).collect(),
        params: vec![Param::new(format!("p{number}"), "v")],
        tags: vec![Tag::new("last", number.to_string())],
    }
}

fn spawn(uri: &str, batches: usize) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "db::processes::child", "--nocapture"])
        .env(URI, uri)
        .env(BATCHES, batches.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    (child, lines)
}

/// The run and the last acknowledged batch among a child's lines.
fn reported(lines: impl Iterator<Item = String>) -> (RunId, usize) {
    let mut run_id = RunId::default();
    let mut acknowledged = 0;
    for line in lines {
        if let Some(id) = line.strip_prefix("run ") {
            run_id = id.into();
        } else if let Some(number) = line.strip_prefix("acknowledged ") {
            acknowledged = number.parse::<usize>().unwrap() + 1;
        }
    }
    (run_id, acknowledged)
}

/// Whole batches of a run: all parts of a batch are there or none.
fn whole_batches(store: &Store, run_id: &RunId) -> usize {
    let run_id = run_id.clone();
    let (points, params, tag) = store
        .read(move |tx| {
            let counts = "SELECT
                (SELECT COUNT(*) FROM metric_point JOIN metric_series ON id = series WHERE run = run.id),
                (SELECT COUNT(*) FROM param WHERE run = run.id),
                (SELECT value FROM run_tag WHERE run = run.id AND key = 'last')
                FROM run WHERE run_id = $1";
            tx.query_one(counts, &[(&run_id).into()], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Option<String>>(2)?))
            })
        })
        .wait()
        .unwrap()
        .unwrap();
    assert_eq!(points, params * POINTS as i64);
    assert_eq!(tag, (params > 0).then(|| (params - 1).to_string()));
    params as usize
}

pub fn several_processes_write_to_one_database_and_none_fails(test: TestStore) {
    let uri = test.uri();
    let children: Vec<_> = (0..4).map(|_| spawn(&uri, 30)).collect();
    // This process writes, too.
    let own = test.call(CreateRun::default()).unwrap().run.info.run_id;
    for number in 0..30 {
        test.call(batch(&own, number)).unwrap();
    }
    assert_eq!(whole_batches(&test.store, &own), 30);
    for (mut child, lines) in children {
        let (run_id, acknowledged) = reported(lines);
        assert!(child.wait().unwrap().success());
        assert_eq!(acknowledged, 30);
        assert_eq!(whole_batches(&test.store, &run_id), 30);
        let history = GetMetricHistory { run_id, metric_key: "m0".into(), ..GetMetricHistory::default() };
        assert_eq!(test.call(history).unwrap().metrics.len(), 30 * POINTS.div_ceil(3));
    }
    is_intact(&test);
}

/// PostgreSQL looks after its files itself.
fn is_intact(test: &TestStore) {
    if test.is_on_sqlite() {
        assert_eq!(integrity(&test.store), "ok");
    }
}

pub fn several_processes_may_make_the_file_at_once(test: TestStore) {
    let path = test.folder().join("fresh/yard.db");
    let uri = format!("sqlite:///{}", path.display());
    let children: Vec<_> = (0..6).map(|_| spawn(&uri, 2)).collect();
    for (mut child, lines) in children {
        assert_eq!(reported(lines).1, 2);
        assert!(child.wait().unwrap().success());
    }
    let runs = Store::open(&uri, backend::options())
        .unwrap()
        .read(|tx| tx.query_one("SELECT COUNT(*) FROM run", &[], |row| row.get::<i64>(0)));
    assert_eq!(runs.wait().unwrap(), Some(6));
}

pub fn a_killed_process_leaves_whole_batches_and_all_it_was_told_of(test: TestStore) {
    let uri = test.uri();
    for round in 0..5 {
        let (mut child, mut lines) = spawn(&uri, usize::MAX);
        // Killed after a different number of batches each time, in the middle of the next.
        let kill_after = format!("acknowledged {}", 3 + 7 * round);
        let mut seen: Vec<String> = Vec::new();
        for line in lines.by_ref() {
            let enough = line == kill_after;
            seen.push(line);
            if enough {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had printed before it died counts as well.
        let (run_id, acknowledged) = reported(seen.into_iter().chain(lines));
        let stored = whole_batches(&test.store, &run_id);
        assert!(stored >= acknowledged, "{acknowledged} batches were acknowledged, {stored} are there");
        assert!(stored <= acknowledged + 1, "only the batch under way can be there without an answer");
        is_intact(&test);
    }
    let test = test.reopened();
    is_intact(&test);
}
