//! Artifacts in a local folder.
//!
//! Files are opened with `cap-std`, relative to a handle of the root (`openat2` with `RESOLVE_BENEATH` on Linux), so
//! that neither a path nor a symbolic link, however the two race, reaches anything outside. `object_store`'s own
//! `LocalFileSystem` joins texts and follows links wherever they lead, so it is not used.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use bytes::{Bytes, BytesMut};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};
use futures_util::{Stream, StreamExt, stream};
use trainyard_api::artifacts::FileInfo;

use crate::{ArtifactError, ArtifactPath, ByteRange, Download, FileMeta};
use trainyard_api::artifact_path::PARTIAL_PREFIX;

/// Bytes that are gathered before a thread is asked to write them, and read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// A folder as an artifact root.
#[derive(Debug)]
pub(crate) struct LocalFolder {
    root: PathBuf,
}

impl LocalFolder {
    /// The folder at a path, which is taken relative to the working directory once and for all.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { root: std::path::absolute(path)? })
    }

    // Opened for each operation: a root that is moved away or made anew while the program runs is not a dead handle.
    fn open(&self) -> io::Result<Dir> {
        Dir::open_ambient_dir(&self.root, ambient_authority())
    }

    fn open_or_make(&self) -> io::Result<Dir> {
        match self.open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Dir::create_ambient_dir_all(&self.root, ambient_authority())?;
                self.open()
            }
            opened => opened,
        }
    }

    pub(crate) async fn prepare(self: Arc<Self>) -> Result<(), ArtifactError> {
        spawn(ArtifactPath::root(), move |_| {
            self.try_writing().map_err(|error| ArtifactError::InvalidLocation {
                uri: self.root.display().to_string(),
                reason: format!("the folder cannot be made or written: {error}"),
            })
        })
        .await
    }

    fn try_writing(&self) -> io::Result<()> {
        let directory = self.open_or_make()?;
        let name = partial_name();
        directory.open_with(&name, OpenOptions::new().write(true).create_new(true))?;
        directory.remove_file(&name)
    }

    pub(crate) async fn put(
        self: Arc<Self>,
        path: &ArtifactPath,
        mut body: Pin<&mut (impl Stream<Item = Result<Bytes, ArtifactError>> + Send)>,
    ) -> Result<u64, ArtifactError> {
        let mut upload = None;
        loop {
            let mut chunks = Vec::new();
            let mut gathered = 0;
            let mut ended = false;
            while gathered < CHUNK_BYTES && !ended {
                match body.next().await {
                    Some(chunk) => {
                        let chunk = chunk?;
                        gathered += chunk.len();
                        chunks.push(chunk);
                    }
                    None => ended = true,
                }
            }
            // An upload that is dropped, here or by the thread when nobody waits for it any more, removes its file.
            let folder = self.clone();
            let started = upload.take();
            let written = blocking(path.clone(), move |path| {
                let mut upload = match started {
                    Some(upload) => upload,
                    None => Upload::start(&folder, path)?,
                };
                upload.write(&chunks)?;
                if ended { upload.finish().map(Written::All) } else { Ok(Written::Part(upload)) }
            });
            match written.await? {
                Written::All(size) => return Ok(size),
                Written::Part(started) => upload = Some(started),
            }
        }
    }

    pub(crate) async fn get(
        self: Arc<Self>,
        path: &ArtifactPath,
        range: Option<ByteRange>,
    ) -> Result<Download, ArtifactError> {
        let (meta, range, reader) = spawn(path.clone(), move |path| {
            let (mut file, meta) = self.open_file(path)?;
            let range = range.map_or(Ok(0..meta.size), |range| range.resolve(meta.size))?;
            let io = |error| ArtifactError::io(path, error);
            if range.start > 0 {
                file.seek(SeekFrom::Start(range.start)).map_err(io)?;
            }
            // Most artifacts are small: the thread that opens the file also reads the first piece.
            let mut reader = Reader { file, left: range.end - range.start, path: path.clone() };
            let first = reader.read().map_err(io)?;
            Ok((meta, range, (first, reader)))
        })
        .await?;
        let (first, reader) = reader;
        let rest = stream::try_unfold(reader, |mut reader| async {
            if reader.left == 0 {
                return Ok(None);
            }
            let path = reader.path.clone();
            blocking(path, move |_| Ok(Some((reader.read()?, reader)))).await
        });
        let first = stream::iter((!first.is_empty()).then_some(Ok(first)));
        Ok(Download { meta, range, stream: Box::pin(first.chain(rest)) })
    }

    pub(crate) async fn head(self: Arc<Self>, path: &ArtifactPath) -> Result<FileMeta, ArtifactError> {
        spawn(path.clone(), move |path| Ok(self.open_file(path)?.1)).await
    }

    fn open_file(&self, path: &ArtifactPath) -> Result<(File, FileMeta), ArtifactError> {
        let io = |error| ArtifactError::io(path, error);
        if path.is_root() {
            return Err(ArtifactError::IsDirectory(path.clone()));
        }
        let directory = self.open().map_err(io)?;
        // Asked before opening, because opening a pipe waits for its other end.
        let kind = directory.metadata(path.as_str()).map_err(io)?.file_type();
        if kind.is_dir() {
            return Err(ArtifactError::IsDirectory(path.clone()));
        }
        if !kind.is_file() {
            return Err(ArtifactError::NotFound(path.clone()));
        }
        let file = directory.open(path.as_str()).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        let modified = metadata.modified().map_err(io)?.into_std();
        let nanos = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let etag = format!("\"{:x}-{nanos:x}-{:x}\"", file_number(&metadata), metadata.len());
        Ok((file, FileMeta { size: metadata.len(), etag: Some(etag), last_modified: Some(modified) }))
    }

    pub(crate) async fn list(self: Arc<Self>, path: &ArtifactPath) -> Result<Vec<FileInfo>, ArtifactError> {
        blocking(path.clone(), move |path| {
            let opened = self.open().and_then(|root| root.read_dir(if path.is_root() { "." } else { path.as_str() }));
            let entries = match opened {
                Ok(entries) => entries,
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    return Ok(Vec::new());
                }
                Err(error) => return Err(error),
            };
            let root = self.open()?;
            let mut files = Vec::new();
            for entry in entries {
                // No client can ask for a name that is not UTF-8 or not an artifact path.
                let Ok(name) = entry?.file_name().into_string() else { continue };
                let Ok(below) = ArtifactPath::parse(&name) else { continue };
                // Gone in the meantime, or a link that leads nowhere or outside.
                let Ok(metadata) = root.metadata(path.join(&below).as_str()) else { continue };
                let is_dir = metadata.is_dir();
                let file_size = (!is_dir).then(|| i64::try_from(metadata.len()).unwrap_or(i64::MAX));
                files.push(FileInfo { path: name, is_dir, file_size });
            }
            Ok(files)
        })
        .await
    }

    pub(crate) async fn delete(self: Arc<Self>, path: &ArtifactPath) -> Result<(), ArtifactError> {
        if path.is_root() {
            return Err(ArtifactError::NotFound(path.clone()));
        }
        blocking(path.clone(), move |path| {
            let root = self.open()?;
            if root.symlink_metadata(path.as_str())?.is_dir() {
                root.remove_dir_all(path.as_str())
            } else {
                root.remove_file(path.as_str())
            }
        })
        .await
    }
}

