//! Evaluation datasets and their records: the tables of migration 6.

pub(crate) mod datasets;
mod json;
mod record_json;
mod records;
