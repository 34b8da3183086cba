//! The server operations that are compared: what is sent, and the proof that the answers hold the data they have to.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::http::Connection;
use crate::ingest;
use crate::seed;
use crate::servers::{Program, Server};
use crate::wrk::{Outcome, Script, Wrk};

/// Runs that are searched.
pub const RUNS: u64 = 2_000;
/// Points of the history that is read.
pub const POINTS: u64 = 100_000;
/// Points that a downsampled history is asked for.
pub const BUCKETS: u64 = 1_000;
const PAGE: u64 = 25_000;
/// Runs that are logged to in turn.
const TARGETS: usize = 32;
/// Points of one log-batch request, spread over [`BATCH_KEYS`] metrics.
pub const BATCH_POINTS: u64 = 1000;
const BATCH_KEYS: u64 = 10;

const FILL_STOCK: &str = include_str!("stock_store.py");

/// What a server has been filled with.
#[derive(Debug, Clone)]
pub struct Seeded {
    experiment: String,
    long_run: String,
}

/// Fills a server: runs to search, and a long history.
pub fn fill(server: &Server) -> Result<Seeded> {
    let experiment = seed::experiment(server.address, "searched")?;
    seed::runs(server.address, &experiment, 0, RUNS, 2)?;
    let other = seed::experiment(server.address, "histories")?;
    let long_run = seed::empty_run(&mut Connection::open(server.address)?, &other)?;
    seed::losses(server.address, &long_run, 1, 0..POINTS, 1)?;
    Ok(Seeded { experiment, long_run })
}

/// Fills the store of stock, whose server is stopped meanwhile: through the API it takes minutes.
pub fn fill_stock(program: &Program, server: Server) -> Result<(TempDir, Seeded)> {
    let experiment = seed::experiment(server.address, "searched")?;
    let histories = seed::experiment(server.address, "histories")?;
    let folder = server.stop().context("the data folder of stock")?;
    let mut lines = String::new();
    for run in 0..RUNS {
        let metrics: Map<_, _> =
            (0..seed::METRICS).map(|one| (format!("m{one}"), seed::metric(run, one).into())).collect();
        let params: Map<_, _> =
            (0..seed::PARAMS).map(|one| (format!("p{one}"), seed::param(run, one).into())).collect();
        let tags: Map<_, _> = (0..seed::TAGS).map(|one| (format!("t{one}"), seed::tag(run, one).into())).collect();
        let start = seed::FIRST_TIME + run as i64;
        lines += &format!("{}\n", json!(["run", seed::run_name(run), start, tags, params, metrics]));
    }
    for step in 0..POINTS {
        lines += &format!("{}\n", json!(["point", "loss0", seed::loss(0, step), seed::loss_time(0, step), step]));
    }
    let database = folder.path().join("store.db").display().to_string();
    let long_run = program.python(FILL_STOCK, &[&database, &experiment, &histories], &lines)?;
    Ok((folder, Seeded { experiment, long_run }))
}

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Operation {
    /// One point.
    LogMetric,
    /// A run with four tags.
    CreateRun,
    /// 1000 points of ten metrics.
    LogBatch,
    /// 10,000 points of ten metrics, in the binary form of our own client.
    Ingest,
    /// A page of runs by metric, param and tag, ordered by a metric.
    Search,
    /// All points of a metric, page by page.
    FullHistory,
    /// A thousand points of a long history.
    Downsampled,
}

/// A load that is ready to be sent.
pub struct Load {
    send: Send,
    check: Check,
}

enum Send {
    Wrk {
        script: Script,
        arguments: Vec<String>,
    },
    /// Bulk ingest to these runs.
    Ingest(Vec<String>),
    /// Whole histories, some of which take longer than a load lasts.
    Pages(Vec<String>),
}

enum Check {
    Points {
        runs: Vec<String>,
        keys: u64,
        points_each: u64,
    },
    Runs {
        experiment: String,
    },
    /// Reads are checked before the load.
    Done,
}

