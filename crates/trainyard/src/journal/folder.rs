//! Where journals lie: one folder each, below `$TRAINYARD_HOME/journal`.
//!
//! `<run id>-<random>/head` names run and tracking store and is locked by the process that owns the journal; the segments
//! beside it hold the records. `rejected/` keeps the records that a server refused, `runs/` the ids that servers gave to
//! runs started offline.

use std::env;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::Error;

/// The folder of all journals of this user; made when it is not there.
pub(super) fn journals() -> Result<PathBuf, Error> {
    if let Some(journals) = named()? {
        return make(&journals).map_err(|source| Error::Journal { path: journals.clone(), source }).map(|()| journals);
    }
    if let Some(journals) = in_state_folder()
        && make(&journals).is_ok()
    {
        return Ok(journals);
    }
    // Jobs in containers often have no home they may write to; logging has to work there all the same.
    let spare = spare();
    make(&spare).map_err(|source| Error::Journal { path: spare.clone(), source })?;
    static TOLD: OnceLock<()> = OnceLock::new();
    TOLD.get_or_init(|| {
        tracing::warn!(
            journal.folder = %spare.display(),
            "there is no home folder to keep journals in; set TRAINYARD_HOME to a folder that outlives this machine"
        );
    });
    Ok(spare)
}

/// The same, unless there is none yet: who only looks for something makes none.
pub(super) fn existing() -> Result<Option<PathBuf>, Error> {
    let candidates = match named()? {
        Some(journals) => vec![journals],
        None => in_state_folder().into_iter().chain([spare()]).collect(),
    };
    Ok(candidates.into_iter().find(|journals| journals.is_dir() && make(journals).is_ok()))
}

/// Where `TRAINYARD_HOME` wants journals to be.
fn named() -> Result<Option<PathBuf>, Error> {
    let home = env::var_os("TRAINYARD_HOME").filter(|home| !home.is_empty());
    home.map(|home| {
        let absolute = std::path::absolute(&home).map_err(Error::io(Path::new(&home)))?;
        Ok(absolute.join("journal"))
    })
    .transpose()
}

fn in_state_folder() -> Option<PathBuf> {
    state_folder().map(|state| state.join("trainyard").join("journal"))
}

/// The XDG state folder, or what comes closest to it.
fn state_folder() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    variable("XDG_STATE_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local").join("state")))
        .or_else(|| variable("LOCALAPPDATA"))
}

/// A folder for this user among the temporary files.
fn spare() -> PathBuf {
    #[cfg(unix)]
    let owner = rustix::process::getuid().as_raw().to_string();
    #[cfg(not(unix))]
    let owner = env::var("USERNAME").unwrap_or_default();
    env::temp_dir().join(format!("trainyard-{owner}")).join("journal")
}

/// Makes a folder that only its owner can look into, with the folders above it.
pub(super) fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    check_owner(path)
}

/// Refuses a folder that somebody else made, as can happen among temporary files.
fn check_owner(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let owner = fs::metadata(path)?.uid();
        let user = rustix::process::geteuid();
        if owner != user.as_raw() && !user.is_root() {
            return Err(io::Error::new(ErrorKind::PermissionDenied, format!("the folder belongs to user {owner}")));
        }
    }
    Ok(())
}

/// Lets a file be made for its owner alone.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// The run's id as part of a file name; a strange id of a strange server loses what may not stand there.
pub(super) fn name(run_id: &str) -> String {
    run_id.chars().filter(|c| c.is_ascii_alphanumeric()).take(64).collect()
}

/// The folders of all journals, by name.
pub(super) fn list(journals: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(journals).map_err(Error::io(journals))? {
        let path = entry.map_err(Error::io(journals))?.path();
        if path.join("head").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The segments of a journal, by number.
pub(super) fn segments(folder: &Path) -> io::Result<Vec<u32>> {
    let mut numbers: Vec<u32> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".segment")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes a journal all of which is delivered; its head goes last, so that one that is removed halfway is found again.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    for number in segments(folder)? {
        gone(fs::remove_file(super::segment::path(folder, number)))?;
    }
    gone(fs::remove_file(folder.join("head")))?;
    gone(fs::remove_dir(folder))
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Remembers the id that a server gave to a run which was started offline, for the other journals of the run.
pub(super) fn remember_run(journals: &Path, run_id: &str, remote_id: &str) -> io::Result<()> {
    let folder = journals.join("runs");
    make(&folder)?;
    let unseen = folder.join(format!("{run_id}.new"));
    fs::write(&unseen, remote_id)?;
    fs::rename(&unseen, folder.join(run_id))
}

/// The id that a server gave to a run which was started offline, if it is another one.
pub(super) fn remembered_run(journals: &Path, run_id: &str) -> Option<String> {
    // A run id of a client's making is no path; anything else was never remembered.
    if !run_id.bytes().all(|byte| byte.is_ascii_hexdigit()) || run_id.is_empty() {
        return None;
    }
    fs::read_to_string(journals.join("runs").join(run_id)).ok().filter(|id| !id.is_empty())
}
