//! The summaries of a run's metrics (table `metric_summary`), for pages that list them.

use trainyard_api::limits::METRIC_SUMMARIES;
use trainyard_api::metric_summaries::{
    GetMetricSummaries, GetMetricSummariesResponse, MetricPoint, MetricSummary, MetricValue,
};

use super::points::Point;
use super::runs;
use crate::search::{page, place};
use crate::{Access, Operation, StoreError, Transaction, Value};

impl Operation for GetMetricSummaries {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetMetricSummariesResponse, StoreError> {
        let Self { run_id, contains, prefix, max_results, page_token } = self;
        let limit = page::limit(max_results, 1000, METRIC_SUMMARIES)?;
        let query = ("metric summaries", &run_id, &contains, &prefix);
        let after: Option<String> = place::read(&query, &page_token)?;
        let run = runs::find(tx, runs::id("run_id", run_id.clone(), Default::default())?)?;
        let mut sql = "SELECT metric_key.key, count, first_value, first_is_nan, first_timestamp, first_step,
                              latest_value, latest_is_nan, latest_timestamp, latest_step, min_value, max_value
                       FROM metric_summary AS summary JOIN metric_key ON metric_key.id = summary.metric_key
                       WHERE summary.run = $1"
            .to_owned();
        let mut values: Vec<Value> = vec![run.key.into()];
        let mut and = |value: Value, condition: &dyn Fn(&str) -> String| {
            values.push(value);
            let condition = condition(&format!("${}", values.len()));
            sql.push_str(&format!(" AND {condition}"));
        };
        if let Some(after) = after {
            and(after.into(), &|bind| format!("metric_key.key > {bind}"));
        }
        if !prefix.is_empty() {
            and((&prefix).into(), &|bind| format!("SUBSTR(metric_key.key, 1, LENGTH({bind})) = {bind}"));
        }
        let dialect = tx.dialect();
        if !contains.is_empty() {
            and((&contains).into(), &|bind| dialect.contains("metric_key.key", bind));
        }
        values.push((limit + 1).into());
        sql.push_str(&format!(" ORDER BY metric_key.key LIMIT ${}", values.len()));
        let point = |point: Point| MetricPoint { value: point.number(), step: point.step, timestamp: point.timestamp };
        let value = |value: Option<f64>| value.map(|value| MetricValue { value });
        let mut metrics = tx.query(&sql, &values, |row| {
            Ok(MetricSummary {
                key: row.get(0)?,
                points: row.get(1)?,
                first: point(Point::from_row(row, 2)?),
                last: point(Point::from_row(row, 6)?),
                min: value(row.get(10)?),
                max: value(row.get(11)?),
            })
        })?;
        let next_page_token = place::cut(&query, &mut metrics, limit, |metric| metric.key.clone());
        Ok(GetMetricSummariesResponse { metrics, next_page_token })
    }
}
