//! Numbered changes of the schema, from `migrations/`, applied when a database is opened.

use std::path::Path;

use super::sqlite::Session;
use super::{DbError, Sources, Value};
use crate::tracking::experiments;
use crate::{ArtifactRoot, StoreError};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal;)+) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../../../../migrations/sqlite/", $name, ".sql")),
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
};

/// Brings a database up to date in one transaction; refuses one that a newer program has changed.
pub(super) fn run(
    session: &Session,
    path: &Path,
    sources: &Sources,
    artifact_root: &ArtifactRoot,
) -> Result<(), StoreError> {
    // Looked at first without the writer's lock: a training job need not wait for others just to open the store.
    if state(session, path)?.is_some_and(|newest| newest == latest()) {
        return Ok(());
    }
    session.execute("BEGIN IMMEDIATE", &[])?;
    let outcome = apply(session, path, sources, artifact_root)
        .and_then(|()| session.execute("COMMIT", &[]).map(|_| ()).map_err(StoreError::from));
    if outcome.is_err() && session.in_transaction() {
        session.execute("ROLLBACK", &[])?;
    }
    outcome
}

fn apply(session: &Session, path: &Path, sources: &Sources, artifact_root: &ArtifactRoot) -> Result<(), StoreError> {
    let now_ms = (sources.now_ms)();
    let before = state(session, path)?;
    if before.is_none() {
        session.batch(
            "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_time BIGINT NOT NULL)",
        )?;
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.number > before.unwrap_or(0)) {
        session.batch(migration.sql)?;
        session.execute(
            "INSERT INTO migration (number, name, applied_time) VALUES ($1, $2, $3)",
            &[migration.number.into(), migration.name.into(), now_ms.into()],
        )?;
    }
    if before.is_none() {
        let location = artifact_root.pinned(experiments::DEFAULT);
        session.execute(
            "INSERT INTO experiment (id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
             VALUES ($1, 'Default', $2, 'active', $3, $4)",
            &[experiments::DEFAULT.into(), Value::from(location), now_ms.into(), now_ms.into()],
        )?;
    }
    Ok(())
}

/// The newest migration applied; `None` for an empty file. A database of another program is refused.
fn state(session: &Session, path: &Path) -> Result<Option<i64>, StoreError> {
    let mut tables = Vec::new();
    session
        .query("SELECT name FROM sqlite_schema WHERE type = 'table'", &[], |row| {
            tables.push(row.get::<String>(0)?);
            Ok(true)
        })
        .map_err(|error| match error {
            StoreError::Database(DbError::NotADatabase(_)) => StoreError::NotADatabase { path: path.to_owned() },
            error => error,
        })?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.iter().any(|table| table == "migration") {
        let mlflow = tables.iter().any(|table| table == "alembic_version");
        return Err(StoreError::OtherProgramsDatabase { path: path.to_owned(), mlflow });
    }
    let mut newest = 0;
    session.query("SELECT COALESCE(MAX(number), 0) FROM migration", &[], |row| {
        newest = row.get(0)?;
        Ok(true)
    })?;
    if newest > latest() {
        return Err(StoreError::NewerDatabase { path: path.to_owned(), found: newest, known: latest() });
    }
    Ok(Some(newest))
}

fn latest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}
