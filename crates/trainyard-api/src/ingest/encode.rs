//! Writing a request.

use std::collections::HashMap;

use super::bytes_in::{put_text, put_varint};
use super::columns::{put_integers, put_values};
use super::{Grouping, HEADER, Ingest, IngestError, MAGIC, RunBatch, Series, VERSION};
use crate::KeyValue;
use crate::metrics::Metric;
use crate::runs::LogBatch;

impl Ingest {
    /// Makes a request; an error when it is beyond the limits of one.
    pub fn encode(runs: &[RunBatch]) -> Result<Self, IngestError> {
        let mut keys = Numbered::default();
        let mut contexts = Numbered::default();
        let mut parts = Vec::new();
        for run in runs {
            put_text(&mut parts, run.run_id.as_str());
            put_pairs(&mut parts, &run.params);
            put_pairs(&mut parts, &run.tags);
            put_varint(&mut parts, run.series.len() as u64);
            for series in &run.series {
                put_varint(&mut parts, keys.number(series.key.as_str()));
                let context = [series.model_id.as_str(), &series.dataset_name, &series.dataset_digest];
                let has_context = context.iter().any(|text| !text.is_empty());
                put_varint(&mut parts, if has_context { contexts.number(context) + 1 } else { 0 });
                // Columns of different lengths are the caller's mistake; what all of them have is sent.
                let points = series.steps.len().min(series.timestamps.len()).min(series.values.len());
                put_varint(&mut parts, points as u64);
                put_integers(&mut parts, &series.steps[..points]);
                put_integers(&mut parts, &series.timestamps[..points]);
                put_values(&mut parts, &series.values[..points]);
            }
        }
        let mut body = Vec::with_capacity(HEADER + parts.len() + 64 * keys.list.len() + 256);
        body.extend_from_slice(&[0; HEADER]);
        put_varint(&mut body, keys.list.len() as u64);
        for key in &keys.list {
            put_text(&mut body, key);
        }
        put_varint(&mut body, contexts.list.len() as u64);
        for text in contexts.list.iter().flatten() {
            put_text(&mut body, text);
        }
        put_varint(&mut body, runs.len() as u64);
        body.extend_from_slice(&parts);
        seal(&mut body);
        Self::decode(body.into())
    }
}

/// Writes the header in front of what is there already.
pub(super) fn seal(body: &mut [u8]) {
    let length = (body.len() - HEADER) as u32;
    body[..8].copy_from_slice(&MAGIC);
    body[8..10].copy_from_slice(&VERSION.to_le_bytes());
    body[10..12].copy_from_slice(&0_u16.to_le_bytes());
    body[12..16].copy_from_slice(&length.to_le_bytes());
    let sum = super::decode::checksum(body);
    body[16..20].copy_from_slice(&sum.to_le_bytes());
}

fn put_pairs(to: &mut Vec<u8>, pairs: &[KeyValue]) {
    put_varint(to, pairs.len() as u64);
    for pair in pairs {
        put_text(to, &pair.key);
        put_text(to, &pair.value);
    }
}

/// Texts that stand once and are referred to by number.
struct Numbered<T> {
    list: Vec<T>,
    numbers: HashMap<T, u64>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { list: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Numbered<T> {
    fn number(&mut self, text: T) -> u64 {
        *self.numbers.entry(text).or_insert_with(|| {
            self.list.push(text);
            self.list.len() as u64 - 1
        })
    }
}

impl From<&LogBatch> for RunBatch {
    /// Points of one metric and context come together, in their order.
    fn from(batch: &LogBatch) -> Self {
        let mut grouping = Grouping::default();
        for metric in &batch.metrics {
            grouping.add(metric, grouping.place(metric));
        }
        let series = grouping.into_series();
        Self { run_id: batch.run_id.clone(), params: batch.params.clone(), tags: batch.tags.clone(), series }
    }
}

impl From<RunBatch> for LogBatch {
    /// Points stand series by series.
    fn from(batch: RunBatch) -> Self {
        let RunBatch { run_id, params, tags, series } = batch;
        let points = |series: Series| {
            let columns = series.steps.into_iter().zip(series.timestamps).zip(series.values);
            columns.map(move |((step, timestamp), value)| Metric {
                key: series.key.clone(),
                value,
                timestamp,
                step,
                model_id: series.model_id.as_str().into(),
                dataset_name: series.dataset_name.clone(),
                dataset_digest: series.dataset_digest.clone(),
                ..Metric::default()
            })
        };
        Self { run_id, params, tags, metrics: series.into_iter().flat_map(points).collect() }
    }
}
