//! Several servers on one PostgreSQL database, which is restarted under them.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use trainyard::{Client, Error};
use trainyard_api::ErrorCode;
use trainyard_api::metrics::{GetMetricHistory, LogMetric};
use trainyard_api::runs::{CreateRun, GetRun};

use crate::program::Yard;
use database::Postgres;

// A server of this test's own: others would not like to see theirs restarted.
#[path = "../../../../xtask/src/postgres.rs"]
mod database;

const URL: &str = "TRAINYARD_TEST_POSTGRES_URL";

/// A database server; none, said aloud, where nothing is to be tested on PostgreSQL.
fn database() -> Option<Postgres> {
    if std::env::var_os(URL).is_none() {
        let _ = writeln!(std::io::stderr(), "SKIPPED on PostgreSQL: {URL} is not set");
        return None;
    }
    Some(Postgres::start().unwrap())
}

/// Logs one step after the other until it is told to stop; how many were acknowledged.
fn log(client: &Client, run_id: &trainyard_api::RunId, logged: &AtomicI64, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let step = logged.load(Ordering::Relaxed);
        let point = LogMetric {
            run_id: run_id.clone(),
            key: "loss".into(),
            value: Some(step as f64),
            timestamp: Some(1),
            step,
            ..LogMetric::default()
        };
        match client.call(point) {
            Ok(_) => logged.store(step + 1, Ordering::Relaxed),
            Err(Error::Api(error)) => assert_eq!(error.error_code, ErrorCode::TemporarilyUnavailable, "{error}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn servers_lose_nothing_when_postgresql_restarts_under_load() {
    let Some(mut postgres) = database() else { return };
    let yard = Yard::new();
    let uri = postgres.url();
    let flags = ["--backend-store-uri", &uri];
    let servers = [yard.serve(&flags), yard.serve(&flags)];
    let clients = servers.each_ref().map(|server| Client::connect(&server.url()).unwrap());
    let run_ids = clients.each_ref().map(|client| client.call(CreateRun::default()).unwrap().run.info.run_id);
    let logged = [const { AtomicI64::new(0) }; 2];
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for index in [0, 1] {
            let (client, run_id, logged, stop) = (&clients[index], &run_ids[index], &logged[index], &stop);
            scope.spawn(move || log(client, run_id, logged, stop));
        }
        for _ in 0..2 {
            let before = logged.each_ref().map(|logged| logged.load(Ordering::Relaxed));
            // Both have logged something since the start or the last restart.
            while logged.iter().zip(before).any(|(logged, before)| logged.load(Ordering::Relaxed) < before + 10) {
                thread::sleep(Duration::from_millis(5));
            }
            postgres.restart().unwrap();
        }
        let before = logged.each_ref().map(|logged| logged.load(Ordering::Relaxed));
        while logged.iter().zip(before).any(|(logged, before)| logged.load(Ordering::Relaxed) < before + 10) {
            thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
    });
    for (index, run_id) in run_ids.iter().enumerate() {
        let acknowledged = logged[index].load(Ordering::Relaxed);
        // Asked of the other server, which holds nothing of its own.
        let client = &clients[1 - index];
        let history =
            GetMetricHistory { run_id: run_id.clone(), metric_key: "loss".into(), ..GetMetricHistory::default() };
        let steps: Vec<i64> = client.call(history).unwrap().metrics.iter().map(|point| point.step).collect();
        assert_eq!(steps, (0..acknowledged).collect::<Vec<_>>());
        let run = client.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run;
        assert_eq!(run.data.metrics[0].step, acknowledged - 1);
    }

    // The same database without a server.
    let listed = yard.json(&["runs", "list", "--tracking-uri", &uri]);
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
    let checked = yard.json(&["db", "check", "--backend-store-uri", &uri]);
    assert_eq!(checked["problems"].as_array().map(Vec::len), Some(0), "{checked}");
    for server in servers {
        server.signal("TERM");
        assert_eq!(server.end().code, Some(0));
    }
}
