//! Bulk ingest: what `log-batch` does, for many runs at once. The part of each run is stored as a whole or rejected by
//! itself; trouble of the database fails the request.

use trainyard_api::ingest::{Ingest, IngestResponse, RunAnswer, RunPart, SeriesPart};
use trainyard_api::{KeyValue, RunId, rules};

use super::points::Point;
use super::series::{self, BySeries};
use super::{keys, logged_models, params, runs, tags};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for Ingest {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<IngestResponse, StoreError> {
        // A savepoint for each run costs more than it is worth: most of the time all of them are accepted.
        let all = tx.part(|tx| self.runs().try_for_each(|part| log(tx, &part)))?;
        if all.is_ok() {
            let runs = self.runs().map(|part| RunAnswer::accepted(part.run_id().into())).collect();
            return Ok(IngestResponse { runs });
        }
        let mut answers = Vec::with_capacity(self.runs().len());
        for part in self.runs() {
            let run_id = RunId::from(part.run_id());
            answers.push(match tx.part(|tx| log(tx, &part))? {
                Ok(()) => RunAnswer::accepted(run_id),
                Err(error) => RunAnswer::rejected(run_id, error.into()),
            });
        }
        Ok(IngestResponse { runs: answers })
    }
}

/// Stores one part.
fn log(tx: &mut Transaction<'_>, part: &RunPart<'_>) -> Result<(), StoreError> {
    for (index, series) in part.series().enumerate() {
        check_series(&format!("series[{index}]"), &series)?;
    }
    let pairs = |(key, value): (&str, &str)| KeyValue::new(key, value);
    let (params, tags): (Vec<_>, Vec<_>) = (part.params().map(pairs).collect(), part.tags().map(pairs).collect());
    let run_id = runs::id("run_id", part.run_id().into(), RunId::default())?;
    rules::batch(&[], &params, &tags)?;
    let run = runs::active(tx, run_id)?;
    runs::note_logged(tx, &run, part.series().next().is_some(), !params.is_empty(), !tags.is_empty());
    params::log_all(tx, run.key, &run.run_id, params)?;
    log_points(tx, run.key, part)?;
    tags::set_all(tx, run.key, tags)
}

fn log_points(tx: &mut Transaction<'_>, run: i64, part: &RunPart<'_>) -> Result<(), StoreError> {
    // The same metric of another model or dataset is the same series of the run.
    let mut by_series = BySeries::new();
    for series in part.series().filter(|series| series.points().len() > 0) {
        let points = series.points().map(|(step, timestamp, value)| {
            // Adding 0 makes a negative zero positive; SQLite stores no other.
            Point::with_number(timestamp, step, value + 0.0)
        });
        by_series.entry((run, series.key())).or_default().extend(points);
    }
    series::log(tx, &by_series)?;
    for series in part.series().filter(|series| !series.model_id().is_empty()) {
        logged_models::log_metrics(tx, run, &series.to_metrics())?;
    }
    Ok(())
}

/// Checks what the points of a series have in common, and each of them; `field` is what messages call the series.
fn check_series(field: &str, series: &SeriesPart<'_>) -> Result<(), StoreError> {
    if series.key().is_empty() {
        return Err(StoreError::missing(&format!("{field}.key")));
    }
    keys::check(&format!("{field}.name"), "Metric name", series.key())?;
    rules::metric_dataset(series.dataset_name(), series.dataset_digest())?;
    for (place, (_, timestamp, value)) in series.points().enumerate() {
        rules::metric_timestamp(&format_args!("{field}.points[{place}]."), series.key(), value, timestamp)?;
    }
    Ok(())
}
