//! Series of points, each of a run and a key, and what is known of them without reading points (tables `metric_key`,
//! `metric_series`, `metric_summary`). The points themselves are in [`points`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use trainyard_api::RunId;
use trainyard_api::columns::ColumnKind;

use super::points::queue::{Grown, HAS_ENDED};
use super::points::{self, Point};
use super::runs;
use crate::{DbError, StoreError, Transaction, Value};

/// Rows that one statement inserts: as values they take several times the memory of their points.
const ROWS: usize = 20_000;

/// Points that have been checked, by run and key: whoever writes several series does it in the order of all others.
pub(super) type BySeries<'m> = BTreeMap<(i64, &'m str), Vec<Point>>;

/// Logs points: as many statements for all of them as for one.
pub(super) fn log(tx: &mut Transaction<'_>, by_series: &BySeries<'_>) -> Result<(), StoreError> {
    if by_series.is_empty() {
        return Ok(());
    }
    let wanted: Vec<Wanted<'_>> = by_series.keys().copied().collect();
    let is_many = |points: &[Point]| points.len() >= points::AT_ONCE;
    let lock = if by_series.values().any(|points| is_many(points)) {
        // Blocks will be written: two that only share the series would wait for each other.
        tx.dialect().for_update_of("series")
    } else {
        // Nobody packs points between the look at what is packed and the end of this.
        tx.dialect().for_share_of("series")
    };
    let series = series_of(tx, &wanted, &lock)?;
    if series.len() != wanted.len() {
        return Err(DbError::Conflict("a run went while points were logged to it".to_owned()).into());
    }
    let grouped: Vec<(&Series, &Vec<Point>)> =
        series.iter().filter_map(|one| Some((one, by_series.get(&(one.run, one.key.as_str()))?))).collect();
    let many: Vec<i64> = grouped.iter().filter(|(_, points)| is_many(points)).map(|(series, _)| series.id).collect();
    let with_rows = if many.is_empty() { HashSet::new() } else { points::with_rows(tx, &many)? };
    let (mut rows, mut blocks) = (Vec::new(), Vec::new());
    let mut inserted = HashMap::new();
    for (series, points) in &grouped {
        let (late, new) = behind_blocks(tx, series, points)?;
        let late = points::without_packed(tx, series.id, late)?;
        let (new_blocks, unpacked) = points::pack_new(tx, series.id, &new, with_rows.contains(&series.id))?;
        blocks.push((series.id, new_blocks));
        for point in late.iter().chain(unpacked.iter()) {
            rows.push([
                series.id.into(),
                point.timestamp.into(),
                point.step.into(),
                point.value.into(),
                point.is_nan.into(),
            ]);
            if rows.len() == ROWS {
                insert(tx, std::mem::take(&mut rows), &mut inserted)?;
            }
        }
    }
    insert(tx, rows, &mut inserted)?;
    let packed = points::store_new(tx, &blocks)?;
    let count = |counts: &HashMap<i64, i64>, series: &Series| counts.get(&series.id).copied().unwrap_or(0);
    let changed = grouped.iter().filter_map(|(series, points)| {
        let added = count(&inserted, series) + count(&packed, series);
        if added > 0 { summary(series, added, points) } else { None }
    });
    tx.insert_many("metric_summary AS old", SUMMARY_COLUMNS, KEEP_SUMMARY, changed)?;
    for ((series, _), (_, new_blocks)) in grouped.iter().zip(&blocks) {
        let (inserted, packed) = (count(&inserted, series), count(&packed, series));
        let grown = Grown {
            series: series.id,
            count: series.count + packed + inserted,
            rows: series.count - series.packed_count + inserted,
            added: inserted,
            loose: points::loose(new_blocks),
            has_ended: series.has_ended,
        };
        points::queue::added(tx, grown)?;
    }
    Ok(())
}

/// Points as those that a block of their series may hold, and those that lie behind all of its blocks.
///
/// Requests that follow each other fast share a millisecond: the last points of one have the timestamp of the first of the
/// next. So where timestamps do not decide it, the key of the last packed point does.
fn behind_blocks<'p>(
    tx: &mut Transaction<'_>,
    series: &Series,
    points: &'p [Point],
) -> Result<(Vec<Point>, Cow<'p, [Point]>), StoreError> {
    let end = match series.packed_until {
        Some(until) if points.iter().any(|point| point.timestamp <= until) => points::packed_end(tx, series.id)?,
        Some(_) | None => None,
    };
    let Some(end) = end else { return Ok((Vec::new(), Cow::Borrowed(points))) };
    let (late, new): (Vec<Point>, Vec<Point>) = points.iter().copied().partition(|point| point.key() <= end);
    Ok((late, Cow::Owned(new)))
}

/// Inserts rows of points; adds how many of each series are new.
fn insert(tx: &mut Transaction<'_>, rows: Vec<[Value; 5]>, inserted: &mut HashMap<i64, i64>) -> Result<(), StoreError> {
    let columns = ["series", "timestamp", "step", "value", "is_nan"];
    for (series, count) in tx.insert_counted("metric_point", columns, "ON CONFLICT DO NOTHING", rows)? {
        *inserted.entry(series).or_default() += count;
    }
    Ok(())
}

