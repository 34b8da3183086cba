//! Series for charts: many points of many metrics, told by few, in binary columns.
//!
//! The answer is no JSON: [`ChartSeries::encode`] writes it, and docs/ui-api.md describes the bytes.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{RunId, wire};

/// Media type of the answer.
pub const MEDIA_TYPE: &str = "application/vnd.trainyard.columns";
/// What an answer begins with.
pub const MAGIC: [u8; 4] = *b"TYC1";

/// Metrics of runs, in buckets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetChartSeries {
    /// Required; at most [`CHART_SERIES`](crate::limits::CHART_SERIES), and with `buckets` at most
    /// [`CHART_ROWS`](crate::limits::CHART_ROWS) rows.
    pub series: Vec<ChartSeriesKey>,
    /// What the buckets are stretches of.
    #[serde(deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub x: ChartAxis,
    /// Buckets of each series, 1000 when left out, at most [`CHART_BUCKETS`](crate::limits::CHART_BUCKETS).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub buckets: Option<i64>,
    /// Only points at or behind this step or timestamp.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Only points at or before this step or timestamp.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
}

/// A metric of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartSeriesKey {
    /// Required.
    pub run_id: RunId,
    /// Required.
    pub metric_key: String,
}

/// What is along the horizontal axis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartAxis {
    /// Steps.
    #[default]
    Step,
    /// Timestamps.
    Timestamp,
}

/// Answer to [`GetChartSeries`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartSeries {
    /// In the order of the request; without rows where there is no such metric.
    pub series: Vec<ChartSeriesRows>,
}

/// The rows of one series, in the order of the axis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartSeriesRows {
    /// The run.
    pub run_id: RunId,
    /// Name of the metric.
    pub metric_key: String,
    /// How many points the metric has in all.
    pub points: i64,
    /// One row a bucket that has points, or a point where there are no more than buckets.
    pub rows: Vec<ChartRow>,
}

/// A bucket: one of its points, and the extremes of all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartRow {
    /// Step of the point.
    pub step: i64,
    /// Timestamp of the point.
    pub timestamp: i64,
    /// Its value, which may be NaN or infinite.
    #[serde(with = "wire::double")]
    pub value: f64,
    /// The smallest number among the values of the bucket; NaN where there is none.
    #[serde(with = "wire::double")]
    pub min: f64,
    /// The greatest number among the values of the bucket; NaN where there is none.
    #[serde(with = "wire::double")]
    pub max: f64,
}

/// What the header of the binary form says of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSeriesHead {
    /// The run.
    pub run_id: RunId,
    /// Name of the metric.
    pub metric_key: String,
    /// How many rows follow.
    pub rows: usize,
    /// How many points the metric has in all.
    pub points: i64,
    /// Where its columns begin, in bytes from the start of the body.
    pub offset: usize,
}

/// The header of the binary form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartHead {
    /// One entry a series.
    pub series: Vec<ChartSeriesHead>,
}

impl ChartSeries {
    /// The answer as it travels.
    pub fn encode(&self) -> Vec<u8> {
        const COLUMNS: usize = 5;
        let number = size_of::<f64>();
        let rows: usize = self.series.iter().map(|series| series.rows.len()).sum();
        // Offsets are part of the header, whose length decides on them; so it is given room for the longest ones.
        let head = |start: usize| {
            let mut offset = start;
            let mut heads = Vec::with_capacity(self.series.len());
            for ChartSeriesRows { run_id, metric_key, points, rows } in &self.series {
                let (run_id, metric_key, rows) = (run_id.clone(), metric_key.clone(), rows.len());
                heads.push(ChartSeriesHead { run_id, metric_key, rows, points: *points, offset });
                offset += rows * COLUMNS * number;
            }
            serde_json::to_vec(&ChartHead { series: heads }).unwrap_or_default()
        };
        let before = MAGIC.len() + size_of::<u32>();
        let room = head(usize::MAX / 2).len();
        let start = (before + room).next_multiple_of(number);
        let mut header = head(start);
        header.resize(start - before, b' ');
        let mut body = Vec::with_capacity(start + rows * COLUMNS * number);
        body.extend(MAGIC);
        body.extend(u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes());
        body.extend(header);
        for ChartSeriesRows { rows, .. } in &self.series {
            let columns: [fn(&ChartRow) -> f64; COLUMNS] =
                [|row| row.step as f64, |row| row.timestamp as f64, |row| row.value, |row| row.min, |row| row.max];
            for column in columns {
                for row in rows {
                    body.extend(column(row).to_le_bytes());
                }
            }
        }
        body
    }
}

endpoints! { below "/api/trainyard/v1"
    Post "/charts/series" GetChartSeries => ChartSeries;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn columns_are_where_the_header_says() {
        let rows = |count: i64| {
            let row = |i: i64| ChartRow { step: i, timestamp: 10 + i, value: 0.5, min: -1.0, max: f64::INFINITY };
            (0..count).map(row).collect()
        };
        let series = |key: &str, count| ChartSeriesRows {
            run_id: "r".into(),
            metric_key: key.into(),
            points: 7,
            rows: rows(count),
        };
        let body = ChartSeries { series: vec![series("loss \"é\"", 3), series("none", 0), series("b", 2)] }.encode();
        assert_eq!(body[..4], MAGIC);
        let length = u32::from_le_bytes(body[4..8].try_into().unwrap()) as usize;
        assert_eq!((8 + length) % 8, 0);
        let head: ChartHead = serde_json::from_slice(&body[8..8 + length]).unwrap();
        let said: Vec<_> = head.series.iter().map(|head| (head.rows, head.offset - 8 - length)).collect();
        assert_eq!(said, [(3, 0), (0, 120), (2, 120)]);
        let number = |at: usize| f64::from_le_bytes(body[at..at + 8].try_into().unwrap());
        let last = head.series[2].offset;
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 8].map(|i| number(last + 8 * i)),
            [0.0, 1.0, 10.0, 11.0, 0.5, 0.5, -1.0, f64::INFINITY]
        );
        assert_eq!(body.len(), last + 2 * 40);
    }
}
