//! Samples of a series for charts: a few of its points in the order of steps that show what all of them show.
//!
//! Points are stored by time, which almost always is the order of steps too. Then one pass is enough, which reads outlines
//! instead of points wherever no pick lies within them. Other series are sorted in memory, up to a bound.

mod picks;

use super::block::Chunk;
use super::buckets::Axis;
use super::read::{ENDS, Ends, visit};
use super::walk::{Onlooker, Show, points_of, walk};
use super::{Point, START};
use crate::{StoreError, Transaction};
use picks::Picks;

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
    let mut sampler = Sampler { part, picks: picks() };
    walk(tx, series, &mut sampler)?;
    let in_time = sampler.picks;
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

/// Picks of the part that is asked for.
struct Sampler {
    part: Part,
    picks: Picks,
}

impl Onlooker for Sampler {
    fn stretch(&self) -> (Axis, (i64, i64)) {
        (Axis::Step, self.part.steps)
    }

    fn wants(&self, ends: &Ends) -> Show {
        if self.part.holds_all(ends) && ends.in_step_order {
            Show::Outline
        } else if self.part.holds_none(ends) {
            Show::Nothing
        } else {
            Show::Points
        }
    }

    fn see(&mut self, point: Point) {
        if self.part.holds(&point) {
            self.picks.see(point);
        }
    }

    fn take_whole(&mut self, chunk: &Chunk, count: i64, _: &Point) -> bool {
        self.picks.take_whole(chunk, count)
    }

    fn passed(&mut self, last: Point) {
        self.picks.passed(last);
    }
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
