//! An artifact root behind its address, and what can be done below it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use trainyard_api::artifacts::FileInfo;

use crate::bucket::Bucket;
use crate::local::LocalFolder;
use crate::{ArtifactError, ArtifactPath, BoxError, PartsUpload};

/// An artifact root: a local folder or a place in a bucket. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ArtifactStore(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Local(Arc<LocalFolder>),
    Bucket(Arc<Bucket>),
}

/// Part of a file, as HTTP names it. Ends are inclusive and may lie behind the end of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first to the second position.
    Between(u64, u64),
    /// From a position to the end.
    From(u64),
    /// The last bytes, so many of them.
    Last(u64),
}

/// What is known of a stored file without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// Its size in bytes.
    pub size: u64,
    /// Changes whenever the content does; quoted, as in the HTTP header.
    pub etag: Option<String>,
    /// When it was stored.
    pub last_modified: Option<SystemTime>,
}

/// A file or part of it on its way to the reader.
pub struct Download {
    /// The whole file's description.
    pub meta: FileMeta,
    /// The positions that `stream` yields, the second exclusive.
    pub range: std::ops::Range<u64>,
    /// The bytes; read from the store only as fast as they are taken.
    pub stream: Pin<Box<dyn Stream<Item = Result<Bytes, ArtifactError>> + Send>>,
}

/// What a signed address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedAccess {
    /// GET.
    Read,
    /// PUT.
    Write,
}

impl ArtifactStore {
    /// Opens a local folder (a plain path or `file://…`), `s3://…`, `gs://…` or `abfss://…`.
    ///
    /// Nothing is read or written: a folder is made by its first upload. Credentials for buckets come from the
    /// environment variables of their vendors.
    pub fn open(uri: &str) -> Result<Self, ArtifactError> {
        let invalid = |reason: String| ArtifactError::InvalidLocation { uri: uri.to_owned(), reason };
        let backend = match scheme(uri) {
            None if uri.is_empty() => return Err(invalid("it is empty".to_owned())),
            None => {
                Backend::Local(Arc::new(LocalFolder::at(uri.as_ref()).map_err(|error| invalid(error.to_string()))?))
            }
            Some("file") => {
                let path = file_uri_path(uri).map_err(|reason| invalid(reason.to_owned()))?;
                Backend::Local(Arc::new(LocalFolder::at(path.as_ref()).map_err(|error| invalid(error.to_string()))?))
            }
            Some("s3" | "s3a" | "gs" | "abfs" | "abfss") => {
                Backend::Bucket(Arc::new(Bucket::open(uri).map_err(|error| invalid(error.to_string()))?))
            }
            Some(scheme) => {
                return Err(ArtifactError::UnsupportedScheme { uri: uri.to_owned(), scheme: scheme.to_owned() });
            }
        };
        Ok(Self(backend))
    }

    /// Makes a local root if it is missing and fails if nothing can be written there; does nothing for a bucket.
    pub async fn prepare(&self) -> Result<(), ArtifactError> {
        match &self.0 {
            Backend::Local(folder) => folder.clone().prepare().await,
            Backend::Bucket(_) => Ok(()),
        }
    }

