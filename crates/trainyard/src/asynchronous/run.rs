//! The run for async code.

use std::fmt::Display;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use trainyard_api::ModelId;

use super::{blocking, start};
use crate::{Dataset, Error, Image, ModelInfo, ModelOptions, Progress, SaveModel};

/// A run under way, for async code. Cheap to clone; the run ends with the last clone, or by [`finish`](Self::finish).
///
/// Calls that only append to the journal are ordinary functions: `log_metric`, `log_params`, `set_tag` and their like. The
/// others are `async`.
///
/// Dropped without `finish` the run ends as FINISHED, or FAILED when the last clone goes while its thread panics, without
/// waiting for the delivery of what was logged: only the end is written into the journal.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
/// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
/// let run = trainyard::asynchronous::start(run).await?;
/// let workers: Vec<_> = (0..4)
///     .map(|worker| {
///         let run = run.clone();
///         tokio::spawn(async move { run.log_metric(&format!("worker-{worker}/loss"), 0.5, 0) })
///     })
///     .collect();
/// for worker in workers {
///     worker.await.expect("no panic")?;
/// }
/// run.finish().await
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Run {
    shared: Arc<Ended>,
}

/// Ends the run when the last clone goes: the end is written into the journal, and its delivery not waited for.
#[derive(Debug)]
struct Ended(Option<crate::Run>);

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            run.end_without_waiting();
        }
    }
}

impl Deref for Ended {
    type Target = crate::Run;

    fn deref(&self) -> &crate::Run {
        self.0.as_ref().expect("the run is taken by `drop` alone")
    }
}

impl Run {
    pub(super) fn of(run: crate::Run) -> Self {
        Self { shared: Arc::new(Ended(Some(run))) }
    }
}

/// What may be called without waiting.
impl Run {
    /// See [`crate::Run::id`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// println!("run {}", run.id());
    /// run.finish().await
    /// # }
    /// ```
    pub fn id(&self) -> &trainyard_api::RunId {
        self.shared.id()
    }

