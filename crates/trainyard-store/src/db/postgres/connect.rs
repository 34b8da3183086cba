//! Opening connections and setting them up.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::error;
use super::session::Session;
use super::tls;
use crate::db::DbError;
use crate::{PostgresOptions, StoreError};

/// Between two tries to connect: the first pause, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What connections that write are told besides. Their statements look up and change a few rows by their keys, and are
/// prepared while tables may be empty, of which planners then believe that they are read fastest as a whole. A plan made so
/// is kept until statistics are gathered, which on a store that has just been filled may take a quarter of an hour. Those
/// that look at many rows are planned by what is known of the tables: see
/// [`Transaction::scans`](crate::Transaction::scans).
pub(super) const KEYED: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
     SET enable_hashjoin = off; SET enable_mergejoin = off";
/// For the rest of a transaction, what connections are that are not told so.
pub(super) const SCANNING: &str = "SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan TO DEFAULT;
     SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT";

/// The driver's half of a connection.
type Driven = Connection<Socket, <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream>;

/// All that is needed to connect.
pub(super) struct Connector {
    pub(super) address: Address,
    pub(super) options: PostgresOptions,
    tls: MakeRustlsConnect,
    settings: String,
}

impl Connector {
    pub(super) fn new(mut address: Address, options: PostgresOptions) -> Result<Self, StoreError> {
        let tls = tls::connector(&address.tls)
            .map_err(|reason| StoreError::UnsupportedUri { uri: address.shown.clone(), reason })?;
        if address.config.get_connect_timeout().is_none() {
            address.config.connect_timeout(options.connect_timeout);
        }
        // A host that has vanished without a word is noticed after half a minute.
        address.config.keepalives_idle(Duration::from_secs(15));
        address.config.keepalives_interval(Duration::from_secs(5));
        address.config.keepalives_retries(3);
        address.config.tcp_user_timeout(Duration::from_secs(30));
        let timeout = options.statement_timeout.as_millis();
        // What is acknowledged is on disk, whatever the role's own settings are. A transaction that a stuck program has left
        // open would hold back others, and the cleaning of tables. Compiling a query takes longer than ours run.
        let settings = format!(
            "SET statement_timeout = {timeout}; SET idle_in_transaction_session_timeout = 60000; SET jit = off;
             SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = 'auto';
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        );
        Ok(Self { address, options, tls, settings })
    }

    /// Opens a connection for the calling thread.
    pub(super) fn session(&self) -> Result<Session, DbError> {
        let runtime = runtime()?;
        let (client, connection) = runtime.block_on(self.connect())?;
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                // Whoever uses the connection next hears of it, too.
                tracing::debug!(error = error::whole(&error), "a connection to the database ended");
            }
        });
        runtime.block_on(self.within(1, client.batch_execute(&self.settings)))?;
        Ok(Session::new(runtime, client))
    }

    /// As [`Connector::session`], for statements that look up rows by their keys.
    fn keyed_session(&self) -> Result<Session, DbError> {
        let session = self.session()?;
        session.batch(KEYED)?;
        Ok(session)
    }

    /// A connection that reads, tried for while there is time: a server that starts anew is away for a moment.
    pub(super) fn reading_until(&self, deadline: Instant) -> Result<Session, DbError> {
        self.until(deadline, Self::session)
    }

    /// A connection that writes, tried for while there is time.
    pub(super) fn writing_until(&self, deadline: Instant) -> Result<Session, DbError> {
        self.until(deadline, Self::keyed_session)
    }

    fn until(&self, deadline: Instant, open: impl Fn(&Self) -> Result<Session, DbError>) -> Result<Session, DbError> {
        let mut pause = FIRST_PAUSE;
        loop {
            match open(self) {
                Err(DbError::Unavailable(_)) if Instant::now() + pause < deadline => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                outcome => return outcome,
            }
        }
    }

    /// Opens a connection whose driver the caller runs.
    pub(super) async fn connect(&self) -> Result<(Client, Driven), DbError> {
        let config = &self.address.config;
        // Each host has its time: one that has vanished without a word must not use up that of the others.
        let hosts = config.get_hosts().len().max(config.get_hostaddrs().len()).max(1);
        self.within(u32::try_from(hosts).unwrap_or(1), config.connect(self.tls.clone())).await
    }

    /// Bounds the time of a step of connecting to so many hosts: a server may accept and then say nothing.
    async fn within<T>(
        &self,
        hosts: u32,
        step: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DbError> {
        let patience = self.options.connect_timeout * hosts;
        match tokio::time::timeout(patience, step).await {
            Ok(outcome) => outcome.map_err(|error| error::db_error(&error)),
            Err(_) => Err(DbError::Unavailable(format!(
                "{} did not answer within {} s",
                self.address.shown,
                patience.as_secs_f64()
            ))),
        }
    }
}

/// A runtime that does its work on the thread that waits for it.
pub(super) fn runtime() -> Result<Runtime, DbError> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| DbError::Unavailable(format!("no runtime for a connection: {error}")))
}
