//! Opening connections and setting them up.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::functions;
use super::session::{self, Session};
use crate::StoreError;
use crate::db::DbError;

/// How long a process waits for the others. A client waits this long for an answer.
const PATIENCE: Duration = Duration::from_secs(120);
/// Distinct statements that a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 256;

/// Opens the connection of the writer; makes the file, and the folder around it, as needed.
pub(super) fn for_writing(path: &Path) -> Result<Session, StoreError> {
    let cannot_open = |reason: String| StoreError::CannotOpen { database: path.display().to_string(), reason };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| cannot_open(format!("folder {} cannot be made: {error}", folder.display())))?;
    }
    if path.is_dir() {
        return Err(cannot_open("it is a folder".to_owned()));
    }
    let set_up = || -> Result<Session, DbError> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        // Lets a file give pages back bit by bit. It counts for a new one only; others change by a `VACUUM` of all of it.
        batch(&connection, "PRAGMA auto_vacuum = INCREMENTAL")?;
        use_write_ahead_log(&connection)?;
        // A batch of many metrics changes a page for each of them; with SQLite's own figures (1000 pages of log, 2 MB of
        // cache) every such batch would be followed by a checkpoint.
        batch(
            &connection,
            "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -8000",
        )?;
        Ok(Session::new(connection))
    };
    set_up().map_err(|error| match error {
        DbError::NotADatabase(_) => StoreError::NotADatabase { path: path.to_owned() },
        DbError::Unavailable(reason) | DbError::Corrupt(reason) => cannot_open(reason),
        error => error.into(),
    })
}

/// Opens a connection that refuses to write.
pub(super) fn for_reading(path: &Path) -> Result<Session, StoreError> {
    // Not SQLITE_OPEN_READ_ONLY: readers of a write-ahead log write to its shared index.
    let connection = open(path, OpenFlags::empty())?;
    // A search of a hundred thousand runs looks up what thousands of them have, on as many pages, and so does the next one:
    // where they do not all fit, each is read anew every time.
    batch(&connection, "PRAGMA query_only = ON; PRAGMA cache_size = -20000")?;
    Ok(Session::new(connection))
}

fn open(path: &Path, extra: OpenFlags) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | extra;
    let mut connection = Connection::open_with_flags(path, flags).map_err(session::error)?;
    wait_when_busy(&mut connection)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // macOS writes through to the disk only with `fullfsync`; elsewhere it changes nothing. Savepoints keep their undo
    // log in `temp_store`. `LIKE` minds the case, as in PostgreSQL.
    batch(
        &connection,
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
         PRAGMA case_sensitive_like = ON",
    )?;
    functions::register(&connection).map_err(session::error)?;
    Ok(connection)
}

/// Sleeps a moment and tries again for as long as another process holds the lock.
///
/// The moments stay short: SQLite has no queue, so whoever sleeps long never gets a turn beside a busy writer.
fn wait_when_busy(connection: &mut Connection) -> Result<(), DbError> {
    let mut since = Instant::now();
    let handler = move |tries: i32| {
        if tries == 0 {
            since = Instant::now();
        }
        std::thread::sleep(if tries < 100 { Duration::from_micros(500) } else { Duration::from_millis(2) });
        since.elapsed() < PATIENCE
    };
    connection.busy_handler(Some(handler)).map_err(session::error)
}

/// Switches the file to WAL mode. SQLite answers "busy" here without asking the busy handler.
fn use_write_ahead_log(connection: &Connection) -> Result<(), DbError> {
    let since = Instant::now();
    loop {
        let answer = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match answer.map_err(session::error) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                tracing::warn!(mode, "the file system does not carry a write-ahead log: readers will wait for writers");
                return Ok(());
            }
            Err(DbError::Busy) if since.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => return Err(error),
        }
    }
}

fn batch(connection: &Connection, sql: &str) -> Result<(), DbError> {
    connection.execute_batch(sql).map_err(session::error)
}
