//! kill -9 of the server while 8 connections log batches, again and again on one data folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use trainyard::Client;
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, GetRun, LogBatch};
use trainyard_api::{Param, RunId, Tag};
use ureq::Agent;

use crate::program::{Server, Yard, random};

const ROUNDS: usize = 20;
const CONNECTIONS: usize = 8;
const POINTS: usize = 40;
/// Keys of one batch: a batch that is half there shows wherever it was cut.
const KEYS: usize = 4;

/// What one connection sent in one round, batch by batch.
struct Sent {
    connection: usize,
    acknowledged: usize,
    /// The batch that was under way at the end, if any: it is there completely, or not at all.
    attempted: usize,
}

#[test]
fn kill_9_loses_no_acknowledged_batch_and_leaves_none_half_written() {
    let yard = Yard::new();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut server = yard.serve(&[]);
        let run_id = connect(&server).call(CreateRun::default()).unwrap().run.info.run_id;
        let sent = log_until_killed(&mut server, &run_id);
        acknowledged += sent.iter().map(|sent| sent.acknowledged).sum::<usize>();

        let restarted = yard.serve(&[]);
        let client = connect(&restarted);
        for sent in &sent {
            check(&client, &run_id, sent, round);
        }
        assert_eq!(integrity(&yard.database()), "ok", "round {round}");
    }
    assert!(acknowledged > ROUNDS, "only {acknowledged} batches were acknowledged: nothing was tested");
}

fn connect(server: &Server) -> Client {
    Client::connect(&server.url()).unwrap()
}

/// Logs on all connections, kills the server at a random moment, and says what had been sent until then.
fn log_until_killed(server: &mut Server, run_id: &RunId) -> Vec<Sent> {
    let url = format!("{}/api/2.0/mlflow/runs/log-batch", server.url());
    let start = Barrier::new(CONNECTIONS + 1);
    thread::scope(|scope| {
        let connections: Vec<_> = (0..CONNECTIONS)
            .map(|connection| {
                let (url, start) = (&url, &start);
                scope.spawn(move || {
                    start.wait();
                    log_until_refused(url, run_id, connection)
                })
            })
            .collect();
        start.wait();
        thread::sleep(Duration::from_micros(random() % 250_000));
        server.kill();
        connections.into_iter().map(|connection| connection.join().unwrap()).collect()
    })
}

fn log_until_refused(url: &str, run_id: &RunId, connection: usize) -> Sent {
    // One keep-alive connection and no retries: a batch counts as acknowledged only by its own answer.
    let agent: Agent = Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).build().into();
    let mut acknowledged = 0;
    loop {
        let body = serde_json::to_vec(&batch(run_id, connection, acknowledged)).unwrap();
        let answer = agent.post(url).content_type("application/json").send(&body[..]);
        match answer.and_then(|mut answer| answer.body_mut().read_to_string()) {
            Ok(answer) => assert_eq!(answer.split_whitespace().collect::<String>(), "{}"),
            Err(ureq::Error::StatusCode(status)) => panic!("the server answered {status}"),
            Err(_) => return Sent { connection, acknowledged, attempted: acknowledged + 1 },
        }
        acknowledged += 1;
    }
}

fn batch(run_id: &RunId, connection: usize, number: usize) -> LogBatch {
    let name = format!("c{connection}.b{number}");
    LogBatch {
        run_id: run_id.clone(),
        metrics: (0..POINTS).map(|point| metric(connection, number, point)).collect(),
        params: vec![Param::new(name.clone(), "sent")],
        tags: vec![Tag::new(name, "sent")],
    }
}

fn metric(connection: usize, number: usize, point: usize) -> Metric {
    Metric {
        key: key(connection, point % KEYS),
        value: (number * POINTS + point) as f64,
        timestamp: number as i64 + 1,
        step: point as i64,
        ..Metric::default()
    }
}

fn key(connection: usize, key: usize) -> String {
    format!("c{connection}.k{key}")
}

fn check(client: &Client, run_id: &RunId, sent: &Sent, round: usize) {
    let connection = sent.connection;
    let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for part in 0..KEYS {
        let request =
            GetMetricHistory { run_id: run_id.clone(), metric_key: key(connection, part), ..Default::default() };
        for point in client.call(request).unwrap().metrics {
            let (number, position) = (point.timestamp as usize - 1, point.step as usize);
            assert_eq!(point, metric(connection, number, position), "round {round}: a point nobody sent");
            assert!(found.entry(number).or_default().insert(position), "round {round}: {point:?} is there twice");
        }
    }
    let run = client.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run;
    for number in 0..sent.attempted {
        let name = format!("c{connection}.b{number}");
        let points = found.remove(&number).unwrap_or_default().len();
        let param = run.data.params.iter().any(|param| param.key == name);
        let tag = run.data.tags.iter().any(|tag| tag.key == name);
        let whole = (points, param, tag) == (POINTS, true, true);
        let absent = (points, param, tag) == (0, false, false);
        assert!(whole || absent, "round {round}: batch {name} is half there: {points} points, {param}, {tag}");
        assert!(whole || number >= sent.acknowledged, "round {round}: acknowledged batch {name} is lost");
    }
    assert!(found.is_empty(), "round {round}: batches nobody sent: {found:?}");
}

fn integrity(database: &Path) -> String {
    let database = Connection::open(database).unwrap();
    database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}
