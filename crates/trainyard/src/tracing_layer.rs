//! Metrics out of `tracing`: fields of events, for programs and frameworks that report their progress that way.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::run::{Inner, PLAIN};
use crate::{Error, Run};

/// A layer of `tracing-subscriber` that logs numeric fields of events as metrics of a run.
///
/// Of the events, those are taken whose target is one that was named or below it, and all where none was named, except
/// those of this crate and of what it delivers with: they would tell of their own delivery without end. Of their fields, those
/// with the prefix are taken, and all where there is none, except `log.line` and its like, which say where a record of the
/// crate `log` comes from. The field `step` is the step of the event's metrics, a whole number of any type; an event without
/// it is at the step of the last one that had it.
///
/// The layer logs nothing once the run has ended; for each number that it takes it does what [`Run::log_metric`] does. The
/// first number that cannot be logged is told by an event of this crate at the level `WARN`, and so is the first that
/// the journal has no room for; further ones are not told.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use tracing_subscriber::layer::SubscriberExt;
/// use trainyard::tracing_layer::MetricsLayer;
///
/// let run = client.start_run("iris", "")?;
/// let id = run.id().clone();
/// let subscriber = tracing_subscriber::registry().with(MetricsLayer::new(&run).target("trainer"));
/// tracing::subscriber::with_default(subscriber, || {
///     for epoch in 0..3 {
///         tracing::info!(target: "trainer", step = epoch, loss = 0.5, "an epoch is over");
///     }
/// });
/// run.finish()?;
/// assert_eq!(client.metric_history(id, "loss").into_iter().count(), 3);
/// # Ok(())
/// # }
/// ```
pub struct MetricsLayer {
    run: Arc<Inner>,
    targets: Vec<String>,
    prefix: String,
    step_field: String,
    step: AtomicI64,
    warned: Warned,
}

/// What has been told already.
#[derive(Default)]
struct Warned {
    of_refusal: AtomicBool,
    of_journal: AtomicBool,
}

/// Whose events say how metrics are on their way: this crate and those it delivers with.
const DELIVERING: [&str; 10] = [
    "trainyard",
    "ureq",
    "ureq_proto",
    "rustls",
    "tokio_postgres",
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "object_store",
];

/// What the names of fields begin with that say where a record of the crate `log` comes from.
const OF_LOG: &str = "log.";

impl MetricsLayer {
    /// A layer that logs to this run, and does not keep it from ending.
    #[must_use]
    pub fn new(run: &Run) -> Self {
        Self {
            run: run.inner().clone(),
            targets: Vec::new(),
            prefix: String::new(),
            step_field: "step".to_owned(),
            step: AtomicI64::new(0),
            warned: Warned::default(),
        }
    }

    /// Takes events whose target is this one or below it, such as a module; may be called again for further ones.
    #[must_use]
    pub fn target(mut self, target: &str) -> Self {
        self.targets.push(target.to_owned());
        self
    }

    /// Takes fields whose names begin with this, which is no part of the metric's key: with `metric.` the field
    /// `metric.loss` becomes the metric `loss`.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use tracing_subscriber::layer::SubscriberExt;
    /// use trainyard::tracing_layer::MetricsLayer;
    ///
    /// let run = client.start_run("iris", "")?;
    /// let id = run.id().clone();
    /// let subscriber = tracing_subscriber::registry().with(MetricsLayer::new(&run).prefix("metric."));
    /// tracing::subscriber::with_default(subscriber, || {
    ///     tracing::info!(step = 1, metric.loss = 0.5, batch_size = 32, "an epoch is over");
    /// });
    /// run.finish()?;
    /// let metrics = client.get_run(id)?.data.metrics;
    /// assert_eq!((metrics.len(), metrics[0].key.as_str()), (1, "loss"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Names the field that holds the step; `step` when it is not said.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use tracing_subscriber::layer::SubscriberExt;
    /// use trainyard::tracing_layer::MetricsLayer;
    ///
    /// let run = client.start_run("iris", "")?;
    /// let id = run.id().clone();
    /// let subscriber = tracing_subscriber::registry().with(MetricsLayer::new(&run).step_field("epoch"));
    /// tracing::subscriber::with_default(subscriber, || tracing::info!(epoch = 7, loss = 0.5));
    /// run.finish()?;
    /// assert_eq!(client.get_run(id)?.data.metrics[0].step, 7);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn step_field(mut self, name: &str) -> Self {
        name.clone_into(&mut self.step_field);
        self
    }

    fn takes(&self, target: &str) -> bool {
        if self.targets.is_empty() {
            let krate = target.split("::").next().unwrap_or_default();
            return !DELIVERING.contains(&krate) && !krate.starts_with("trainyard_");
        }
        self.targets.iter().any(|wanted| {
            target.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
    }

    /// Tells of the first error of its kind. Such an event has a target that this layer does not take.
    fn warn(&self, key: &str, error: &Error) {
        let told = match error {
            Error::Journal { .. } => &self.warned.of_journal,
            _ => &self.warned.of_refusal,
        };
        if !told.swap(true, Ordering::Relaxed) {
            let run_id = self.run.log.run_id();
            tracing::warn!(run.id = run_id, metric.key = key, %error, "a field of an event could not be logged");
        }
    }
}

impl<S: Subscriber> Layer<S> for MetricsLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if !self.takes(event.metadata().target()) || self.run.ended.load(Ordering::SeqCst) {
            return;
        }
        // The step may stand behind the fields that it belongs to.
        let mut step = Step { field: &self.step_field, step: None };
        event.record(&mut step);
        let step = match step.step {
            Some(step) => {
                self.step.store(step, Ordering::Relaxed);
                step
            }
            None => self.step.load(Ordering::Relaxed),
        };
        event.record(&mut Metrics { layer: self, step });
    }
}

impl fmt::Debug for MetricsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run_id = self.run.log.run_id();
        f.debug_struct("MetricsLayer").field("run_id", &run_id).field("targets", &self.targets).finish_non_exhaustive()
    }
}

/// Looks for the step.
struct Step<'a> {
    field: &'a str,
    step: Option<i64>,
}

impl Visit for Step<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == self.field {
            self.step = Some(value);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_i64(field, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // Beyond this, floats are no longer exact.
        if value.fract() == 0.0 && value.abs() <= (1_i64 << 53) as f64 {
            self.record_i64(field, value as i64);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Logs what is a number.
struct Metrics<'a> {
    layer: &'a MetricsLayer,
    step: i64,
}

impl Visit for Metrics<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        let name = field.name();
        if name == self.layer.step_field || name.starts_with(OF_LOG) {
            return;
        }
        let Some(key) = name.strip_prefix(self.layer.prefix.as_str()) else { return };
        if let Err(error) = self.layer.run.log.log_metric(key, value, self.step, None, &PLAIN) {
            self.layer.warn(key, &error);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record_f64(field, value as f64);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_f64(field, value as f64);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
