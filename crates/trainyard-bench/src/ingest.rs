//! The load of bulk ingest, which no generator of text requests can send: the bench makes and sends it itself.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use trainyard_api::ingest::{self, Ingest, RunBatch, Series};

use crate::http::Connection;
use crate::seed::FIRST_TIME;
use crate::wrk::Outcome;

/// Metrics of one request.
pub const KEYS: u64 = 10;
/// Points of each metric in one request.
const POINTS_EACH: u64 = 1000;
/// Points of one request.
pub const POINTS: u64 = KEYS * POINTS_EACH;

const PATH: &str = "/api/trainyard/v1/ingest";

/// Whether a server takes it.
pub fn is_served(server: SocketAddr) -> Result<bool> {
    let body = Ingest::encode(&[])?;
    Ok(Connection::open(server)?.send_as(ingest::CONTENT_TYPE, "POST", PATH, body.body()).is_ok())
}

/// Sends what belongs to some runs, each of which has to be accepted.
pub fn send_parts(connection: &mut Connection, parts: &[RunBatch]) -> Result<()> {
    let body = Ingest::encode(parts)?;
    let answer: Value = serde_json::from_slice(connection.send_as(ingest::CONTENT_TYPE, "POST", PATH, body.body())?)?;
    let runs = answer["runs"].as_array().map_or(&[][..], Vec::as_slice);
    let refused = runs.iter().find(|run| run["status"] != "accepted");
    ensure!(runs.len() == parts.len() && refused.is_none(), "{} runs were answered, {refused:?}", runs.len());
    Ok(())
}

/// Sends requests for so long, each connection to runs of its own in turn.
pub fn send(server: SocketAddr, runs: &[String], connections: u32, time: Duration) -> Result<Outcome> {
    let began = Instant::now();
    let work = |first: usize| -> Result<Vec<f64>> {
        let mut connection = Connection::open(server)?;
        let own: Vec<&String> = runs.iter().skip(first).step_by(connections as usize).collect();
        let mut times = Vec::new();
        while began.elapsed() < time {
            let (run, round) = (own[times.len() % own.len()], times.len() / own.len());
            let body = request(run, round as u64)?;
            let sent = Instant::now();
            let answer = connection.send_as(ingest::CONTENT_TYPE, "POST", PATH, body.body())?;
            times.push(sent.elapsed().as_secs_f64() * 1e3);
            let answer: Value = serde_json::from_slice(answer)?;
            ensure!(answer["runs"][0]["status"] == "accepted", "a request was answered {answer}");
        }
        Ok(times)
    };
    let times = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..connections as usize).map(|first| scope.spawn(move || work(first))).collect();
        let mut times = Vec::new();
        for one in threads {
            times.extend(one.join().map_err(|_| anyhow!("a sending thread panicked"))??);
        }
        anyhow::Ok(times)
    })?;
    Outcome::of_times(times, began.elapsed()).context("no request was answered")
}

/// All points of one request to a run; none of them has been sent before.
fn request(run: &str, round: u64) -> Result<Ingest> {
    let steps: Vec<i64> = (round * POINTS_EACH..(round + 1) * POINTS_EACH).map(|step| step as i64).collect();
    let timestamps: Vec<i64> = steps.iter().map(|step| FIRST_TIME + step).collect();
    let values: Vec<f64> = steps.iter().map(|step| 1.0 / (step + 1) as f64).collect();
    let series = (0..KEYS).map(|key| Series {
        key: format!("key{key}"),
        steps: steps.clone(),
        timestamps: timestamps.clone(),
        values: values.clone(),
        ..Series::default()
    });
    Ok(Ingest::encode(&[RunBatch { run_id: run.into(), series: series.collect(), ..RunBatch::default() }])?)
}
