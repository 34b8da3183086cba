//! Ten million points from four threads into the embedded store: how long they take, how much memory, and that none is lost:
//! `cargo bench -p trainyard-bench --bench sdk_threads`.
//!
//! Journals lie in a temporary folder, and so does the store. With arguments: number of threads and of points in all.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::env;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use trainyard::Client;
use trainyard::api::metric_summaries::GetMetricSummaries;

const HOME: &str = "TRAINYARD_HOME";
const MIB: f64 = (1 << 20) as f64;
/// What logging and delivering may take beside the mapped files, in MiB, however many points there are.
const BOUND: f64 = 64.0;
/// How often the memory is looked at.
const SAMPLE: Duration = Duration::from_millis(20);

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
    let points = numbers.next().unwrap_or(10_000_000) / threads;
    let folder = tempfile::tempdir().unwrap();
    let client = Client::connect(&format!("sqlite:///{}/bench.db", folder.path().display())).unwrap();
    let run = client.start_run("sdk", "threads").unwrap();
    let before = memory("VmHWM");
    let anonymous_before = memory("RssAnon");
    let peak = Peak::watch();
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
    let anonymous = peak.highest();
    let peak = memory("VmHWM");
    let request = GetMetricSummaries { run_id: run.id().clone(), ..Default::default() };
    let metrics = client.call(request).unwrap().metrics;
    assert_eq!(metrics.len() as u64, threads);
    for metric in &metrics {
        assert_eq!(metric.points as u64, points, "{} lost points", metric.key);
        assert_eq!((metric.first.step, metric.last.step as u64), (0, points - 1));
    }
    println!("{} points from {threads} threads: none lost", threads * points);
    println!("logged after                      {:6.1} s", logged.as_secs_f64());
    println!("all with the store after          {:6.1} s", delivered.as_secs_f64());
    println!(
        "memory at most, with mapped files {:6.0} MiB; {:.0} MiB before the first point",
        peak / MIB,
        before / MIB
    );
    println!(
        "memory at most, without files     {:6.0} MiB; {:.0} MiB before the first point",
        anonymous / MIB,
        anonymous_before / MIB
    );
    // Where the system does not say, nothing can be compared.
    let grown = (anonymous - anonymous_before) / MIB;
    assert!(
        grown.is_nan() || grown < BOUND,
        "{grown:.0} MiB more than before the first point, and {BOUND} are the bound"
    );
    run.finish().unwrap();
}

/// Looks at the memory without mapped files again and again: the system keeps no highest mark of it.
struct Peak {
    over: &'static AtomicBool,
    thread: thread::JoinHandle<f64>,
}

impl Peak {
    fn watch() -> Self {
        static OVER: AtomicBool = AtomicBool::new(false);
        let thread = thread::spawn(|| {
            let mut highest = memory("RssAnon");
            while !OVER.load(Ordering::Relaxed) {
                thread::sleep(SAMPLE);
                highest = highest.max(memory("RssAnon"));
            }
            highest
        });
        Self { over: &OVER, thread }
    }

    /// The most that was seen, in bytes.
    fn highest(self) -> f64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Bytes of memory that the system counts under this name; none where it does not say.
fn memory(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kibibytes.map_or(f64::NAN, |kibibytes| kibibytes * 1024.0)
}
