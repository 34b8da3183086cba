//! Artifacts that the client reaches without a tracking server: local folders and buckets.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use percent_encoding::percent_decode_str;
use tokio::runtime::Builder;
use trainyard_api::artifacts::FileInfo;
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore};

use super::download::Folder;
use super::{PARALLEL, Progress, RemoteFile, stop_if_cancelled};
use crate::Error;
use crate::blocking::blocking;
use crate::tracking_uri::redact;

/// Bytes that are read from a local file at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A local folder or a place in a bucket.
#[derive(Debug)]
pub(super) struct Stored {
    store: ArtifactStore,
    uri: String,
    local_root: Option<PathBuf>,
}

impl Stored {
    pub(super) fn open(uri: &str) -> Result<Self, Error> {
        let store = ArtifactStore::open(uri).map_err(|error| Error::Uri {
            kind: "artifact URI",
            uri: redact(uri),
            reason: match error {
                ArtifactError::InvalidLocation { reason, .. } => reason,
                other => other.to_string(),
            },
        })?;
        Ok(Self { store, uri: redact(uri), local_root: local_root(uri) })
    }

    pub(super) fn local_root(&self) -> Option<&Path> {
        self.local_root.as_deref()
    }

    pub(super) fn list(&self, directory: &ArtifactPath) -> Result<Vec<FileInfo>, Error> {
        block_on(self.store.list(directory))?.map_err(|error| self.error(error))
    }

    pub(super) fn delete(&self, path: &ArtifactPath) -> Result<(), Error> {
        block_on(self.store.delete(path))?.map_err(|error| self.error(error))
    }

    pub(super) fn write(&self, path: &ArtifactPath, bytes: &[u8]) -> Result<(), Error> {
        let body = stream::iter([Ok::<_, std::io::Error>(Bytes::copy_from_slice(bytes))]);
        block_on(self.store.put(path, body))?.map_err(|error| self.error(error))?;
        Ok(())
    }

    pub(super) fn read(&self, path: &ArtifactPath) -> Result<Vec<u8>, Error> {
        let read = async {
            let mut bytes = Vec::new();
            let mut stream = self.store.get(path, None).await?.stream;
            while let Some(chunk) = stream.try_next().await? {
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes)
        };
        block_on(read)?.map_err(|error| self.error(error))
    }

    pub(super) fn upload(&self, files: &[(&Path, ArtifactPath, u64)], progress: &dyn Progress) -> Result<(), Error> {
        block_on(
            stream::iter(files.iter().map(Ok))
                .try_for_each_concurrent(PARALLEL, |(local, path, _)| self.upload_one(local, path, progress)),
        )?
    }

    async fn upload_one(&self, local: &Path, path: &ArtifactPath, progress: &dyn Progress) -> Result<(), Error> {
        stop_if_cancelled(progress)?;
        let file = File::open(local).map_err(Error::io(local))?;
        let body = stream::iter(Chunks { file }).map(|chunk| {
            let chunk = chunk?;
            progress.advance(chunk.len() as u64);
            if progress.cancelled() {
                return Err(std::io::Error::other("cancelled"));
            }
            Ok(chunk)
        });
        match self.store.put(path, body).await {
            Ok(_) => Ok(()),
            Err(_) if progress.cancelled() => Err(Error::Cancelled),
            Err(error) => Err(self.error(error)),
        }
    }

    pub(super) fn download(&self, files: &[RemoteFile], folder: &Folder, progress: &dyn Progress) -> Result<(), Error> {
        block_on(
            stream::iter(files.iter().map(Ok))
                .try_for_each_concurrent(PARALLEL, |file| self.download_one(file, folder, progress)),
        )?
    }

    async fn download_one(&self, file: &RemoteFile, folder: &Folder, progress: &dyn Progress) -> Result<(), Error> {
        stop_if_cancelled(progress)?;
        let mut partial = folder.begin(&file.path)?;
        let mut stream = self.store.get(&file.path, None).await.map_err(|error| self.error(error))?.stream;
        while let Some(chunk) = stream.try_next().await.map_err(|error| self.error(error))? {
            stop_if_cancelled(progress)?;
            partial.write(&chunk)?;
            progress.advance(chunk.len() as u64);
        }
        partial.finish()
    }

    fn error(&self, error: ArtifactError) -> Error {
        match error {
            ArtifactError::NotFound(path) => Error::NoArtifact { path: path.to_string(), uri: self.uri.clone() },
            other => Error::ArtifactStore { uri: self.uri.clone(), code: other.code(), reason: other.to_string() },
        }
    }
}

/// The folder that a plain path or a `file:` URI names.
fn local_root(uri: &str) -> Option<PathBuf> {
    let path = match uri.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => {
            let path = rest.strip_prefix("//localhost/").map_or(rest, |_| &rest["//localhost".len()..]);
            percent_decode_str(path.strip_prefix("//").unwrap_or(path)).decode_utf8().ok()?.into_owned()
        }
        Some((scheme, _)) if scheme.len() > 1 && !scheme.contains('/') => return None,
        _ => uri.to_owned(),
    };
    std::path::absolute(path).ok()
}

/// Waits for a future on a runtime of its own, which has no threads that a fork could lose.
fn block_on<F: Future<Output: Send> + Send>(future: F) -> Result<F::Output, Error> {
    blocking(|| {
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(runtime.map_err(Error::io(Path::new("a network poller")))?.block_on(future))
    })
}

/// A local file, piece by piece.
struct Chunks {
    file: File,
}

impl Iterator for Chunks {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        match (&mut self.file).take(CHUNK_BYTES as u64).read_to_end(&mut chunk) {
            Ok(0) => None,
            Ok(_) => Some(Ok(chunk.into())),
            Err(error) => Some(Err(error)),
        }
    }
}
