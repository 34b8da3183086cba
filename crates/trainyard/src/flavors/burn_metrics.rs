//! Metrics of burn's learner, logged to a run as they are computed.

use std::collections::HashMap;

use burn_train::logger::MetricLogger;
use burn_train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn_train::metric::{MetricDefinition, MetricId, NumericEntry};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::LogBatch;
use trainyard_api::{RunId, limits};

use crate::run::now_ms;
use crate::{Client, Run};

/// Logs the metrics of burn's learner to a run, as `train/loss`, `valid/accuracy` and the like: each at the iteration
/// of its split.
///
/// ```ignore
/// let training = SupervisedTraining::new(folder, train, valid)
///     .metric_train_numeric(LossMetric::new())
///     .with_metric_logger(BurnMetrics::new(&run));
/// ```
///
/// Points are sent in batches, the last of an epoch at its end. Training goes on when they cannot be sent; a warning
/// says so.
#[derive(Debug)]
pub struct BurnMetrics {
    client: Client,
    run_id: RunId,
    names: HashMap<MetricId, String>,
    iterations: HashMap<String, i64>,
    /// By split, name and epoch: what early stopping asks for.
    means: HashMap<(String, String, usize), NumericEntry>,
    waiting: Vec<Metric>,
}

impl BurnMetrics {
    /// A logger for one run.
    pub fn new(run: &Run) -> Self {
        Self {
            client: run.client().clone(),
            run_id: run.id().clone(),
            names: HashMap::new(),
            iterations: HashMap::new(),
            means: HashMap::new(),
            waiting: Vec::new(),
        }
    }

    fn send(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for metrics in waiting.chunks(limits::BATCH_METRICS) {
            let request = LogBatch { run_id: self.run_id.clone(), metrics: metrics.to_vec(), ..Default::default() };
            if let Err(error) = self.client.call(request) {
                let points = metrics.len();
                tracing::warn!(run.id = %self.run_id, points, %error, "metrics of the learner were not logged");
            }
        }
    }
}

impl MetricLogger for BurnMetrics {
    fn log(&mut self, update: MetricsUpdate, epoch: usize, split: &Split) {
        let split = split.to_string().to_lowercase();
        let iteration = self.iterations.entry(split.clone()).or_default();
        let timestamp = now_ms();
        for metric in update.entries_numeric {
            let Some(name) = self.names.get(&metric.entry.metric_id) else { continue };
            if let Some(mean) = metric.running_entry.or_else(|| metric.numeric_entry.clone()) {
                self.means.insert((split.clone(), name.clone(), epoch), mean);
            }
            let value = match metric.numeric_entry {
                Some(NumericEntry::Value(value) | NumericEntry::Final(value)) => value,
                Some(NumericEntry::Aggregated { aggregated_value, .. }) => aggregated_value,
                None => continue,
            };
            let key = key_of(&split, name);
            self.waiting.push(Metric { key, value, timestamp, step: *iteration, ..Default::default() });
        }
        *iteration += 1;
        if self.waiting.len() >= limits::BATCH_METRICS {
            self.send();
        }
    }

    fn read_numeric(&mut self, name: &str, epoch: usize, split: &Split) -> Result<Vec<NumericEntry>, String> {
        let split = split.to_string().to_lowercase();
        let mean = self.means.get(&(split, name.to_owned(), epoch));
        mean.map(|mean| vec![mean.clone()]).ok_or_else(|| format!("epoch {epoch} has no metric '{name}'"))
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }

    fn log_epoch_summary(&mut self, _: EpochSummary) {
        self.send();
    }
}

impl Drop for BurnMetrics {
    fn drop(&mut self) {
        self.send();
    }
}

/// Keys of metrics hold letters, digits and a few signs; others become `_`.
fn key_of(split: &str, name: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/');
    let name: String = name.to_lowercase().chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    format!("{split}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys() {
        assert_eq!(key_of("train", "Loss"), "train/loss");
        assert_eq!(key_of("valid", "Top-K Accuracy @ k=2"), "valid/top-k accuracy _ k_2");
    }
}
