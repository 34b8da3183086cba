//! Bulk ingest and log-batch over HTTP, the server in this process: `cargo bench -p trainyard-bench --bench ingest`.
//!
//! Requests are made before the clock starts, and every load goes to runs of its own.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use trainyard_api::ingest::{CONTENT_TYPE, Ingest, RunBatch, Series};
use trainyard_server::{Server, ServerConfig};

/// How long requests are sent.
const DURATION: Duration = Duration::from_secs(3);

/// What one request holds, and how many connections send such.
struct Load {
    form: Form,
    connections: usize,
    series: usize,
    points_per_series: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Ingest,
    LogBatch,
}

impl Form {
    fn path_and_type(self) -> (&'static str, &'static str) {
        match self {
            Self::Ingest => ("/api/trainyard/v1/ingest", CONTENT_TYPE),
            Self::LogBatch => ("/api/2.0/mlflow/runs/log-batch", "application/json"),
        }
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let config = ServerConfig {
        port: 0,
        backend_store_uri: format!("sqlite:///{}", folder.path().join("bench.db").display()),
        artifacts_destination: folder.path().join("artifacts").display().to_string(),
        ..ServerConfig::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime.block_on(Server::bind(config)).unwrap();
    let address = server.url().trim_start_matches("http://").to_owned();
    runtime.spawn(server.run(std::future::pending()));
    let loads = [
        Load { form: Form::Ingest, connections: 2, series: 10, points_per_series: 10_000 },
        Load { form: Form::Ingest, connections: 2, series: 10, points_per_series: 1000 },
        Load { form: Form::Ingest, connections: 2, series: 1, points_per_series: 100_000 },
        Load { form: Form::LogBatch, connections: 4, series: 10, points_per_series: 100 },
    ];
    for load in loads {
        let threads: Vec<_> = (0..load.connections)
            .map(|_| {
                let address = address.clone();
                let Load { form, series, points_per_series, .. } = load;
                thread::spawn(move || drive(&address, form, series, points_per_series))
            })
            .collect();
        let rate: f64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        let Load { form, connections, series, points_per_series } = load;
        let form = if form == Form::Ingest { "ingest" } else { "log-batch" };
        eprintln!("{form}, {connections} connections, {series} series of {points_per_series}: {rate:.0} points/s");
    }
}

/// Sends requests to one run after the other until the time is over; returns points per second.
fn drive(address: &str, form: Form, series: usize, points: usize) -> f64 {
    const REQUESTS: usize = 32;
    let mut connection = Connection(BufReader::new(TcpStream::connect(address).unwrap()));
    let runs: Vec<String> = (0..REQUESTS / 8).map(|_| connection.create_run()).collect();
    let (path, content_type) = form.path_and_type();
    let bodies: Vec<Vec<u8>> =
        (0..REQUESTS).map(|number| body(form, &runs[number / 8], series, points, number % 8)).collect();
    let began = Instant::now();
    let mut sent = 0;
    // What is sent again is stored once, which costs something else: so all of it is sent at most once.
    for body in &bodies {
        let answer = connection.post(path, content_type, body);
        assert!(!answer.contains("rejected"), "{answer}");
        sent += 1;
        if began.elapsed() > DURATION {
            break;
        }
    }
    (sent * series * points) as f64 / began.elapsed().as_secs_f64()
}

/// Noisy losses at regular steps.
fn body(form: Form, run_id: &str, series: usize, points: usize, number: usize) -> Vec<u8> {
    let first = (number * points) as i64;
    let steps: Vec<i64> = (first..first + points as i64).collect();
    let value = |step: i64| 2.0 / ((step + 1) as f64).sqrt() + ((step * 7919) % 1000) as f64 * 1e-4 / 3.0;
    let columns = |key: usize| Series {
        key: format!("key{key}"),
        timestamps: steps.iter().map(|step| 1_700_000_000_000 + step * 130 + step % 7).collect(),
        values: steps.iter().map(|step| value(*step)).collect(),
        steps: steps.clone(),
        ..Series::default()
    };
    let run = RunBatch { run_id: run_id.into(), series: (0..series).map(columns).collect(), ..RunBatch::default() };
    let request = Ingest::encode(std::slice::from_ref(&run)).unwrap();
    match form {
        Form::Ingest => request.body().to_vec(),
        Form::LogBatch => serde_json::to_vec(&request.runs().next().unwrap().to_batch()).unwrap(),
    }
}

/// A connection kept between requests.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn post(&mut self, path: &str, content_type: &str, body: &[u8]) -> String {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
        );
        let stream = self.0.get_mut();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let (mut status, mut length) = (String::new(), 0);
        self.0.read_line(&mut status).unwrap();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(status.starts_with("HTTP/1.1 200"), "{status} {answer}");
        answer
    }

    fn create_run(&mut self) -> String {
        let answer = self.post("/api/2.0/mlflow/runs/create", "application/json", b"{}");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        answer["run"]["info"]["run_id"].as_str().unwrap().to_owned()
    }
}