impl Operation {
    /// As it stands in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::LogMetric => "log-metric",
            Self::CreateRun => "create run",
            Self::LogBatch => "log-batch of 1000",
            Self::Ingest => "binary ingest of 10,000",
            Self::Search => "runs/search of 2,000 runs",
            Self::FullHistory => "full history of 100,000 points",
            Self::Downsampled => "100,000 points → 1,000",
        }
    }

    /// Makes what the load needs, and checks the answers of reads. `None`: the server has no such operation.
    pub fn prepare(self, server: &Server, seeded: &Seeded, wrk: &Wrk) -> Result<Option<Load>> {
        let mut connection = Connection::open(server.address)?;
        let (script, arguments, check) = match self {
            Self::LogMetric | Self::LogBatch => {
                let batch = self == Self::LogBatch;
                let experiment = seed::experiment(server.address, &unique("logged"))?;
                let runs =
                    (0..TARGETS).map(|_| seed::empty_run(&mut connection, &experiment)).collect::<Result<Vec<_>>>()?;
                let file = wrk.file("runs", &runs)?;
                let (script, keys, points_each) =
                    if batch { (Script::LogBatch, BATCH_KEYS, BATCH_POINTS) } else { (Script::LogMetric, 1, 1) };
                (script, vec![file], Check::Points { runs, keys, points_each })
            }
            Self::Ingest => {
                if !ingest::is_served(server.address)? {
                    return Ok(None);
                }
                let experiment = seed::experiment(server.address, &unique("ingested"))?;
                let runs =
                    (0..TARGETS).map(|_| seed::empty_run(&mut connection, &experiment)).collect::<Result<Vec<_>>>()?;
                let check = Check::Points { runs: runs.clone(), keys: ingest::KEYS, points_each: ingest::POINTS };
                return Ok(Some(Load { send: Send::Ingest(runs), check }));
            }
            Self::CreateRun => {
                let experiment = seed::experiment(server.address, &unique("created"))?;
                (Script::CreateRun, vec![experiment.clone()], Check::Runs { experiment })
            }
            Self::Search => {
                let message = search(&seeded.experiment);
                check_search(&connection.post("runs/search", &message)?)?;
                (Script::Search, vec![wrk.file("search", &[message.to_string()])?], Check::Done)
            }
            Self::FullHistory => {
                let pages = history_pages(&mut connection, &seeded.long_run)?;
                return Ok(Some(Load { send: Send::Pages(pages), check: Check::Done }));
            }
            Self::Downsampled => {
                let path = interval_path(&seeded.long_run, "loss0");
                // FastTrackML has no such route.
                let answer = match connection.send("GET", &path, b"") {
                    Err(error) if error.to_string().contains("status 404") => return Ok(None),
                    answer => answer?,
                };
                check_interval(&serde_json::from_slice(answer)?)?;
                (Script::Get, vec![wrk.file("interval", &[path])?], Check::Done)
            }
        };
        Ok(Some(Load { send: Send::Wrk { script, arguments }, check }))
    }
}

impl Load {
    /// Requests that make one operation.
    pub fn requests_each(&self) -> u64 {
        match &self.send {
            Send::Wrk { .. } | Send::Ingest(_) => 1,
            Send::Pages(paths) => paths.len() as u64,
        }
    }

    /// Sends it for so long; at least one whole operation.
    pub fn send(
        &self,
        server: SocketAddr,
        wrk: &Wrk,
        connections: u32,
        time: Duration,
        quick_ack: bool,
    ) -> Result<Outcome> {
        match &self.send {
            Send::Wrk { script, arguments } => {
                wrk.start(server, *script, connections, time, quick_ack, arguments)?.finish()
            }
            Send::Ingest(runs) => ingest::send(server, runs, connections, time),
            Send::Pages(paths) => read_pages(server, paths, time, quick_ack),
        }
    }

    /// Reads back what was acknowledged. Requests that were on their way at the end may be stored too, one a connection.
    pub fn verify(&self, server: SocketAddr, outcome: &Outcome, connections: u32) -> Result<()> {
        let (stored, each) = match &self.check {
            Check::Points { runs, keys, points_each } => (stored_points(server, runs, *keys)?, *points_each),
            Check::Runs { experiment } => (stored_runs(server, experiment)?, 1),
            Check::Done => return Ok(()),
        };
        let acknowledged = outcome.requests * each;
        let sent = (outcome.requests + outcome.refused + u64::from(connections)) * each;
        ensure!(
            (acknowledged..=sent).contains(&stored),
            "{acknowledged} were acknowledged and at most {sent} sent, but {stored} are stored"
        );
        Ok(())
    }
}

/// The search of the comparison and of the table of sizes.
pub fn search(experiment: &str) -> Value {
    json!({
        "experiment_ids": [experiment],
        "filter": "metrics.m0 > 0.5 AND params.p0 = '3' AND tags.t0 = '2'",
        "order_by": ["metrics.m1 DESC"],
        "max_results": 100,
    })
}

fn check_search(answer: &Value) -> Result<()> {
    let found = |run: u64| seed::metric(run, 0) > 0.5 && seed::param(run, 0) == "3" && seed::tag(run, 0) == "2";
    let mut expected: Vec<u64> = (0..RUNS).filter(|run| found(*run)).collect();
    expected.sort_by(|a, b| seed::metric(*b, 1).total_cmp(&seed::metric(*a, 1)));
    expected.truncate(100);
    let runs = answer["runs"].as_array().context("a search without runs")?;
    ensure!(runs.len() == expected.len(), "{} runs were found instead of {}", runs.len(), expected.len());
    for (run, expected) in runs.iter().zip(expected) {
        let name = seed::run_name(expected);
        ensure!(run["info"]["run_name"] == name, "{} was found where {name} belongs", run["info"]["run_name"]);
        let data = |kind: &str, key: String| {
            let entries = run["data"][kind].as_array().into_iter().flatten();
            entries
                .into_iter()
                .find(|entry| entry["key"] == key)
                .map(|entry| entry["value"].clone())
                .unwrap_or_default()
        };
        for one in 0..seed::METRICS {
            ensure!(data("metrics", format!("m{one}")) == seed::metric(expected, one), "m{one} of {name} is another");
        }
        for one in 0..seed::PARAMS {
            ensure!(data("params", format!("p{one}")) == seed::param(expected, one), "p{one} of {name} is another");
        }
        for one in 0..seed::TAGS {
            ensure!(data("tags", format!("t{one}")) == seed::tag(expected, one), "t{one} of {name} is another");
        }
    }
    Ok(())
}

