//! The transport without a server: the store runs inside this process.

pub(crate) mod gate;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use trainyard_api::export::Format;
use trainyard_store::webhooks::SecretKey;
use trainyard_store::{ArtifactRoot, Export, Operation, PostgresOptions, Store, StoreOptions};

use crate::blocking::blocking;
use crate::tracking_uri::without_password;
use crate::{Error, export, setting};
use gate::Slot;

/// Where runs in a PostgreSQL database keep artifacts when nothing says otherwise: the place that a server has.
const ARTIFACTS: &str = "yard/artifacts";
/// Connections of one program; a server has more.
const POOL_SIZE: f64 = 4.0;

/// A store in a database, opened at the first call.
pub(crate) struct Embedded {
    database: Database,
    slot: Arc<Slot>,
}

#[derive(Clone)]
enum Database {
    File(PathBuf),
    Postgres(String),
}

impl Embedded {
    /// In a SQLite file.
    pub(crate) fn in_file(database: PathBuf) -> Self {
        Self { database: Database::File(database), slot: Slot::new() }
    }

    /// In the PostgreSQL database of this URI.
    pub(crate) fn in_postgres(uri: String) -> Self {
        Self { database: Database::Postgres(uri), slot: Slot::new() }
    }

    /// The URI as another process has to write it. Passwords of PostgreSQL are left out: that process has to have its own.
    pub(crate) fn lasting_uri(&self) -> String {
        match &self.database {
            Database::File(database) => format!("sqlite:///{}", database.display()),
            Database::Postgres(uri) => without_password(uri),
        }
    }

    pub(crate) fn call<O: Operation>(&self, request: O) -> Result<O::Response, Error> {
        blocking(|| {
            self.slot.with(|| self.database.open(), |store| store.execute(request).wait().map_err(Error::store))
        })
    }

    /// Writes the table of a request part by part.
    pub(crate) fn export<E: Export>(
        &self,
        request: E,
        format: Format,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.slot.with(|| self.database.open(), |store| export::from_store(store, request, format, take))
    }
}

impl Database {
    fn open(&self) -> Result<Store, Error> {
        // Webhooks made here are called by a server, which has to have the same key.
        let key = setting::text("WEBHOOK_SECRET_ENCRYPTION_KEY").map(|(_, key)| SecretKey::parse(&key));
        let key = key.transpose().map_err(Error::store)?;
        let (uri, artifact_root) = match self {
            Self::File(database) => {
                let folder = database.parent().unwrap_or(Path::new("/"));
                fs::create_dir_all(folder).map_err(Error::io(folder))?;
                (format!("sqlite:///{}", database.display()), folder.join("artifacts"))
            }
            Self::Postgres(uri) => {
                let root = Path::new(ARTIFACTS);
                (uri.clone(), std::path::absolute(root).map_err(Error::io(root))?)
            }
        };
        let artifact_root = match setting::text("DEFAULT_ARTIFACT_ROOT") {
            Some((_, root)) if matches!(self, Self::Postgres(_)) => ArtifactRoot::Pinned(root),
            _ => ArtifactRoot::Managed(artifact_root.to_string_lossy().into_owned()),
        };
        let options = StoreOptions {
            artifact_root,
            webhook_key: key,
            truncate_long_values: setting::flag("TRUNCATE_LONG_VALUES", true)?,
            postgres: postgres_options()?,
        };
        Store::open(&uri, options).map_err(Error::store)
    }
}

/// As the flags of the server, from the same variables.
fn postgres_options() -> Result<PostgresOptions, Error> {
    let defaults = PostgresOptions::default();
    let seconds = |name: &str, default: Duration| -> Result<Duration, Error> {
        let seconds = setting::number(name, default.as_secs_f64())?;
        Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).min(Duration::from_secs(86_400)))
    };
    Ok(PostgresOptions {
        pool_size: setting::number("SQLALCHEMYSTORE_POOL_SIZE", POOL_SIZE)?.clamp(3.0, 1000.0) as usize,
        connect_timeout: seconds("DATABASE_CONNECT_TIMEOUT", defaults.connect_timeout)?,
        statement_timeout: seconds("DATABASE_STATEMENT_TIMEOUT", defaults.statement_timeout)?,
        acquire_timeout: seconds("DATABASE_ACQUIRE_TIMEOUT", defaults.acquire_timeout)?,
    })
}
