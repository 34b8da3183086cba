//! Metrics of burn's learner, logged to a run as they are computed.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use burn_train::logger::MetricLogger;
use burn_train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn_train::metric::{MetricDefinition, MetricId, NumericEntry};

use crate::Run;
use crate::run::{Inner, PLAIN, now_ms};

/// Logs the numeric metrics of burn's learner to a run: those of a batch as `train/loss`, `valid/accuracy` and the like
/// at their iteration, which counts from 1 over all epochs, and those of an epoch as `train/loss_epoch` at its number.
///
/// ```
/// # use burn_train::{LearnerModel, SupervisedTraining};
/// # use trainyard::Run;
/// use trainyard::flavors::BurnMetrics;
///
/// # fn record<M: LearnerModel>(training: SupervisedTraining<M>, run: &Run) -> SupervisedTraining<M> {
/// // training: SupervisedTraining::new(folder, train, valid).metrics((LossMetric::new(), AccuracyMetric::new()))
/// let training = training.with_metric_logger(BurnMetrics::new(run));
/// # training
/// # }
/// ```
///
/// The first logger takes the place of the files that burn writes otherwise and reads for its summary: to have them as
/// well, add burn's `FileMetricLogger`. Early stopping and the choice of checkpoints work with this one alone.
///
/// A point costs what [`Run::log_metric`] costs. Training goes on when one cannot be logged, and once the run has ended;
/// a warning says so, once for each metric.
pub struct BurnMetrics {
    run: Arc<Inner>,
    names: HashMap<MetricId, String>,
    splits: HashMap<Split, Iterations>,
    /// What early stopping asks for, by metric, epoch and split.
    epochs: HashMap<(String, usize, Split), Epoch>,
    /// Keys about which there has been a warning.
    warned: HashSet<String>,
}

/// How far a split is.
#[derive(Default)]
struct Iterations {
    count: i64,
    /// The newest values. They are an iteration's, unless the end of the epoch follows: the learner says it afterwards.
    newest: Option<Values>,
}

struct Values {
    epoch: usize,
    timestamp: i64,
    values: Vec<(MetricId, NumericEntry)>,
}

/// The values of one metric in one epoch, weighted by the items that they are of.
#[derive(Default)]
struct Epoch {
    sum: f64,
    count: usize,
    /// The value of the whole epoch, where the metric says that it is.
    whole: Option<f64>,
}

impl BurnMetrics {
    /// A logger for one run, which does not keep it from ending.
    #[must_use]
    pub fn new(run: &Run) -> Self {
        Self {
            run: run.inner().clone(),
            names: HashMap::new(),
            splits: HashMap::new(),
            epochs: HashMap::new(),
            warned: HashSet::new(),
        }
    }

    fn log_iteration(&mut self, split: &Split, values: &Values) {
        let iterations = self.splits.entry(split.clone()).or_default();
        iterations.count += 1;
        let step = iterations.count;
        self.log_values(split, values, "", step);
    }

    fn log_values(&mut self, split: &Split, values: &Values, suffix: &str, step: i64) {
        for (metric, entry) in &values.values {
            // Every metric is announced before the first of its values.
            let Some(name) = self.names.get(metric) else { continue };
            let key = key_of(split, name) + suffix;
            self.epochs.entry((name.clone(), values.epoch, split.clone())).or_default().add(entry);
            self.log_point(key, entry.current(), step, values.timestamp);
        }
    }

    fn log_point(&mut self, key: String, value: f64, step: i64, timestamp: i64) {
        let refused = if self.run.ended.load(Ordering::SeqCst) {
            "the run has ended".to_owned()
        } else {
            match self.run.log.log_metric(&key, value, step, Some(timestamp), &PLAIN) {
                Ok(()) => return,
                Err(error) => error.to_string(),
            }
        };
        if !self.warned.contains(&key) {
            let run_id = self.run.log.run_id();
            tracing::warn!(run.id = run_id, key, step, refused, "a metric of the learner is not logged");
            self.warned.insert(key);
        }
    }
}

impl MetricLogger for BurnMetrics {
    fn log(&mut self, update: MetricsUpdate, epoch: usize, split: &Split) {
        let entries = update.entries_numeric.into_iter();
        // A metric that is computed over whole epochs has no value before.
        let values = entries.filter_map(|metric| Some((metric.entry.metric_id, metric.numeric_entry?))).collect();
        let newest = Values { epoch, timestamp: now_ms(), values };
        let before = self.splits.entry(split.clone()).or_default().newest.replace(newest);
        if let Some(before) = before {
            self.log_iteration(split, &before);
        }
    }

    /// As burn's own loggers: nothing for an epoch that this one has not seen. An error would end the training.
    fn read_numeric(&mut self, name: &str, epoch: usize, split: &Split) -> Result<Vec<NumericEntry>, String> {
        let epoch = self.epochs.get(&(name.to_owned(), epoch, split.clone()));
        Ok(epoch.and_then(Epoch::value).into_iter().collect())
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }

    fn log_epoch_summary(&mut self, summary: EpochSummary) {
        let newest = self.splits.get_mut(&summary.split).and_then(|iterations| iterations.newest.take());
        if let Some(values) = newest {
            let step = i64::try_from(summary.epoch_number).unwrap_or(i64::MAX);
            self.log_values(&summary.split, &values, "_epoch", step);
        }
    }
}

impl Drop for BurnMetrics {
    /// Logs the last iteration of an epoch that was not brought to its end.
    fn drop(&mut self) {
        let splits: Vec<Split> = self.splits.keys().cloned().collect();
        for split in splits {
            let newest = self.splits.get_mut(&split).and_then(|iterations| iterations.newest.take());
            if let Some(values) = newest {
                self.log_iteration(&split, &values);
            }
        }
    }
}

impl fmt::Debug for BurnMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BurnMetrics").field("run_id", &self.run.log.run_id()).finish_non_exhaustive()
    }
}

impl Epoch {
    fn add(&mut self, entry: &NumericEntry) {
        let (value, count) = match *entry {
            NumericEntry::Final(value) => {
                self.whole = Some(value);
                return;
            }
            NumericEntry::Value(value) => (value, 1),
            NumericEntry::Aggregated { aggregated_value, count } => (aggregated_value, count),
        };
        // The value of no items is no number.
        if count > 0 {
            self.sum += value * count as f64;
            self.count += count;
        }
    }

    fn value(&self) -> Option<NumericEntry> {
        match self.whole {
            Some(value) => Some(NumericEntry::Final(value)),
            None if self.count == 0 => None,
            None => {
                let aggregated_value = self.sum / self.count as f64;
                Some(NumericEntry::Aggregated { aggregated_value, count: self.count })
            }
        }
    }
}

/// The key of a metric: its name in small letters, with `_` for spaces and for signs that keys do not have.
fn key_of(split: &Split, name: &str) -> String {
    let name = name.to_lowercase();
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    let words: Vec<&str> = name.split(|c| !is_allowed(c)).filter(|word| !word.is_empty()).collect();
    format!("{split}/{}", words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys() {
        for (name, expected) in [
            ("Loss", "train/loss"),
            ("AUROC [Macro]", "train/auroc_macro"),
            ("Top-K Accuracy @ k=2", "train/top-k_accuracy_k_2"),
        ] {
            assert_eq!(key_of(&Split::Train, name), expected);
            assert!(trainyard_api::rules::metric_key(expected).is_ok(), "{expected}");
        }
    }
}