/// The paths of all pages, each point of which is compared with what was sent.
fn history_pages(connection: &mut Connection, run: &str) -> Result<Vec<String>> {
    let first = format!("/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=loss0&max_results={PAGE}");
    let mut paths = vec![first.clone()];
    let mut step = 0;
    loop {
        let path = paths.last().context("a first page")?;
        let answer: Value = serde_json::from_slice(connection.send("GET", path, b"")?)?;
        for metric in answer["metrics"].as_array().into_iter().flatten() {
            check_loss(metric)?;
            ensure!(metric["step"] == step, "step {} came where {step} belongs", metric["step"]);
            step += 1;
        }
        match answer["next_page_token"].as_str() {
            Some(token) if !token.is_empty() => {
                let token: String = token.bytes().map(escaped).collect();
                paths.push(format!("{first}&page_token={token}"));
            }
            _ => break,
        }
    }
    ensure!(step == POINTS, "a history of {step} points instead of {POINTS}");
    Ok(paths)
}

fn read_pages(server: SocketAddr, paths: &[String], duration: Duration, quick_ack: bool) -> Result<Outcome> {
    let mut connection = if quick_ack { Connection::open(server)? } else { Connection::ordinary(server)? };
    let mut times = Vec::new();
    let began = Instant::now();
    while began.elapsed() < duration {
        for path in paths {
            let sent = Instant::now();
            connection.send("GET", path, b"")?;
            times.push(sent.elapsed().as_secs_f64() * 1e3);
        }
    }
    Outcome::of_times(times, began.elapsed()).context("no page was read")
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// The path of a downsampled history.
pub fn interval_path(run: &str, key: &str) -> String {
    format!(
        "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids={run}&metric_key={key}&max_results={BUCKETS}"
    )
}

/// Which points are chosen is the server's affair, but each is one that was logged, and both ends are there.
fn check_interval(answer: &Value) -> Result<()> {
    let metrics = answer["metrics"].as_array().context("an interval without metrics")?;
    ensure!(metrics.len() as u64 >= BUCKETS / 2, "{} points instead of about {BUCKETS}", metrics.len());
    metrics.iter().try_for_each(check_loss)?;
    let steps: Vec<_> = metrics.iter().filter_map(|metric| metric["step"].as_u64()).collect();
    ensure!(steps.is_sorted(), "steps out of order");
    ensure!(steps.first() == Some(&0) && steps.last() == Some(&(POINTS - 1)), "an end of the history is missing");
    Ok(())
}

fn check_loss(metric: &Value) -> Result<()> {
    let step = metric["step"].as_u64().with_context(|| format!("no step in {metric}"))?;
    ensure!(
        metric["value"] == seed::loss(0, step) && metric["timestamp"] == seed::loss_time(0, step),
        "{metric} is not what was logged"
    );
    Ok(())
}

fn stored_points(server: SocketAddr, runs: &[String], keys: u64) -> Result<u64> {
    // Without taking the JSON apart: there may be millions.
    const FIELD: &[u8] = b"\"timestamp\"";
    let mut connection = Connection::open(server)?;
    let mut stored = 0;
    for id in runs {
        let run: Value = serde_json::from_slice(connection.get(&format!("runs/get?run_id={id}"))?)?;
        for metric in run["run"]["data"]["metrics"].as_array().into_iter().flatten() {
            let step = metric["step"].as_u64().with_context(|| format!("no step in {metric}"))?;
            ensure!(metric["value"] == 1.0 / (step + 1) as f64, "the latest of run {id} is {metric}");
        }
        for key in 0..keys {
            let history = connection.get(&format!("metrics/get-history?run_id={id}&metric_key=key{key}"))?;
            stored += history.windows(FIELD.len()).filter(|window| *window == FIELD).count() as u64;
        }
    }
    Ok(stored)
}

/// Counts the runs by their names, which have to be different.
fn stored_runs(server: SocketAddr, experiment: &str) -> Result<u64> {
    let mut connection = Connection::open(server)?;
    let mut names = BTreeSet::new();
    let mut message = json!({"experiment_ids": [experiment], "max_results": 5000});
    loop {
        let answer = connection.post("runs/search", &message)?;
        for run in answer["runs"].as_array().into_iter().flatten() {
            let name = run["info"]["run_name"].as_str().context("a run without a name")?.to_owned();
            ensure!(names.insert(name), "the run {} was created twice", run["info"]["run_name"]);
        }
        match answer["next_page_token"].as_str() {
            Some(token) if !token.is_empty() => message["page_token"] = token.into(),
            _ => return Ok(names.len() as u64),
        }
    }
}

/// A name that no earlier round has used.
fn unique(name: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
