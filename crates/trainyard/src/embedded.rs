//! The transport without a server: the store runs inside this process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use trainyard_store::webhooks::SecretKey;
use trainyard_store::{ArtifactRoot, Operation, Store, StoreOptions};

use crate::fork::Slot;
use crate::{Error, setting};

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
    // Webhooks made here are called by a server, which has to have the same key.
    let key = setting::text("WEBHOOK_SECRET_ENCRYPTION_KEY").map(|(_, key)| SecretKey::parse(&key)).transpose()?;
    let options = StoreOptions { artifact_root, webhook_key: key };
    Ok(Store::open(&format!("sqlite:///{}", database.display()), options)?)
}
