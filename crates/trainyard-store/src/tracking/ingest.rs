//! Bulk ingest: what `log-batch` does, for many runs at once. The part of each run is stored as a whole or rejected by
//! itself; trouble of the database fails the request.

use trainyard_api::ingest::{Ingest, IngestResponse, RunAnswer, RunPart, SeriesPart};
use trainyard_api::{KeyValue, Param, RunId, Tag, rules};

use super::points::Point;
use super::series::{self, BySeries};
use super::{keys, logged_models, params, runs, tags};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for Ingest {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<IngestResponse, StoreError> {
        let parts: Vec<RunPart<'_>> = self.runs().collect();
        // Most of the time all of them are accepted, and together they take hardly more statements than one.
        let all = tx.part(|tx| log(tx, &parts))?;
        if all.is_ok() {
            let runs = parts.iter().map(|part| RunAnswer::accepted(part.run_id().into())).collect();
            return Ok(IngestResponse { runs });
        }
        let mut answers = Vec::with_capacity(parts.len());
        for part in parts {
            let run_id = RunId::from(part.run_id());
            answers.push(match tx.part(|tx| log(tx, &[part]))? {
                Ok(()) => RunAnswer::accepted(run_id),
                Err(error) => RunAnswer::rejected(run_id, error.into()),
            });
        }
        Ok(IngestResponse { runs: answers })
    }
}

/// Stores parts; after an error what has been stored of them is to be undone.
fn log(tx: &mut Transaction<'_>, parts: &[RunPart<'_>]) -> Result<(), StoreError> {
    let checked: Vec<Checked> = parts.iter().map(checked).collect::<Result<_, _>>()?;
    let runs = runs::find_all(tx, checked.iter().map(|part| &part.run_id))?;
    let mut found = Vec::with_capacity(parts.len());
    for part in &checked {
        found.push(runs::active_of(runs.get(&part.run_id), &part.run_id)?);
    }
    let (mut params, mut tags) = (Vec::with_capacity(parts.len()), Vec::with_capacity(parts.len()));
    for (run, part) in found.iter().zip(checked) {
        params.push((*run, part.params));
        tags.push((*run, part.tags));
    }
    params::log_all(tx, params)?;
    log_points(tx, found.iter().map(|run| run.key).zip(parts))?;
    tags::set_all(tx, tags)?;
    for (run, part) in found.into_iter().zip(parts) {
        runs::note_logged(tx, run, part.series().len() > 0, part.params().len() > 0, part.tags().len() > 0);
    }
    Ok(())
}

/// What a part holds beside points.
struct Checked {
    run_id: RunId,
    params: Vec<Param>,
    tags: Vec<Tag>,
}

fn checked(part: &RunPart<'_>) -> Result<Checked, StoreError> {
    for (index, series) in part.series().enumerate() {
        check_series(&format!("series[{index}]"), &series)?;
    }
    let pairs = |(key, value): (&str, &str)| KeyValue::new(key, value);
    let (params, tags): (Vec<_>, Vec<_>) = (part.params().map(pairs).collect(), part.tags().map(pairs).collect());
    let run_id = runs::id("run_id", part.run_id().into(), RunId::default())?;
    keys::check_storable("run_id", run_id.as_str())?;
    rules::batch(&[], &params, &tags)?;
    Ok(Checked { run_id, params, tags })
}

/// Logs the points of parts, each with the key of its run.
fn log_points<'p>(
    tx: &mut Transaction<'_>,
    parts: impl Iterator<Item = (i64, &'p RunPart<'p>)> + Clone,
) -> Result<(), StoreError> {
    // The same metric of another model or dataset is the same series of the run.
    let mut by_series = BySeries::new();
    for (run, part) in parts.clone() {
        for series in part.series().filter(|series| series.points().len() > 0) {
            let points = series.points().map(|(step, timestamp, value)| {
                // Adding 0 makes a negative zero positive; SQLite stores no other.
                Point::with_number(timestamp, step, value + 0.0)
            });
            by_series.entry((run, series.key())).or_default().extend(points);
        }
    }
    series::log(tx, &by_series)?;
    for (run, part) in parts {
        for series in part.series().filter(|series| !series.model_id().is_empty()) {
            logged_models::log_metrics(tx, run, &series.to_metrics())?;
        }
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
