//! Bulk ingest: metrics, params and tags of many runs in one binary request, `POST /api/trainyard/v1/ingest`.
//!
//! `docs/ingest.md` describes the bytes. [`Ingest`] is a request as it travels: `encode` makes one of [`RunBatch`]es,
//! `decode` checks one that came in and leaves its texts and columns where they are. `columns` holds the columns of points.

mod bytes_in;
mod columns;
mod decode;
mod encode;
mod grouping;

use std::ops::Range;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::metrics::Metric;
use crate::runs::LogBatch;
use crate::{ApiError, ErrorCode, Param, RunId, Tag};
use bytes_in::Span;
pub use columns::Points;
use columns::{IntegerColumn, ValueColumn};
pub use decode::IngestError;
pub use grouping::Grouping;

/// The version of the format that this program writes and reads; servers tell it in their `server-info`.
pub const VERSION: u16 = 1;
/// The media type of a request.
pub const CONTENT_TYPE: &str = "application/vnd.trainyard.ingest";

/// What every request begins with.
const MAGIC: [u8; 8] = *b"TYINGEST";
/// Magic, version, flags, length of what follows, checksum.
const HEADER: usize = 20;

/// A request that has been checked: every length in it is right, every text is UTF-8, every column whole.
#[derive(Debug, Clone)]
pub struct Ingest {
    body: Bytes,
    keys: Vec<Span>,
    contexts: Vec<[Span; 3]>,
    pairs: Vec<[Span; 2]>,
    series: Vec<SeriesIndex>,
    runs: Vec<RunIndex>,
}

/// Where the parts of a run are.
#[derive(Debug, Clone)]
struct RunIndex {
    run_id: Span,
    /// In `pairs`.
    params: Range<usize>,
    /// In `pairs`.
    tags: Range<usize>,
    /// In `series`.
    series: Range<usize>,
}

/// Where the columns of a series are.
#[derive(Debug, Clone, Copy)]
struct SeriesIndex {
    /// In `keys`.
    key: usize,
    /// In `contexts`, counted from 1; 0 for none.
    context: usize,
    points: usize,
    steps: IntegerColumn<Span>,
    timestamps: IntegerColumn<Span>,
    values: ValueColumn<Span>,
}

impl Ingest {
    /// The bytes that travel. For the programs of this project: their type is that of another crate.
    #[doc(hidden)]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The parts of the request, in its order. A run may have several.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = RunPart<'_>> {
        self.runs.iter().map(|index| RunPart { request: self, index })
    }

    /// Points of all runs together.
    pub fn points(&self) -> usize {
        self.series.iter().map(|series| series.points).sum()
    }
}

/// What a request holds for one run.
#[derive(Debug, Clone, Copy)]
pub struct RunPart<'r> {
    request: &'r Ingest,
    index: &'r RunIndex,
}

impl<'r> RunPart<'r> {
    /// The run.
    pub fn run_id(&self) -> &'r str {
        self.index.run_id.text(&self.request.body)
    }

    /// Keys and values of its params.
    pub fn params(&self) -> impl ExactSizeIterator<Item = (&'r str, &'r str)> + use<'r> {
        self.pairs(&self.index.params)
    }

    /// Keys and values of its tags.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = (&'r str, &'r str)> + use<'r> {
        self.pairs(&self.index.tags)
    }

    /// Its points, those of one metric and context together.
    pub fn series(&self) -> impl ExactSizeIterator<Item = SeriesPart<'r>> + use<'r> {
        let request = self.request;
        let series = request.series.get(self.index.series.clone()).unwrap_or_default();
        series.iter().map(move |index| SeriesPart { request, index })
    }

    fn pairs(&self, range: &Range<usize>) -> impl ExactSizeIterator<Item = (&'r str, &'r str)> + use<'r> {
        let body = &self.request.body;
        let pairs = self.request.pairs.get(range.clone()).unwrap_or_default();
        pairs.iter().map(move |[key, value]| (key.text(body), value.text(body)))
    }

    /// The same as a `log-batch`, whatever its limits are.
    pub fn to_batch(&self) -> LogBatch {
        let owned = |(key, value): (&str, &str)| Param::new(key, value);
        let mut batch = LogBatch {
            run_id: self.run_id().into(),
            params: self.params().map(owned).collect(),
            tags: self.tags().map(owned).collect(),
            ..LogBatch::default()
        };
        for series in self.series() {
            batch.metrics.extend(series.to_metrics());
        }
        batch
    }
}

