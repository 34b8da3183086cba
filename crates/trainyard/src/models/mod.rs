//! Model directories: `MLmodel`, the environment files, digests, and the static scan of what a saved model needs.
//!
//! What is written here, stock MLflow loads, and the other way round.

mod digest;
mod environment;
mod mlmodel;
#[cfg(feature = "model-scan")]
pub mod scan;
mod yaml;

pub use digest::{finish, size_bytes, verify};
pub use environment::Environment;
pub use mlmodel::{Mlmodel, Signature};
pub use yaml::{from_yaml, to_yaml};

use std::fs;
use std::path::Path;

use crate::Error;

/// The version of MLflow that model directories are written like.
pub const COMPAT_VERSION: &str = "3.18.0";
/// Name of the file that describes a model directory.
pub const MLMODEL: &str = "MLmodel";
/// Deepest folder below a model directory that is followed.
const MAX_DEPTH: usize = 64;

/// Paths of all files below a folder, relative to it, `/` between parts, sorted.
///
/// Links are followed; names that are not UTF-8 are an error.
pub fn files_below(folder: &Path) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    collect(folder, "", 0, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<String>) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::model(folder, "the folders are nested too deeply, or a link leads back up"));
    }
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(Error::model(&path, "the name is not UTF-8"));
        };
        let below = format!("{prefix}{name}");
        if fs::metadata(&path).map_err(Error::io(&path))?.is_dir() {
            collect(&path, &format!("{below}/"), depth + 1, files)?;
        } else {
            files.push(below);
        }
    }
    Ok(())
}

/// Writes a file that appears under its name when all of it is there.
fn write_file(path: &Path, content: &[u8]) -> Result<(), Error> {
    let partial = path.with_extension("trainyard-partial");
    fs::write(&partial, content).and_then(|()| fs::rename(&partial, path)).map_err(Error::io(path))
}
