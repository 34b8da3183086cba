//! The run for async code.

mod files;
mod logging;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use super::{blocking, start};
use crate::{Error, ModelInfo, ModelOptions, SaveModel};

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
