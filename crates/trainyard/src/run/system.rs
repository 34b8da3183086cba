//! The thread that samples the machine and logs averages to the run.

use std::process;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use trainyard_api::metrics::Metric;

use super::{Inner, now_ms};
use crate::system_metrics::SystemSampler;
use crate::{Error, setting};

/// CPU use is a mean since the sample before; over less than this it says nothing.
const SHORTEST_SAMPLE: Duration = Duration::from_millis(200);

/// System metrics of a run until [`finish`](Self::finish).
pub(super) struct Monitor {
    stop: Arc<Stop>,
    thread: JoinHandle<()>,
    process: u32,
}

#[derive(Default)]
struct Stop {
    wanted: Mutex<bool>,
    changed: Condvar,
}

/// What the environment says about them.
pub(super) struct Settings {
    interval: Duration,
    samples_per_point: u32,
    prefix: String,
}

impl Settings {
    pub(super) fn from_env() -> Result<Self, Error> {
        let interval = setting::number("SYSTEM_METRICS_SAMPLING_INTERVAL", 10.0)?.clamp(0.1, 1e9);
        let samples = setting::number("SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", 1.0)?.clamp(1.0, 1e6);
        let node = setting::text("SYSTEM_METRICS_NODE_ID").map_or_else(String::new, |(_, node)| format!("{node}/"));
        Ok(Self {
            interval: Duration::from_secs_f64(interval),
            samples_per_point: samples as u32,
            prefix: format!("system/{node}"),
        })
    }
}

impl Monitor {
    /// `None` when there is no thread to be had, which is not worth a training either.
    pub(super) fn start(run: Arc<Inner>, settings: Settings, first_step: i64) -> Option<Self> {
        let run_id = run.log.run_id().to_owned();
        let stop = Arc::new(Stop::default());
        let told = stop.clone();
        let builder = thread::Builder::new().name("trainyard-system".to_owned());
        let started = builder.spawn(move || {
            // What goes wrong here is not worth a training: it is said once, and the metrics end.
            if let Err(error) = monitor(&run, &settings, first_step, &told) {
                tracing::warn!(run.id = run.log.run_id(), %error, "system metrics are no longer recorded");
            }
        });
        match started {
            Ok(thread) => Some(Self { stop, thread, process: process::id() }),
            Err(error) => {
                tracing::warn!(run.id = run_id, %error, "system metrics are not recorded: there is no thread for them");
                None
            }
        }
    }

    /// Logs what was sampled since the last point, and stops.
    pub(super) fn finish(self) {
        *self.stop.wanted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.changed.notify_all();
        // The thread did not come along into the child of a fork.
        if self.process == process::id() && self.thread.join().is_err() {
            tracing::warn!("the thread of system metrics ended in a panic");
        }
    }
}

impl Stop {
    /// Waits for this long; says whether to stop.
    fn wait(&self, interval: Duration) -> bool {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(wanted, interval, |wanted| !*wanted);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

fn monitor(run: &Inner, settings: &Settings, first_step: i64, stop: &Stop) -> Result<(), Error> {
    let mut sampler = SystemSampler::new();
    let mut step = first_step;
    let mut sampled = Instant::now();
    let mut samples = 0;
    while !stop.wait(settings.interval) {
        sampler.sample();
        sampled = Instant::now();
        samples += 1;
        if samples == settings.samples_per_point {
            log(run, settings, &mut sampler, step)?;
            (samples, step) = (0, step + 1);
        }
    }
    if sampled.elapsed() >= SHORTEST_SAMPLE {
        sampler.sample();
        samples += 1;
    }
    if samples > 0 { log(run, settings, &mut sampler, step) } else { Ok(()) }
}

fn log(run: &Inner, settings: &Settings, sampler: &mut SystemSampler, step: i64) -> Result<(), Error> {
    let timestamp = now_ms();
    let averages = sampler.take_averages().into_iter();
    let points: Vec<Metric> = averages
        .map(|(name, value)| {
            let key = format!("{}{name}", settings.prefix);
            Metric { key, value, timestamp, step, ..Metric::default() }
        })
        .collect();
    run.log.log_batch(&points, &[], &[])
}
