//! Exports: tables of many rows as Parquet, CSV or lines of JSON, written part by part (`table`) inside of one read
//! transaction, and so as of one moment. `metrics` and `runs` say what is in them.

mod metrics;
mod runs;
mod table;

use trainyard_api::export::Format;

use crate::{StoreError, Transaction};

/// Takes the next part of a file. Its error ends the export.
pub type Sink<'s> = dyn FnMut(Vec<u8>) -> Result<(), StoreError> + 's;

/// A request for a table.
pub trait Export: Clone + Send + 'static {
    /// What the table is called.
    const NAME: &'static str;

    /// Checks the request, then writes the table. What is wrong with the request is said before the first part.
    fn export(self, tx: &mut Transaction<'_>, format: Format, sink: &mut Sink<'_>) -> Result<(), StoreError>;
}
