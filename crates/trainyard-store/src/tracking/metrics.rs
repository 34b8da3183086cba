//! Metric points: logging them, and reading histories (tables `metric_key`, `metric_series`, `metric_summary`, and those of
//! [`points`]). Points with a `model_id` also go to the logged model.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde::{Deserialize, Serialize};
use trainyard_api::Empty;
use trainyard_api::columns::ColumnKind;
use trainyard_api::metrics::{GetMetricHistory, GetMetricHistoryResponse, LogMetric, Metric};
use trainyard_api::run_events::RunChangeKind;

use super::points::{self, Key, Point};
use super::{columns, keys, logged_models, runs};
use crate::search::fingerprint;
use crate::{Access, Operation, StoreError, Transaction, Value};

impl Operation for LogMetric {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        if self.key.is_empty() {
            return Err(StoreError::missing("key"));
        }
        let metric = Metric {
            value: self.value.ok_or_else(|| StoreError::missing("value"))?,
            timestamp: self.timestamp.ok_or_else(|| StoreError::missing("timestamp"))?,
            key: self.key,
            step: self.step,
            dataset_name: self.dataset_name,
            dataset_digest: self.dataset_digest,
            model_id: self.model_id,
            ..Metric::default()
        };
        check(&"", &metric)?;
        let run = runs::active(tx, runs::id("run_id", self.run_id, self.run_uuid)?)?;
        log_all(tx, run.key, &[metric])?;
        runs::note(tx, &run, RunChangeKind::Metrics);
        Ok(Empty {})
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

/// Checks one point; `prefix` stands before the names of its fields in messages.
pub(super) fn check(prefix: &dyn fmt::Display, metric: &Metric) -> Result<(), StoreError> {
    if metric.key.is_empty() {
        return Err(StoreError::missing(&format!("{prefix}key")));
    }
    // Formatting the field's name for each of a thousand points would cost more than checking them.
    if keys::check("", "Metric name", &metric.key).is_err() {
        keys::check(&format!("{prefix}name"), "Metric name", &metric.key)?;
    }
    check_timestamp(prefix, &metric.key, metric.value, metric.timestamp)?;
    check_dataset(&metric.dataset_name, &metric.dataset_digest)
}

/// A time before the epoch is none.
pub(super) fn check_timestamp(
    prefix: &dyn fmt::Display,
    key: &str,
    value: f64,
    timestamp: i64,
) -> Result<(), StoreError> {
    if timestamp >= 0 {
        return Ok(());
    }
    Err(StoreError::invalid(format!(
        "Invalid value {timestamp} for parameter '{prefix}timestamp' supplied: metric '{key}' (value={value:?}). \
         Timestamp must be a nonnegative long (64-bit integer)"
    )))
}

/// A dataset is named by both.
pub(super) fn check_dataset(name: &str, digest: &str) -> Result<(), StoreError> {
    if name.is_empty() == digest.is_empty() {
        return Ok(());
    }
    Err(StoreError::invalid("Both dataset_name and dataset_digest must be provided if one is provided"))
}

/// Logs points that have been checked.
pub(super) fn log_all(tx: &mut Transaction<'_>, run: i64, metrics: &[Metric]) -> Result<(), StoreError> {
    // In the order of keys, as whoever else may be writing the same.
    let mut by_key: BTreeMap<&str, Vec<Point>> = BTreeMap::new();
    for metric in metrics {
        match by_key.get_mut(metric.key.as_str()) {
            Some(points) => points.push(Point::from(metric)),
            None => drop(by_key.insert(&metric.key, vec![Point::from(metric)])),
        }
    }
    log_by_key(tx, run, &by_key)?;
    if metrics.iter().any(|metric| !metric.model_id.is_empty()) {
        logged_models::log_metrics(tx, run, metrics)?;
    }
    Ok(())
}

/// Logs points that have been checked to the series of a run: as many statements for all of them as for one.
pub(super) fn log_by_key(
    tx: &mut Transaction<'_>,
    run: i64,
    by_key: &BTreeMap<&str, Vec<Point>>,
) -> Result<(), StoreError> {
    if by_key.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = by_key.keys().copied().collect();
    let series = series_of(tx, run, &keys)?;
    let grouped: Vec<(Series, &Vec<Point>)> =
        by_key.iter().filter_map(|(key, points)| Some((*series.get(*key)?, points))).collect();
    let mut rows: Vec<[Value; 5]> = Vec::new();
    let mut packed: HashMap<i64, i64> = HashMap::new();
    for (series, points) in &grouped {
        let late = series.packed_until.filter(|until| points.iter().any(|point| point.timestamp <= *until));
        let (newly_packed, unpacked) = match late {
            Some(until) => (0, Cow::Owned(points::without_packed(tx, series.id, until, points)?)),
            None => points::pack_new(tx, series.id, points)?,
        };
        packed.insert(series.id, newly_packed as i64);
        rows.extend(unpacked.iter().map(|point| {
            [series.id.into(), point.timestamp.into(), point.step.into(), point.value.into(), point.is_nan.into()]
        }));
    }
    let inserted = tx.insert_counted(
        "metric_point",
        ["series", "timestamp", "step", "value", "is_nan"],
        "ON CONFLICT DO NOTHING",
        rows,
    )?;
    let count = |counts: &HashMap<i64, i64>, series: &Series| counts.get(&series.id).copied().unwrap_or(0);
    let changed = grouped.iter().filter_map(|(series, points)| {
        let added = count(&inserted, series) + count(&packed, series);
        if added > 0 { summary(run, series.metric_key, added, points) } else { None }
    });
    tx.insert_many("metric_summary AS old", SUMMARY_COLUMNS, KEEP_SUMMARY, changed)?;
    for (series, _) in &grouped {
        let (inserted, packed) = (count(&inserted, series), count(&packed, series));
        points::queue::added(tx, series.id, series.count + packed + inserted, inserted)?;
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

/// A run's points of one key.
#[derive(Clone, Copy)]
struct Series {
    id: i64,
    metric_key: i64,
    /// The last timestamp of a point that is in a block.
    packed_until: Option<i64>,
    /// How many points there were.
    count: i64,
}

/// The series of a run by key, made where they are not there yet.
fn series_of(tx: &mut Transaction<'_>, run: i64, keys: &[&str]) -> Result<HashMap<String, Series>, StoreError> {
    let known = known_series(tx, run, keys)?;
    if known.len() == keys.len() {
        return Ok(known);
    }
    let missing: Vec<&str> = keys.iter().copied().filter(|key| !known.contains_key(*key)).collect();
    let rows = missing.iter().map(|key| [(*key).into()]);
    tx.insert_many("metric_key", ["key"], "ON CONFLICT (key) DO NOTHING", rows)?;
    let sql = format!(
        "INSERT INTO metric_series (run, metric_key) SELECT $1, id FROM metric_key WHERE key IN {} ORDER BY id
         ON CONFLICT (run, metric_key) DO NOTHING",
        tx.dialect().texts("$2")
    );
    tx.execute(&sql, &[run.into(), Value::texts(&missing)])?;
    columns::note(tx, run, ColumnKind::Metric, missing)?;
    known_series(tx, run, keys)
}

fn known_series(tx: &mut Transaction<'_>, run: i64, keys: &[&str]) -> Result<HashMap<String, Series>, StoreError> {
    let sql = format!(
        "SELECT metric_key.key, metric_key.id, series.id, series.packed_until, COALESCE(summary.count, 0) FROM metric_key
         JOIN metric_series AS series ON series.metric_key = metric_key.id AND series.run = $1
         LEFT JOIN metric_summary AS summary ON summary.run = series.run AND summary.metric_key = series.metric_key
         WHERE metric_key.key IN {}{}",
        tx.dialect().texts("$2"),
        // Nobody packs points between the look at what is packed and the end of this.
        tx.dialect().for_share_of("series")
    );
    let found = tx.query(&sql, &[run.into(), Value::texts(keys)], |row| {
        let series = Series { metric_key: row.get(1)?, id: row.get(2)?, packed_until: row.get(3)?, count: row.get(4)? };
        Ok((row.get(0)?, series))
    })?;
    Ok(found.into_iter().collect())
}

/// A row of the summary of points of which so many are new.
fn summary(run: i64, metric_key: i64, added: i64, points: &[Point]) -> Option<[Value; SUMMARY_COLUMNS.len()]> {
    let first = extreme(points, |new, old| new < old)?;
    let latest = extreme(points, |new, old| new > old)?;
    let numbers = || points.iter().filter(|point| !point.is_nan).map(|point| point.value);
    Some([
        run.into(),
        metric_key.into(),
        added.into(),
        latest.step.into(),
        latest.timestamp.into(),
        latest.value.into(),
        latest.is_nan.into(),
        first.step.into(),
        first.timestamp.into(),
        first.value.into(),
        first.is_nan.into(),
        numbers().reduce(f64::min).into(),
        numbers().reduce(f64::max).into(),
    ])
}

/// `column = ` the value of the new point when its (step, timestamp, value) is the greater or the lesser, else the old.
macro_rules! keep_extreme {
    ($point:literal, $beats:literal, $column:literal) => {
        concat!(
            $point,
            "_",
            $column,
            " = CASE WHEN (excluded.",
            $point,
            "_step, excluded.",
            $point,
            "_timestamp, excluded.",
            $point,
            "_value) ",
            $beats,
            " (old.",
            $point,
            "_step, old.",
            $point,
            "_timestamp, old.",
            $point,
            "_value) ",
            "THEN excluded.",
            $point,
            "_",
            $column,
            " ELSE old.",
            $point,
            "_",
            $column,
            " END, "
        )
    };
}

const SUMMARY_COLUMNS: [&str; 13] = [
    "run",
    "metric_key",
    "count",
    "latest_step",
    "latest_timestamp",
    "latest_value",
    "latest_is_nan",
    "first_step",
    "first_timestamp",
    "first_value",
    "first_is_nan",
    "min_value",
    "max_value",
];

// Latest means the greatest (step, timestamp, value), not the last written: clients retry out of order.
const KEEP_SUMMARY: &str = concat!(
    "ON CONFLICT (run, metric_key) DO UPDATE SET ",
    keep_extreme!("latest", ">", "step"),
    keep_extreme!("latest", ">", "timestamp"),
    keep_extreme!("latest", ">", "value"),
    keep_extreme!("latest", ">", "is_nan"),
    keep_extreme!("first", "<", "step"),
    keep_extreme!("first", "<", "timestamp"),
    keep_extreme!("first", "<", "value"),
    keep_extreme!("first", "<", "is_nan"),
    "min_value = CASE WHEN old.min_value IS NULL OR excluded.min_value < old.min_value
                      THEN excluded.min_value ELSE old.min_value END,
     max_value = CASE WHEN old.max_value IS NULL OR excluded.max_value > old.max_value
                      THEN excluded.max_value ELSE old.max_value END,
     count = old.count + excluded.count",
);

/// Of all points the one that `beats` the others; of equal ones the one that came first.
fn extreme(points: &[Point], beats: fn(&Rank, &Rank) -> bool) -> Option<&Point> {
    points.iter().reduce(|best, point| if beats(&rank(point), &rank(best)) { point } else { best })
}

/// What points are ordered by: (step, timestamp, value).
type Rank = (i64, i64, f64);

fn rank(point: &Point) -> Rank {
    (point.step, point.timestamp, point.value)
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
