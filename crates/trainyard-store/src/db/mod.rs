//! The only code that knows a database driver.
//!
//! The rest of the crate sees [`Transaction`], [`Value`] and [`Row`], and SQL as text with binds `$1…$n` numbered in
//! order of first use. What differs between databases is a named function of [`Dialect`].

mod changes;
mod crew;
mod database;
mod dialect;
mod error;
mod migrations;
mod postgres;
mod regex;
mod session;
mod signals;
mod sources;
mod sqlite;
mod transaction;
mod value;

pub use changes::{RunChange, RunNews};
pub(crate) use crew::lock;
pub(crate) use database::{Database, Place, exists, folder, shown};
pub use dialect::{Dialect, Writers};
pub(crate) use dialect::{indexed_part, is_indexed_whole};
pub use error::DbError;
pub use postgres::PostgresOptions;
pub(crate) use regex::regular_expression;
pub use signals::Signal;
pub use sources::Sources;
pub use transaction::Transaction;
pub use value::{Column, FromColumn, List, Row, Value};

use changes::Changes;
use database::{Context, Waiting, guarded};
use signals::Signals;