/// Points of one metric of one run that belong to the same logged model and dataset.
#[derive(Debug, Clone, Copy)]
pub struct SeriesPart<'r> {
    request: &'r Ingest,
    index: &'r SeriesIndex,
}

impl<'r> SeriesPart<'r> {
    /// The metric.
    pub fn key(&self) -> &'r str {
        self.request.keys.get(self.index.key).map(|key| key.text(&self.request.body)).unwrap_or_default()
    }

    /// The logged model that the points belong to; empty for none.
    pub fn model_id(&self) -> &'r str {
        self.context(0)
    }

    /// The dataset that they were computed on; empty for none.
    pub fn dataset_name(&self) -> &'r str {
        self.context(1)
    }

    /// Digest of that dataset.
    pub fn dataset_digest(&self) -> &'r str {
        self.context(2)
    }

    fn context(&self, part: usize) -> &'r str {
        let context = self.index.context.checked_sub(1).and_then(|context| self.request.contexts.get(context));
        context.map(|context| context[part].text(&self.request.body)).unwrap_or_default()
    }

    /// The same as metrics of a `log-batch`.
    pub fn to_metrics(&self) -> Vec<Metric> {
        let metric = |(step, timestamp, value)| Metric {
            key: self.key().to_owned(),
            value,
            timestamp,
            step,
            model_id: self.model_id().into(),
            dataset_name: self.dataset_name().to_owned(),
            dataset_digest: self.dataset_digest().to_owned(),
            ..Metric::default()
        };
        self.points().map(metric).collect()
    }

    /// Step, timestamp and value of each point.
    pub fn points(&self) -> Points<'r> {
        let body = &self.request.body;
        let SeriesIndex { steps, timestamps, values, points, .. } = *self.index;
        Points::new(points, steps.within(body), timestamps.within(body), values.within(body))
    }
}

/// What is to be sent for one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunBatch {
    /// The run.
    pub run_id: RunId,
    /// Params, each key once.
    pub params: Vec<Param>,
    /// Tags; of several with one key the last holds.
    pub tags: Vec<Tag>,
    /// Points, those of one metric and context together.
    pub series: Vec<Series>,
}

/// Points of one metric, column by column; the columns are equally long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// The metric.
    pub key: String,
    /// Logged model that the points belong to; empty for none.
    pub model_id: String,
    /// Dataset that they were computed on; empty for none.
    pub dataset_name: String,
    /// Digest of that dataset.
    pub dataset_digest: String,
    /// Training steps.
    pub steps: Vec<i64>,
    /// Milliseconds since the epoch.
    pub timestamps: Vec<i64>,
    /// The values.
    pub values: Vec<f64>,
}

/// Answer to [`Ingest`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IngestResponse {
    /// What became of each part, in the order of the request.
    pub runs: Vec<RunAnswer>,
}

/// What became of the part of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunAnswer {
    /// The run.
    pub run_id: RunId,
    /// Whether all of it is stored, or nothing.
    pub status: RunAnswerStatus,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ErrorCode>,
    /// Why it was rejected, for a person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Whether a part is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunAnswerStatus {
    /// All of it is.
    #[default]
    Accepted,
    /// Nothing of it is, and never will be as it stands.
    Rejected,
}

impl RunAnswer {
    /// Everything of the part is stored.
    pub fn accepted(run_id: RunId) -> Self {
        Self { run_id, ..Self::default() }
    }

    /// Nothing of the part is stored.
    pub fn rejected(run_id: RunId, error: ApiError) -> Self {
        let ApiError { error_code, message } = error;
        Self { run_id, status: RunAnswerStatus::Rejected, error_code: Some(error_code), message }
    }

    /// The reason of a rejection.
    pub fn into_error(self) -> Option<ApiError> {
        match self.status {
            RunAnswerStatus::Accepted => None,
            RunAnswerStatus::Rejected => {
                Some(ApiError::new(self.error_code.unwrap_or(ErrorCode::InternalError), self.message))
            }
        }
    }
}

endpoints! { below "/api/trainyard/v1"
    Post "/ingest" Ingest => IngestResponse;
}
