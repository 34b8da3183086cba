//! What an error of the driver means, by its SQLSTATE.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::db::DbError;

/// What has become of a transaction by errors of its statements, the worst of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    None,
    /// A statement failed: the transaction takes no more until it is rolled back to a savepoint.
    Failed,
    /// Others were in the way: all of it may be tried again.
    Conflict,
    /// The connection is of no use any more.
    Lost,
}

/// How bad an error is.
pub(super) fn trouble(error: &Error) -> Trouble {
    // Without a state it is not the server that says so: the connection broke.
    let Some(state) = error.code() else { return Trouble::Lost };
    match *state {
        // Only jobs that share a transaction have a bound on how long they wait for the locks of others: see `writers`.
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
            Trouble::Conflict
        }
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        // After a failover the old primary may still answer, and refuses to write.
        | SqlState::READ_ONLY_SQL_TRANSACTION
        // A newer program has changed tables, and what is prepared no longer fits.
        | SqlState::FEATURE_NOT_SUPPORTED
        | SqlState::TOO_MANY_CONNECTIONS => Trouble::Lost,
        ref state if state.code().starts_with("08") => Trouble::Lost,
        _ => Trouble::Failed,
    }
}

/// The error as rules see it.
pub(super) fn db_error(error: &Error) -> DbError {
    let Some(failed) = error.as_db_error() else { return DbError::Unavailable(whole(error)) };
    let message = match failed.detail() {
        Some(detail) => format!("{}: {detail}", failed.message()),
        None => failed.message().to_owned(),
    };
    match *failed.code() {
        SqlState::UNIQUE_VIOLATION => DbError::UniqueViolation(message),
        SqlState::FOREIGN_KEY_VIOLATION => DbError::ForeignKeyViolation(message),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
            DbError::Conflict(message)
        }
        SqlState::QUERY_CANCELED => DbError::TimedOut(message),
        SqlState::DISK_FULL => DbError::DiskFull,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => DbError::Corrupt(message),
        SqlState::PROGRAM_LIMIT_EXCEEDED => DbError::TooLarge(message),
        SqlState::INVALID_REGULAR_EXPRESSION => DbError::Pattern(message),
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::OUT_OF_MEMORY
        | SqlState::INSUFFICIENT_RESOURCES
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        | SqlState::READ_ONLY_SQL_TRANSACTION
        | SqlState::IO_ERROR => DbError::Unavailable(message),
        ref state if state.code().starts_with("08") => DbError::Unavailable(message),
        ref state => DbError::Other(format!("{message} ({})", state.code())),
    }
}

/// The error with its causes: the driver's own text leaves them out.
pub(super) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
