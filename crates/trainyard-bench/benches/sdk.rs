//! What a call costs that logs from Rust: `cargo bench -p trainyard-bench --bench sdk`.
//!
//! The thread that delivers into the embedded store is at work meanwhile, and shares the processors with the calls. Journals lie
//! in a temporary folder, and so does the store.
#![allow(clippy::unwrap_used)]

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use trainyard::{Client, Run};

/// Calls behind which it is waited, with the clock stopped, until they are delivered: the benchmark makes millions of them,
/// faster than a database takes them, and the journal is to stay small.
const CALLS: u64 = 200_000;
const HOME: &str = "TRAINYARD_HOME";

fn main() {
    // The journals' folder is read from the environment of a process, so the work is done in one of its own.
    if env::var_os(HOME).is_some() {
        let mut criterion = Criterion::default()
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(1))
            .configure_from_args();
        calls(&mut criterion);
        return criterion.final_summary();
    }
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    let status = child.args(env::args_os().skip(1)).env(HOME, home.path()).status().unwrap();
    assert!(status.success(), "the benchmark failed");
}

fn calls(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::connect(&format!("sqlite:///{}/bench.db", folder.path().display())).unwrap();
    let mut group = criterion.benchmark_group("sdk");
    group.throughput(Throughput::Elements(1));
    for (name, call) in [
        ("log_metric", (|run: &Run, step| run.log_metric("loss", 0.5, step)) as fn(&Run, i64) -> _),
        ("log_metric_at", |run: &Run, step| run.log_metric_at("loss", 0.5, step, 1_767_225_600_000)),
    ] {
        let run = client.start_run("sdk", name).unwrap();
        let mut step = 0;
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|mut iterations| {
                let mut taken = Duration::ZERO;
                while iterations > 0 {
                    let calls = iterations.min(CALLS);
                    let began = Instant::now();
                    for _ in 0..calls {
                        call(&run, step).unwrap();
                        step += 1;
                    }
                    taken += began.elapsed();
                    iterations -= calls;
                    run.flush(Duration::from_secs(600)).unwrap();
                }
                taken
            });
        });
        run.finish().unwrap();
    }
    group.finish();
}
