//! A series in buckets for charts: stretches of equal width along steps or timestamps, each told by its last point and the
//! extremes of all of them.
//!
//! The order in which points come by does not matter, so nothing is sorted, however long a series is. A chunk of a block that
//! is no wider than a bucket counts as a whole for the bucket that it begins in: so a series of a million points is told by
//! some thousand outlines, every point counts once, and a bucket's border moves by less than its width. Of the points of such a
//! chunk the first is known, so fewer than a chunk's points may follow the one that a bucket is told by.

use std::cmp::Ordering;

use super::Point;
use super::block::Chunk;
use super::read::Ends;
use super::walk::{Onlooker, Show, walk, walk_rows};
use crate::tracking::series::Series;
use crate::{StoreError, Transaction};

/// What buckets are stretches of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tracking) enum Axis {
    Step,
    Timestamp,
}

impl Axis {
    fn of(self, point: &Point) -> i64 {
        match self {
            Self::Step => point.step,
            Self::Timestamp => point.timestamp,
        }
    }

    fn order(self, one: &Point, other: &Point) -> Ordering {
        match self {
            Self::Step => one.by_step(other),
            Self::Timestamp => one.by_time(other),
        }
    }

    /// The columns of the first and the last place of a block's points.
    pub(super) fn columns(self) -> (&'static str, &'static str) {
        match self {
            Self::Step => ("min_step", "max_step"),
            Self::Timestamp => ("first_timestamp", "last_timestamp"),
        }
    }

    /// The first and the last place of a block's points.
    fn ends(self, ends: &Ends) -> (i64, i64) {
        match self {
            Self::Step => (ends.min_step, ends.max_step),
            Self::Timestamp => (ends.first.0, ends.last.0),
        }
    }
}

/// A bucket that has points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::tracking) struct Bucket {
    /// The last of its points that is known by itself; in the last bucket the last of all.
    pub(in crate::tracking) point: Point,
    /// NaN where it has no numbers.
    pub(in crate::tracking) min: f64,
    pub(in crate::tracking) max: f64,
}

impl Bucket {
    fn of(point: Point) -> Self {
        Self { point, min: point.number(), max: point.number() }
    }
}

/// At most `most` buckets of a series, those within a range of the axis, in its order. A series that has no more points than
/// that comes point by point.
pub(in crate::tracking) fn buckets(
    tx: &mut Transaction<'_>,
    &Series { id: series, count, packed_until, .. }: &Series,
    axis: Axis,
    (from, to): (Option<i64>, Option<i64>),
    most: usize,
) -> Result<Vec<Bucket>, StoreError> {
    let few = count <= most as i64;
    // Of few points all are kept, and nobody asks how wide a bucket is.
    let extent = if few { Some((i64::MIN, i64::MAX)) } else { extent(tx, series, axis)? };
    let Some((first, last)) = extent else { return Ok(Vec::new()) };
    let range = (from.map_or(first, |from| from.max(first)), to.map_or(last, |to| to.min(last)));
    if range.0 > range.1 {
        return Ok(Vec::new());
    }
    let mut counter = Counter {
        axis,
        range,
        span: i128::from(range.1) - i128::from(range.0) + 1,
        by_outline: !few,
        buckets: vec![None; most],
        few: Some(Vec::new()),
        last: None,
        chunk_in: None,
    };
    if packed_until.is_some() {
        walk(tx, series, &mut counter)?;
    } else {
        walk_rows(tx, series, &mut counter)?;
    }
    Ok(counter.finish())
}

/// The first and the last place of a series' points along the axis.
fn extent(tx: &mut Transaction<'_>, series: i64, axis: Axis) -> Result<Option<(i64, i64)>, StoreError> {
    let column = match axis {
        Axis::Step => "step",
        Axis::Timestamp => "timestamp",
    };
    let (least, greatest) = axis.columns();
    let sql = format!(
        "SELECT MIN(least), MAX(greatest) FROM (
            SELECT MIN({column}) AS least, MAX({column}) AS greatest FROM metric_point WHERE series = $1
            UNION ALL SELECT MIN({least}), MAX({greatest}) FROM metric_block WHERE series = $1) AS parts"
    );
    let extent =
        tx.query_one(&sql, &[series.into()], |row| Ok((row.get::<Option<i64>>(0)?, row.get::<Option<i64>>(1)?)))?;
    Ok(extent.and_then(|(first, last)| first.zip(last)))
}

