//! Histories of one metric over several runs: whole ones, and samples for charts. A single run's history is in `metrics`.

use trainyard_api::metrics::{
    GetMetricHistoryBulk, GetMetricHistoryBulkInterval, GetMetricHistoryBulkIntervalResponse,
    GetMetricHistoryBulkResponse,
};
use trainyard_api::{RunId, limits};

use super::points::{self, START};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for GetMetricHistoryBulk {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetMetricHistoryBulkResponse, StoreError> {
        let Self { mut run_ids, metric_key, max_results } = self;
        if run_ids.is_empty() {
            return Err(StoreError::invalid("GetMetricHistoryBulk request must specify at least one run_id."));
        }
        if run_ids.len() > limits::BULK_RUNS {
            return Err(StoreError::invalid(format!(
                "GetMetricHistoryBulk request cannot specify more than {} run_ids. Received {} run_ids.",
                limits::BULK_RUNS,
                run_ids.len()
            )));
        }
        let Some(metric_key) = metric_key else {
            return Err(StoreError::invalid("GetMetricHistoryBulk request must specify a metric_key."));
        };
        let mut room = max_results.unwrap_or(limits::BULK_POINTS).min(limits::BULK_POINTS);
        if room < 0 {
            return Err(StoreError::invalid(format!(
                "Invalid value {room} for parameter 'max_results' supplied. It must not be negative."
            )));
        }
        run_ids.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        run_ids.dedup();
        let mut metrics = Vec::new();
        for run_id in &run_ids {
            let Some(series) = Series::find(tx, run_id, &metric_key)? else { continue };
            let before = metrics.len();
            points::visit(tx, series.key, START, room, |point| {
                metrics.push(point.metric_of(&metric_key, run_id));
                Ok(())
            })?;
            room -= (metrics.len() - before) as i64;
        }
        Ok(GetMetricHistoryBulkResponse { metrics })
    }
}

impl Operation for GetMetricHistoryBulkInterval {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetMetricHistoryBulkIntervalResponse, StoreError> {
        let Self { run_ids, metric_key, start_step, end_step, max_results } = self;
        if run_ids.is_empty() {
            return Err(StoreError::missing("run_ids"));
        }
        if run_ids.len() > limits::BULK_RUNS {
            return Err(StoreError::invalid(format!(
                "GetMetricHistoryBulkInterval request must specify at most {} run_ids. Received {} run_ids. {SEE_DOCS}",
                limits::BULK_RUNS,
                run_ids.len()
            )));
        }
        if metric_key.is_empty() {
            return Err(StoreError::missing("metric_key"));
        }
        let most = max_results.unwrap_or(limits::SAMPLE_POINTS);
        if !(1..=limits::SAMPLE_POINTS).contains(&most) {
            let limit = limits::SAMPLE_POINTS;
            return Err(StoreError::invalid(format!("max_results must be between 1 and {limit}. {SEE_DOCS}")));
        }
        let steps = match (start_step, end_step) {
            (None, None) => None,
            (Some(start), Some(end)) if start <= end => Some((start, end)),
            (Some(start), Some(end)) => {
                return Err(StoreError::invalid(format!(
                    "end_step must be greater than start_step. Found start_step={start} and end_step={end}."
                )));
            }
            _ => {
                return Err(StoreError::invalid(
                    "If either start step or end step are specified, both must be specified.",
                ));
            }
        };
        let mut metrics = Vec::new();
        for run_id in &run_ids {
            let Some(series) = Series::find(tx, run_id, &metric_key)? else { continue };
            let points = points::sample(tx, series.key, series.count, steps, most)?;
            metrics.extend(points.into_iter().map(|point| point.metric_of(&metric_key, run_id)));
        }
        Ok(GetMetricHistoryBulkIntervalResponse { metrics })
    }
}

/// How MLflow ends what it says of a field's value.
const SEE_DOCS: &str = "See the API docs for more information about request parameters.";

/// The points of one metric of one run.
pub(super) struct Series {
    pub(super) key: i64,
    pub(super) count: i64,
}

impl Series {
    pub(super) fn find(tx: &mut Transaction<'_>, run_id: &RunId, metric_key: &str) -> Result<Option<Self>, StoreError> {
        tx.query_one(
            "SELECT series.id, summary.count FROM run JOIN metric_series AS series ON series.run = run.id
             JOIN metric_summary AS summary ON summary.run = run.id AND summary.metric_key = series.metric_key
             JOIN metric_key ON metric_key.id = series.metric_key WHERE run.run_id = $1 AND metric_key.key = $2",
            &[run_id.into(), metric_key.into()],
            |row| Ok(Self { key: row.get(0)?, count: row.get(1)? }),
        )
    }
}
