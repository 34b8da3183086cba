//! What is logged to a run without waiting, since it only goes into the journal.

use std::fmt::Display;

use serde::Serialize;
use trainyard_api::ModelId;

use super::Run;
use crate::{Dataset, Error};

/// What may be called without waiting.
impl Run {
    /// See [`crate::Run::log_params`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_params([("seed", 42), ("folds", 5)])?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_params(&self, params: impl Serialize) -> Result<(), Error> {
        self.shared.log_params(params)
    }

    /// See [`crate::Run::log_param`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_param("max_depth", 5)?;
    /// assert!(run.log_param("alpha", f64::NAN).is_err());
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_param(&self, key: &str, value: impl Serialize) -> Result<(), Error> {
        self.shared.log_param(key, value)
    }

    /// See [`crate::Run::log_param_pairs`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// let weights = [0.2, 0.8];
    /// run.log_param_pairs(weights.iter().enumerate().map(|(class, weight)| (format!("weight.{class}"), weight)))?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_param_pairs<K: AsRef<str>, V: Serialize>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        self.shared.log_param_pairs(pairs)
    }

    /// See [`crate::Run::log_metric`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// for epoch in 0..10 {
    ///     run.log_metric("loss", 1.0 / (epoch + 1) as f64, epoch)?;
    /// }
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_metric(&self, key: &str, value: f64, step: i64) -> Result<(), Error> {
        self.shared.log_metric(key, value, step)
    }

    /// See [`crate::Run::log_metrics`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_metrics([("train/loss", 0.31), ("valid/loss", 0.42)], 7)?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_metrics<K: Into<String>>(
        &self,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
    ) -> Result<(), Error> {
        self.shared.log_metrics(metrics, step)
    }

    /// See [`crate::Run::log_metric_at`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_metric_at("loss", 0.5, 1, 1_767_225_600_000)?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_metric_at(&self, key: &str, value: f64, step: i64, timestamp_ms: i64) -> Result<(), Error> {
        self.shared.log_metric_at(key, value, step, timestamp_ms)
    }

    /// See [`crate::Run::log_model_metrics`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// use trainyard::flavors::Json;
    ///
    /// let model = run.log_model("weights", Json(vec![0.5, -1.25])).await?;
    /// run.log_model_metrics(&model.model_id, None, [("accuracy", 0.97), ("f1", 0.95)], 0)?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_model_metrics<K: Into<String>>(
        &self,
        model_id: &ModelId,
        dataset: Option<&Dataset>,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
    ) -> Result<(), Error> {
        self.shared.log_model_metrics(model_id, dataset, metrics, step)
    }

    /// See [`crate::Run::set_tag`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.set_tag("stage", "training")?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn set_tag(&self, key: &str, value: impl Display) -> Result<(), Error> {
        self.shared.set_tag(key, value)
    }

    /// See [`crate::Run::set_tags`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.set_tags([("team", "flowers"), ("dataset", "iris")])?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn set_tags<K: Into<String>, V: Display>(&self, tags: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        self.shared.set_tags(tags)
    }

    /// Notes that the run uses a dataset; see [`crate::Run::log_input`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// use trainyard::Dataset;
    ///
    /// let train = Dataset::from_rows("iris-train", [(5.1, 3.5, 0), (6.2, 2.9, 1)])?;
    /// run.log_input(&train, "training")?;
    /// run.finish().await
    /// # }
    /// ```
    pub fn log_input(&self, dataset: &Dataset, context: &str) -> Result<(), Error> {
        self.shared.log_input(dataset, context)
    }
}
