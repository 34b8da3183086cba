//! Metric points: logging them, and reading histories (tables `metric_key`, `metric_series`, `metric_summary`, and those of
//! [`points`]). Points with a `model_id` also go to the logged model.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde::{Deserialize, Serialize};
use trainyard_api::metrics::{GetMetricHistory, GetMetricHistoryResponse, LogMetric, Metric};
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::{Empty, RunId, rules};

use super::points::{self, Key, Point};
use super::series::{self, BySeries};
use super::{keys, logged_models, runs};
use crate::search::fingerprint;
use crate::{Access, Gathering, Gatherings, Operation, Outcomes, StoreError, Transaction};

impl Operation for LogMetric {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let (run_id, metric) = checked(self)?;
        let run = runs::active(tx, run_id)?;
        log_all(tx, run.key, &[metric])?;
        runs::note(tx, &run, RunChangeKind::Metrics);
        Ok(Empty {})
    }

    fn gathering<'g>(&self, gatherings: &'g Gatherings) -> Option<&'g Gathering<Self>> {
        // A point of a model may be refused after the series has been written to.
        self.model_id.is_empty().then_some(&gatherings.log_metric)
    }

    fn execute_all(requests: Vec<Self>, tx: &mut Transaction<'_>) -> Result<Outcomes<Empty>, StoreError> {
        let checked: Vec<Result<(RunId, Metric), StoreError>> = requests.into_iter().map(checked).collect();
        let ids = checked.iter().flatten().map(|(run_id, _)| run_id);
        let runs = runs::find_all(tx, ids)?;
        let mut by_series = BySeries::new();
        let mut outcomes = Vec::with_capacity(checked.len());
        for one in &checked {
            outcomes.push(one.as_ref().map_err(StoreError::clone).and_then(|(run_id, metric)| {
                let run = runs::active_of(runs.get(run_id), run_id)?;
                by_series.entry((run.key, metric.key.as_str())).or_default().push(Point::from(metric));
                Ok(Empty {})
            }));
        }
        series::log(tx, &by_series)?;
        for run in runs.values() {
            runs::note(tx, run, RunChangeKind::Metrics);
        }
        Ok(outcomes)
    }
}

impl Operation for GetMetricHistory {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetMetricHistoryResponse, StoreError> {
        let run_id = runs::id("run_id", self.run_id, self.run_uuid)?;
        if self.metric_key.is_empty() {
            return Err(StoreError::missing("metric_key"));
        }
        if let Some(limit) = self.max_results.filter(|limit| *limit <= 0) {
            return Err(StoreError::invalid(format!(
                "Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer."
            )));
        }
        let query = fingerprint(&("history", &run_id, &self.metric_key));
        let after = HistoryPlace::from_token(&self.page_token, query)?;
        let series = tx.query_one(
            "SELECT series.id FROM run JOIN metric_series AS series ON series.run = run.id
             JOIN metric_key ON metric_key.id = series.metric_key WHERE run.run_id = $1 AND metric_key.key = $2",
            &[(&run_id).into(), (&self.metric_key).into()],
            |row| row.get::<i64>(0),
        )?;
        let Some(series) = series else { return Ok(GetMetricHistoryResponse::default()) };
        // One more than the page tells whether another follows.
        let limit = self.max_results.unwrap_or(i64::MAX);
        let mut metrics = Vec::new();
        points::visit(tx, series, after.key(), limit.saturating_add(1), |point| {
            metrics.push(point);
            Ok(())
        })?;
        let mut next_page_token = String::new();
        if metrics.len() as u64 > limit as u64 {
            metrics.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            next_page_token = metrics.last().map(|last| HistoryPlace::new(query, *last).token()).unwrap_or_default();
        }
        let metrics = metrics.into_iter().map(|point| point.metric(&self.metric_key)).collect();
        Ok(GetMetricHistoryResponse { metrics, next_page_token })
    }
}

