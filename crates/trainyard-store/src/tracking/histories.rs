//! Histories of one metric over several runs: whole ones, and samples for charts. A single run's history is in `metrics`.

use trainyard_api::metrics::{
    GetMetricHistoryBulk, GetMetricHistoryBulkInterval, GetMetricHistoryBulkIntervalResponse,
    GetMetricHistoryBulkResponse,
};
use trainyard_api::{RunId, limits};

use super::metrics::Point;
use crate::{Access, Operation, StoreError, Transaction, Value};

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
            let points = tx.query(
                "SELECT value, is_nan, timestamp, step FROM metric_point WHERE series = $1
                 ORDER BY timestamp, step, value, is_nan LIMIT $2",
                &[series.key.into(), room.into()],
                |row| Point::from_row(row, 0),
            )?;
            room -= points.len() as i64;
            metrics.extend(points.into_iter().map(|point| point.metric_of(&metric_key, run_id)));
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
            let points = series.sample(tx, steps, most)?;
            metrics.extend(points.into_iter().map(|point| point.metric_of(&metric_key, run_id)));
        }
        Ok(GetMetricHistoryBulkIntervalResponse { metrics })
    }
}

/// How MLflow ends what it says of a field's value.
const SEE_DOCS: &str = "See the API docs for more information about request parameters.";

/// The points of one metric of one run.
struct Series {
    key: i64,
    count: i64,
}

impl Series {
    fn find(tx: &mut Transaction<'_>, run_id: &RunId, metric_key: &str) -> Result<Option<Self>, StoreError> {
        tx.query_one(
            "SELECT series.id, summary.count FROM run JOIN metric_series AS series ON series.run = run.id
             JOIN metric_summary AS summary ON summary.run = run.id AND summary.metric_key = series.metric_key
             JOIN metric_key ON metric_key.id = series.metric_key WHERE run.run_id = $1 AND metric_key.key = $2",
            &[run_id.into(), metric_key.into()],
            |row| Ok(Self { key: row.get(0)?, count: row.get(1)? }),
        )
    }

    /// At most `most` points, evenly spread over all in the order of steps, with the first and the last.
    ///
    /// Points are stored by time, which almost always is the order of steps too: then one pass over them without any
    /// sorting is enough. The others are read once more, sorted by the database.
    fn sample(&self, tx: &mut Transaction<'_>, steps: Option<(i64, i64)>, most: i64) -> Result<Vec<Point>, StoreError> {
        let (start, end) = steps.unwrap_or((i64::MIN, i64::MAX));
        let within: [Value; 3] = [self.key.into(), start.into(), end.into()];
        let count = match steps {
            None => self.count,
            Some(_) => {
                let sql = "SELECT COUNT(*) FROM metric_point WHERE series = $1 AND step BETWEEN $2 AND $3";
                tx.query_one(sql, &within, |row| row.get(0))?.unwrap_or(0)
            }
        };
        for order in ["timestamp, step, value, is_nan", "step, timestamp, value, is_nan"] {
            let mut sampling = Sampling::new(count, most);
            tx.visit(
                &format!(
                    "SELECT value, is_nan, timestamp, step FROM metric_point
                     WHERE series = $1 AND step BETWEEN $2 AND $3 ORDER BY {order}"
                ),
                &within,
                |row| {
                    sampling.see(Point::from_row(row, 0)?);
                    Ok(())
                },
            )?;
            if !sampling.disordered {
                return Ok(sampling.points);
            }
        }
        Ok(Vec::new())
    }
}

/// Picks from `count` points in `buckets` runs of equal length, the longer ones before the shorter, the first of each;
/// the last point of all takes the place of the last pick.
struct Sampling {
    count: i64,
    buckets: i64,
    seen: i64,
    next: i64,
    points: Vec<Point>,
    previous: Option<Point>,
    disordered: bool,
}

impl Sampling {
    fn new(count: i64, most: i64) -> Self {
        let buckets = most.min(count).max(1);
        Self { count, buckets, seen: 0, next: 0, points: Vec::new(), previous: None, disordered: false }
    }

    fn see(&mut self, point: Point) {
        self.disordered |= self.previous.is_some_and(|previous| previous.order() > point.order());
        self.previous = Some(point);
        if self.disordered {
            return;
        }
        if self.seen == self.next {
            self.points.push(point);
            let (length, longer) = (self.count / self.buckets, self.count % self.buckets);
            let picked = self.points.len() as i64;
            self.next = picked * length + picked.min(longer);
        } else if self.seen == self.count - 1
            && let Some(last) = self.points.last_mut()
        {
            *last = point;
        }
        self.seen += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sampled(steps: impl IntoIterator<Item = i64>, most: i64) -> Sampling {
        let steps: Vec<i64> = steps.into_iter().collect();
        let mut sampling = Sampling::new(steps.len() as i64, most);
        for step in steps {
            sampling.see(Point { step, timestamp: 0, value: 0.0, is_nan: false });
        }
        sampling
    }

    fn picks(count: i64, most: i64) -> Vec<i64> {
        sampled(0..count, most).points.iter().map(|point| point.step).collect()
    }

    #[test]
    fn samples_are_those_of_mlflow() {
        assert_eq!(picks(0, 5), [0; 0]);
        assert_eq!(picks(4, 5), [0, 1, 2, 3]);
        assert_eq!(picks(12, 1), [11]);
        assert_eq!(picks(12, 2), [0, 11]);
        assert_eq!(picks(12, 5), [0, 3, 6, 8, 11]);
        assert_eq!(picks(12, 7), [0, 2, 4, 6, 8, 10, 11]);
        assert_eq!(picks(12, 11), [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }

    #[test]
    fn steps_that_go_back_are_noticed() {
        assert!(sampled([1, 2, 1], 2).disordered);
        assert!(!sampled([1, 1, 2], 2).disordered);
    }

    proptest! {
        #[test]
        fn a_sample_is_full_and_has_both_ends(count in 1_i64..500, most in 2_i64..60) {
            let picks = picks(count, most);
            prop_assert_eq!(picks.len() as i64, count.min(most));
            prop_assert_eq!((picks.first(), picks.last()), (Some(&0), Some(&(count - 1))));
            prop_assert!(picks.is_sorted_by(|one, next| one < next));
        }
    }
}
