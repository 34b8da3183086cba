//! The transport without a server: the store runs inside this process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use trainyard_store::{ArtifactRoot, Operation, Store, StoreOptions};

use crate::Error;
use crate::fork::Slot;

/// A store in a SQLite file, opened at the first call.
pub(crate) struct Embedded {
    database: PathBuf,
    slot: Arc<Slot>,
}

impl Embedded {
    pub(crate) fn new(database: PathBuf) -> Self {
        Self { database, slot: Slot::new() }
    }

    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    pub(crate) fn call<O: Operation>(&self, request: O) -> Result<O::Response, Error> {
        self.slot.with(|| open(&self.database), |store| Ok(store.execute(request).wait()?))
    }
}

fn open(database: &Path) -> Result<Store, Error> {
    let folder = database.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let artifact_root = ArtifactRoot::Managed(folder.join("artifacts").to_string_lossy().into_owned());
    Ok(Store::open(&format!("sqlite:///{}", database.display()), StoreOptions { artifact_root })?)
}
