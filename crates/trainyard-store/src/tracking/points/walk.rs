//! A walk along a series in the order of time, which shows outlines instead of points wherever these are enough.

use super::block::{self, Chunk};
use super::buckets::Axis;
use super::read::{ENDS, ENDS_COLUMNS, Ends, block_from, row_behind, visit_merged, visit_rows};
use super::{Key, Point, START, binds, damaged};
use crate::{StoreError, Transaction};

/// Outlines that are in memory at a time.
const OUTLINES: i64 = 256;

/// How a block is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Not at all: nothing in it is wanted.
    Nothing,
    /// By its outline, as far as that is enough.
    Outline,
    /// Point by point.
    Points,
}

/// Who looks at the points of a series as they come by.
pub(super) trait Onlooker {
    /// The stretch of an axis in which all lies that is wanted: outlines of blocks beside it are not even read.
    fn stretch(&self) -> (Axis, (i64, i64));
    /// How a block with these ends has to be shown.
    fn wants(&self, ends: &Ends) -> Show;
    /// Sees the next point, wanted or not.
    fn see(&mut self, point: Point);
    /// Takes the next `count` points of a block by their outline, or answers that it has to see them. `next` is the point
    /// behind them, or their last one.
    fn take_whole(&mut self, chunk: &Chunk, count: i64, next: &Point) -> bool;
    /// Hears of the last point of a block that was shown by its outline.
    fn passed(&mut self, last: Point);
}

/// Shows a series that has no blocks to an onlooker: in one statement.
pub(super) fn walk_rows(tx: &mut Transaction<'_>, series: i64, onlooker: &mut impl Onlooker) -> Result<(), StoreError> {
    visit_rows(tx, series, START, None, i64::MAX, |point| {
        onlooker.see(point);
        Ok(())
    })
}

/// Shows a series to an onlooker.
pub(super) fn walk(tx: &mut Transaction<'_>, series: i64, onlooker: &mut impl Onlooker) -> Result<(), StoreError> {
    let mut after = START;
    let mut row = row_behind(tx, series, after)?;
    loop {
        let blocks = outlines_behind(tx, series, after, onlooker.stretch())?;
        if blocks.is_empty() {
            break;
        }
        for Outlined { ends, outline } in blocks {
            if row.is_some_and(|row| row <= ends.last) {
                let points = points_of(tx, series, &ends)?;
                visit_merged(tx, series, &points, (after, ends.last), i64::MAX, |point| {
                    onlooker.see(point);
                    Ok(())
                })?;
                row = row_behind(tx, series, ends.last)?;
            } else {
                match (onlooker.wants(&ends), outline) {
                    (Show::Nothing, _) => {}
                    (Show::Outline, Some(outline)) => {
                        let chunks =
                            block::decode_outline(&outline).map_err(|damage| damaged(series, ends.last, &damage))?;
                        walk_chunks(tx, series, &ends, &chunks, onlooker)?;
                    }
                    (Show::Outline | Show::Points, _) => {
                        for point in points_of(tx, series, &ends)? {
                            onlooker.see(point);
                        }
                    }
                }
            }
            after = ends.last;
        }
    }
    if row.is_none() {
        return Ok(());
    }
    visit_rows(tx, series, after, None, i64::MAX, |point| {
        onlooker.see(point);
        Ok(())
    })
}

/// Shows a whole block: as its outline where that is taken, as points elsewhere.
fn walk_chunks(
    tx: &mut Transaction<'_>,
    series: i64,
    ends: &Ends,
    chunks: &[Chunk],
    onlooker: &mut impl Onlooker,
) -> Result<(), StoreError> {
    let mut points: Option<Vec<Point>> = None;
    let last = Point::of_key(ends.last);
    let mut left = ends.count;
    for (index, chunk) in chunks.iter().enumerate() {
        let count = left.min(block::CHUNK as i64);
        left -= count;
        let next = chunks.get(index + 1).map_or(&last, |next| &next.first);
        if onlooker.take_whole(chunk, count, next) {
            continue;
        }
        let points = match &mut points {
            Some(points) => points,
            none => none.insert(points_of(tx, series, ends)?),
        };
        for point in points.chunks(block::CHUNK).nth(index).unwrap_or_default() {
            onlooker.see(*point);
        }
    }
    onlooker.passed(last);
    Ok(())
}

/// A block without its points.
struct Outlined {
    ends: Ends,
    /// None beside what is wanted.
    outline: Option<Vec<u8>>,
}

fn outlines_behind(
    tx: &mut Transaction<'_>,
    series: i64,
    key: Key,
    (axis, (from, to)): (Axis, (i64, i64)),
) -> Result<Vec<Outlined>, StoreError> {
    let (first, last) = axis.columns();
    let sql = format!(
        "SELECT {ENDS}, CASE WHEN {last} >= $1 AND {first} <= $2 THEN outline END FROM metric_block
         WHERE series = $3 AND (last_timestamp, last_step, last_value, last_is_nan) > ($4, $5, $6, $7)
         ORDER BY last_timestamp, last_step, last_value, last_is_nan LIMIT {OUTLINES}"
    );
    let mut values = vec![from.into(), to.into()];
    values.extend(binds(series, key));
    tx.query(&sql, &values, |row| Ok(Outlined { ends: Ends::from_row(row)?, outline: row.get(ENDS_COLUMNS)? }))
}

/// The points of a block with these ends.
pub(super) fn points_of(tx: &mut Transaction<'_>, series: i64, ends: &Ends) -> Result<Vec<Point>, StoreError> {
    Ok(block_from(tx, series, ends.last)?.map(|block| block.points).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use trainyard_api::ingest::{Ingest, RunBatch, Series};
    use trainyard_api::runs::CreateRun;

    use super::*;
    use crate::testing::on_each_database;

    #[test]
    fn outlines_are_read_of_blocks_within_the_range_only() {
        on_each_database("outlines", |store| {
            let run_id = store.execute(CreateRun::default()).wait().expect("a run").run.info.run_id;
            let steps: Vec<i64> = (0..4 * block::FULL as i64).collect();
            let values = steps.iter().map(|step| *step as f64).collect();
            let timestamps = steps.iter().map(|step| 1_000_000 + step).collect();
            let series = Series { key: "m".into(), values, timestamps, steps, ..Series::default() };
            let part = RunBatch { run_id, series: vec![series], ..RunBatch::default() };
            store.execute(Ingest::encode(&[part]).expect("a small request")).wait().expect("an answer");
            let outlined = |axis, from, to| {
                let blocks =
                    store.read(move |tx| outlines_behind(tx, 1, START, (axis, (from, to)))).wait().expect("blocks");
                blocks.iter().map(|block| block.outline.is_some()).collect::<Vec<_>>()
            };
            assert_eq!(outlined(Axis::Step, i64::MIN, i64::MAX), [true; 4]);
            assert_eq!(outlined(Axis::Step, 4096, 8192), [false, true, true, false]);
            assert_eq!(outlined(Axis::Step, 8191, 8191), [false, true, false, false]);
            assert_eq!(outlined(Axis::Timestamp, 4096, 8192), [false; 4]);
            assert_eq!(outlined(Axis::Timestamp, 1_004_096, 1_008_191), [false, true, false, false]);
        });
    }
}
