//! SQLite: one file in WAL mode, one writer thread, a few reader threads.

mod connect;
mod functions;
mod location;
mod readers;
mod session;
mod writer;

pub(in crate::db) use writer::WriteJob;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use session::{Session, column};

use super::crew::Crew;
use super::session::Session as AnySession;
use super::{Context, DbError, Transaction, Waiting, migrations};
use crate::StoreError;
use readers::ReadJob;
use writer::Writer;

/// What the threads know beside their connections.
pub(super) struct Surroundings {
    path: PathBuf,
    context: Arc<Context>,
}

impl Surroundings {
    fn transaction<'c>(&'c self, session: &'c Session) -> Transaction<'c> {
        Transaction::new(AnySession::Sqlite(session), &self.context)
    }
}

/// Whether there is a file where a URI points to.
pub(in crate::db) fn exists(uri: &str) -> Result<bool, StoreError> {
    Ok(location::from_uri(uri)?.exists())
}

/// The folder of the file at a `sqlite:` address.
pub(in crate::db) fn folder(uri: &str) -> Result<PathBuf, StoreError> {
    let path = location::from_uri(uri)?;
    Ok(path.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned))
}

/// An open database: the threads that own its connections. Dropped, it finishes what was submitted, and checkpoints.
pub(in crate::db) struct Database {
    // Declared, and so dropped, before the writer: the last connection to close removes the write-ahead log.
    readers: Crew<ReadJob>,
    writer: Writer,
}

impl Database {
    pub(in crate::db) fn open(uri: &str, context: Arc<Context>) -> Result<Self, StoreError> {
        let path = location::from_uri(uri)?;
        let session = connect::for_writing(&path)?;
        migrations::on_sqlite(&session, &path, &context)?;
        let surroundings = Arc::new(Surroundings { path, context });
        let readers = readers::readers(Arc::clone(&surroundings));
        Ok(Self { readers, writer: Writer::start(session, surroundings)? })
    }

    /// Queues work for the writer's next transaction. `reply` hears the outcome after the commit.
    pub(in crate::db) fn write<T, F, R>(&self, work: F, reply: R) -> Result<(), Waiting<WriteJob>>
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        self.writer.submit(writer::job(work, reply))
    }

    /// How many writes wait for the writer.
    pub(in crate::db) fn writes_waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Queues work for the next free reader.
    pub(in crate::db) fn read<T, F, R>(&self, work: F, reply: R)
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        self.readers.submit(readers::job(work, reply));
    }
}

/// The error for work given to a thread that could not open its connection.
fn unavailable(error: &StoreError) -> StoreError {
    DbError::Unavailable(error.to_string()).into()
}
