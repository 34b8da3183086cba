//! A database of either kind: the threads that own its connections, and how work is handed to them.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{broadcast, mpsc};

use super::{Changes, RunNews, Signal, Signals, Sources, Transaction, postgres, sqlite};
use crate::registry::webhooks::outbox::Outbox;
use crate::search::Plans;
use crate::{ArtifactRoot, StoreError, StoreOptions};

/// What every transaction is given beside its connection.
pub(super) struct Context {
    pub(super) sources: Sources,
    pub(super) artifact_root: ArtifactRoot,
    pub(super) truncate_long_values: bool,
    pub(super) outbox: Outbox,
    pub(super) signals: Signals,
    pub(super) changes: Changes,
    pub(super) plans: Plans,
}

/// An open database. Dropped, it finishes what was submitted.
pub(crate) struct Database {
    kind: Kind,
    context: Arc<Context>,
}

enum Kind {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

impl Database {
    pub(crate) fn open(uri: &str, options: StoreOptions, sources: Sources) -> Result<Self, StoreError> {
        let StoreOptions { artifact_root, webhook_key, truncate_long_values, postgres } = options;
        let outbox = Outbox::new(webhook_key);
        let on_postgres = postgres::is_postgres(uri);
        let context = Arc::new(Context {
            sources,
            artifact_root,
            truncate_long_values,
            outbox,
            signals: Signals::default(),
            changes: if on_postgres { Changes::told_to_others() } else { Changes::default() },
            plans: Plans::default(),
        });
        let kind = if on_postgres {
            Kind::Postgres(postgres::Database::open(uri, postgres, Arc::clone(&context))?)
        } else {
            Kind::Sqlite(sqlite::Database::open(uri, Arc::clone(&context))?)
        };
        Ok(Self { kind, context })
    }

    /// Hears of what happens from now on.
    pub(crate) fn signals(&self) -> broadcast::Receiver<Signal> {
        self.context.signals.listen()
    }

    /// Hears of changes of runs from now on.
    pub(crate) fn run_changes(&self) -> broadcast::Receiver<RunNews> {
        self.context.changes.listen()
    }

    /// Whether work may be carried out more than once before it is answered, each time as if it were the first.
    pub(crate) fn repeats(&self) -> bool {
        matches!(self.kind, Kind::Postgres(_))
    }

    /// How many writes wait for a transaction.
    pub(crate) fn writes_waiting(&self) -> usize {
        match &self.kind {
            Kind::Sqlite(database) => database.writes_waiting(),
            Kind::Postgres(database) => database.writes_waiting(),
        }
    }

    /// Queues work for a transaction that writes. `reply` hears the outcome after the commit.
    pub(crate) fn write<T, F, R>(&self, work: F, reply: R) -> Result<(), Place>
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        match &self.kind {
            Kind::Sqlite(database) => {
                database.write(work, reply).map_err(|waiting| Place(Before::Sqlite(Box::new(waiting))))
            }
            Kind::Postgres(database) => {
                database.write(work, reply).map_err(|waiting| Place(Before::Postgres(Box::new(waiting))))
            }
        }
    }

    /// Carries out statements of [`Dialect`](super::Dialect) that may not stand in a transaction; blocking.
    pub(crate) fn upkeep(&self, statements: &[String]) -> Result<(), StoreError> {
        match &self.kind {
            // SQLite looks after itself within transactions.
            Kind::Sqlite(_) => Ok(()),
            Kind::Postgres(database) => database.upkeep(statements),
        }
    }

    /// Queues work for the next free reader.
    pub(crate) fn read<T, F, R>(&self, work: F, reply: R)
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        match &self.kind {
            Kind::Sqlite(database) => database.read(work, reply),
            Kind::Postgres(database) => database.read(work, reply),
        }
    }
}

/// Whether there is a database at an address that a store has made.
pub(crate) fn exists(uri: &str) -> Result<bool, StoreError> {
    if postgres::is_postgres(uri) { postgres::exists(uri) } else { sqlite::exists(uri) }
}

/// The folder of the database file at an address; none where it is no file.
pub(crate) fn folder(uri: &str) -> Result<Option<PathBuf>, StoreError> {
    if postgres::is_postgres(uri) { Ok(None) } else { sqlite::folder(uri).map(Some) }
}

/// An address as it may be shown: without a password.
pub(crate) fn shown(uri: &str) -> String {
    if postgres::is_postgres(uri) { postgres::shown(uri) } else { uri.to_owned() }
}

/// A write that found the queue full, and its place in front of it.
pub(crate) struct Place(Before);

/// The queue of either kind.
enum Before {
    Sqlite(Box<Waiting<sqlite::WriteJob>>),
    Postgres(Box<Waiting<postgres::WriteJob>>),
}

impl Place {
    /// Waits for a place in the queue.
    pub(crate) async fn enter(self) {
        match self.0 {
            Before::Sqlite(waiting) => waiting.enter().await,
            Before::Postgres(waiting) => waiting.enter().await,
        }
    }

    /// As [`Place::enter`], for blocking code.
    pub(crate) fn enter_blocking(self) {
        match self.0 {
            Before::Sqlite(waiting) => waiting.enter_blocking(),
            Before::Postgres(waiting) => waiting.enter_blocking(),
        }
    }
}

/// A job that waits for a place in a queue.
pub(super) struct Waiting<J> {
    pub(super) queue: mpsc::Sender<J>,
    pub(super) job: J,
}

impl<J> Waiting<J> {
    async fn enter(self) {
        // A closed queue drops the job and with it the reply, which its receiver reads as a closed store.
        let _ = self.queue.send(self.job).await;
    }

    fn enter_blocking(self) {
        let _ = self.queue.blocking_send(self.job);
    }
}

/// Runs `work` so that a panic in it ends as an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Nothing `work` leaves half-done is seen again: its transaction or savepoint is rolled back.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Panicked))
}