struct Counter {
    axis: Axis,
    range: (i64, i64),
    /// How many places there are in the range.
    span: i128,
    /// Whether chunks may count as a whole.
    by_outline: bool,
    buckets: Vec<Option<Bucket>>,
    /// All points, as long as they are no more than buckets.
    few: Option<Vec<Point>>,
    last: Option<Point>,
    /// The bucket that the last chunk was counted for.
    chunk_in: Option<usize>,
}

impl Counter {
    fn holds(&self, place: i64) -> bool {
        (self.range.0..=self.range.1).contains(&place)
    }

    /// The bucket of a place within the range.
    fn bucket(&mut self, place: i64) -> Option<&mut Option<Bucket>> {
        let index = self.index(place)?;
        self.buckets.get_mut(index)
    }

    fn index(&self, place: i64) -> Option<usize> {
        let index = (i128::from(place) - i128::from(self.range.0)) * self.buckets.len() as i128 / self.span;
        usize::try_from(index).ok()
    }

    fn add(&mut self, Bucket { point, min, max }: Bucket) {
        let axis = self.axis;
        let Some(bucket) = self.bucket(axis.of(&point)) else { return };
        match bucket {
            Some(known) => {
                if axis.order(&point, &known.point).is_gt() {
                    known.point = point;
                }
                // Of a number and NaN these are the number.
                known.min = known.min.min(min);
                known.max = known.max.max(max);
            }
            None => *bucket = Some(Bucket { point, min, max }),
        }
    }

    fn note_last(&mut self, point: Point) {
        if self.holds(self.axis.of(&point)) && self.last.is_none_or(|last| self.axis.order(&last, &point).is_lt()) {
            self.last = Some(point);
        }
    }

    fn finish(self) -> Vec<Bucket> {
        let Self { axis, buckets, few, last, .. } = self;
        if let Some(mut points) = few {
            points.sort_by(|one, other| axis.order(one, other));
            return points.into_iter().map(Bucket::of).collect();
        }
        let mut buckets: Vec<Bucket> = buckets.into_iter().flatten().collect();
        if let (Some(bucket), Some(last)) = (buckets.last_mut(), last) {
            bucket.point = last;
        }
        buckets
    }
}

impl Onlooker for Counter {
    fn stretch(&self) -> (Axis, (i64, i64)) {
        (self.axis, self.range)
    }

    fn wants(&self, ends: &Ends) -> Show {
        let (first, last) = self.axis.ends(ends);
        if last < self.range.0 || self.range.1 < first {
            return Show::Nothing;
        }
        let in_order = self.axis == Axis::Timestamp || ends.in_step_order;
        let whole = self.holds(first) && self.holds(last);
        if whole && in_order && self.by_outline { Show::Outline } else { Show::Points }
    }

    fn see(&mut self, point: Point) {
        if !self.holds(self.axis.of(&point)) {
            return;
        }
        match &mut self.few {
            Some(few) if few.len() < self.buckets.len() => few.push(point),
            few => *few = None,
        }
        self.add(Bucket::of(point));
        self.note_last(point);
    }

    fn take_whole(&mut self, chunk: &Chunk, _: i64, next: &Point) -> bool {
        let width = i128::from(self.axis.of(next)) - i128::from(self.axis.of(&chunk.first));
        if width * self.buckets.len() as i128 > self.span {
            return false;
        }
        self.few = None;
        self.chunk_in = self.index(self.axis.of(&chunk.first));
        self.add(Bucket { point: chunk.first, min: chunk.min.number(), max: chunk.max.number() });
        true
    }

    fn passed(&mut self, last: Point) {
        self.note_last(last);
        let axis = self.axis;
        // It has been counted with its chunk: it is known by itself now, and tells of that bucket unless it lies in another.
        if self.holds(axis.of(&last))
            && self.index(axis.of(&last)) == self.chunk_in
            && let Some(Some(known)) = self.bucket(axis.of(&last))
            && axis.order(&last, &known.point).is_gt()
        {
            known.point = last;
        }
    }
}
