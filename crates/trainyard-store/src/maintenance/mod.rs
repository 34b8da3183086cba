//! What an operator asks of a database: how large it is (`stats`), whether it is whole (`check`), and to forget what is
//! marked deleted (`removal`, on which `trainyard gc` is built).

mod check;
pub mod column_names;
mod pieces;
pub mod removal;
mod series;
mod shrink;
mod stats;

pub use check::{CheckProgress, Checked, Problem, check};
pub use shrink::{Shrinking, shrink};
pub use stats::{Stats, TableSize, stats};

/// The folder of the database file at an address; none where it is no file.
pub fn folder(uri: &str) -> Result<Option<std::path::PathBuf>, crate::StoreError> {
    crate::db::folder(uri)
}

/// The address of a database as it may be shown: without a password.
pub fn shown(uri: &str) -> String {
    crate::db::shown(uri)
}

/// Whether there is a database at an address; opening would make one.
pub fn exists(uri: &str) -> Result<bool, crate::StoreError> {
    crate::db::exists(uri)
}