    /// Stores a file and answers its size in bytes.
    ///
    /// Memory stays bounded whatever the size. The file appears under its name when all of it has been stored; a
    /// body that breaks off, an error, or dropping the future leaves nothing behind. An earlier file is replaced.
    pub async fn put<S, E>(&self, path: &ArtifactPath, body: S) -> Result<u64, ArtifactError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        let body = std::pin::pin!(body.map(|chunk| {
            chunk.map_err(|error| ArtifactError::UploadBroken { path: path.clone(), source: error.into() })
        }));
        if path.is_root() {
            return Err(ArtifactError::IsDirectory(path.clone()));
        }
        match &self.0 {
            Backend::Local(folder) => folder.clone().put(path, body).await,
            Backend::Bucket(bucket) => bucket.put(path, body).await,
        }
    }

    /// Reads a file or part of it.
    pub async fn get(&self, path: &ArtifactPath, range: Option<ByteRange>) -> Result<Download, ArtifactError> {
        match &self.0 {
            Backend::Local(folder) => folder.clone().get(path, range).await,
            Backend::Bucket(bucket) => bucket.get(path, range).await,
        }
    }

    /// Describes a file.
    pub async fn head(&self, path: &ArtifactPath) -> Result<FileMeta, ArtifactError> {
        match &self.0 {
            Backend::Local(folder) => folder.clone().head(path).await,
            Backend::Bucket(bucket) => bucket.head(path).await,
        }
    }

    /// Lists the direct children of a directory, sorted, with paths relative to it.
    ///
    /// What is not there, or is a file, has no children: buckets know no difference, and clients ask to find out.
    pub async fn list(&self, path: &ArtifactPath) -> Result<Vec<FileInfo>, ArtifactError> {
        let mut files = match &self.0 {
            Backend::Local(folder) => folder.clone().list(path).await?,
            Backend::Bucket(bucket) => bucket.list(path).await?,
        };
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// An address under which whoever knows it may read or write a file for some time, without credentials.
    /// Local folders have none.
    pub async fn sign(
        &self,
        path: &ArtifactPath,
        access: SignedAccess,
        lifetime: Duration,
    ) -> Result<Option<String>, ArtifactError> {
        let method = match access {
            SignedAccess::Read => Method::GET,
            SignedAccess::Write => Method::PUT,
        };
        match &self.0 {
            Backend::Local(_) => Ok(None),
            Backend::Bucket(bucket) => bucket.sign(path, method, lifetime).await.map(Some),
        }
    }

    /// Whether others can be given addresses at which they read and write by themselves.
    pub fn has_addresses(&self) -> bool {
        matches!(self.0, Backend::Bucket(_))
    }

    /// Begins an upload whose parts others send to the bucket. Local folders have none.
    ///
    /// The file appears with `complete_parts`; until then the bucket keeps the parts, or until `abort_parts`.
    pub async fn begin_parts(
        &self,
        path: &ArtifactPath,
        count: u32,
        lifetime: Duration,
    ) -> Result<Option<PartsUpload>, ArtifactError> {
        match &self.0 {
            Backend::Local(_) => Ok(None),
            Backend::Bucket(bucket) => bucket.begin_parts(path, count, lifetime).await.map(Some),
        }
    }

    /// Makes a file of the parts that were sent, of which the bucket has answered these ETags, from part 1 on.
    pub async fn complete_parts(
        &self,
        path: &ArtifactPath,
        upload_id: &str,
        etags: Vec<String>,
    ) -> Result<(), ArtifactError> {
        match &self.0 {
            Backend::Local(_) => Err(no_such_upload(path, upload_id)),
            Backend::Bucket(bucket) => bucket.complete_parts(path, upload_id, etags).await,
        }
    }

    /// Gives up an upload in parts, and with it what was sent.
    pub async fn abort_parts(&self, path: &ArtifactPath, upload_id: &str) -> Result<(), ArtifactError> {
        match &self.0 {
            Backend::Local(_) => Err(no_such_upload(path, upload_id)),
            Backend::Bucket(bucket) => bucket.abort_parts(path, upload_id).await,
        }
    }

    /// Deletes a file, or a directory and all below it.
    pub async fn delete(&self, path: &ArtifactPath) -> Result<(), ArtifactError> {
        match &self.0 {
            Backend::Local(folder) => folder.clone().delete(path).await,
            Backend::Bucket(bucket) => bucket.delete(path).await,
        }
    }
}

impl ByteRange {
    /// The positions in a file of `size` bytes, the second exclusive.
    pub fn resolve(self, size: u64) -> Result<std::ops::Range<u64>, ArtifactError> {
        let (start, end) = match self {
            Self::Between(first, last) => (first, last.saturating_add(1).min(size)),
            Self::From(first) => (first, size),
            Self::Last(count) => (size.saturating_sub(count), size),
        };
        if start < end { Ok(start..end) } else { Err(ArtifactError::RangeNotSatisfiable { size }) }
    }
}

fn no_such_upload(path: &ArtifactPath, upload_id: &str) -> ArtifactError {
    ArtifactError::NoSuchUpload { path: path.clone(), upload_id: upload_id.to_owned() }
}

/// The scheme of a URI. One letter before a colon is a drive, so it makes a path.
fn scheme(uri: &str) -> Option<&str> {
    let (scheme, _) = uri.split_once(':')?;
    let wellformed = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (scheme.len() > 1 && wellformed && scheme.as_bytes()[0].is_ascii_alphabetic()).then_some(scheme)
}

fn file_uri_path(uri: &str) -> Result<String, &'static str> {
    let path = &uri["file:".len()..];
    let path = match path.strip_prefix("//") {
        None => path,
        Some(rest) => {
            let (host, _) = rest.split_once('/').ok_or("it names no path")?;
            if !matches!(host, "" | "localhost") {
                return Err("it names another machine");
            }
            &rest[host.len()..]
        }
    };
    let path = percent_decode_str(path).decode_utf8().map_err(|_| "its path is not UTF-8")?;
    if path.is_empty() {
        return Err("it names no path");
    }
    // `file:///C:/folder`: the slash before the drive belongs to the URI.
    let drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    Ok(if drive { path[1..].to_owned() } else { path.into_owned() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn file_uris_are_decoded_once() {
        assert_eq!(file_uri_path("file:///a%20b/c").unwrap(), "/a b/c");
        assert_eq!(file_uri_path("file://localhost/a").unwrap(), "/a");
        assert_eq!(file_uri_path("file:a/b").unwrap(), "a/b");
        assert!(file_uri_path("file://elsewhere/a").is_err());
        assert!(file_uri_path("file://").is_err());
    }

    #[test]
    fn a_drive_letter_is_no_scheme() {
        assert_eq!(scheme("C:/data"), None);
        assert_eq!(scheme("./yard/artifacts"), None);
        assert_eq!(scheme("s3://bucket"), Some("s3"));
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(ByteRange::Between(2, 100).resolve(10).unwrap(), 2..10);
        assert_eq!(ByteRange::From(9).resolve(10).unwrap(), 9..10);
        assert_eq!(ByteRange::Last(100).resolve(10).unwrap(), 0..10);
        for range in
            [ByteRange::From(10), ByteRange::Last(0), ByteRange::Between(5, 4), ByteRange::Between(10, u64::MAX)]
        {
            assert!(range.resolve(10).is_err(), "{range:?}");
        }
    }
}
