//! Logging from Rust: what a call costs, and ten million points from four threads into the embedded store:
//! `cargo bench -p trainyard-bench --bench sdk`.
//!
//! Journals lie in a temporary folder, and so does the store. With arguments: number of threads and of points in all.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::env;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use trainyard::api::metric_summaries::GetMetricSummaries;
use trainyard::{Client, Run};

/// Calls between two looks at the clock, which costs as much as a call.
const BATCH: usize = 100;
/// Batches whose median is told.
const BATCHES: usize = 20_000;
const HOME: &str = "TRAINYARD_HOME";

fn main() {
    // The journals' folder is read from the environment of a process, so the work is done in one of its own.
    if env::var_os(HOME).is_some() {
        return bench();
    }
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    let status = child.args(env::args_os().skip(1)).env(HOME, home.path()).status().unwrap();
    assert!(status.success(), "the benchmark failed");
}

fn bench() {
    // Cargo adds `--bench`.
    let mut numbers = env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let threads = numbers.next().unwrap_or(4);
    let points = numbers.next().unwrap_or(10_000_000);
    let folder = tempfile::tempdir().unwrap();
    let client = Client::connect(&format!("sqlite:///{}/bench.db", folder.path().display())).unwrap();
    latency(&client);
    threads_at_once(&client, threads, points / threads);
}

/// The median and the 99th percentile of a call, while the thread that delivers is at work.
fn latency(client: &Client) {
    let run = client.start_run("sdk", "latency").unwrap();
    for (name, call) in [
        ("log_metric", (|run: &Run, step| run.log_metric("loss", 0.5, step)) as fn(&Run, i64) -> _),
        ("log_metric_at", |run: &Run, step| run.log_metric_at("loss", 0.5, step, 1_767_225_600_000)),
    ] {
        let mut nanoseconds = Vec::with_capacity(BATCHES);
        for batch in 0..BATCHES {
            let began = Instant::now();
            for call_of_batch in 0..BATCH {
                call(&run, (batch * BATCH + call_of_batch) as i64).unwrap();
            }
            nanoseconds.push(began.elapsed().as_nanos() as f64 / BATCH as f64);
        }
        nanoseconds.sort_by(f64::total_cmp);
        let at = |part: f64| nanoseconds[(BATCHES as f64 * part) as usize];
        println!("{name}: {:.0} ns a call (median), {:.0} ns (99th percentile)", at(0.5), at(0.99));
    }
    run.flush(Duration::from_secs(600)).unwrap();
    run.finish().unwrap();
}

fn threads_at_once(client: &Client, threads: u64, points: u64) {
    let run = client.start_run("sdk", "threads").unwrap();
    let began = Instant::now();
    thread::scope(|scope| {
        for thread in 0..threads {
            let run = &run;
            scope.spawn(move || {
                let key = format!("loss-{thread}");
                for step in 0..points as i64 {
                    run.log_metric(&key, 1.0 / (step + 1) as f64, step).unwrap();
                }
            });
        }
    });
    let logged = began.elapsed();
    run.flush(Duration::from_secs(3600)).unwrap();
    let delivered = began.elapsed();
    let request = GetMetricSummaries { run_id: run.id().clone(), ..Default::default() };
    let metrics = client.call(request).unwrap().metrics;
    assert_eq!(metrics.len() as u64, threads);
    for metric in &metrics {
        assert_eq!(metric.points as u64, points, "{} lost points", metric.key);
        assert_eq!((metric.first.step, metric.last.step as u64), (0, points - 1));
    }
    println!(
        "{} points from {threads} threads: logged in {:.1} s, all with the store after {:.1} s, none lost; {} of memory \
         at most",
        threads * points,
        logged.as_secs_f64(),
        delivered.as_secs_f64(),
        peak(),
    );
    run.finish().unwrap();
}

/// The most memory that the process has had, where the system says it; mapped files are part of it.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "an unknown amount".to_owned(), |peak| peak.trim().to_owned())
}
