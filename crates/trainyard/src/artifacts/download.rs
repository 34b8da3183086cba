//! Where downloads land: below one folder, complete or not at all.

use std::fs;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use trainyard_api::artifact_path::ArtifactPath;

use crate::Error;

/// The folder of a download.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn create(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let absolute = fs::canonicalize(folder).map_err(Error::io(folder))?;
        Ok(Self(absolute))
    }

    /// Where a path below the artifact root lies. The parsed type keeps it inside of the folder.
    pub(super) fn place(&self, path: &ArtifactPath) -> PathBuf {
        if path.is_root() { self.0.clone() } else { self.0.join(path.as_str()) }
    }

    pub(super) fn create_dir(&self, path: &ArtifactPath) -> Result<(), Error> {
        let place = self.place(path);
        fs::create_dir_all(&place).map_err(Error::io(&place))
    }

    /// A file that will lie at `path` once it is finished; until then it has a name of its own.
    pub(super) fn begin(&self, path: &ArtifactPath) -> Result<Partial, Error> {
        let place = self.place(path);
        self.create_dir(&path.parent())?;
        let parent = place.parent().unwrap_or(&self.0);
        let file = tempfile::Builder::new()
            .prefix(".trainyard-partial-")
            .permissions_like_any_new_file()
            .tempfile_in(parent)
            .map_err(Error::io(&place))?;
        Ok(Partial { file, place })
    }
}

/// A file that is arriving; dropped before it is finished, it leaves nothing behind.
pub(super) struct Partial {
    file: NamedTempFile,
    place: PathBuf,
}

impl Partial {
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(Error::io(&self.place))
    }

    /// Begins again at the start.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        let file = self.file.as_file_mut();
        file.set_len(0).and_then(|()| file.rewind()).map_err(Error::io(&self.place))
    }

    /// Gives the file its name.
    pub(super) fn finish(self) -> Result<(), Error> {
        let Self { file, place } = self;
        file.persist(&place).map_err(|error| Error::Io { path: place, source: error.error })?;
        Ok(())
    }
}

/// Temporary files are for their owner alone; downloads are as readable as any file that a program makes.
trait AnyNewFile {
    fn permissions_like_any_new_file(&mut self) -> &mut Self;
}

impl AnyNewFile for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn permissions_like_any_new_file(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        // The system takes the process's umask off this.
        self.permissions(fs::Permissions::from_mode(0o666))
    }

    #[cfg(not(unix))]
    fn permissions_like_any_new_file(&mut self) -> &mut Self {
        self
    }
}