    /// See [`crate::Run::info`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// assert!(!run.info().run_name.is_empty(), "one was made up");
    /// run.finish().await
    /// # }
    /// ```
    pub fn info(&self) -> &trainyard_api::runs::RunInfo {
        self.shared.info()
    }

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

/// What waits for the store or a disk.
impl Run {
    /// Does several things with the run on a thread that may be blocked: what there is no function for here, or what
    /// borrows something.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// use trainyard::flavors::Json;
    ///
    /// let weights = vec![0.5, -1.25];
    /// let model = run.with(move |run| run.log_model("weights", &Json(&weights))).await?;
    /// assert!(model.model_uri.starts_with("models:/m-"));
    /// run.finish().await
    /// # }
    /// ```
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&crate::Run) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let run = self.clone();
        blocking(move || work(&run.shared)).await
    }

    /// Saves a model and logs it under this name; see [`crate::Run::log_model`]. The model goes to another thread; a shared
    /// one can be an `Arc` that a closure of [`with`](Self::with) holds.
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
    /// run.log_model_metrics(&model.model_id, None, [("accuracy", 0.97)], 0)?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_model(&self, name: &str, model: impl SaveModel + Send + 'static) -> Result<ModelInfo, Error> {
        self.log_model_with(name, model, ModelOptions::default()).await
    }

    /// Saves a model and logs it with all that the options say; see [`crate::Run::log_model_with`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// let options = ModelOptions::new().registered_model_name("iris-classifier");
    /// let model = run.log_model_with("weights", Json(vec![0.5, -1.25]), options).await?;
    /// assert_eq!(model.registered_model_version.as_deref(), Some("1"));
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_model_with(
        &self,
        name: &str,
        model: impl SaveModel + Send + 'static,
        options: ModelOptions,
    ) -> Result<ModelInfo, Error> {
        let name = name.to_owned();
        self.with(move |run| run.log_model_with(&name, &model, &options)).await
    }

    /// Starts a run below this one; see [`crate::Run::child`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// let trial = run.child("depth 3").await?;
    /// trial.log_param("max_depth", 3)?;
    /// trial.finish().await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn child(&self, name: &str) -> Result<Self, Error> {
        start(crate::Run::builder().parent(&self.shared).name(name)).await
    }

    /// Stores a text as one file; see [`crate::Run::log_text`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_text("notes.txt", "a first try").await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_text(&self, path: &str, text: impl Into<String>) -> Result<(), Error> {
        self.log_bytes(path, text.into()).await
    }

    /// Stores a value as a JSON file; see [`crate::Run::log_json`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_json("thresholds.json", vec![0.5, 0.7]).await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_json(&self, path: &str, value: impl Serialize + Send + 'static) -> Result<(), Error> {
        let path = path.to_owned();
        self.with(move |run| run.log_json(&path, &value)).await
    }

    /// Stores bytes as one file; see [`crate::Run::log_bytes`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_bytes("weights.bin", [1, 2, 3]).await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_bytes(&self, path: &str, bytes: impl Into<Vec<u8>>) -> Result<(), Error> {
        let (path, bytes) = (path.to_owned(), bytes.into());
        self.with(move |run| run.log_bytes(&path, &bytes)).await
    }

    /// Stores a file or a folder; see [`crate::Run::log_artifact`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// let plot = folder.path().join("plot.svg");
    /// tokio::fs::write(&plot, "<svg/>").await.expect("a file");
    /// run.log_artifact(plot, "plots").await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_artifact(&self, local: impl Into<PathBuf>, artifact_path: &str) -> Result<(), Error> {
        let (local, artifact_path) = (local.into(), artifact_path.to_owned());
        self.with(move |run| run.log_artifact(&local, &artifact_path)).await
    }

    /// Stores files and folders; see [`crate::Run::log_artifacts`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// let files = ["loss.svg", "accuracy.svg"].map(|name| folder.path().join(name));
    /// for file in &files {
    ///     tokio::fs::write(file, "<svg/>").await.expect("a file");
    /// }
    /// run.log_artifacts(files, "plots", ()).await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_artifacts(
        &self,
        local: impl IntoIterator<Item = impl Into<PathBuf>>,
        artifact_path: &str,
        progress: impl Progress + Send + 'static,
    ) -> Result<(), Error> {
        let local: Vec<PathBuf> = local.into_iter().map(Into::into).collect();
        let artifact_path = artifact_path.to_owned();
        self.with(move |run| run.log_artifacts(&local, &artifact_path, &progress)).await
    }

    /// Adds a picture to a series; see [`crate::Run::log_image`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// use trainyard::Image;
    ///
    /// run.log_image("sample", Image::gray(2, 1, &[0, 255])?, 0).await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn log_image(&self, key: &str, image: Image, step: i64) -> Result<(), Error> {
        let key = key.to_owned();
        self.with(move |run| run.log_image(&key, &image, step)).await
    }

    /// Waits until the store has everything that was logged until now; see [`crate::Run::flush`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.log_metric("loss", 0.5, 0)?;
    /// run.flush(std::time::Duration::from_secs(10)).await?;
    /// run.finish().await
    /// # }
    /// ```
    pub async fn flush(&self, at_most: Duration) -> Result<(), Error> {
        self.with(move |run| run.flush(at_most)).await
    }

    /// Ends the run well, also for its other clones; see [`crate::Run::finish`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// let other = run.clone();
    /// run.finish().await?;
    /// assert!(other.log_metric("loss", 0.5, 0).is_err(), "the run is over");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn finish(self) -> Result<(), Error> {
        self.with(crate::Run::finish_shared).await
    }

    /// Ends the run as FAILED, also for its other clones; see [`crate::Run::fail`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// # let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
    /// # let run = trainyard::asynchronous::start(run).await?;
    /// run.set_tag("reason", "the loss is NaN")?;
    /// run.fail().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn fail(self) -> Result<(), Error> {
        self.with(crate::Run::fail_shared).await
    }
}
