//! Each test runs once per database, on a store of its own.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use trainyard_store::{ArtifactRoot, Operation, PostgresOptions, Sources, Store, StoreError, StoreOptions};

/// Names a PostgreSQL database that tests may fill with schemas, as its owner.
const POSTGRES: &str = "TRAINYARD_TEST_POSTGRES_URL";

/// A fresh store. Its clock stands still until it is moved, its ids count up from 1.
pub struct TestStore {
    // Dropped in this order: the store lets go of the database before that is taken away.
    pub store: Store,
    clock: Arc<AtomicI64>,
    uri: String,
    folder: tempfile::TempDir,
    schema: Option<Schema>,
}

/// What is left of a test's database when the store is closed.
pub struct Closed {
    pub uri: String,
    pub folder: tempfile::TempDir,
    _schema: Option<Schema>,
}

impl TestStore {
    /// Always there.
    pub fn on_sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        Some(Self::at(uri(folder.path()), folder, None))
    }

    /// None, said aloud, where no PostgreSQL database is named.
    pub fn on_postgres() -> Option<Self> {
        let schema = Schema::create()?;
        Some(Self::at(schema.uri(), tempfile::tempdir().unwrap(), Some(schema)))
    }

    fn at(uri: String, folder: tempfile::TempDir, schema: Option<Schema>) -> Self {
        let clock = Arc::new(AtomicI64::new(1_700_000_000_000));
        let store = open(&uri, &clock, 1).unwrap();
        Self { store, clock, uri, folder, schema }
    }

    /// Carries out a request and waits for the answer.
    pub fn call<O: Operation>(&self, request: O) -> Result<O::Response, StoreError> {
        self.store.execute(request).wait()
    }

    /// Lets time pass.
    pub fn advance_ms(&self, by: i64) {
        self.clock.fetch_add(by, Ordering::SeqCst);
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Closes the store and opens it again.
    pub fn reopened(self) -> Self {
        let Self { store, clock, uri, folder, schema } = self;
        drop(store);
        let store = open(&uri, &clock, 1 << 64).unwrap();
        Self { store, clock, uri, folder, schema }
    }

    /// Opens the same database once more, as another server would.
    pub fn another(&self) -> Store {
        static NEXT: AtomicU64 = AtomicU64::new(2);
        open(&self.uri, &self.clock, u128::from(NEXT.fetch_add(1, Ordering::SeqCst)) << 64).unwrap()
    }

    /// Closes the store and keeps its database.
    pub fn without_store(self) -> Closed {
        Closed { uri: self.uri, folder: self.folder, _schema: self.schema }
    }

    /// A folder of the test's own; on SQLite that of the database `store.db`.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn uri(&self) -> String {
        self.uri.clone()
    }

    pub fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }

    pub fn is_on_sqlite(&self) -> bool {
        self.schema.is_none()
    }
}

/// A schema of a PostgreSQL database, there for one test.
pub struct Schema {
    database: String,
    pub name: String,
}

impl Schema {
    pub fn create() -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let Ok(database) = std::env::var(POSTGRES) else {
            // Tests print nothing unless they fail; what is left out is to be seen all the same.
            let _ = writeln!(std::io::stderr(), "SKIPPED on PostgreSQL: {POSTGRES} is not set");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}_{:x}", std::process::id(), uuid());
        execute(&database, &format!("CREATE SCHEMA {name}"));
        Some(Self { database, name })
    }

    pub fn uri(&self) -> String {
        let separator = if self.database.contains('?') { '&' } else { '?' };
        format!("{}{separator}options=-csearch_path%3D{}", self.database, self.name)
    }

    /// Carries out SQL in this schema, on a connection of its own; how many rows it answers.
    pub fn execute(&self, sql: &str) -> usize {
        execute(&self.uri(), sql)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        execute(&self.database, &format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

fn uuid() -> u128 {
    (Sources::default().unique)()
}

fn execute(database: &str, sql: &str) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(database, tokio_postgres::NoTls).await.unwrap();
        let (outcome, _) = tokio::join!(
            async move {
                let outcome = client.simple_query(sql).await;
                drop(client);
                outcome
            },
            connection
        );
        let answers = outcome.unwrap();
        answers.iter().filter(|answer| matches!(answer, tokio_postgres::SimpleQueryMessage::Row(_))).count()
    })
}

pub fn uri(folder: &std::path::Path) -> String {
    format!("sqlite:///{}", folder.join("store.db").display())
}

pub fn options() -> StoreOptions {
    StoreOptions {
        artifact_root: ArtifactRoot::Managed("mlflow-artifacts:/".to_owned()),
        webhook_key: None,
        truncate_long_values: true,
        postgres: PostgresOptions::default(),
    }
}

fn open(uri: &str, clock: &Arc<AtomicI64>, first_id: u128) -> Result<Store, StoreError> {
    let clock = Arc::clone(clock);
    let next = std::sync::Mutex::new(first_id);
    let sources = Sources {
        now_ms: Arc::new(move || clock.load(Ordering::SeqCst)),
        unique: Arc::new(move || {
            let mut next = next.lock().unwrap();
            *next += 1;
            *next - 1
        }),
    };
    Store::open_with(uri, options(), sources)
}

/// Tests in a module of their own, each on a store that is opened for it; none where there is no database for it.
macro_rules! tests_on {
    ($place:ident, $open:ident: $($folder:ident::$module:ident: $($name:ident)+;)+) => {
        mod $place {
            $(mod $module {
                $(#[test]
                fn $name() {
                    if let Some(test) = crate::backend::TestStore::$open() {
                        crate::$folder::$module::$name(test);
                    }
                })+
            })+
        }
    };
}
pub(crate) use tests_on;

/// Runs each test on every database there is.
macro_rules! on_each_backend {
    ($($tests:tt)+) => {
        crate::backend::tests_on!(sqlite, on_sqlite: $($tests)+);
        crate::backend::tests_on!(postgres, on_postgres: $($tests)+);
    };
}
pub(crate) use on_each_backend;

/// Runs tests of what only files can do, or have done to them.
macro_rules! on_sqlite {
    ($($tests:tt)+) => {
        crate::backend::tests_on!(sqlite_only, on_sqlite: $($tests)+);
    };
}
pub(crate) use on_sqlite;

/// Runs tests of what takes a database server.
macro_rules! on_postgres {
    ($($tests:tt)+) => {
        crate::backend::tests_on!(postgres_only, on_postgres: $($tests)+);
    };
}
pub(crate) use on_postgres;
