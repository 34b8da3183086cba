//! SQLite: one file in WAL mode, one writer thread, a few reader threads.

mod connect;
mod functions;
mod location;
mod readers;
mod session;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

pub(super) use session::{Session, column};

use super::{DbError, Sources, Transaction, migrations};
use crate::registry::webhooks::outbox::Outbox;
use crate::{ArtifactRoot, StoreError, StoreOptions};
use readers::Readers;
use writer::{WriteJob, Writer};

/// What every transaction of a database is given.
pub(super) struct Surroundings {
    path: PathBuf,
    sources: Sources,
    artifact_root: ArtifactRoot,
    outbox: Outbox,
}

/// Whether there is a file where a URI points to.
pub(crate) fn exists(uri: &str) -> Result<bool, StoreError> {
    Ok(location::from_uri(uri)?.exists())
}

/// An open database: the threads that own its connections. Dropped, it finishes what was submitted, and checkpoints.
pub(crate) struct Database {
    // Declared, and so dropped, before the writer: the last connection to close removes the write-ahead log.
    readers: Readers,
    writer: Writer,
    arrived: Arc<Notify>,
}

impl Database {
    pub(crate) fn open(uri: &str, options: StoreOptions, sources: Sources) -> Result<Self, StoreError> {
        let StoreOptions { artifact_root, webhook_key } = options;
        let path = location::from_uri(uri)?;
        let session = connect::for_writing(&path)?;
        migrations::run(&session, &path, &sources, &artifact_root)?;
        let surroundings = Arc::new(Surroundings { path, sources, artifact_root, outbox: Outbox::new(webhook_key) });
        let arrived = surroundings.outbox.arrived();
        let readers = Readers::new(Arc::clone(&surroundings));
        Ok(Self { readers, writer: Writer::start(session, surroundings)?, arrived })
    }

    /// Told when a transaction has added to the outbox of webhooks.
    pub(crate) fn deliveries_arrived(&self) -> &Notify {
        &self.arrived
    }

    /// Queues work for the writer's next transaction. `reply` hears the outcome after the commit.
    pub(crate) fn write<T, F, R>(&self, work: F, reply: R) -> Result<(), Box<Waiting>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        self.writer.submit(writer::job(work, reply))
    }

    /// How many writes wait for the writer.
    pub(crate) fn writes_waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Queues work for the next free reader.
    pub(crate) fn read<T, F, R>(&self, work: F, reply: R)
    where
        T: Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        self.readers.submit(readers::job(work, reply));
    }
}

/// A write that found the queue full, with the way into it.
pub(crate) struct Waiting {
    queue: mpsc::Sender<WriteJob>,
    job: WriteJob,
}

impl Waiting {
    /// Waits for a free place.
    pub(crate) async fn enter(self) {
        // A closed queue drops the job and with it the reply, which its receiver reads as a closed store.
        let _ = self.queue.send(self.job).await;
    }

    /// As [`Waiting::enter`], for blocking code.
    pub(crate) fn enter_blocking(self) {
        let _ = self.queue.blocking_send(self.job);
    }
}

/// Runs `work` so that a panic in it ends as an error.
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Nothing `work` leaves half-done is seen again: its transaction or savepoint is rolled back.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Panicked))
}

/// The error for work given to a thread that could not open its connection.
fn unavailable(error: &StoreError) -> StoreError {
    DbError::Unavailable(error.to_string()).into()
}