enum Written {
    Part(Upload),
    All(u64),
}

/// A file under a temporary name beside its place; it takes its place when it is finished.
struct Upload {
    directory: Dir,
    file: File,
    partial: String,
    name: String,
    size: u64,
    finished: bool,
}

impl Upload {
    fn start(folder: &LocalFolder, path: &ArtifactPath) -> io::Result<Self> {
        let directory = make_directory(folder.open_or_make()?, &path.parent())?;
        // Known now rather than after the last byte.
        if directory.symlink_metadata(path.file_name()).is_ok_and(|metadata| metadata.is_dir()) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let partial = partial_name();
        let file = directory.open_with(&partial, OpenOptions::new().write(true).create_new(true))?;
        Ok(Self { directory, file, partial, name: path.file_name().to_owned(), size: 0, finished: false })
    }

    fn write(&mut self, chunks: &[Bytes]) -> io::Result<()> {
        for chunk in chunks {
            self.file.write_all(chunk)?;
            self.size += chunk.len() as u64;
        }
        Ok(())
    }

    /// Answers when the file and its name would survive a loss of power.
    fn finish(mut self) -> io::Result<u64> {
        self.file.sync_all()?;
        self.directory.rename(&self.partial, &self.directory, &self.name)?;
        self.finished = true;
        sync_directory(&self.directory)?;
        Ok(self.size)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = self.directory.remove_file(&self.partial)
        {
            tracing::warn!(%error, file = self.partial, "a broken upload could not be removed");
        }
    }
}

struct Reader {
    file: File,
    left: u64,
    path: ArtifactPath,
}

impl Reader {
    fn read(&mut self) -> io::Result<Bytes> {
        let wanted = self.left.min(CHUNK_BYTES as u64) as usize;
        let mut chunk = BytesMut::zeroed(wanted);
        self.file.read_exact(&mut chunk)?;
        self.left -= wanted as u64;
        Ok(chunk.freeze())
    }
}

/// Opens a directory below `root`, making what is missing; a new directory's name is on disk before it is used.
fn make_directory(root: Dir, path: &ArtifactPath) -> io::Result<Dir> {
    if path.is_root() {
        return Ok(root);
    }
    match root.open_dir(path.as_str()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    let mut made = PathBuf::new();
    for part in path.as_str().split('/') {
        let parent = if made.as_os_str().is_empty() { root.try_clone()? } else { root.open_dir(&made)? };
        match parent.create_dir(part) {
            Ok(()) => sync_directory(&parent)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        made.push(part);
    }
    root.open_dir(made)
}

// Windows cannot flush a directory, and does not need to.
fn sync_directory(directory: &Dir) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { directory.open(".")?.sync_all() }
}

/// Every upload is a new file, so its number tells two apart whose times are equal: clocks tick in milliseconds.
#[cfg(unix)]
fn file_number(metadata: &Metadata) -> u64 {
    cap_std::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn file_number(_: &Metadata) -> u64 {
    0
}

fn partial_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanos = UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("{PARTIAL_PREFIX}{}-{nanos:x}-{count}", std::process::id())
}

async fn blocking<T: Send + 'static>(
    path: ArtifactPath,
    work: impl FnOnce(&ArtifactPath) -> io::Result<T> + Send + 'static,
) -> Result<T, ArtifactError> {
    spawn(path, move |path| work(path).map_err(|error| ArtifactError::io(path, error))).await
}

async fn spawn<T: Send + 'static>(
    path: ArtifactPath,
    work: impl FnOnce(&ArtifactPath) -> Result<T, ArtifactError> + Send + 'static,
) -> Result<T, ArtifactError> {
    let place = path.clone();
    let done = tokio::task::spawn_blocking(move || work(&place)).await;
    done.unwrap_or_else(|error| Err(ArtifactError::io(&path, io::Error::other(error))))
}
