//! One series: whether its blocks say what their rows say, and its summary what its points say.

use crate::tracking::points::block::{self, Damage};
use crate::tracking::points::{Ends, Key, Point, START, visit, visit_blocks};
use crate::{StoreError, Transaction};

/// How a person finds the series.
pub(super) fn name(tx: &mut Transaction<'_>, series: i64) -> Result<String, StoreError> {
    let name = tx.query_one(
        "SELECT metric_key.key, run.run_id FROM metric_series AS series JOIN run ON run.id = series.run
         JOIN metric_key ON metric_key.id = series.metric_key WHERE series.id = $1",
        &[series.into()],
        |row| Ok(format!("metric '{}' of run {}", row.get::<String>(0)?, row.get::<String>(1)?)),
    )?;
    Ok(name.unwrap_or_else(|| format!("series {series}")))
}

/// Adds what is wrong with a series to `problems`; how many points and blocks it has.
pub(super) fn check(
    tx: &mut Transaction<'_>,
    series: i64,
    problems: &mut Vec<String>,
) -> Result<(u64, u64), StoreError> {
    let (packed_count, packed_until) = tx
        .query_one("SELECT packed_count, packed_until FROM metric_series WHERE id = $1", &[series.into()], |row| {
            Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
        })?
        .unwrap_or((0, None));
    let before = problems.len();
    let blocks = check_blocks(tx, series, problems)?;
    if blocks.points != packed_count {
        problems.push(format!("{packed_count} points are said to be in blocks, there are {}", blocks.points));
    }
    if let Some((last, ..)) = blocks.last
        && packed_until.is_none_or(|until| until < last)
    {
        let until = packed_until.map_or("nothing".to_owned(), |until| format!("timestamp {until}"));
        problems.push(format!("its blocks end at timestamp {last}, {until} is said"));
    }
    if problems.len() > before {
        // What cannot be read cannot be counted either.
        return Ok((blocks.points.unsigned_abs(), blocks.count));
    }
    let mut found = Found::default();
    visit(tx, series, START, i64::MAX, |point| {
        found.see(&point);
        Ok(())
    })?;
    let rows = tx
        .query_one("SELECT COUNT(*) FROM metric_point WHERE series = $1", &[series.into()], |row| row.get::<i64>(0))?
        .unwrap_or(0);
    if rows + blocks.points != found.count {
        problems.push(format!("{} points are both rows and in blocks", rows + blocks.points - found.count));
    }
    check_summary(tx, series, &found, problems)?;
    Ok((found.count.unsigned_abs(), blocks.count))
}

#[derive(Default)]
struct Blocks {
    count: u64,
    points: i64,
    last: Option<Key>,
}

fn check_blocks(tx: &mut Transaction<'_>, series: i64, problems: &mut Vec<String>) -> Result<Blocks, StoreError> {
    let mut blocks = Blocks::default();
    visit_blocks(tx, series, |stored| {
        blocks.count += 1;
        blocks.points += stored.ends.count;
        let (timestamp, step, ..) = stored.ends.last;
        let place = format!("the block that ends at timestamp {timestamp}, step {step}");
        if blocks.last.is_some_and(|last| last >= stored.ends.first) {
            problems.push(format!("{place} begins before the one before it ends"));
        }
        blocks.last = Some(stored.ends.last);
        let damage = block::decode(&stored.points).and_then(|points| {
            check_block(&stored.ends, (stored.min_value, stored.max_value), &stored.outline, &points)
        });
        if let Err(damage) = damage {
            problems.push(format!("{place} is damaged: {damage}"));
        }
        Ok(())
    })?;
    Ok(blocks)
}

fn check_block(
    ends: &Ends,
    extremes: (Option<f64>, Option<f64>),
    outline: &[u8],
    points: &[Point],
) -> Result<(), Damage> {
    ends.check(points)?;
    let found = block::extremes(points);
    if found != extremes {
        return Err(Damage::Row { what: "its extremes", row: format!("{extremes:?}"), points: format!("{found:?}") });
    }
    let chunks = block::decode_outline(outline)?;
    let found: Vec<_> = points.chunks(block::CHUNK).filter_map(block::Chunk::of).collect();
    if chunks != found {
        return Err(Damage::Row { what: "its outline", row: "something else".to_owned(), points: "this".to_owned() });
    }
    Ok(())
}

