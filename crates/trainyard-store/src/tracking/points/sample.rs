//! Samples of a series for charts: a few of its points in the order of steps that show what all of them show.
//!
//! Points are stored by time, which almost always is the order of steps too. Then one pass is enough, which reads outlines
//! instead of points wherever no pick lies within them. Other series are sorted in memory, up to a bound.

mod picks;

use super::block::{self, Chunk};
use super::read::{ENDS, ENDS_COLUMNS, Ends, visit, visit_merged, visit_rows};
use super::{Key, Point, START, binds, damaged};
use crate::{StoreError, Transaction};
use picks::Picks;

/// Outlines that are in memory at a time.
const OUTLINES: i64 = 256;
/// Points that are sorted in memory. Longer series whose steps go back are sampled in the order of time.
const SORTED: i64 = 1_000_000;

/// A series, and the steps that are asked for.
#[derive(Debug, Clone, Copy)]
struct Part {
    series: i64,
    steps: (i64, i64),
}

impl Part {
    fn holds(&self, point: &Point) -> bool {
        (self.steps.0..=self.steps.1).contains(&point.step)
    }

    fn holds_all(&self, ends: &Ends) -> bool {
        self.steps.0 <= ends.min_step && ends.max_step <= self.steps.1
    }

    fn holds_none(&self, ends: &Ends) -> bool {
        ends.max_step < self.steps.0 || self.steps.1 < ends.min_step
    }
}

/// At most `most` points with steps in a range, of all `count` points of a series, in the order of steps.
pub(in crate::tracking) fn sample(
    tx: &mut Transaction<'_>,
    series: i64,
    count: i64,
    steps: Option<(i64, i64)>,
    most: i64,
) -> Result<Vec<Point>, StoreError> {
    let part = Part { series, steps: steps.unwrap_or((i64::MIN, i64::MAX)) };
    let (before, count) = match steps {
        None => (0, count),
        Some(_) => count_steps(tx, part)?,
    };
    let picks = || Picks::new(before, count, most);
    let mut in_time = picks();
    walk(tx, part, &mut in_time)?;
    if !in_time.went_back() {
        return Ok(in_time.finish());
    }
    if count > SORTED {
        return Ok(in_time.sorted());
    }
    let mut points = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    visit(tx, series, START, i64::MAX, |point| {
        if part.holds(&point) {
            points.push(point);
        }
        Ok(())
    })?;
    points.sort_by(Point::by_step);
    let mut in_steps = picks();
    for point in points {
        in_steps.see(point);
    }
    Ok(in_steps.finish())
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

/// Shows a part of a series to `picks`, in the order of time.
fn walk(tx: &mut Transaction<'_>, part: Part, picks: &mut Picks) -> Result<(), StoreError> {
    let Part { series, .. } = part;
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
                    if part.holds(&point) {
                        picks.see(point);
                    }
                    Ok(())
                })?;
                row = row_behind(tx, series, ends.last)?;
            } else if part.holds_all(&ends) && ends.in_step_order {
                let chunks = block::decode_outline(&outline).map_err(|damage| damaged(series, ends.last, &damage))?;
                walk_chunks(tx, series, &ends, &chunks, picks)?;
            } else if !part.holds_none(&ends) {
                for point in points_of(tx, series, &ends)?.into_iter().filter(|point| part.holds(point)) {
                    picks.see(point);
                }
            }
            after = ends.last;
        }
    }
    if row.is_none() {
        return Ok(());
    }
    visit_rows(tx, series, after, None, i64::MAX, |point| {
        if part.holds(&point) {
            picks.see(point);
        }
        Ok(())
    })
}

/// Shows a whole block to `picks`: as its outline where no pick lies within a chunk, as points elsewhere.
fn walk_chunks(
    tx: &mut Transaction<'_>,
    series: i64,
    ends: &Ends,
    chunks: &[Chunk],
    picks: &mut Picks,
) -> Result<(), StoreError> {
    let mut points: Option<Vec<Point>> = None;
    let mut left = ends.count;
    for (index, chunk) in chunks.iter().enumerate() {
        let count = left.min(block::CHUNK as i64);
        left -= count;
        if picks.take_whole(chunk, count) {
            continue;
        }
        let points = match &mut points {
            Some(points) => points,
            none => none.insert(points_of(tx, series, ends)?),
        };
        for point in points.chunks(block::CHUNK).nth(index).unwrap_or_default() {
            picks.see(*point);
        }
    }
    picks.passed(Point::of_key(ends.last));
    Ok(())
}

fn points_of(tx: &mut Transaction<'_>, series: i64, ends: &Ends) -> Result<Vec<Point>, StoreError> {
    Ok(super::read::block_from(tx, series, ends.last)?.map(|block| block.points).unwrap_or_default())
}

/// How many points have steps below the part's, and within them.
fn count_steps(tx: &mut Transaction<'_>, part: Part) -> Result<(i64, i64), StoreError> {
    let Part { series, steps: (start, end) } = part;
    let (mut before, mut within) = tx
        .query_one(
            "SELECT COALESCE(SUM(CASE WHEN step < $1 THEN 1 ELSE 0 END), 0),
             COALESCE(SUM(CASE WHEN step >= $1 THEN 1 ELSE 0 END), 0)
             FROM metric_point WHERE series = $2 AND step <= $3",
            &[start.into(), series.into(), end.into()],
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
        )?
        .unwrap_or((0, 0));
    let mut straddling = Vec::new();
    let blocks = format!("SELECT {ENDS} FROM metric_block WHERE series = $1 AND min_step <= $2");
    tx.visit(&blocks, &[series.into(), end.into()], |row| {
        let ends = Ends::from_row(row)?;
        if ends.max_step < start {
            before += ends.count;
        } else if part.holds_all(&ends) {
            within += ends.count;
        } else {
            straddling.push(ends);
        }
        Ok(())
    })?;
    for ends in straddling {
        for point in points_of(tx, series, &ends)? {
            before += i64::from(point.step < start);
            within += i64::from(part.holds(&point));
        }
    }
    Ok((before, within))
}
