//! Exports: tables of many rows, streamed as files, `GET /api/trainyard/v1/<table>.<format>`.

use serde::{Deserialize, Serialize};

use crate::{ExperimentId, RunId, ViewType, wire};

/// What exports lie below.
pub const ROOT: &str = "/api/trainyard/v1";

/// The form of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Apache Parquet.
    #[default]
    Parquet,
    /// Comma-separated values with a header, as of RFC 4180.
    Csv,
    /// An object of JSON on each line.
    Jsonl,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Parquet, Self::Csv, Self::Jsonl];

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

/// Every point of metrics: run by run, metric by metric, in the order of histories.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportMetrics {
    /// Experiments whose active runs are exported; with `run_ids`, those of them that are named there.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Runs, at most [`EXPORT_RUN_IDS`](crate::limits::EXPORT_RUN_IDS). Either these or experiments have to be named.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub run_ids: Vec<RunId>,
    /// Metrics; all when left out.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub metric_keys: Vec<String>,
}

/// Runs, one a row, with their params, tags and latest metrics as columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportRuns {
    /// Experiments to look in; all active ones when left out.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Filter text, as of [`SearchRuns`](crate::runs::SearchRuns).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Lifecycle stages to export.
    #[serde(deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub run_view_type: ViewType,
    /// `key [ASC|DESC]`; by default the newest first.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Metrics that become columns. Where none of `metric_keys`, `param_keys` and `tag_keys` is given, all that the runs have
    /// do, up to [`EXPORT_COLUMNS`](crate::limits::EXPORT_COLUMNS).
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub metric_keys: Vec<String>,
    /// Params that become columns.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub param_keys: Vec<String>,
    /// Tags that become columns.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub tag_keys: Vec<String>,
}