/// What the summary of a series has to say.
#[derive(Default)]
struct Found {
    count: i64,
    latest: Option<Extreme>,
    first: Option<Extreme>,
    min: Option<f64>,
    max: Option<f64>,
}

/// What points are ordered by: (step, timestamp, value).
type Rank = (i64, i64, f64);

/// Where a series begins or ends. NaN counts as 0 here, as in MLflow; so a point of 0 and one of NaN may share the place, and
/// whichever came first is in the summary.
struct Extreme {
    rank: Rank,
    is_number: bool,
    is_nan: bool,
}

impl Extreme {
    fn of(rank: Rank, is_nan: bool) -> Self {
        Self { rank, is_number: !is_nan, is_nan }
    }

    /// Takes a point that `beats` the one before, or shares its place.
    fn take(before: &mut Option<Self>, point: Self, beats: fn(&Rank, &Rank) -> bool) {
        match before {
            Some(before) if before.rank == point.rank => {
                before.is_number |= point.is_number;
                before.is_nan |= point.is_nan;
            }
            Some(before) if !beats(&point.rank, &before.rank) => {}
            _ => *before = Some(point),
        }
    }

    /// Whether one of the points of a place is what the summary says.
    fn holds(&self, summary: &Self) -> bool {
        self.rank == summary.rank && (self.is_number && summary.is_number || self.is_nan && summary.is_nan)
    }

    fn text(&self) -> String {
        let (step, time, value) = self.rank;
        let value = match (self.is_number, self.is_nan) {
            (false, _) => "NaN".to_owned(),
            (true, false) => format!("{value:?}"),
            (true, true) => format!("{value:?} or NaN"),
        };
        format!("step {step}, timestamp {time}, value {value}")
    }
}

impl Found {
    fn see(&mut self, point: &Point) {
        self.count += 1;
        let extreme = || Extreme::of((point.step, point.timestamp, point.value), point.is_nan);
        Extreme::take(&mut self.latest, extreme(), |new, old| new > old);
        Extreme::take(&mut self.first, extreme(), |new, old| new < old);
        if !point.is_nan {
            self.min = Some(self.min.map_or(point.value, |min| min.min(point.value)));
            self.max = Some(self.max.map_or(point.value, |max| max.max(point.value)));
        }
    }
}

fn check_summary(
    tx: &mut Transaction<'_>,
    series: i64,
    found: &Found,
    problems: &mut Vec<String>,
) -> Result<(), StoreError> {
    let summary = tx.query_one(
        "SELECT summary.count, latest_step, latest_timestamp, latest_value, latest_is_nan,
         first_step, first_timestamp, first_value, first_is_nan, min_value, max_value FROM metric_summary AS summary JOIN metric_series AS series
         ON series.run = summary.run AND series.metric_key = summary.metric_key WHERE series.id = $1",
        &[series.into()],
        |row| {
            Ok(Found {
                count: row.get(0)?,
                latest: Some(Extreme::of((row.get(1)?, row.get(2)?, row.get(3)?), row.get(4)?)),
                first: Some(Extreme::of((row.get(5)?, row.get(6)?, row.get(7)?), row.get(8)?)),
                min: row.get(9)?,
                max: row.get(10)?,
            })
        },
    )?;
    let Some(summary) = summary else {
        if found.count > 0 {
            problems.push(format!("there are {} points and no summary of them", found.count));
        }
        return Ok(());
    };
    let mut differ = |what: &str, summary: String, points: String| {
        if summary != points {
            problems.push(format!("its summary says {summary} of {what}, its points say {points}"));
        }
    };
    differ("their number", summary.count.to_string(), found.count.to_string());
    for (what, summary, found) in
        [("the latest", &summary.latest, &found.latest), ("the first", &summary.first, &found.first)]
    {
        let holds = found.as_ref().zip(summary.as_ref()).is_some_and(|(found, summary)| found.holds(summary));
        let text = |extreme: &Option<Extreme>| extreme.as_ref().map_or("none".to_owned(), Extreme::text);
        if !holds {
            differ(what, text(summary), text(found));
        }
    }
    let number = |number: Option<f64>| number.map_or("none".to_owned(), |number| format!("{number:?}"));
    differ("the lowest", number(summary.min), number(found.min));
    differ("the highest", number(summary.max), number(found.max));
    Ok(())
}
