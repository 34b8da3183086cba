//! Experiments, runs and what is logged to them: the tables of migrations 1 and 2.

mod batch;
mod datasets;
pub(crate) mod experiments;
mod histories;
mod ingest;
pub(crate) mod keys;
pub(crate) mod logged_models;
pub(crate) mod metrics;
mod model_history;
mod names;
mod params;
pub(crate) mod points;
pub mod rules;
pub(crate) mod runs;
mod series;
pub(crate) mod tags;
