//! PostgreSQL: a few connections that write, some that read, and one that hears of other servers.

mod address;
mod connect;
mod error;
mod listener;
mod pattern;
mod readers;
mod session;
mod tls;
mod types;
mod upkeep;
mod writers;

use std::sync::Arc;
use std::time::Duration;

pub(super) use address::is_postgres;
pub(in crate::db) use address::shown;
pub(super) use pattern::pattern;
pub(super) use session::Session;
pub(super) use types::column;
pub(in crate::db) use writers::WriteJob;

use super::crew::Crew;
use super::session::Session as AnySession;
use super::{Context, DbError, Signal, Transaction, Waiting, migrations};
use crate::StoreError;
use address::Address;
use connect::Connector;
use listener::Listener;
use readers::ReadJob;
use writers::Writers;

/// How a store uses a PostgreSQL database. One on SQLite has no use for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// Connections at most, beside the one that listens: half of them write, up to four; the others read. At least 2.
    pub pool_size: usize,
    /// How long the server may take to accept a connection.
    pub connect_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long a request waits for a connection, while the database is away or restarts.
    pub acquire_timeout: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            pool_size: 8,
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(60),
            acquire_timeout: Duration::from_secs(30),
        }
    }
}

impl PostgresOptions {
    /// For work that an operator starts and waits for: a statement takes as long as it takes.
    pub fn patient() -> Self {
        Self { statement_timeout: Duration::ZERO, ..Self::default() }
    }

    /// How many connections read.
    pub fn readers(&self) -> usize {
        self.pool_size.saturating_sub(self.writers()).max(1)
    }

    fn writers(&self) -> usize {
        (self.pool_size / 2).clamp(1, MOST_WRITERS)
    }
}

/// Connections that write at most. More than these only wait for each other's locks and for the same disk.
const MOST_WRITERS: usize = 4;

/// What the threads know beside their connections.
pub(super) struct Surroundings {
    connector: Connector,
    context: Arc<Context>,
}

impl Surroundings {
    fn transaction<'c>(&'c self, session: &'c Session) -> Transaction<'c> {
        Transaction::new(AnySession::Postgres(session), &self.context)
    }
}

/// An open database: the threads that own its connections. Dropped, it finishes what was submitted.
pub(in crate::db) struct Database {
    readers: Crew<ReadJob>,
    writers: Writers,
    surroundings: Arc<Surroundings>,
    _listener: Listener,
}

impl Database {
    pub(in crate::db) fn open(uri: &str, options: PostgresOptions, context: Arc<Context>) -> Result<Self, StoreError> {
        let (reading, writing) = (options.readers(), options.writers());
        let connector = Connector::new(Address::parse(uri)?, options)?;
        let surroundings = Arc::new(Surroundings { connector, context });
        // On a thread of its own: the caller may be one that must not wait, and a connection waits by a runtime.
        on_a_thread(|| prepare(&surroundings))?;
        Ok(Self {
            readers: readers::readers(Arc::clone(&surroundings), reading),
            writers: Writers::new(Arc::clone(&surroundings), writing),
            _listener: Listener::start(Arc::clone(&surroundings))?,
            surroundings,
        })
    }

    /// Queues work for a writer's next transaction. `reply` hears the outcome after the commit.
    pub(in crate::db) fn write<T, F, R>(&self, work: F, reply: R) -> Result<(), Waiting<WriteJob>>
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        self.writers.submit(writers::job(work, reply))
    }

    /// How many writes wait for a writer.
    pub(in crate::db) fn writes_waiting(&self) -> usize {
        self.writers.waiting()
    }

    /// Carries out statements outside of transactions, one after the other, and waits for them.
    pub(in crate::db) fn upkeep(&self, statements: &[String]) -> Result<(), StoreError> {
        on_a_thread(|| upkeep::carry_out(&self.surroundings.connector, statements))
    }

    /// Queues work for the next free reader.
    pub(in crate::db) fn read<T, F, R>(&self, work: F, reply: R)
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        R: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        let limit = self.surroundings.connector.options.statement_timeout;
        let reply = move |outcome: Result<T, StoreError>| {
            reply(outcome.map_err(|error| match error {
                // Who reads waits for no lock: another time it takes as long.
                StoreError::Database(DbError::TimedOut(_)) if !limit.is_zero() => StoreError::TooSlow { limit },
                error => error,
            }));
        };
        self.readers.submit(readers::job(work, reply));
    }
}

/// Whether there is a store at an address.
pub(in crate::db) fn exists(uri: &str) -> Result<bool, StoreError> {
    let connector = Connector::new(Address::parse(uri)?, PostgresOptions::default())?;
    on_a_thread(|| migrations::are_on_postgres(&first_session(&connector)?, &connector.address.shown))
}

fn on_a_thread<T: Send>(work: impl FnOnce() -> Result<T, StoreError> + Send) -> Result<T, StoreError> {
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or(Err(StoreError::Panicked))
}

/// Brings the database up to date.
fn prepare(surroundings: &Surroundings) -> Result<(), StoreError> {
    let session = first_session(&surroundings.connector)?;
    migrations::on_postgres(&session, &surroundings.connector.address.shown, &surroundings.context)
}

/// A connection, or why there is none, for the operator who has named the database.
fn first_session(connector: &Connector) -> Result<Session, StoreError> {
    connector.session().map_err(|error| match error {
        DbError::Unavailable(reason) | DbError::Other(reason) => {
            StoreError::CannotOpen { database: connector.address.shown.clone(), reason }
        }
        error => error.into(),
    })
}

impl Session {
    /// Has the other statements of the open transaction planned as those of a reader are.
    pub(super) fn scans(&self) -> Result<(), DbError> {
        self.batch(connect::SCANNING)
    }

    /// Tells all servers on this schema, this one included, once the transaction is committed.
    pub(super) fn notify(&self, signal: Signal) -> Result<(), DbError> {
        let sql = format!("SELECT pg_notify({}, $1)", listener::CHANNEL);
        self.execute(&sql, &[signal.word().into()]).map(drop)
    }
}
