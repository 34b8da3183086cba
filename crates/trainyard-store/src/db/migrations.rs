//! Numbered changes of the schema, from `migrations/` of this crate, applied when a database is opened.

use std::path::Path;

use super::session::Session;
use super::{Context, DbError, Dialect, Value, postgres, sqlite};
use crate::StoreError;
use crate::tracking::experiments;

struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal;)+) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }),+]
    };
}

const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_tracking";
    2 "0002_logged_models";
    3 "0003_registry";
    4 "0004_search";
    5 "0005_webhooks";
    6 "0006_evaluation_datasets";
    7 "0007_metric_blocks";
    8 "0008_removal";
    9 "0009_web_ui";
    10 "0010_loose_blocks";
    11 "0011_text_starts";
};

/// Taken while the schema is made or changed, together with a number that stands for the schema.
const LOCK: i32 = 0x7472_6169;

/// Brings a file up to date in one transaction; refuses one that a newer program has changed.
pub(super) fn on_sqlite(session: &sqlite::Session, path: &Path, context: &Context) -> Result<(), StoreError> {
    let database = path.display().to_string();
    let session = Session::Sqlite(session);
    // Looked at first without the writer's lock: a training job need not wait for others just to open the store.
    let before = state(session, &database).map_err(|error| match error {
        StoreError::Database(DbError::NotADatabase(_)) => StoreError::NotADatabase { path: path.to_owned() },
        error => error,
    })?;
    if before == Some(latest()) {
        return Ok(());
    }
    apply(session, "BEGIN IMMEDIATE", &database, context)
}

/// As [`on_sqlite`], for the first schema of the connection's `search_path`. However many servers start at once, one of
/// them does it and the others wait.
pub(super) fn on_postgres(session: &postgres::Session, database: &str, context: &Context) -> Result<(), StoreError> {
    let session = Session::Postgres(session);
    let cannot_open = |reason: String| StoreError::CannotOpen { database: database.to_owned(), reason };
    let mut server = (0, String::new(), None);
    session.query(
        "SELECT current_setting('server_version_num')::BIGINT, current_setting('server_encoding'), current_schema()::TEXT",
        &[],
        |row| {
            server = (row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<Option<String>>(2)?);
            Ok(false)
        },
    )?;
    match &server {
        (version, ..) if *version < 140_000 => {
            return Err(cannot_open(format!("it is PostgreSQL {}; 14 or later is needed", version / 10_000)));
        }
        (_, encoding, _) if encoding != "UTF8" => {
            return Err(cannot_open(format!("its encoding is {encoding}; make the database with ENCODING 'UTF8'")));
        }
        (_, _, None) => {
            return Err(cannot_open("no schema of its search_path exists, or none may be used".to_owned()));
        }
        _ => {}
    }
    if state(session, database)? == Some(latest()) {
        return Ok(());
    }
    let begin = format!(
        "BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))"
    );
    apply(session, &begin, database, context)
}

/// Whether a store has been made in the schema.
pub(super) fn are_on_postgres(session: &postgres::Session, database: &str) -> Result<bool, StoreError> {
    Ok(state(Session::Postgres(session), database)?.is_some())
}

/// Applies what is missing, in a transaction that `begin` begins and in which nobody else does the same.
fn apply(session: Session<'_>, begin: &str, database: &str, context: &Context) -> Result<(), StoreError> {
    session.batch(begin)?;
    let outcome =
        apply_missing(session, database, context).and_then(|()| session.batch("COMMIT").map_err(StoreError::from));
    if outcome.is_err() {
        // There may be nothing left to roll back.
        let _ = session.batch("ROLLBACK");
    }
    outcome
}

fn apply_missing(session: Session<'_>, database: &str, context: &Context) -> Result<(), StoreError> {
    let now_ms = (context.sources.now_ms)();
    let before = state(session, database)?;
    if before.is_none() {
        session.batch(
            "CREATE TABLE migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_time BIGINT NOT NULL)",
        )?;
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.number > before.unwrap_or(0)) {
        session.batch(match session.dialect() {
            Dialect::Sqlite => migration.sqlite,
            Dialect::Postgres => migration.postgres,
        })?;
        session.execute(
            "INSERT INTO migration (number, name, applied_time) VALUES ($1, $2, $3)",
            &[migration.number.into(), migration.name.into(), now_ms.into()],
        )?;
    }
    if before.is_none() {
        let location = context.artifact_root.pinned(experiments::DEFAULT);
        session.execute(
            "INSERT INTO experiment (id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
             VALUES ($1, 'Default', $2, 'active', $3, $4)",
            &[experiments::DEFAULT.into(), Value::from(location), now_ms.into(), now_ms.into()],
        )?;
    }
    Ok(())
}

/// The newest migration applied; `None` where there are no tables. A database of another program is refused.
fn state(session: Session<'_>, database: &str) -> Result<Option<i64>, StoreError> {
    let names = match session.dialect() {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        // Tables that belong to an extension, such as PostGIS, are nobody's.
        Dialect::Postgres => {
            "SELECT c.relname::TEXT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
               AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
        }
    };
    let mut tables = Vec::new();
    session.query(names, &[], |row| {
        tables.push(row.get::<String>(0)?);
        Ok(true)
    })?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.iter().any(|table| table == "migration") {
        let mlflow = tables.iter().any(|table| table == "alembic_version");
        return Err(StoreError::OtherProgramsDatabase { database: database.to_owned(), mlflow });
    }
    let mut newest = 0;
    session.query("SELECT COALESCE(MAX(number), 0) FROM migration", &[], |row| {
        newest = row.get(0)?;
        Ok(true)
    })?;
    if newest > latest() {
        return Err(StoreError::NewerDatabase { database: database.to_owned(), found: newest, known: latest() });
    }
    Ok(Some(newest))
}

fn latest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}
