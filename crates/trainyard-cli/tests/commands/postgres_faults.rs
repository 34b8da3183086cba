//! What becomes of a PostgreSQL database when a page of it is damaged, or when whoever packs, removes or migrates is killed.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::time::Instant;

use trainyard::Client;
use trainyard_api::RunId;
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, RunStatus, SearchRuns, UpdateRun};

use crate::postgres::database;
use crate::postgres::database::Postgres;
use crate::program::{Yard, killed, random};

/// Bytes of a page.
const PAGE: u64 = 8192;

/// An ended run with so many points of each of some metrics, which come side by side: there is something to pack.
fn run_with(client: &Client, metrics: i64, points: i64) -> RunId {
    let run_id = client.call(CreateRun::default()).unwrap().run.info.run_id;
    let point = |key: i64, step: i64| Metric {
        key: format!("m{key}"),
        step,
        timestamp: 1000 + step,
        value: 1.0 / (step + 1) as f64,
        ..Metric::default()
    };
    let all: Vec<Metric> = (0..points).flat_map(|step| (0..metrics).map(move |key| point(key, step))).collect();
    for metrics in all.chunks(1000) {
        let batch = LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() };
        client.call(batch).unwrap();
    }
    let status = Some(RunStatus::Finished);
    client.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
    run_id
}

fn steps(client: &Client, run_id: &RunId) -> Vec<i64> {
    let request = GetMetricHistory { run_id: run_id.clone(), metric_key: "m0".into(), ..GetMetricHistory::default() };
    client.call(request).unwrap().metrics.iter().map(|point| point.step).collect()
}

fn problems(yard: &Yard, uri: &str) -> (Option<i32>, Vec<String>) {
    let ended = yard.run(&["db", "check", "--json", "--backend-store-uri", uri]);
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    let checked: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let problems = checked["problems"].as_array().unwrap();
    (ended.code, problems.iter().map(|problem| problem["place"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn a_damaged_page_is_reported_with_the_metrics_on_it_and_no_others() {
    let Some(mut postgres) = database() else { return };
    let yard = Yard::new();
    let uri = postgres.url();
    let run_id = run_with(&Client::connect(&uri).unwrap(), 150, 80);
    yard.ok(&["db", "pack", "--backend-store-uri", &uri]);
    assert_eq!(problems(&yard, &uri), (Some(0), Vec::new()));

    // The middle page of one of the tables that hold blocks.
    let table = "metric_block_3";
    let path = postgres.query(&format!("SELECT pg_relation_filepath('{table}')")).unwrap();
    postgres.query("CHECKPOINT").unwrap();
    let path = postgres.data().join(path);
    let pages = std::fs::metadata(&path).unwrap().len() / PAGE;
    let page = pages / 2;
    let sql = format!(
        "SELECT DISTINCT key.key FROM {table} AS block JOIN metric_series ON metric_series.id = block.series
         JOIN metric_key AS key ON key.id = metric_series.metric_key
         WHERE (CAST(CAST(block.ctid AS TEXT) AS POINT))[0] = {page}"
    );
    let on_page = postgres.query(&sql).unwrap();
    let mut expected: Vec<String> = on_page.lines().map(|key| format!("metric '{key}' of run {run_id}")).collect();
    assert!(!expected.is_empty() && expected.len() < 150, "{expected:?}");
    postgres.shut_down();
    OpenOptions::new().write(true).open(&path).unwrap().write_all_at(&[0x5a; PAGE as usize], page * PAGE).unwrap();
    postgres.start_again().unwrap();

    let (code, mut found) = problems(&yard, &uri);
    expected.sort();
    found.sort();
    assert_eq!((code, found), (Some(1), expected));
}

/// Kills a command on copies of a database with -9, at moments spread over the time that it takes; after each the copy is
/// whole, and the command ends what was begun.
fn killed_at_work(postgres: &Postgres, filled: &str, command: &[&str], check: impl Fn(&Yard, &str)) {
    const TIMES: u32 = 6;
    let yard = Yard::new();
    let copy = |name: &str| {
        postgres.query(&format!("CREATE DATABASE {name} TEMPLATE {filled}")).unwrap();
        postgres.url_of(name)
    };
    // The first time takes longer, and moments measured by it would come after the end.
    let first = copy("first");
    yard.ok(&[command, &[&first]].concat());
    check(&yard, &first);
    let whole = copy("whole");
    let since = Instant::now();
    yard.ok(&[command, &[&whole]].concat());
    let took = since.elapsed();
    check(&yard, &whole);
    let mut unfinished = 0;
    for round in 0..TIMES {
        let name = format!("copy_{round}");
        let uri = copy(&name);
        let after = took.mul_f64((random() % 1000) as f64 / 1000.0);
        unfinished += u32::from(!killed(yard.command(&[command, &[&uri]].concat()), after));
        if postgres.query_of(&name, "SELECT to_regclass('lease') IS NOT NULL").unwrap() == "t" {
            assert_eq!(problems(&yard, &uri), (Some(0), Vec::new()), "round {round}");
            // The dead one's lease is given up, since none of us waits a minute for it.
            postgres.query_of(&name, "DELETE FROM lease").unwrap();
        }
        yard.ok(&[command, &[&uri]].concat());
        assert_eq!(problems(&yard, &uri), (Some(0), Vec::new()), "round {round}");
        check(&yard, &uri);
    }
    assert!(unfinished > 0, "{command:?} was never killed at work");
}

#[test]
fn packing_removing_and_migrating_killed_with_9_lose_nothing_and_go_on() {
    let Some(postgres) = database() else { return };
    postgres.query("CREATE DATABASE filled").unwrap();
    let [kept, gone] = {
        let client = Client::connect(&postgres.url_of("filled")).unwrap();
        let runs = [(); 2].map(|()| run_with(&client, 4, 9000));
        client.call(DeleteRun { run_id: runs[1].clone() }).unwrap();
        runs
    };
    let count = |yard: &Yard, uri: &str| {
        let stats = yard.json(&["db", "stats", "--backend-store-uri", uri]);
        (stats["points"].as_i64(), stats["rows"].as_i64())
    };
    let all: Vec<i64> = (0..9000).collect();
    killed_at_work(&postgres, "filled", &["db", "pack", "--backend-store-uri"], |yard, uri| {
        assert_eq!(count(yard, uri), (Some(72_000), Some(0)));
        let client = Client::connect(uri).unwrap();
        assert_eq!((steps(&client, &kept), steps(&client, &gone)), (all.clone(), all.clone()));
        drop_copy(&postgres, uri, client);
    });
    killed_at_work(&postgres, "filled", &["gc", "--artifacts-destination", ".", "--backend-store-uri"], |yard, uri| {
        assert_eq!(count(yard, uri).0, Some(36_000));
        let client = Client::connect(uri).unwrap();
        assert_eq!(steps(&client, &kept), all);
        drop_copy(&postgres, uri, client);
    });
    postgres.query("CREATE DATABASE fresh").unwrap();
    killed_at_work(&postgres, "fresh", &["runs", "list", "--tracking-uri"], |_, uri| {
        let client = Client::connect(uri).unwrap();
        let request = SearchRuns { experiment_ids: vec!["0".into()], ..SearchRuns::default() };
        assert_eq!(client.call(request).unwrap().runs, []);
        drop_copy(&postgres, uri, client);
    });
}

/// Closes a client of a copy and removes that.
fn drop_copy(postgres: &Postgres, uri: &str, client: Client) {
    drop(client);
    let name = uri.rsplit('/').next().unwrap();
    postgres.query(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
}
