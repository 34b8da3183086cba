//! Files and images of a run, which are stored once they have been waited for.

use std::path::PathBuf;

use serde::Serialize;

use super::Run;
use crate::{Error, Image, Progress};

/// What waits for the store or a disk.
impl Run {
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
}
