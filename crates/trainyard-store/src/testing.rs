//! Stores for tests of what only this crate sees: on SQLite, and on PostgreSQL where a database for tests is named.

use tokio_postgres::NoTls;

use crate::{Store, StoreOptions};

/// Names a PostgreSQL database that tests may make schemas in, as its owner.
const POSTGRES: &str = "TRAINYARD_TEST_POSTGRES_URL";

/// Shows a fresh store to `work`, once on each database.
pub(crate) fn on_each_database(name: &str, work: impl Fn(&Store)) {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = format!("sqlite:///{}", folder.path().join("store.db").display());
    work(&Store::open(&uri, StoreOptions::for_tests()).expect("a store"));
    let Some(schema) = Schema::create(name) else { return };
    work(&Store::open(&schema.uri(), StoreOptions::for_tests()).expect("a store on PostgreSQL"));
}

/// A schema of its own in the database for tests; goes when it is dropped.
pub(crate) struct Schema {
    database: String,
    name: String,
}

impl Schema {
    /// None, said aloud, where no database is named.
    pub(crate) fn create(name: &str) -> Option<Self> {
        let Ok(database) = std::env::var(POSTGRES) else {
            eprintln!("SKIPPED on PostgreSQL: {POSTGRES} is not set");
            return None;
        };
        let name = format!("test_{name}_{}", std::process::id());
        execute(&database, &[&format!("CREATE SCHEMA {name}")]).expect("a schema");
        Some(Self { database, name })
    }

    /// Where a store finds it.
    pub(crate) fn uri(&self) -> String {
        let separator = if self.database.contains('?') { '&' } else { '?' };
        format!("{}{separator}options=-csearch_path%3D{}", self.database, self.name)
    }

    /// Carries out SQL in it, on a connection of its own.
    pub(crate) fn execute(&self, statements: &[&str]) {
        execute(&self.uri(), statements).expect("statements that are carried out");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // A test that failed says so by itself.
        let _ = execute(&self.database, &[&format!("DROP SCHEMA {} CASCADE", self.name)]);
    }
}

fn execute(database: &str, statements: &[&str]) -> Result<(), tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(database, NoTls).await?;
        let working = async move {
            for sql in statements {
                client.batch_execute(sql).await?;
            }
            Ok(())
        };
        let (worked, lasted) = tokio::join!(working, connection);
        lasted.and(worked)
    })
}
