//! One connection of either driver, as transactions and migrations use it.

use std::cell::RefCell;

use super::{DbError, Dialect, Row, RunChange, Value, postgres, sqlite};
use crate::StoreError;

/// A connection, borrowed.
#[derive(Clone, Copy)]
pub(super) enum Session<'c> {
    Sqlite(&'c sqlite::Session),
    Postgres(&'c postgres::Session),
}

/// What an open transaction does with its commit, for all that is in it at once.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Runs that it has changed.
    pub(super) changes: RefCell<Vec<RunChange>>,
    /// Names of columns that runs have: kind, experiment and key.
    pub(super) names: RefCell<Vec<(&'static str, i64, String)>>,
}

impl Notes {
    /// Where the names end that are noted from now on.
    pub(super) fn mark(&self) -> usize {
        self.names.borrow().len()
    }

    /// Forgets names that were noted since, because what they stand for has been undone.
    pub(super) fn cut_back(&self, mark: usize) {
        self.names.borrow_mut().truncate(mark);
    }

    /// Forgets everything, because another transaction begins.
    pub(super) fn clear(&self) {
        self.changes.take();
        self.names.take();
    }
}

/// Where a table, its columns and what to do about conflicts are named.
pub(super) type Insert<'s, const N: usize> = (&'s str, [&'s str; N], &'s str);

/// The statement that inserts one row.
pub(super) fn insert_one<const N: usize>((table, columns, conflict): Insert<'_, N>) -> String {
    let binds: Vec<String> = (1..=N).map(|bind| format!("${bind}")).collect();
    format!("INSERT INTO {table} ({}) VALUES ({}) {conflict}", columns.join(", "), binds.join(", "))
}

impl Session<'_> {
    pub(super) fn dialect(self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// What the open transaction has noted so far.
    pub(super) fn notes(&self) -> &Notes {
        match self {
            Self::Sqlite(session) => &session.notes,
            Self::Postgres(session) => &session.notes,
        }
    }

    /// Hands each row to `read` until that answers `false`.
    pub(super) fn query(
        self,
        sql: &str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session) => session.query(sql, values, read),
            Self::Postgres(session) => session.query(sql, values, read),
        }
    }

    /// Carries out a statement without an answer; returns how many rows it changed.
    pub(super) fn execute(self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        match self {
            Self::Sqlite(session) => session.execute(sql, values),
            Self::Postgres(session) => session.execute(sql, values),
        }
    }

    /// Carries out several statements without values, such as a migration.
    pub(super) fn batch(self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(session) => session.batch(sql),
            Self::Postgres(session) => session.batch(sql),
        }
    }
}
