//! What is logged to a run: params, points of metrics, tags. It is in the run's journal when the call returns.

use std::fmt::Display;

use serde::Serialize;
use trainyard_api::metrics::Metric;
use trainyard_api::{ModelId, Tag};

use super::{Dataset, PLAIN, Run, now_ms, params};
use crate::Error;
use crate::journal::Context;

impl Run {
    /// Logs hyperparameters: a struct or a map, whose inner structs and maps give keys with dots, or pairs of key and
    /// value. All of them are logged or none.
    ///
    /// A list is one param, as JSON; an enum's variant without fields is its name. A param is written once: another value
    /// for the same key is an error.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// #[derive(serde::Serialize)]
    /// struct Optimizer {
    ///     name: &'static str,
    ///     learning_rate: f64,
    /// }
    /// #[derive(serde::Serialize)]
    /// struct Config {
    ///     epochs: u32,
    ///     hidden: Vec<u32>,
    ///     optimizer: Optimizer,
    /// }
    ///
    /// let optimizer = Optimizer { name: "adam", learning_rate: 1e-3 };
    /// run.log_params(&Config { epochs: 20, hidden: vec![64, 32], optimizer })?;
    /// run.log_params([("seed", 42), ("folds", 5)])?;
    /// // epochs = 20, hidden = [64,32], optimizer.name = adam, optimizer.learning_rate = 0.001, seed = 42, folds = 5
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_params(&self, params: impl Serialize) -> Result<(), Error> {
        self.inner.log.log_batch(&[], &params::of(&params)?, &[])
    }

    /// Logs hyperparameters out of an iterator of pairs. All of them are logged or none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let weights = [0.2, 0.3, 0.5];
    /// run.log_param_pairs(weights.iter().enumerate().map(|(class, weight)| (format!("weight.{class}"), weight)))?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_param_pairs<K: AsRef<str>, V: Serialize>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        let mut params = Vec::new();
        for (key, value) in pairs {
            params::below(key.as_ref(), &value, &mut params)?;
        }
        self.inner.log.log_batch(&[], &params, &[])
    }

    /// Logs one hyperparameter. A struct or a map gives several, with keys `key.field`.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_param("max_depth", 5)?;
    /// let refused = run.log_param("learning_rate", f64::NAN).expect_err("no number");
    /// assert!(refused.to_string().contains("'learning_rate'"));
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_param(&self, key: &str, value: impl Serialize) -> Result<(), Error> {
        self.log_param_pairs([(key, value)])
    }

    /// Logs one point of a metric, with the time of now. The value may be NaN or infinite.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// for epoch in 0..10 {
    ///     run.log_metric("loss", 1.0 / (epoch + 1) as f64, epoch)?;
    /// }
    /// # run.finish()
    /// # }
    /// ```
    #[inline]
    pub fn log_metric(&self, key: &str, value: f64, step: i64) -> Result<(), Error> {
        self.inner.log.log_metric(key, value, step, None, &PLAIN)
    }

    /// Logs one point of a metric with a time of its own, in milliseconds since the epoch.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_metric_at("loss", 0.5, 1, 1_767_225_600_000)?;
    /// # run.finish()
    /// # }
    /// ```
    #[inline]
    pub fn log_metric_at(&self, key: &str, value: f64, step: i64, timestamp_ms: i64) -> Result<(), Error> {
        self.inner.log.log_metric(key, value, step, Some(timestamp_ms), &PLAIN)
    }

    /// Logs one point of each of several metrics. All of them are logged or none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_metrics([("train/loss", 0.31), ("valid/loss", 0.42)], 7)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_metrics<K: Into<String>>(
        &self,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
    ) -> Result<(), Error> {
        self.log_metrics_in(metrics, step, &PLAIN)
    }

    /// Logs one point of each of several metrics that were computed with a logged model, on a dataset where one is given.
    ///
    /// They are the run's as well as the model's. Which dataset it was is kept with the model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::Dataset;
    /// use trainyard::flavors::Json;
    ///
    /// let model = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let valid = Dataset::from_rows("iris-valid", [(5.1, 3.5, 0), (6.2, 2.9, 1)])?;
    /// run.log_input(&valid, "validation")?;
    /// run.log_model_metrics(&model.model_id, Some(&valid), [("accuracy", 0.97), ("f1", 0.95)], 0)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_model_metrics<K: Into<String>>(
        &self,
        model_id: &ModelId,
        dataset: Option<&Dataset>,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
    ) -> Result<(), Error> {
        let mut context = Context { model_id: model_id.clone(), ..Context::default() };
        if let Some(dataset) = dataset {
            dataset.name().clone_into(&mut context.dataset_name);
            dataset.digest().clone_into(&mut context.dataset_digest);
        }
        self.log_metrics_in(metrics, step, &context)
    }

    fn log_metrics_in<K: Into<String>>(
        &self,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
        context: &Context,
    ) -> Result<(), Error> {
        let timestamp = now_ms();
        let points: Vec<Metric> = metrics
            .into_iter()
            .map(|(key, value)| Metric {
                key: key.into(),
                value,
                timestamp,
                step,
                model_id: context.model_id.clone(),
                dataset_name: context.dataset_name.clone(),
                dataset_digest: context.dataset_digest.clone(),
                ..Metric::default()
            })
            .collect();
        self.inner.log.log_batch(&points, &[], &[])
    }

    /// Sets a tag. Other than a param it may be changed.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.set_tag("stage", "warm-up")?;
    /// run.set_tag("stage", "training")?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn set_tag(&self, key: &str, value: impl Display) -> Result<(), Error> {
        self.inner.log.set_tag(key, &value.to_string())
    }

    /// Sets several tags: all of them or none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.set_tags([("team", "flowers"), ("dataset", "iris")])?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn set_tags<K: Into<String>, V: Display>(&self, tags: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag::new(key, value.to_string())).collect();
        self.inner.log.log_batch(&[], &[], &tags)
    }
}
