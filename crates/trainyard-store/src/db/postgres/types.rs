//! Values as PostgreSQL has them.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::error;
use crate::db::{Column, DbError, List, Value};

type Failure = Box<dyn Error + Sync + Send>;

/// The type that a value is bound as; a NULL takes that of its surroundings.
pub(super) fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Integer(_) => Type::INT8,
        Value::Real(_) => Type::FLOAT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
        Value::List(List::Integers(_)) => Type::INT8_ARRAY,
        Value::List(List::Numbers(_)) => Type::FLOAT8_ARRAY,
        Value::List(List::Texts(_)) => Type::TEXT_ARRAY,
        // Rows are bound as a list for each column.
        Value::List(List::Pairs(_) | List::IntegerRows(_)) => Type::UNKNOWN,
    }
}

impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) => value.to_sql(wanted, out),
            Self::Real(value) => value.to_sql(wanted, out),
            Self::Text(value) => value.to_sql(wanted, out),
            Self::Bytes(value) => value.to_sql(wanted, out),
            Self::List(List::Integers(values)) => values.to_sql(wanted, out),
            Self::List(List::Numbers(values)) => values.to_sql(wanted, out),
            Self::List(List::Texts(values)) => values.to_sql(wanted, out),
            Self::List(List::Pairs(_) | List::IntegerRows(_)) => {
                Err("rows are bound as a list for each column on PostgreSQL".into())
            }
        }
    }

    /// Statements are prepared with the types of their values.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One column of many rows.
#[derive(Debug)]
pub(super) enum Array<'v> {
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<&'v str>>),
    Bytes(Vec<Option<&'v [u8]>>),
}

impl<'v> Array<'v> {
    /// The column at an index of rows. Integers among numbers are numbers.
    pub(super) fn of<const N: usize>(rows: &'v [[Value; N]], index: usize) -> Result<Self, DbError> {
        let column = || rows.iter().map(|row| &row[index]);
        let has = |wanted: fn(&Value) -> bool| column().any(wanted);
        let text = |value: &'v Value| if let Value::Text(text) = value { Some(text.as_str()) } else { None };
        let bytes = |value: &'v Value| if let Value::Bytes(bytes) = value { Some(bytes.as_slice()) } else { None };
        let integer = |value: &'v Value| if let Value::Integer(value) = value { Some(*value) } else { None };
        let real = |value: &'v Value| match value {
            Value::Real(value) => Some(*value),
            value => integer(value).map(|value| value as f64),
        };
        if has(|value| matches!(value, Value::Text(_))) {
            read(column(), index, text).map(Self::Texts)
        } else if has(|value| matches!(value, Value::Bytes(_))) {
            read(column(), index, bytes).map(Self::Bytes)
        } else if has(|value| matches!(value, Value::Real(_))) {
            read(column(), index, real).map(Self::Reals)
        } else {
            read(column(), index, integer).map(Self::Integers)
        }
    }

    pub(super) fn type_of(&self) -> Type {
        match self {
            // A column of NULLs is an array of integers: nothing else would be known of it.
            Self::Integers(_) => Type::INT8_ARRAY,
            Self::Reals(_) => Type::FLOAT8_ARRAY,
            Self::Texts(_) => Type::TEXT_ARRAY,
            Self::Bytes(_) => Type::BYTEA_ARRAY,
        }
    }
}

/// The values of the column at an index, NULLs among them; `of` answers none for what is of another kind.
fn read<'v, T>(
    column: impl Iterator<Item = &'v Value>,
    index: usize,
    of: impl Fn(&'v Value) -> Option<T>,
) -> Result<Vec<Option<T>>, DbError> {
    let mixed = || DbError::Other(format!("column {index} of rows to insert holds values of several kinds"));
    let one = |value: &'v Value| if *value == Value::Null { Ok(None) } else { of(value).map(Some).ok_or_else(mixed) };
    column.map(one).collect()
}

impl ToSql for Array<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Integers(values) => values.to_sql(wanted, out),
            Self::Reals(values) => values.to_sql(wanted, out),
            Self::Texts(values) => values.to_sql(wanted, out),
            Self::Bytes(values) => values.to_sql(wanted, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The column of a row at an index.
pub(in crate::db) fn column(row: &Row, index: usize) -> Result<Column<'_>, DbError> {
    row.try_get(index).map_err(|error| DbError::Other(error::whole(&error)))
}

impl<'r> FromSql<'r> for Column<'r> {
    fn from_sql(found: &Type, raw: &'r [u8]) -> Result<Self, Failure> {
        Ok(match *found {
            Type::INT8 => Self::Integer(i64::from_sql(found, raw)?),
            Type::INT4 => Self::Integer(i32::from_sql(found, raw)?.into()),
            Type::INT2 => Self::Integer(i16::from_sql(found, raw)?.into()),
            Type::BOOL => Self::Integer(bool::from_sql(found, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(found, raw)?),
            Type::BYTEA => Self::Bytes(raw),
            _ => Self::Text(<&str>::from_sql(found, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(found: &Type) -> bool {
        matches!(*found, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::FLOAT8 | Type::BYTEA)
            || <&str as FromSql<'_>>::accepts(found)
    }
}
