//! Packing: the rows of a series become blocks, a step at a time. A step is prepared on a reader and carried out by the
//! writer in one short transaction, so that little is in memory, nobody waits for the compression, and a process that dies
//! leaves whole steps behind.

use super::block::{self, Damage, FULL};
use super::read::{Ends, block_from, last_block, visit_rows};
use super::{Key, Point, START, binds, damaged};
use crate::{DbError, StoreError, Transaction, Value};

/// Rows that a step takes at most.
const WINDOW: usize = 4 * FULL;
/// Fewer points than this are left as rows: as a block they would take about as much.
pub(crate) const FEWEST: usize = 64;

/// A step that has been prepared: what takes the place of what.
pub(crate) struct Step {
    series: i64,
    blocks: Vec<NewBlock>,
    /// The block that the new ones take in, by its last point, with its count.
    replaced: Option<(Key, i64)>,
    /// The first and the last of the rows.
    rows: (Key, Key),
    row_count: i64,
    /// How many points were in blocks.
    packed_count: i64,
}

pub(super) struct NewBlock {
    ends: Ends,
    min_value: Option<f64>,
    max_value: Option<f64>,
    outline: Vec<u8>,
    points: Vec<u8>,
}

/// Which rows are worth a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The series goes on: only full blocks.
    Leave,
    /// It has ended: what does not fill a block becomes a short one.
    Pack,
}

/// Works out the next step for a series. `None`: nothing is left that is worth one.
pub(crate) fn prepare(tx: &mut Transaction<'_>, series: i64, rest: Rest) -> Result<Option<Step>, StoreError> {
    // Before all else: what comes in between is then noticed.
    let packed_count = packed_count(tx, series, "")?.unwrap_or(0);
    let mut rows = Vec::new();
    visit_rows(tx, series, START, None, 1, |point| {
        rows.push(point);
        Ok(())
    })?;
    let Some(first) = rows.pop() else { return Ok(None) };
    let taken_in = match block_from(tx, series, first.key())? {
        Some(block) => Some((block, true)),
        // Behind all blocks; the last one is filled up first.
        None => last_block(tx, series)?.filter(|block| block.points.len() < FULL).map(|block| (block, false)),
    };
    let within = taken_in.as_ref().filter(|(_, late)| *late).map(|(block, _)| block.ends.last);
    visit_rows(tx, series, START, within, WINDOW as i64, |point| {
        rows.push(point);
        Ok(())
    })?;
    let more_rows = rows.len() == WINDOW;
    let packed = taken_in.as_ref().map_or(&[][..], |(block, _)| &block.points);
    let mut points = merged(packed, &rows);
    if within.is_none() {
        let surplus = points.len() % FULL;
        let short = match rest {
            Rest::Pack if !more_rows => surplus < FEWEST,
            Rest::Pack | Rest::Leave => true,
        };
        if short {
            points.truncate(points.len() - surplus);
        }
    }
    let Some(last) = points.last().map(Point::key) else { return Ok(None) };
    rows.truncate(rows.partition_point(|row| row.key() <= last));
    let (Some(first_row), Some(last_row)) = (rows.first(), rows.last()) else { return Ok(None) };
    // A block that late points have made too long becomes equal ones.
    let size = if within.is_some() { points.len().div_ceil(points.len().div_ceil(FULL)) } else { FULL };
    Ok(Some(Step {
        series,
        blocks: points.chunks(size).map(|points| new_block(series, points)).collect::<Result<_, _>>()?,
        replaced: taken_in.as_ref().map(|(block, _)| (block.ends.last, block.ends.count)),
        rows: (first_row.key(), last_row.key()),
        row_count: rows.len() as i64,
        packed_count,
    }))
}

/// Carries a step out. `false`: points have come in between since, and it has to be prepared anew.
pub(crate) fn apply(tx: &mut Transaction<'_>, step: &Step) -> Result<bool, StoreError> {
    let Step { series, blocks, replaced, rows: (first, last), row_count, packed_count: expected } = step;
    let lock = tx.dialect().for_update();
    let Some(packed_count) = packed_count(tx, *series, lock)? else {
        return Ok(false);
    };
    // Points that came many at a time went into blocks of their own, perhaps between the rows.
    if packed_count != *expected {
        return Ok(false);
    }
    let [key, from @ ..] = binds(*series, *first);
    let [_, to @ ..] = binds(*series, *last);
    let between: Vec<Value> = [key].into_iter().chain(from).chain(to).collect();
    const BETWEEN: &str = "FROM metric_point WHERE series = $1 AND (timestamp, step, value, is_nan) >= ($2, $3, $4, $5)
                           AND (timestamp, step, value, is_nan) <= ($6, $7, $8, $9)";
    const REPLACED: &str = "FROM metric_block WHERE series = $1
                            AND (last_timestamp, last_step, last_value, last_is_nan) = ($2, $3, $4, $5)";
    let there = tx.query_one(&format!("SELECT COUNT(*) {BETWEEN}"), &between, |row| row.get::<i64>(0))?;
    if there != Some(*row_count) {
        return Ok(false);
    }
    if let Some((last, count)) = replaced {
        let binds = binds(*series, *last);
        if tx.query_one(&format!("SELECT count {REPLACED}"), &binds, |row| row.get(0))? != Some(*count) {
            return Ok(false);
        }
        tx.execute(&format!("DELETE {REPLACED}"), &binds)?;
    }
    let deleted = tx.execute(&format!("DELETE {BETWEEN}"), &between)?;
    if deleted != row_count.unsigned_abs() {
        // The lock on the series keeps this from happening; an error undoes the step.
        return Err(DbError::Other(format!("{deleted} rows of series {series} went instead of {row_count}")).into());
    }
    for block in blocks {
        insert(tx, *series, block)?;
    }
    let before = replaced.map_or(0, |(_, count)| count);
    let now: i64 = blocks.iter().map(|block| block.ends.count).sum();
    let until = blocks.last().map_or(last.0, |block| block.ends.last.0);
    tx.execute(
        "UPDATE metric_series SET packed_count = $1,
         packed_until = CASE WHEN packed_until > $2 THEN packed_until ELSE $2 END WHERE id = $3",
        &[(packed_count - before + now).into(), until.into(), (*series).into()],
    )?;
    // Databases with several writers can let a point through that is packed already; here it is found and counted once.
    let twice = before + row_count - now;
    if twice > 0 {
        tx.execute(
            "UPDATE metric_summary SET count = count - $1 WHERE (run, metric_key) = (SELECT run, metric_key FROM metric_series
             WHERE id = $2)",
            &[twice.into(), (*series).into()],
        )?;
    }
    Ok(true)
}

