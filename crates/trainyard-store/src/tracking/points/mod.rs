//! The points of one series. What has just been logged stands in `metric_point`, a row a point; what has settled, or came many
//! at a time, is packed into `metric_block`. Blocks of a series do not overlap, and no point is in both. `read` shows both as
//! one, `walk` shows outlines instead of points where these are enough, `sample` and `buckets` make charts of them, `late`
//! keeps points out that are packed already, `pack` packs, `direct` packs what comes many at a time, `new_block` stores.

pub(crate) mod block;
mod buckets;
mod direct;
mod late;
mod new_block;
pub(crate) mod pack;
pub(crate) mod queue;
mod read;
mod sample;
mod walk;

use std::cmp::Ordering;

use trainyard_api::RunId;
use trainyard_api::metrics::Metric;

use crate::{DbError, Row, StoreError, Value};
use block::Damage;
pub(super) use buckets::{Axis, Bucket, buckets};
pub(super) use direct::{AT_ONCE, pack_new, store_new, with_rows};
pub(super) use late::without_packed;
pub(super) use new_block::loose;
pub(super) use read::packed_end;
pub(crate) use read::{Ends, visit, visit_blocks};
pub(super) use sample::sample;

/// The table of points that are rows.
pub(crate) const ROWS: &str = "metric_point";

/// What tells any two points of a series apart, in the order of histories: (timestamp, step, value, is_nan).
pub(crate) type Key = (i64, i64, f64, bool);

/// Before every point.
pub(crate) const START: Key = (i64::MIN, i64::MIN, f64::NEG_INFINITY, false);

/// One point as it is stored: NaN is 0 with a mark, and is ordered as 0, as in MLflow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The step it was logged with.
    pub step: i64,
    /// Milliseconds since the epoch.
    pub timestamp: i64,
    /// The number; 0 for NaN.
    pub value: f64,
    /// Whether it is NaN.
    pub is_nan: bool,
}

impl From<&Metric> for Point {
    fn from(metric: &Metric) -> Self {
        // Adding 0 makes a negative zero positive; SQLite stores no other.
        Self::with_number(metric.timestamp, metric.step, metric.value + 0.0)
    }
}

impl Point {
    /// The point of a number, which may be NaN.
    pub fn with_number(timestamp: i64, step: i64, value: f64) -> Self {
        let is_nan = value.is_nan();
        Self { step, timestamp, value: if is_nan { 0.0 } else { value }, is_nan }
    }

    /// The number that was logged.
    pub fn number(&self) -> f64 {
        if self.is_nan { f64::NAN } else { self.value }
    }

    /// Reads `value, is_nan, timestamp, step`, the first of them at `first`.
    pub(crate) fn from_row(row: &Row<'_>, first: usize) -> Result<Self, StoreError> {
        Ok(Self {
            value: row.get(first)?,
            is_nan: row.get(first + 1)?,
            timestamp: row.get(first + 2)?,
            step: row.get(first + 3)?,
        })
    }

    pub(crate) fn of_key((timestamp, step, value, is_nan): Key) -> Self {
        Self { step, timestamp, value, is_nan }
    }

    pub(crate) fn key(&self) -> Key {
        (self.timestamp, self.step, self.value, self.is_nan)
    }

    /// As [`Point::key`], in the order of steps.
    pub(crate) fn order(&self) -> (i64, i64, f64, bool) {
        (self.step, self.timestamp, self.value, self.is_nan)
    }

    /// How two points are ordered in histories; a value is never NaN here.
    pub(crate) fn by_time(&self, other: &Self) -> Ordering {
        self.key().partial_cmp(&other.key()).unwrap_or(Ordering::Equal)
    }

    /// How two points are ordered in samples.
    pub(crate) fn by_step(&self, other: &Self) -> Ordering {
        self.order().partial_cmp(&other.order()).unwrap_or(Ordering::Equal)
    }

    /// The point as clients see it: infinities are the largest doubles, as in MLflow.
    pub(crate) fn metric(self, key: &str) -> Metric {
        let value = if self.is_nan { f64::NAN } else { self.value.clamp(f64::MIN, f64::MAX) };
        Metric { key: key.to_owned(), value, timestamp: self.timestamp, step: self.step, ..Metric::default() }
    }

    /// As [`Point::metric`], for answers about several runs.
    pub(super) fn metric_of(self, key: &str, run_id: &RunId) -> Metric {
        Metric { run_id: run_id.clone(), ..self.metric(key) }
    }
}

/// A series and a key as binds.
fn binds(series: i64, (timestamp, step, value, is_nan): Key) -> [Value; 5] {
    [series.into(), timestamp.into(), step.into(), value.into(), is_nan.into()]
}

/// The error of reading a block that cannot be read.
fn damaged(series: i64, last: Key, damage: &Damage) -> StoreError {
    let (timestamp, step, ..) = last;
    DbError::Corrupt(format!(
        "the block of series {series} that ends at timestamp {timestamp}, step {step} is damaged: {damage}; \
         `trainyard db check` lists all damage"
    ))
    .into()
}
