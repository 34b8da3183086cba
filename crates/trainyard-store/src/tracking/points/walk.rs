//! A walk along a series in the order of time, which shows outlines instead of points wherever these are enough.

use super::block::{self, Chunk};
use super::read::{ENDS, ENDS_COLUMNS, Ends, block_from, visit_merged, visit_rows};
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
        let blocks = outlines_behind(tx, series, after)?;
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
                match onlooker.wants(&ends) {
                    Show::Nothing => {}
                    Show::Outline => {
                        let chunks =
                            block::decode_outline(&outline).map_err(|damage| damaged(series, ends.last, &damage))?;
                        walk_chunks(tx, series, &ends, &chunks, onlooker)?;
                    }
                    Show::Points => {
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
    outline: Vec<u8>,
}

fn outlines_behind(tx: &mut Transaction<'_>, series: i64, key: Key) -> Result<Vec<Outlined>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, outline FROM metric_block
         WHERE series = $1 AND (last_timestamp, last_step, last_value, last_is_nan) > ($2, $3, $4, $5)
         ORDER BY last_timestamp, last_step, last_value, last_is_nan LIMIT {OUTLINES}"
    );
    tx.query(&sql, &binds(series, key), |row| {
        Ok(Outlined { ends: Ends::from_row(row)?, outline: row.get(ENDS_COLUMNS)? })
    })
}

/// The first row behind a key.
fn row_behind(tx: &mut Transaction<'_>, series: i64, key: Key) -> Result<Option<Key>, StoreError> {
    let mut first = None;
    visit_rows(tx, series, key, None, 1, |point| {
        first = Some(point.key());
        Ok(())
    })?;
    Ok(first)
}

/// The points of a block with these ends.
pub(super) fn points_of(tx: &mut Transaction<'_>, series: i64, ends: &Ends) -> Result<Vec<Point>, StoreError> {
    Ok(block_from(tx, series, ends.last)?.map(|block| block.points).unwrap_or_default())
}