/// The run and the point of a request that is in order.
fn checked(request: LogMetric) -> Result<(RunId, Metric), StoreError> {
    if request.key.is_empty() {
        return Err(StoreError::missing("key"));
    }
    let metric = Metric {
        value: request.value.ok_or_else(|| StoreError::missing("value"))?,
        timestamp: request.timestamp.ok_or_else(|| StoreError::missing("timestamp"))?,
        key: request.key,
        step: request.step,
        dataset_name: request.dataset_name,
        dataset_digest: request.dataset_digest,
        model_id: request.model_id,
        ..Metric::default()
    };
    rules::metric(&"", &metric)?;
    let field = if request.run_id.is_empty() { "run_uuid" } else { "run_id" };
    let run_id = runs::id("run_id", request.run_id, request.run_uuid)?;
    keys::check_storable(field, run_id.as_str())?;
    Ok((run_id, metric))
}

/// Logs points that have been checked.
pub(super) fn log_all(tx: &mut Transaction<'_>, run: i64, metrics: &[Metric]) -> Result<(), StoreError> {
    let mut by_series = BySeries::new();
    for metric in metrics {
        by_series.entry((run, metric.key.as_str())).or_default().push(Point::from(metric));
    }
    series::log(tx, &by_series)?;
    if metrics.iter().any(|metric| !metric.model_id.is_empty()) {
        logged_models::log_metrics(tx, run, metrics)?;
    }
    Ok(())
}

/// The integer that stands for a metric's key, given out on first use.
pub(super) fn key_id(tx: &mut Transaction<'_>, key: &str) -> Result<i64, StoreError> {
    if let Some(id) = tx.query_one("SELECT id FROM metric_key WHERE key = $1", &[key.into()], |row| row.get(0))? {
        return Ok(id);
    }
    // The update changes nothing; it makes a row that somebody else has just inserted return its id, too.
    tx.insert(
        "INSERT INTO metric_key (key) VALUES ($1) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id",
        &[key.into()],
    )
}

/// Where a page of a history ended: the key of its last point, so that points logged meanwhile shift nothing.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct HistoryPlace {
    /// Of which run and metric.
    query: u64,
    timestamp: i64,
    step: i64,
    /// As bits, because JSON has no infinities.
    value_bits: u64,
    is_nan: bool,
}

impl HistoryPlace {
    fn new(query: u64, point: Point) -> Self {
        let Point { step, timestamp, value, is_nan } = point;
        Self { query, timestamp, step, value_bits: value.to_bits(), is_nan }
    }

    /// Before every point.
    fn start(query: u64) -> Self {
        Self::new(query, Point::of_key(points::START))
    }

    fn key(&self) -> Key {
        (self.timestamp, self.step, f64::from_bits(self.value_bits), self.is_nan)
    }

    fn token(&self) -> String {
        URL_SAFE.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    fn from_token(token: &str, query: u64) -> Result<Self, StoreError> {
        if token.is_empty() {
            return Ok(Self::start(query));
        }
        let json = URL_SAFE.decode(token).ok();
        let place = json.and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        let place = place.filter(|place| !f64::from_bits(place.value_bits).is_nan());
        let excerpt = || token.chars().take(40).collect::<String>();
        match place {
            Some(place) if place.query == query => Ok(place),
            Some(_) => Err(StoreError::invalid(format!(
                "Invalid page token '{}': it belongs to the history of another metric",
                excerpt()
            ))),
            None => Err(StoreError::invalid(format!("Invalid page token '{}'", excerpt()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_page_token_reads_back(query: u64, step: i64, timestamp: i64, value: f64) {
            let point = Point::from(&Metric { step, timestamp, value, ..Metric::default() });
            let place = HistoryPlace::new(query, point);
            let token = place.token();
            prop_assert_eq!(HistoryPlace::from_token(&token, query).expect("own token"), place);
            prop_assert!(HistoryPlace::from_token(&token, !query).is_err());
        }

        #[test]
        fn any_token_is_judged_without_a_panic(token in ".{0,80}") {
            let _ = HistoryPlace::from_token(&token, 0);
        }
    }
}
