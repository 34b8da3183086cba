//! The data that servers are filled with, through the same HTTP requests for each of them. All of it follows from the
//! numbers of run, metric and step, so that answers can be checked without keeping what was sent.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::thread;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use trainyard_api::Param;
use trainyard_api::ingest::{RunBatch, Series};

use crate::http::Connection;
use crate::ingest;

/// When the first run began, in milliseconds.
pub const FIRST_TIME: i64 = 1_700_000_000_000;
/// Params, metrics and tags of each run.
pub const PARAMS: u64 = 10;
/// See [`PARAMS`].
pub const METRICS: u64 = 10;
/// See [`PARAMS`].
pub const TAGS: u64 = 5;
/// Points of one log-batch.
const BATCH: u64 = 1000;
/// Runs of one bulk ingest.
const INGESTED: u64 = 1000;

/// SplitMix64: the same numbers everywhere, without a look of order.
fn mixed(a: u64, b: u64) -> u64 {
    let mut z = (a << 32 ^ b).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// From 0 to 1, with all 53 bits.
fn unit(a: u64, b: u64) -> f64 {
    (mixed(a, b) >> 11) as f64 / (1_u64 << 53) as f64
}

/// The value of metric `m<metric>` of a run.
pub fn metric(run: u64, metric: u64) -> f64 {
    unit(run, metric)
}

/// The text of param `p<param>` of a run, one of ten.
pub fn param(run: u64, param: u64) -> String {
    (mixed(run, 100 + param) % 10).to_string()
}

/// The text of tag `t<tag>` of a run, one of five.
pub fn tag(run: u64, tag: u64) -> String {
    (mixed(run, 200 + tag) % 5).to_string()
}

/// The name of a run.
pub fn run_name(run: u64) -> String {
    format!("run-{run:07}")
}

/// A loss that falls and is noisy in all its bits, as one computed in double precision is.
pub fn loss(series: u64, step: u64) -> f64 {
    2.0 * (-(step as f64) / 20_000.0).exp() + 0.1 + 0.05 * (unit(series, step) - 0.5)
}

/// A step every quarter of a second, give or take some milliseconds.
pub fn loss_time(series: u64, step: u64) -> i64 {
    FIRST_TIME + (step * 250 + mixed(series, step) % 20) as i64
}

/// Makes an experiment and returns its id.
pub fn experiment(server: SocketAddr, name: &str) -> Result<String> {
    let answer = Connection::open(server)?.post("experiments/create", &json!({"name": name}))?;
    Ok(answer["experiment_id"].as_str().with_context(|| format!("no experiment id in {answer}"))?.to_owned())
}

/// Makes a run without anything in it.
pub fn empty_run(connection: &mut Connection, experiment: &str) -> Result<String> {
    let message = json!({"experiment_id": experiment, "start_time": FIRST_TIME, "run_name": "empty"});
    run_id(&connection.post("runs/create", &message)?)
}

fn run_id(answer: &Value) -> Result<String> {
    Ok(answer["run"]["info"]["run_id"].as_str().with_context(|| format!("no run id in {answer}"))?.to_owned())
}

/// Makes the runs `from..to` with all their params, metrics and tags, on a few connections.
pub fn runs(server: SocketAddr, experiment: &str, from: u64, to: u64, connections: u64) -> Result<()> {
    in_parallel(connections, |worker| {
        let mut connection = Connection::open(server)?;
        for run in (from + worker..to).step_by(connections as usize) {
            let id = create(&mut connection, experiment, run)?;
            let start = start_time(run);
            let params: Vec<_> =
                (0..PARAMS).map(|one| json!({"key": format!("p{one}"), "value": param(run, one)})).collect();
            let metrics: Vec<_> = (0..METRICS)
                .map(|one| json!({"key": format!("m{one}"), "value": metric(run, one), "timestamp": start, "step": 0}))
                .collect();
            connection.post("runs/log-batch", &json!({"run_id": id, "params": params, "metrics": metrics}))?;
        }
        Ok(())
    })
}

/// The same for many runs, to a server that has bulk ingest: each is created by a request, and the rest is sent for up to a
/// thousand runs at a time.
pub fn many_runs(server: SocketAddr, experiment: &str, from: u64, to: u64, connections: u64) -> Result<()> {
    in_parallel(connections, |worker| {
        let mut connection = Connection::open(server)?;
        let own: Vec<u64> = (from + worker..to).step_by(connections as usize).collect();
        for runs in own.chunks(INGESTED as usize) {
            let mut parts = Vec::with_capacity(runs.len());
            for run in runs {
                let id = create(&mut connection, experiment, *run)?;
                parts.push(content(id, *run));
            }
            ingest::send_parts(&mut connection, &parts)?;
        }
        Ok(())
    })
}

/// Creates a run with its tags.
fn create(connection: &mut Connection, experiment: &str, run: u64) -> Result<String> {
    let tags: Vec<_> = (0..TAGS).map(|one| json!({"key": format!("t{one}"), "value": tag(run, one)})).collect();
    let (name, start) = (run_name(run), start_time(run));
    let message = json!({"experiment_id": experiment, "run_name": name, "start_time": start, "tags": tags});
    run_id(&connection.post("runs/create", &message)?)
}

/// When a run began.
fn start_time(run: u64) -> i64 {
    FIRST_TIME + run as i64
}

/// Params and metrics of a run.
fn content(id: String, run: u64) -> RunBatch {
    let series = |one| Series {
        key: format!("m{one}"),
        steps: vec![0],
        timestamps: vec![start_time(run)],
        values: vec![metric(run, one)],
        ..Series::default()
    };
    RunBatch {
        run_id: id.into(),
        params: (0..PARAMS).map(|one| Param::new(format!("p{one}"), param(run, one))).collect(),
        series: (0..METRICS).map(series).collect(),
        ..RunBatch::default()
    }
}

/// Logs the losses of `steps` to the metrics `loss0`, `loss1`, … of a run, on a few connections.
pub fn losses(server: SocketAddr, run: &str, series: u64, steps: std::ops::Range<u64>, connections: u64) -> Result<()> {
    in_parallel(connections, |worker| {
        let mut connection = Connection::open(server)?;
        let mut body = String::new();
        let own: Vec<u64> = (worker..series).step_by(connections as usize).collect();
        // Step by step as training goes on, not one series after the other.
        let steps_at_once = (BATCH / (own.len() as u64).max(1)).max(1);
        for first in steps.clone().step_by(steps_at_once as usize) {
            body.clear();
            write!(body, r#"{{"run_id":"{run}","metrics":["#)?;
            for step in first..steps.end.min(first + steps_at_once) {
                for one in &own {
                    let comma = if body.ends_with('[') { "" } else { "," };
                    let (value, time) = (loss(*one, step), loss_time(*one, step));
                    write!(body, r#"{comma}{{"key":"loss{one}","value":{value},"timestamp":{time},"step":{step}}}"#)?;
                }
            }
            body += "]}";
            connection.send("POST", "/api/2.0/mlflow/runs/log-batch", body.as_bytes())?;
        }
        Ok(())
    })
}

/// Logs one point to each of many metrics of a run.
pub fn names(server: SocketAddr, run: &str, names: u64) -> Result<()> {
    let mut connection = Connection::open(server)?;
    for first in (0..names).step_by(BATCH as usize) {
        let metrics: Vec<_> = (first..names.min(first + BATCH))
            .map(|one| json!({"key": format!("name{one:05}"), "value": metric(0, one), "timestamp": FIRST_TIME, "step": 0}))
            .collect();
        connection.post("runs/log-batch", &json!({"run_id": run, "metrics": metrics}))?;
    }
    Ok(())
}

fn in_parallel(workers: u64, work: impl Fn(u64) -> Result<()> + Sync) -> Result<()> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        threads.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow!("a seeding thread panicked"))?)
    })
}
