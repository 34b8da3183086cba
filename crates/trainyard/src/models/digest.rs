//! Sizes and SHA-256 digests of a model directory, kept in `MLmodel` under a key of our own.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{MLMODEL, Mlmodel, files_below};
use crate::Error;

/// Key of `MLmodel` that stock MLflow carries along without looking at it.
const KEY: &str = "trainyard";

/// Records the digests of all files in `model` and writes `MLmodel`: the last step of saving a model.
pub fn finish(folder: &Path, model: &mut Mlmodel) -> Result<(), Error> {
    let mut digests = Map::new();
    for file in files_below(folder)? {
        if file != MLMODEL {
            digests.insert(file.clone(), digest(&folder.join(&file))?.into());
        }
    }
    let record = json!({"version": env!("CARGO_PKG_VERSION"), "sha256": digests});
    model.other.insert(KEY.to_owned(), record);
    model.write(folder)
}

/// Checks a model directory: the paths in `MLmodel`, links, and the digests where it has any.
///
/// Files without a digest are allowed, because stock MLflow adds some to what it downloads.
pub fn verify(folder: &Path) -> Result<(), Error> {
    let model = Mlmodel::read(folder)?;
    refuse_links_out(folder)?;
    let Some(Value::Object(digests)) = model.other.get(KEY).and_then(|record| record.get("sha256")) else {
        return Ok(());
    };
    for (file, expected) in digests {
        let path = match trainyard_api::artifact_path::ArtifactPath::parse(file) {
            Ok(path) => folder.join(path.as_str()),
            Err(error) => return Err(Error::model(&folder.join(MLMODEL), error.to_string())),
        };
        if !path.is_file() {
            return Err(Error::model(&path, "the file is missing from the model"));
        }
        if *expected != *digest(&path)? {
            return Err(Error::model(&path, "the file is not the one that was saved: its SHA-256 differs"));
        }
    }
    Ok(())
}

/// Refuses links that lead out of a model directory: what they lead to was not saved with the model.
fn refuse_links_out(folder: &Path) -> Result<(), Error> {
    let root = folder.canonicalize().map_err(Error::io(folder))?;
    for file in files_below(folder)? {
        let path = folder.join(file);
        let target = path.canonicalize().map_err(Error::io(&path))?;
        if !target.starts_with(&root) {
            return Err(Error::model(&path, format!("a link leads out of the model, to {}", target.display())));
        }
    }
    Ok(())
}

/// Bytes of all files below a folder: `model_size_bytes`, when taken before the description is written.
pub fn size_bytes(folder: &Path) -> Result<u64, Error> {
    let mut size = 0;
    for file in files_below(folder)? {
        let path = folder.join(file);
        size += path.metadata().map_err(Error::io(&path))?.len();
    }
    Ok(size)
}

fn digest(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 1 << 18];
    loop {
        match file.read(&mut chunk).map_err(Error::io(path))? {
            0 => break,
            count => hash.update(&chunk[..count]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
