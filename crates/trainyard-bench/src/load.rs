//! log-metric and log-batch over HTTP: requests per second, processor time per request, and the proof that every
//! acknowledged point is there afterwards.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail, ensure};
use serde_json::{Value, json};

use crate::http::Connection;
use crate::report::{Report, Row, median};
use crate::servers::{Program, Server, Side};

const FIRST_TIME: i64 = 1_700_000_000_000;
/// Points of one log-batch request, spread over [`BATCH_KEYS`] metrics.
const BATCH_POINTS: i64 = 1000;
const BATCH_KEYS: i64 = 10;

/// What is sent again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    LogMetric,
    LogBatch,
}

impl Kind {
    fn route(self) -> &'static str {
        match self {
            Self::LogMetric => "/api/2.0/mlflow/runs/log-metric",
            Self::LogBatch => "/api/2.0/mlflow/runs/log-batch",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::LogMetric => "log-metric",
            Self::LogBatch => "log-batch of 1000",
        }
    }

    /// After so many requests a connection goes on with a new run, so that histories keep the size of real ones.
    fn requests_per_run(self) -> i64 {
        match self {
            Self::LogMetric => 10_000,
            Self::LogBatch => 100,
        }
    }

    fn points_per_request(self) -> i64 {
        match self {
            Self::LogMetric => 1,
            Self::LogBatch => BATCH_POINTS,
        }
    }

    fn keys(self) -> i64 {
        match self {
            Self::LogMetric => 1,
            Self::LogBatch => BATCH_KEYS,
        }
    }

    /// The request number `number` to a run. Every point has its own step; its value follows from it.
    fn body(self, run_id: &str, number: i64) -> Vec<u8> {
        match self {
            Self::LogMetric => format!(
                r#"{{"run_id":"{run_id}","key":"key0","value":{},"timestamp":{},"step":{number}}}"#,
                value_at(number),
                FIRST_TIME + number
            )
            .into_bytes(),
            Self::LogBatch => {
                let mut body = format!(r#"{{"run_id":"{run_id}","metrics":["#);
                for point in 0..BATCH_POINTS {
                    let step = (number * BATCH_POINTS + point) / BATCH_KEYS;
                    let comma = if point == 0 { "" } else { "," };
                    body += &format!(
                        r#"{comma}{{"key":"key{}","value":{},"timestamp":{},"step":{step}}}"#,
                        point % BATCH_KEYS,
                        value_at(step),
                        FIRST_TIME + step
                    );
                }
                body += "]}";
                body.into_bytes()
            }
        }
    }
}

fn value_at(step: i64) -> f64 {
    1.0 / (step + 1) as f64
}

/// A run and how many requests to it were acknowledged.
struct Logged {
    run_id: String,
    requests: i64,
}

/// What one load on one server came to.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    requests_per_second: f64,
    cpu_ms_per_request: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// Loads both servers in turn, `rounds` times each way.
pub fn measure(ours: &Program, stock: &Program, duration: Duration, rounds: usize, report: &mut Report) -> Result<()> {
    let servers = [(Side::Ours, ours.start()?), (Side::Stock, stock.start()?)];
    for (side, server) in &servers {
        eprintln!("==> wait until {} has settled", side.name());
        server.settle()?;
    }
    let mut rows = Vec::new();
    for kind in [Kind::LogMetric, Kind::LogBatch] {
        for connections in [1, 8] {
            let mut outcomes = [Vec::new(), Vec::new()];
            for round in 1..=rounds {
                for (index, (side, server)) in servers.iter().enumerate() {
                    let title = format!("{}, {connections} connections, {}", kind.name(), side.name());
                    eprintln!("==> {title} ({round} of {rounds})");
                    let outcome = load(server, kind, connections, duration)?;
                    eprintln!(
                        "    {:.1} requests/s, {:.3} ms of processor each, p50 {:.2} ms, p99 {:.2} ms",
                        outcome.requests_per_second, outcome.cpu_ms_per_request, outcome.p50_ms, outcome.p99_ms
                    );
                    outcomes[index].push(outcome);
                }
            }
            let middle = |index: usize, figure: fn(&Outcome) -> f64| {
                median(&mut outcomes[index].iter().map(figure).collect::<Vec<_>>())
            };
            let both = |figure| (middle(0, figure), middle(1, figure));
            let name = format!("{}, {connections} connection{}", kind.name(), if connections == 1 { "" } else { "s" });
            let (a, b) = both(|outcome| outcome.requests_per_second);
            rows.push(Row::more(&format!("{name}: requests"), "/s", a, b));
            let (a, b) = both(|outcome| outcome.cpu_ms_per_request);
            let expected = if kind == Kind::LogMetric { 100.0 } else { 50.0 };
            rows.push(Row::less(&format!("{name}: processor time each"), "ms", a, b).at_least_times(expected));
            let (a, b) = both(|outcome| outcome.p50_ms);
            rows.push(Row::less(&format!("{name}: answered in, median"), "ms", a, b));
            let (a, b) = both(|outcome| outcome.p99_ms);
            rows.push(Row::less(&format!("{name}: answered in, 99th of 100"), "ms", a, b));
        }
    }
    report.section(
        "Logging metrics over HTTP",
        "load",
        &format!(
            "Plain threads, each with one kept connection and a run of its own (a new one after 10,000 log-metric or 100 \
             log-batch requests), send the next request when the last is answered, for {:.0} s; median of {rounds} \
             rounds, the servers taking turns on the same machine as the load. A log-batch holds 1000 points of 10 \
             metrics. Processor time is that of the server with all its workers, from /proc. Afterwards every run is \
             read back from either server: the number of points of each metric and its latest value have to be what was \
             acknowledged.\n\n\
             Requests per second depend on the disk, on waiting and on the load itself, which runs on the same \
             processors; the expectation is about processor time. On one connection every log-metric is a transaction \
             of its own with its own flush to disk; on eight, the ones that wait share a transaction.",
            duration.as_secs_f64()
        ),
        rows,
    );
    Ok(())
}