/// A run's points of one key.
#[derive(Clone)]
pub(super) struct Series {
    run: i64,
    key: String,
    pub(super) id: i64,
    metric_key: i64,
    /// The last timestamp of a point that is in a block; without one all points are rows.
    pub(super) packed_until: Option<i64>,
    /// How many points there were.
    pub(super) count: i64,
    /// How many of them were in blocks.
    packed_count: i64,
    /// Whether the run has ended.
    has_ended: bool,
}

/// A series by run and key.
type Wanted<'m> = (i64, &'m str);

/// The series by the ids of their runs and their keys: two statements for all of them. `None` for those that are not there.
pub(super) fn find_all(tx: &mut Transaction<'_>, wanted: &[(&RunId, &str)]) -> Result<Vec<Option<Series>>, StoreError> {
    let run_ids: BTreeSet<&str> = wanted.iter().map(|(run_id, _)| run_id.as_str()).collect();
    let sql = format!("SELECT run_id, id FROM run WHERE run_id IN {}", tx.dialect().texts("$1"));
    let runs = tx.query(&sql, &[Value::texts(run_ids)], |row| Ok((row.get::<RunId>(0)?, row.get::<i64>(1)?)))?;
    let runs: HashMap<RunId, i64> = runs.into_iter().collect();
    let by_key = |&(run_id, key): &(&RunId, _)| Some((*runs.get(run_id)?, key));
    let there: BTreeSet<Wanted<'_>> = wanted.iter().filter_map(by_key).collect();
    let there: Vec<Wanted<'_>> = there.into_iter().collect();
    let known = if there.is_empty() { Vec::new() } else { known_series(tx, &there, "")? };
    let find = |one| {
        let (run, key) = by_key(one)?;
        let place = known.binary_search_by(|series| (series.run, series.key.as_str()).cmp(&(run, key))).ok()?;
        known.get(place).cloned()
    };
    Ok(wanted.iter().map(find).collect())
}

/// The series by run and key, in this order, made where they are not there yet.
fn series_of(tx: &mut Transaction<'_>, wanted: &[Wanted<'_>], lock: &str) -> Result<Vec<Series>, StoreError> {
    let known = known_series(tx, wanted, lock)?;
    if known.len() == wanted.len() {
        return Ok(known);
    }
    let known: HashSet<Wanted<'_>> = known.iter().map(|series| (series.run, series.key.as_str())).collect();
    let missing: Vec<Wanted<'_>> = wanted.iter().copied().filter(|one| !known.contains(one)).collect();
    let keys: BTreeSet<&str> = missing.iter().map(|(_, key)| *key).collect();
    tx.insert_many("metric_key", ["key"], "ON CONFLICT (key) DO NOTHING", keys.into_iter().map(|key| [key.into()]))?;
    let sql = format!(
        "INSERT INTO metric_series (run, metric_key) SELECT wanted.number, metric_key.id FROM {} AS wanted
         JOIN metric_key ON metric_key.key = wanted.text WHERE TRUE ORDER BY 1, 2
         ON CONFLICT (run, metric_key) DO NOTHING",
        tx.dialect().pairs(1)
    );
    let binds = binds(tx, &missing);
    tx.execute(&sql, &binds)?;
    let experiments = runs::experiments(tx, missing.iter().map(|(run, _)| *run))?;
    tx.named(ColumnKind::Metric, missing.iter().filter_map(|(run, key)| Some((*experiments.get(run)?, *key))));
    known_series(tx, wanted, lock)
}

fn known_series(tx: &mut Transaction<'_>, wanted: &[Wanted<'_>], lock: &str) -> Result<Vec<Series>, StoreError> {
    let sql = format!(
        "SELECT series.run, metric_key.key, metric_key.id, series.id, series.packed_until, COALESCE(summary.count, 0),
                series.packed_count, COALESCE((SELECT {HAS_ENDED} FROM run WHERE run.id = series.run), 0)
         FROM {} AS wanted JOIN metric_key ON metric_key.key = wanted.text
         JOIN metric_series AS series ON series.metric_key = metric_key.id AND series.run = wanted.number
         LEFT JOIN metric_summary AS summary ON summary.run = series.run AND summary.metric_key = series.metric_key{lock}",
        tx.dialect().pairs(1)
    );
    let binds = binds(tx, wanted);
    let mut found = tx.query(&sql, &binds, |row| {
        Ok(Series {
            run: row.get(0)?,
            key: row.get(1)?,
            metric_key: row.get(2)?,
            id: row.get(3)?,
            packed_until: row.get(4)?,
            count: row.get(5)?,
            packed_count: row.get(6)?,
            has_ended: row.get(7)?,
        })
    })?;
    found.sort_unstable_by(|one, other| (one.run, &one.key).cmp(&(other.run, &other.key)));
    Ok(found)
}

fn binds(tx: &Transaction<'_>, wanted: &[Wanted<'_>]) -> Vec<Value> {
    tx.dialect().bound_pairs(wanted.iter().map(|(run, key)| (*key, *run)))
}

/// A row of the summary of points of which so many are new.
fn summary(series: &Series, added: i64, points: &[Point]) -> Option<[Value; SUMMARY_COLUMNS.len()]> {
    let first = extreme(points, |new, old| new < old)?;
    let latest = extreme(points, |new, old| new > old)?;
    let numbers = || points.iter().filter(|point| !point.is_nan).map(|point| point.value);
    Some([
        series.run.into(),
        series.metric_key.into(),
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
