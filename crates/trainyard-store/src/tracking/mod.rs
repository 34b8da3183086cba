//! Experiments, runs and what is logged to them: the tables of migrations 1 and 2.

mod activity;
mod batch;
mod charts;
mod column_values;
pub(crate) mod columns;
mod datasets;
pub(crate) mod experiments;
mod histories;
mod ingest;
pub(crate) mod keys;
pub(crate) mod logged_models;
mod metric_summaries;
pub(crate) mod metrics;
mod model_history;
mod names;
mod params;
pub(crate) mod points;
mod run_changes;
pub(crate) mod run_trees;
pub(crate) mod runs;
mod series;
pub(crate) mod tags;
mod views;
