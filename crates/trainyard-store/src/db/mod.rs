//! The only code that knows a database driver.
//!
//! The rest of the crate sees [`Transaction`], [`Value`] and [`Row`], and SQL as text with binds `$1…$n` numbered in
//! order of first use. What differs between databases is a named function of [`Dialect`].

mod dialect;
mod error;
mod migrations;
mod regex;
mod sources;
mod sqlite;
mod transaction;
mod value;

pub use dialect::Dialect;
pub use error::DbError;
pub(crate) use regex::regular_expression;
pub use sources::Sources;
pub(crate) use sqlite::{Database, Waiting, exists};
pub use transaction::Transaction;
pub use value::{Column, FromColumn, Row, Value};
