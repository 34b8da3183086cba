//! One connection: binds, steps, and turns the driver's errors into [`DbError`].

use std::collections::HashMap;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql, ffi};

use crate::StoreError;
use crate::db::session::{Insert, Notes, insert_one};
use crate::db::value::RowOf;
use crate::db::{Column, DbError, List, Row, Value};

/// A connection with its prepared statements.
pub(in crate::db) struct Session {
    connection: Connection,
    /// What the open transaction has noted.
    pub(in crate::db) notes: Notes,
}

impl Session {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, notes: Notes::default() }
    }

    /// Hands each row to `read` until that answers `false`.
    pub(in crate::db) fn query(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepare(sql, values.len())?;
        bind(&mut statement, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(error)? {
            if !read(&Row(RowOf::Sqlite(row)))? {
                break;
            }
        }
        Ok(())
    }

    /// Carries out a statement without an answer; returns how many rows it changed.
    pub(in crate::db) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        let mut statement = self.prepare(sql, values.len())?;
        bind(&mut statement, values)?;
        statement.raw_execute().map(|changed| changed as u64).map_err(error)
    }

    /// Inserts rows; tells `inserted` of each whether it was, or was passed over.
    pub(in crate::db) fn insert_many<const N: usize>(
        &self,
        insert: Insert<'_, N>,
        rows: impl IntoIterator<Item = [Value; N]>,
        mut inserted: impl FnMut(&[Value; N], u64),
    ) -> Result<(), DbError> {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let mut statement = self.prepare(&insert_one(insert), N)?;
        for values in rows {
            bind(&mut statement, &values)?;
            inserted(&values, statement.raw_execute().map_err(error)? as u64);
        }
        Ok(())
    }

    /// As [`Session::insert_many`]; returns the ids of the rows that were inserted by the text of their first column.
    pub(in crate::db) fn insert_named<const N: usize>(
        &self,
        insert: Insert<'_, N>,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Result<HashMap<String, i64>, StoreError> {
        // With `RETURNING` SQLite keeps a journal of each statement, as of one that may fail half-way.
        let mut statement = self.prepare(&insert_one(insert), N)?;
        let mut ids = HashMap::new();
        for values in rows {
            bind(&mut statement, &values)?;
            let inserted = statement.raw_execute().map_err(error)?;
            if let Some(Value::Text(name)) = values.into_iter().next()
                && inserted > 0
            {
                ids.insert(name, self.connection.last_insert_rowid());
            }
        }
        Ok(ids)
    }

    /// Carries out several statements without values, such as a migration.
    pub(in crate::db) fn batch(&self, sql: &str) -> Result<(), DbError> {
        self.connection.execute_batch(sql).map_err(error)
    }

    /// Whether a transaction is open. A full or broken disk can end one in the middle.
    pub(in crate::db) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn prepare(&self, sql: &str, values: usize) -> Result<CachedStatement<'_>, DbError> {
        let statement = self.connection.prepare_cached(sql).map_err(error)?;
        let wanted = statement.parameter_count();
        if wanted != values {
            return Err(DbError::Other(format!("a statement with {wanted} binds was given {values} values: {sql}")));
        }
        // SQLite numbers `$n` by first use, whatever the digits say.
        debug_assert!(
            (1..=wanted).all(|index| statement.parameter_name(index) == Some(format!("${index}").as_str())),
            "binds are not numbered in order of first use: {sql}"
        );
        Ok(statement)
    }
}

fn bind(statement: &mut CachedStatement<'_>, values: &[Value]) -> Result<(), DbError> {
    for (index, value) in values.iter().enumerate() {
        value.check()?;
        statement.raw_bind_parameter(index + 1, value).map_err(error)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
            Self::List(list) => return Ok(ToSqlOutput::from(json(list))),
        }))
    }
}

/// A list as `json_each` reads it.
fn json(list: &List) -> String {
    match list {
        List::Integers(values) => serde_json::Value::from(values.as_slice()).to_string(),
        List::Texts(values) => serde_json::Value::from(values.as_slice()).to_string(),
        List::Numbers(values) => {
            // JSON knows no infinity, yet numbers that are too large for a double are read as one.
            let written = |value: &f64| match value {
                value if value.is_infinite() => format!("{}1e999", if *value < 0.0 { "-" } else { "" }),
                value => format!("{value:e}"),
            };
            format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(","))
        }
        // Texts and integers are never refused.
        List::Pairs(values) => serde_json::to_string(values).unwrap_or_default(),
        List::IntegerRows(rows) => serde_json::to_string(rows).unwrap_or_default(),
    }
}

/// The column of a row at an index.
pub(in crate::db) fn column<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Result<Column<'r>, DbError> {
    match row.get_ref(index).map_err(error)? {
        ValueRef::Null => Ok(Column::Null),
        ValueRef::Integer(value) => Ok(Column::Integer(value)),
        ValueRef::Real(value) => Ok(Column::Real(value)),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(Column::Text)
            .map_err(|_| DbError::Other(format!("column {index} holds text that is not UTF-8"))),
        ValueRef::Blob(bytes) => Ok(Column::Bytes(bytes)),
    }
}

/// What an error of the driver means.
pub(super) fn error(error: rusqlite::Error) -> DbError {
    let Some(code) = error.sqlite_error().copied() else { return DbError::Other(error.to_string()) };
    let message = error.to_string();
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DbError::Busy,
        ErrorCode::DiskFull => DbError::DiskFull,
        ErrorCode::DatabaseCorrupt => DbError::Corrupt(message),
        ErrorCode::NotADatabase => DbError::NotADatabase(message),
        ErrorCode::CannotOpen
        | ErrorCode::PermissionDenied
        | ErrorCode::ReadOnly
        | ErrorCode::SystemIoFailure
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::OutOfMemory => DbError::Unavailable(message),
        ErrorCode::ConstraintViolation => match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                DbError::UniqueViolation(message)
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DbError::ForeignKeyViolation(message),
            _ => DbError::Other(message),
        },
        _ => DbError::Other(message),
    }
}
