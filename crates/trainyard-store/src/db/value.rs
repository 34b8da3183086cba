//! What goes into a statement and comes out of a row.

use trainyard_api::logged_models::LoggedModelStatus;
use trainyard_api::runs::RunStatus;
use trainyard_api::webhooks::{WebhookAction, WebhookEntity, WebhookStatus};
use trainyard_api::{ExperimentId, LifecycleStage, ModelId, RunId};

use super::DbError;
use crate::StoreError;

/// A value bound to a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// BIGINT.
    Integer(i64),
    /// DOUBLE PRECISION; never NaN, which SQLite would make NULL.
    Real(f64),
    /// TEXT.
    Text(String),
    /// BLOB, or BYTEA.
    Bytes(Vec<u8>),
    /// Many of one kind, for a list of a statement.
    List(List),
}

/// Many values of one kind, bound as one.
#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// For [`Dialect::integers`](super::Dialect::integers).
    Integers(Vec<i64>),
    /// For [`Dialect::numbers`](super::Dialect::numbers); none of them is NaN.
    Numbers(Vec<f64>),
    /// For [`Dialect::texts`](super::Dialect::texts).
    Texts(Vec<String>),
    /// For [`Dialect::pairs`](super::Dialect::pairs) of SQLite.
    Pairs(Vec<(String, i64)>),
    /// For [`Dialect::integer_rows`](super::Dialect::integer_rows) of SQLite.
    IntegerRows(Vec<Vec<i64>>),
}

impl Value {
    /// Many integers as one value, for [`Dialect::integers`](super::Dialect::integers).
    pub fn integers(values: &[i64]) -> Self {
        Self::List(List::Integers(values.to_vec()))
    }

    /// Many numbers as one value, for [`Dialect::numbers`](super::Dialect::numbers). None of them is NaN.
    pub fn numbers(values: &[f64]) -> Self {
        Self::List(List::Numbers(values.to_vec()))
    }

    /// Many texts as one value, for [`Dialect::texts`](super::Dialect::texts).
    pub fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::List(List::Texts(values.into_iter().map(|text| text.as_ref().to_owned()).collect()))
    }

    /// Refuses texts that no database can hold.
    pub(super) fn check(&self) -> Result<(), DbError> {
        match self {
            Self::Text(text) => check_text(text),
            Self::List(List::Texts(texts)) => texts.iter().try_for_each(|text| check_text(text)),
            Self::List(List::Pairs(pairs)) => pairs.iter().try_for_each(|(text, _)| check_text(text)),
            Self::Null | Self::Integer(_) | Self::Real(_) | Self::Bytes(_) | Self::List(_) => Ok(()),
        }
    }
}

fn check_text(text: &str) -> Result<(), DbError> {
    let Some(at) = text.find('\0') else { return Ok(()) };
    let excerpt: String = text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    Err(DbError::NulInText(format!("'{excerpt}\\0…'")))
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A value of a row, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'r> {
    /// SQL's NULL.
    Null,
    /// BIGINT.
    Integer(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT.
    Text(&'r str),
    /// BLOB, or BYTEA.
    Bytes(&'r [u8]),
}

/// A type that a column can be read as.
pub trait FromColumn: Sized {
    /// `None` when the column holds something else.
    fn from_column(column: Column<'_>) -> Option<Self>;
}

impl FromColumn for i64 {
    fn from_column(column: Column<'_>) -> Option<Self> {
        if let Column::Integer(value) = column { Some(value) } else { None }
    }
}

impl FromColumn for bool {
    fn from_column(column: Column<'_>) -> Option<Self> {
        i64::from_column(column).map(|value| value != 0)
    }
}

impl FromColumn for f64 {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Real(value) => Some(value),
            Column::Integer(value) => Some(value as f64),
            Column::Null | Column::Text(_) | Column::Bytes(_) => None,
        }
    }
}

impl FromColumn for String {
    fn from_column(column: Column<'_>) -> Option<Self> {
        if let Column::Text(value) = column { Some(value.to_owned()) } else { None }
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(column: Column<'_>) -> Option<Self> {
        if let Column::Bytes(value) = column { Some(value.to_owned()) } else { None }
    }
}

impl FromColumn for Value {
    fn from_column(column: Column<'_>) -> Option<Self> {
        Some(match column {
            Column::Null => Self::Null,
            Column::Integer(value) => Self::Integer(value),
            Column::Real(value) => Self::Real(value),
            Column::Text(value) => Self::Text(value.to_owned()),
            Column::Bytes(value) => Self::Bytes(value.to_owned()),
        })
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Null => Some(None),
            column => T::from_column(column).map(Some),
        }
    }
}

/// Ids travel as their text.
macro_rules! text_ids {
    ($($id:ty)+) => {$(
        impl From<&$id> for Value {
            fn from(id: &$id) -> Self {
                Self::Text(id.as_str().to_owned())
            }
        }

        impl FromColumn for $id {
            fn from_column(column: Column<'_>) -> Option<Self> {
                String::from_column(column).map(Into::into)
            }
        }
    )+};
}
text_ids!(RunId ModelId);

impl FromColumn for ExperimentId {
    fn from_column(column: Column<'_>) -> Option<Self> {
        i64::from_column(column).map(|id| id.to_string().into())
    }
}

/// States travel as the word that the wire uses.
macro_rules! words {
    ($($state:ty: $($variant:ident)+;)+) => {$(
        impl From<$state> for Value {
            fn from(state: $state) -> Self {
                Self::Text(state.as_str().to_owned())
            }
        }

        impl FromColumn for $state {
            fn from_column(column: Column<'_>) -> Option<Self> {
                let Column::Text(word) = column else { return None };
                [$(<$state>::$variant),+].into_iter().find(|state| state.as_str() == word)
            }
        }
    )+};
}
words! {
    LifecycleStage: Active Deleted;
    RunStatus: Running Scheduled Finished Failed Killed;
    LoggedModelStatus: Unspecified Pending Ready UploadFailed;
    WebhookStatus: Active Disabled;
    WebhookEntity: RegisteredModel ModelVersion ModelVersionTag ModelVersionAlias Prompt PromptVersion PromptTag
        PromptVersionTag PromptAlias BudgetPolicy;
    WebhookAction: Created Updated Deleted Set Exceeded;
}

/// One row of an answer, readable while the next has not been asked for.
pub struct Row<'r>(pub(super) RowOf<'r>);

/// A row of a driver.
pub(super) enum RowOf<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at an index, counted from 0.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, StoreError> {
        let column = match self.0 {
            RowOf::Sqlite(row) => super::sqlite::column(row, index)?,
            RowOf::Postgres(row) => super::postgres::column(row, index)?,
        };
        T::from_column(column).ok_or_else(|| {
            let wanted = std::any::type_name::<T>();
            DbError::Other(format!("column {index} holds {column:?}, not a {wanted}")).into()
        })
    }
}
