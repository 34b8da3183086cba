//! Series for charts, many in one answer.

use trainyard_api::charts::{ChartAxis, ChartRow, ChartSeries, ChartSeriesKey, ChartSeriesRows, GetChartSeries};
use trainyard_api::limits::{CHART_BUCKETS, CHART_ROWS, CHART_SERIES};

use super::points::{Axis, buckets};
use super::series::find_all;
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for GetChartSeries {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<ChartSeries, StoreError> {
        let Self { series, x, buckets: most, from, to } = self;
        let most = check(&series, most, (from, to))?;
        let axis = match x {
            ChartAxis::Step => Axis::Step,
            ChartAxis::Timestamp => Axis::Timestamp,
        };
        let wanted: Vec<_> = series.iter().map(|series| (&series.run_id, series.metric_key.as_str())).collect();
        let found = find_all(tx, &wanted)?;
        let mut answers = Vec::with_capacity(series.len());
        for (ChartSeriesKey { run_id, metric_key }, found) in series.into_iter().zip(found) {
            let mut answer = ChartSeriesRows { run_id, metric_key, ..ChartSeriesRows::default() };
            if let Some(found) = found {
                answer.points = found.count;
                let buckets = buckets(tx, &found, axis, (from, to), most)?;
                let row = |bucket: super::points::Bucket| ChartRow {
                    step: bucket.point.step,
                    timestamp: bucket.point.timestamp,
                    value: bucket.point.number(),
                    min: bucket.min,
                    max: bucket.max,
                };
                answer.rows = buckets.into_iter().map(row).collect();
            }
            answers.push(answer);
        }
        Ok(ChartSeries { series: answers })
    }
}

/// How many buckets there are at most for each series.
fn check(
    series: &[ChartSeriesKey],
    buckets: Option<i64>,
    (from, to): (Option<i64>, Option<i64>),
) -> Result<usize, StoreError> {
    let invalid = |field: &str, reason: String| {
        Err(StoreError::invalid(format!("Invalid value for parameter '{field}': {reason}")))
    };
    if series.is_empty() {
        return Err(StoreError::missing("series"));
    }
    let count = series.len();
    if count > CHART_SERIES {
        return invalid("series", format!("{count} series are named, {CHART_SERIES} at most can be"));
    }
    for (index, ChartSeriesKey { run_id, metric_key }) in series.iter().enumerate() {
        if run_id.is_empty() {
            return Err(StoreError::missing(&format!("series[{index}].run_id")));
        }
        if metric_key.is_empty() {
            return Err(StoreError::missing(&format!("series[{index}].metric_key")));
        }
    }
    let most = buckets.unwrap_or(1000);
    if !(1..=CHART_BUCKETS).contains(&most) {
        return invalid("buckets", format!("{most} is not between 1 and {CHART_BUCKETS}"));
    }
    if most * count as i64 > CHART_ROWS {
        let reason = format!("{most} for each of {count} series are more than {CHART_ROWS}; ask for fewer at a time");
        return invalid("buckets", reason);
    }
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return invalid("from", format!("{from} is behind to={to}"));
    }
    Ok(usize::try_from(most).unwrap_or(1))
}