fn load(server: &Server, kind: Kind, connections: usize, duration: Duration) -> Result<Outcome> {
    // One request each outside of the count, so that neither side pays for its first use.
    drop(drive(server.address, kind, Duration::ZERO)?);
    let before = server.usage()?;
    let began = Instant::now();
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let address = server.address;
            thread::spawn(move || drive(address, kind, duration))
        })
        .collect();
    let mut logged = Vec::new();
    let mut latencies = Vec::new();
    for thread in threads {
        let (runs, times) = thread.join().map_err(|_| anyhow!("a load thread panicked"))??;
        logged.extend(runs);
        latencies.extend(times);
    }
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = server.usage()?.cpu - before.cpu;
    let requests = latencies.len() as f64;
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    verify(server.address, kind, &logged)?;
    Ok(Outcome {
        requests_per_second: requests / elapsed,
        cpu_ms_per_request: cpu.as_secs_f64() * 1e3 / requests,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
    })
}

/// Sends requests until the time is over, at least one.
fn drive(address: SocketAddr, kind: Kind, duration: Duration) -> Result<(Vec<Logged>, Vec<Duration>)> {
    let mut connection = Connection::open(address)?;
    let mut runs: Vec<Logged> = Vec::new();
    let mut latencies = Vec::new();
    let began = Instant::now();
    loop {
        if runs.last().is_none_or(|run| run.requests == kind.requests_per_run()) {
            let answer = connection.post("runs/create", &json!({"experiment_id": "0", "start_time": FIRST_TIME}))?;
            let run_id = answer["run"]["info"]["run_id"].as_str().ok_or_else(|| anyhow!("no run id in {answer}"))?;
            runs.push(Logged { run_id: run_id.to_owned(), requests: 0 });
        }
        let Some(run) = runs.last_mut() else { bail!("no run to log to") };
        let body = kind.body(&run.run_id, run.requests);
        let sent = Instant::now();
        connection.send("POST", kind.route(), &body)?;
        latencies.push(sent.elapsed());
        run.requests += 1;
        if began.elapsed() >= duration {
            return Ok((runs, latencies));
        }
    }
}

/// Reads every run back: all points are there, and the latest value is that of the last step.
fn verify(address: SocketAddr, kind: Kind, logged: &[Logged]) -> Result<()> {
    let mut connection = Connection::open(address)?;
    for Logged { run_id, requests } in logged {
        let points = requests * kind.points_per_request() / kind.keys();
        let run: Value = serde_json::from_slice(connection.get(&format!("runs/get?run_id={run_id}"))?)?;
        let metrics = run["run"]["data"]["metrics"].as_array().map_or(&[][..], Vec::as_slice);
        ensure!(metrics.len() as i64 == kind.keys(), "run {run_id} has {} metrics", metrics.len());
        for metric in metrics {
            ensure!(
                metric["step"] == points - 1 && metric["value"] == value_at(points - 1),
                "run {run_id} was sent {points} points, but its latest is {metric}"
            );
        }
        for key in 0..kind.keys() {
            let found = stored_points(&mut connection, run_id, key)?;
            ensure!(found == points, "key{key} of run {run_id}: {points} points acknowledged, {found} stored");
        }
    }
    Ok(())
}

/// Counts the points of a history without taking its JSON apart.
fn stored_points(connection: &mut Connection, run_id: &str, key: i64) -> Result<i64> {
    const FIELD: &[u8] = b"\"timestamp\"";
    let history = connection.get(&format!("metrics/get-history?run_id={run_id}&metric_key=key{key}"))?;
    Ok(history.windows(FIELD.len()).filter(|window| *window == FIELD).count() as i64)
}
