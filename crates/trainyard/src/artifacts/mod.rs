//! Artifacts from the client's side: one interface over the server's proxy, local folders and buckets.

mod download;
mod progress;
mod proxy;
#[cfg(feature = "artifact-stores")]
mod stored;
mod transfer;

pub use progress::Progress;

use std::path::Path;

use trainyard_api::artifact_path::ArtifactPath;
use trainyard_api::artifacts::FileInfo;

use crate::tracking_uri::redact;
use crate::{Client, Error};
use proxy::Proxy;
#[cfg(feature = "artifact-stores")]
use stored::Stored;

/// Files of one transfer that are under way at the same time.
const PARALLEL: usize = 8;

/// The artifacts below one root.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// let artifacts = client.artifacts(&run.info().artifact_uri)?;
/// artifacts.write("reports/confusion.txt", b"50 0 0")?;
/// assert_eq!(artifacts.list("reports")?[0].path, "reports/confusion.txt");
/// assert_eq!(artifacts.read("reports/confusion.txt")?, b"50 0 0");
///
/// let copies = folder.path().join("copies");
/// let fetched = artifacts.download("reports", &copies, &())?;
/// assert_eq!(std::fs::read(fetched.join("confusion.txt")).expect("a file"), b"50 0 0");
/// artifacts.delete("reports")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ArtifactRepository {
    uri: String,
    backend: Backend,
}

#[derive(Debug)]
enum Backend {
    Proxy(Proxy),
    #[cfg(feature = "artifact-stores")]
    Stored(Stored),
}

/// A file to fetch: its path below the root, and its size where a listing told it.
#[derive(Debug, Clone)]
struct RemoteFile {
    path: ArtifactPath,
    size: Option<u64>,
}

impl ArtifactRepository {
    pub(crate) fn open(client: Client, uri: &str) -> Result<Self, Error> {
        let scheme = uri.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let error = |reason: &str| Error::Uri { kind: "artifact URI", uri: redact(uri), reason: reason.to_owned() };
        let backend = match scheme.as_deref() {
            Some("mlflow-artifacts" | "http" | "https") => match client.transport().http() {
                Some(_) => Backend::Proxy(Proxy::open(client, uri)?),
                None => {
                    return Err(error(
                        "these artifacts lie behind a tracking server; set the tracking URI to that server's address",
                    ));
                }
            },
            Some("runs" | "models") => return Err(error("resolve it first; an artifact URI was expected")),
            #[cfg(feature = "artifact-stores")]
            _ => Backend::Stored(Stored::open(uri)?),
            #[cfg(not(feature = "artifact-stores"))]
            _ => {
                return Err(error(
                    "this program was built to reach artifacts through a tracking server only; for folders and buckets \
                     build it with the feature `artifact-stores` of the crate trainyard",
                ));
            }
        };
        Ok(Self { uri: redact(uri), backend })
    }

    /// The root's URI.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// assert_eq!(artifacts.uri(), run.info().artifact_uri);
    /// # run.finish()
    /// # }
    /// ```
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The root as a folder of this machine, where it is one: its files can be read in place.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// artifacts.write("notes.txt", b"a first try")?;
    /// let root = artifacts.local_root().expect("a folder of this machine");
    /// assert!(root.join("notes.txt").is_file());
    /// # run.finish()
    /// # }
    /// ```
    pub fn local_root(&self) -> Option<&Path> {
        match &self.backend {
            Backend::Proxy(_) => None,
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.local_root(),
        }
    }

    /// Children of the directory `path` (empty for the root), with paths relative to the root; none for a file.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// artifacts.write("reports/notes.txt", b"a first try")?;
    /// let root = artifacts.list("")?;
    /// assert_eq!((root[0].path.as_str(), root[0].is_dir), ("reports", true));
    /// assert_eq!(artifacts.list("reports")?[0].path, "reports/notes.txt");
    /// # run.finish()
    /// # }
    /// ```
    pub fn list(&self, path: &str) -> Result<Vec<FileInfo>, Error> {
        let directory = parse_directory(path)?;
        let mut children = self.children(&directory)?;
        for child in &mut children {
            child.path = directory.join(&parse(&child.path)?).to_string();
        }
        Ok(children)
    }

    /// Stores `bytes` as one file.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// artifacts.write("reports/notes.txt", b"a first try")?;
    /// assert!(artifacts.write("../notes.txt", b"outside").is_err());
    /// # run.finish()
    /// # }
    /// ```
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = parse(path)?;
        match &self.backend {
            Backend::Proxy(proxy) => proxy.write(&path, bytes),
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.write(&path, bytes),
        }
    }

    /// The content of one file.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// artifacts.write("notes.txt", b"a first try")?;
    /// assert_eq!(artifacts.read("notes.txt")?, b"a first try");
    /// # run.finish()
    /// # }
    /// ```
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let path = parse(path)?;
        match &self.backend {
            Backend::Proxy(proxy) => proxy.read(&path),
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.read(&path),
        }
    }

    /// Deletes a file, or a directory with everything in it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// artifacts.write("reports/notes.txt", b"a first try")?;
    /// artifacts.delete("reports")?;
    /// assert!(artifacts.list("")?.is_empty());
    /// # run.finish()
    /// # }
    /// ```
    pub fn delete(&self, path: &str) -> Result<(), Error> {
        let path = parse_directory(path)?;
        match &self.backend {
            Backend::Proxy(proxy) => proxy.delete(&path),
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.delete(&path),
        }
    }

    /// Whether there is a file or a directory that is not empty at `path`.
    pub(crate) fn exists(&self, path: &str) -> Result<bool, Error> {
        let path = parse_directory(path)?;
        if !self.children(&path)?.is_empty() {
            return Ok(true);
        }
        let siblings = if path.is_root() { Vec::new() } else { self.children(&path.parent())? };
        Ok(siblings.iter().any(|sibling| sibling.path == path.file_name()))
    }

    /// Children of a directory with the names that the other side gave: not to be trusted.
    fn children(&self, directory: &ArtifactPath) -> Result<Vec<FileInfo>, Error> {
        match &self.backend {
            Backend::Proxy(proxy) => proxy.list(directory),
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.list(directory),
        }
    }
}

fn parse(path: &str) -> Result<ArtifactPath, Error> {
    ArtifactPath::parse(path).map_err(invalid)
}

fn parse_directory(path: &str) -> Result<ArtifactPath, Error> {
    ArtifactPath::parse_directory(path).map_err(invalid)
}

fn invalid(error: trainyard_api::artifact_path::InvalidPath) -> Error {
    Error::ArtifactPath { path: error.path, reason: error.reason.to_owned() }
}

fn stop_if_cancelled(progress: &dyn Progress) -> Result<(), Error> {
    if progress.cancelled() { Err(Error::Cancelled) } else { Ok(()) }
}
