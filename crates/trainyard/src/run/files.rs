//! Files of a run, from memory and from disk. They are stored when the call returns.

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use super::Run;
use crate::{Error, Progress};

impl Run {
    /// Stores a text as one file of the run's artifacts.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_text("reports/confusion.txt", "50 0 0\n0 47 3\n0 1 49\n")?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_text(&self, path: &str, text: &str) -> Result<(), Error> {
        self.log_bytes(path, text.as_bytes())
    }

    /// Stores anything that serde can serialize as one JSON file of the run's artifacts.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_json("classes.json", &["setosa", "versicolor", "virginica"])?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_json(&self, path: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let json = serde_json::to_vec_pretty(value).map_err(|error| Error::ArtifactContent {
            path: path.to_owned(),
            reason: format!("the value cannot be written as JSON: {error}"),
        })?;
        self.log_bytes(path, &json)
    }

    /// Stores bytes as one file of the run's artifacts.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_bytes("weights.bin", &[0, 1, 2, 3])?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_bytes(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.artifacts()?.write(path, bytes)
    }

    /// Stores a file, or a folder with everything in it, in the directory `artifact_path` of the run's artifacts; an empty
    /// one is the root. Of a folder it is the content that is stored there.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// # let plot = folder.path().join("loss.svg");
    /// # std::fs::write(&plot, "<svg/>").expect("a file");
    /// run.log_artifact(&plot, "plots")?;
    /// assert_eq!(run.artifacts()?.list("plots")?[0].path, "plots/loss.svg");
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_artifact(&self, local: impl AsRef<Path>, artifact_path: &str) -> Result<(), Error> {
        self.log_artifacts([local], artifact_path, &())
    }

    /// Stores files and folders, as [`log_artifact`](Self::log_artifact) does with each, and tells how far it is.
    ///
    /// Two files for the same place are refused before any is stored. Otherwise the first file that cannot be stored ends
    /// the transfer; those before it stay.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// # let (a, b) = (folder.path().join("a.txt"), folder.path().join("b.txt"));
    /// # std::fs::write(&a, "a").and_then(|()| std::fs::write(&b, "b")).expect("files");
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// #[derive(Default)]
    /// struct Bytes(AtomicU64);
    ///
    /// impl trainyard::Progress for Bytes {
    ///     fn advance(&self, bytes: u64) {
    ///         self.0.fetch_add(bytes, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// let sent = Bytes::default();
    /// run.log_artifacts([&a, &b], "texts", &sent)?;
    /// assert_eq!(sent.0.into_inner(), 2);
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_artifacts(
        &self,
        local: impl IntoIterator<Item = impl AsRef<Path>>,
        artifact_path: &str,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let directory = artifact_path.trim_end_matches('/');
        let target = |below: &str| if directory.is_empty() { below.to_owned() } else { format!("{directory}/{below}") };
        let mut files = Vec::new();
        for local in local {
            let local = local.as_ref();
            if local.is_dir() {
                for below in crate::models::files_below(local)? {
                    files.push((local.join(&below), target(&below)));
                }
                continue;
            }
            let Some(name) = local.file_name().and_then(|name| name.to_str()) else {
                let reason = "it has no name in UTF-8 that an artifact could have".to_owned();
                return Err(Error::ArtifactContent { path: local.display().to_string(), reason });
            };
            files.push((local.to_owned(), target(name)));
        }
        let mut targets: HashMap<&str, &Path> = HashMap::new();
        for (local, target) in &files {
            if let Some(other) = targets.insert(target, local) {
                let reason = format!(
                    "'{target}' would be the place of {} too, and one of them lost; log them into different directories, \
                     or the folder that holds both",
                    other.display()
                );
                return Err(Error::ArtifactContent { path: local.display().to_string(), reason });
            }
        }
        self.artifacts()?.upload(&files, progress)
    }
}
