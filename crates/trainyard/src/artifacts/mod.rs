//! Artifacts from the client's side: one interface over the server's proxy, local folders and buckets.

mod download;
mod progress;
mod proxy;
#[cfg(feature = "artifact-stores")]
mod stored;

pub use progress::Progress;

use std::fs;
use std::path::{Path, PathBuf};

use trainyard_api::ErrorCode;
use trainyard_api::artifact_path::ArtifactPath;
use trainyard_api::artifacts::FileInfo;

use crate::tracking_uri::redact;
use crate::{Client, Error};
use download::Folder;
use proxy::Proxy;
#[cfg(feature = "artifact-stores")]
use stored::Stored;

/// Files of one transfer that are under way at the same time.
const PARALLEL: usize = 8;
/// Deepest directory that is followed.
const MAX_DEPTH: usize = 64;
/// Most files of one download: a server that invents directories without end is stopped here.
const MAX_FILES: usize = 1_000_000;

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

    /// Stores local files, each under the path beside it. The first error ends the transfer.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// let plot = folder.path().join("plot.svg");
    /// std::fs::write(&plot, "<svg/>").expect("a file");
    /// artifacts.upload(&[(plot, "plots/first.svg".to_owned())], &())?;
    /// assert_eq!(artifacts.read("plots/first.svg")?, b"<svg/>");
    /// # run.finish()
    /// # }
    /// ```
    pub fn upload(&self, files: &[(PathBuf, String)], progress: &dyn Progress) -> Result<(), Error> {
        let mut parsed = Vec::with_capacity(files.len());
        let mut bytes = 0;
        for (local, path) in files {
            let size = fs::metadata(local).map_err(Error::io(local))?.len();
            bytes += size;
            parsed.push((local.as_path(), parse(path)?, size));
        }
        progress.begin(parsed.len(), Some(bytes));
        let result = match &self.backend {
            Backend::Proxy(proxy) => in_parallel(&parsed, |(local, path, size)| {
                stop_if_cancelled(progress)?;
                proxy.upload(local, path, *size, progress)
            }),
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.upload(&parsed, progress),
        };
        progress.end();
        result
    }

    /// Stores a local directory with everything in it under `path` (empty for the root).
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// let plots = folder.path().join("plots");
    /// std::fs::create_dir(&plots).expect("a folder");
    /// std::fs::write(plots.join("loss.svg"), "<svg/>").expect("a file");
    /// artifacts.upload_dir(&plots, "epoch-1", &())?;
    /// assert_eq!(artifacts.list("epoch-1")?[0].path, "epoch-1/loss.svg");
    /// # run.finish()
    /// # }
    /// ```
    pub fn upload_dir(&self, local: &Path, path: &str, progress: &dyn Progress) -> Result<(), Error> {
        let directory = parse_directory(path)?;
        let mut files = Vec::new();
        for below in crate::models::files_below(local)? {
            let target = directory.join(&parse(&below)?).to_string();
            files.push((local.join(&below), target));
        }
        self.upload(&files, progress)
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

    /// Fetches a file or a directory (empty for everything) into the folder `dest`, and answers where it is:
    /// `dest/<path>`.
    ///
    /// A file appears under its name when all of it has arrived.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = run.artifacts()?;
    /// artifacts.write("reports/notes.txt", b"a first try")?;
    /// let copy = artifacts.download("reports", &folder.path().join("copies"), &())?;
    /// assert_eq!(std::fs::read(copy.join("notes.txt")).expect("a file"), b"a first try");
    /// # run.finish()
    /// # }
    /// ```
    pub fn download(&self, path: &str, dest: &Path, progress: &dyn Progress) -> Result<PathBuf, Error> {
        let root = parse_directory(path)?;
        let files = self.files_to_fetch(&root)?;
        let folder = Folder::create(dest)?;
        let target = folder.place(&root);
        if files.is_empty() {
            folder.create_dir(&root)?;
            return Ok(target);
        }
        progress.begin(files.len(), files.iter().map(|file| file.size).sum());
        let result = match &self.backend {
            Backend::Proxy(proxy) => in_parallel(&files, |file| {
                stop_if_cancelled(progress)?;
                let mut partial = folder.begin(&file.path)?;
                proxy.download(&file.path, &mut partial, progress)?;
                partial.finish()
            }),
            #[cfg(feature = "artifact-stores")]
            Backend::Stored(stored) => stored.download(&files, &folder, progress),
        };
        progress.end();
        result.map(|()| target)
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

    fn files_to_fetch(&self, root: &ArtifactPath) -> Result<Vec<RemoteFile>, Error> {
        let mut files = Vec::new();
        self.collect(root, 0, &mut files)?;
        if files.is_empty() && !root.is_root() {
            let siblings = self.children(&root.parent())?;
            match siblings.iter().find(|sibling| sibling.path == root.file_name()) {
                Some(entry) if entry.is_dir => {}
                Some(entry) => files.push(RemoteFile { path: root.clone(), size: size_of(entry) }),
                None => return Err(Error::NoArtifact { path: root.to_string(), uri: self.uri.clone() }),
            }
        }
        Ok(files)
    }

    fn collect(&self, directory: &ArtifactPath, depth: usize, files: &mut Vec<RemoteFile>) -> Result<(), Error> {
        let too_many = |what: &str| Error::ArtifactStore {
            uri: self.uri.clone(),
            code: ErrorCode::InvalidParameterValue,
            reason: what.to_owned(),
        };
        if depth > MAX_DEPTH {
            return Err(too_many("the directories are nested too deeply"));
        }
        for child in self.children(directory)? {
            let path = directory.join(&parse(&child.path)?);
            if child.is_dir {
                self.collect(&path, depth + 1, files)?;
            } else {
                files.push(RemoteFile { size: size_of(&child), path });
            }
            if files.len() > MAX_FILES {
                return Err(too_many("there are too many files"));
            }
        }
        Ok(())
    }
}

fn size_of(entry: &FileInfo) -> Option<u64> {
    entry.file_size.and_then(|size| u64::try_from(size).ok())
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

/// Runs `work` on every item, several at a time; after an error no further item is begun.
fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T) -> Result<(), Error> + Sync) -> Result<(), Error> {
    use std::sync::atomic::{AtomicUsize, Ordering};

    if items.len() <= 1 {
        return items.iter().try_for_each(work);
    }
    let next = AtomicUsize::new(0);
    let run = || -> Result<(), Error> {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item).inspect_err(|_| next.store(items.len(), Ordering::Relaxed))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..PARALLEL.min(items.len())).map(|_| scope.spawn(run)).collect();
        let mut result = Ok(());
        for thread in threads {
            let outcome = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result = result.and(outcome);
        }
        result
    })
}
