//! Uploads and downloads of many files, and which files a download is of.

use std::fs;
use std::path::{Path, PathBuf};

use trainyard_api::ErrorCode;
use trainyard_api::artifact_path::ArtifactPath;
use trainyard_api::artifacts::FileInfo;

use super::download::Folder;
use super::{ArtifactRepository, Backend, PARALLEL, Progress, RemoteFile, parse, parse_directory, stop_if_cancelled};
use crate::Error;

/// Deepest directory that is followed.
const MAX_DEPTH: usize = 64;
/// Most files of one download: a server that invents directories without end is stopped here.
const MAX_FILES: usize = 1_000_000;

impl ArtifactRepository {
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