fn packed_count(tx: &mut Transaction<'_>, series: i64, lock: &str) -> Result<Option<i64>, StoreError> {
    let sql = format!("SELECT packed_count FROM metric_series WHERE id = $1{lock}");
    tx.query_one(&sql, &[series.into()], |row| row.get(0))
}

impl Step {
    /// How many rows become packed.
    pub(crate) fn rows(&self) -> i64 {
        self.row_count
    }
}

pub(super) fn new_block(series: i64, points: &[Point]) -> Result<NewBlock, StoreError> {
    let failed = |damage: Damage| damaged(series, points.last().map_or(START, Point::key), &damage);
    let (min_value, max_value) = block::extremes(points);
    Ok(NewBlock {
        ends: Ends::of(points).ok_or_else(|| failed(Damage::Lengths))?,
        min_value,
        max_value,
        outline: block::encode_outline(points),
        points: block::encode(points).map_err(failed)?,
    })
}

pub(super) fn insert(tx: &mut Transaction<'_>, series: i64, block: &NewBlock) -> Result<(), StoreError> {
    let NewBlock { ends, min_value, max_value, outline, points } = block;
    let [_, first @ ..] = binds(series, ends.first);
    let mut values = binds(series, ends.last).to_vec();
    values.extend(first);
    values.extend([
        ends.count.into(),
        ends.min_step.into(),
        ends.max_step.into(),
        ends.in_step_order.into(),
        (*min_value).into(),
        (*max_value).into(),
        outline.clone().into(),
        points.clone().into(),
    ]);
    tx.execute(
        "INSERT INTO metric_block (series, last_timestamp, last_step, last_value, last_is_nan,
         first_timestamp, first_step, first_value, first_is_nan, count, min_step, max_step, in_step_order,
         min_value, max_value, outline, points)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &values,
    )?;
    Ok(())
}

/// Two lists of points in order as one, without repeats.
fn merged(packed: &[Point], rows: &[Point]) -> Vec<Point> {
    let mut points = Vec::with_capacity(packed.len() + rows.len());
    let (mut packed, mut rows) = (packed.iter().peekable(), rows.iter().peekable());
    loop {
        let next = match (packed.peek(), rows.peek()) {
            (Some(one), Some(other)) if one.key() <= other.key() => packed.next(),
            (Some(_), None) => packed.next(),
            (_, _) => rows.next(),
        };
        let Some(point) = next else { return points };
        if points.last().is_none_or(|last: &Point| last.key() != point.key()) {
            points.push(*point);
        }
    }
}

#[cfg(test)]
mod tests {
    use trainyard_api::RunId;
    use trainyard_api::ingest::{Ingest, RunBatch, Series};
    use trainyard_api::metrics::GetMetricHistory;
    use trainyard_api::runs::CreateRun;

    use super::*;
    use crate::Store;
    use crate::testing::on_each_database;

    fn ingest(store: &Store, run_id: &RunId, times: std::ops::Range<i64>) {
        let times: Vec<i64> = times.collect();
        let values = times.iter().map(|time| *time as f64).collect();
        let series = Series { key: "m".into(), values, timestamps: times.clone(), steps: times, ..Series::default() };
        let part = RunBatch { run_id: run_id.clone(), series: vec![series], ..RunBatch::default() };
        store.execute(Ingest::encode(&[part]).expect("a small request")).wait().expect("an answer");
    }

    #[test]
    fn a_step_is_given_up_when_blocks_came_between_its_rows() {
        on_each_database("step", |store| {
            let run_id = store.execute(CreateRun::default()).wait().expect("a run").run.info.run_id;
            ingest(store, &run_id, 1000..1100);
            ingest(store, &run_id, 9000..9100);
            let step = store.read(|tx| prepare(tx, 1, Rest::Pack)).wait().expect("a look").expect("200 rows to pack");
            ingest(store, &run_id, 2000..6096);
            assert_eq!(store.write(move |tx| apply(tx, &step)).wait(), Ok(false));
            let request = GetMetricHistory { run_id, metric_key: "m".into(), ..GetMetricHistory::default() };
            assert_eq!(store.execute(request).wait().expect("a history").metrics.len(), 200 + 4096);
        });
    }
}
