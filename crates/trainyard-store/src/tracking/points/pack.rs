//! Packing: the rows and the loose blocks of a series become blocks for good, a step at a time. A step is prepared on a
//! reader and carried out by the writer in one short transaction, so that little is in memory, nobody waits for the
//! compression, and a process that dies leaves whole steps behind.

use super::block::FULL;
use super::direct::FOR_GOOD;
use super::new_block::{self, NewBlock};
use super::read::{Unpacked, block_before, block_from, first_loose, last_block, loose_behind, row_behind, visit_rows};
use super::{Key, Point, START, binds};
use crate::{DbError, StoreError, Transaction, Value};

/// Points that a step takes at most, save for those of the last block.
const WINDOW: usize = 4 * FULL;
/// Loose blocks that a step takes at most.
const LOOSE: i64 = 256;
/// Fewer points than this are left as rows: as a block they would take about as much.
pub(crate) const FEWEST: usize = 64;

/// A step that has been prepared: what takes the place of what.
pub(crate) struct Step {
    series: i64,
    /// The new blocks.
    blocks: Vec<NewBlock>,
    /// How many blocks they take the place of, and how many points those had.
    replaced: (i64, i64),
    /// The first and the last of the rows that are in them.
    rows: Option<(Key, Key)>,
    row_count: i64,
    /// How many points were not packed for good before.
    packs: i64,
}

/// Which points are worth a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The series goes on: only full blocks.
    Leave,
    /// It has ended: what does not fill a block becomes a short one.
    Pack,
}

/// Blocks that stand side by side, and how they were found to end.
struct Group {
    blocks: Vec<Unpacked>,
    end: End,
}

enum End {
    /// They are the last ones of the series.
    Series,
    /// A block follows that is packed for good.
    Packed,
    /// There are more than a step takes.
    Window,
}

/// Works out the next step for a series. `None`: nothing is left that is worth one.
pub(crate) fn prepare(tx: &mut Transaction<'_>, series: i64, rest: Rest) -> Result<Option<Step>, StoreError> {
    let first_row = row_behind(tx, series, START)?;
    if let Some(row) = first_row
        && let Some(block) = block_from(tx, series, row)?
    {
        return late(tx, series, block).map(Some);
    }
    // From here on all rows are behind all blocks.
    let Some(Group { blocks, end }) = group(tx, series, first_row.is_some())? else { return Ok(None) };
    let packed: Vec<Point> = blocks.iter().flat_map(|block| &block.points).copied().collect();
    match end {
        End::Packed => whole(series, &blocks, &packed).map(Some),
        End::Window => {
            let count = packed.len() - packed.len() % FULL;
            let count = if count == 0 { packed.len() } else { count };
            part(series, &blocks, &packed, count).map(Some)
        }
        End::Series => last(tx, series, rest, &blocks, packed),
    }
}

/// Merges rows from before the end of a block into it. One that gets too long becomes equal ones.
fn late(tx: &mut Transaction<'_>, series: i64, block: Unpacked) -> Result<Step, StoreError> {
    let Unpacked { ends, points, is_loose } = block;
    let rows = rows_until(tx, series, Some(ends.last), WINDOW)?;
    let merged = merged(&points, &rows);
    let blocks = if is_loose && merged.len() < FOR_GOOD {
        vec![NewBlock::loose(series, &merged)?]
    } else {
        NewBlock::of_one_length(series, &merged)?
    };
    Ok(Step::of(series, blocks, (1, ends.count), &rows, rows.len()))
}

/// The first loose blocks that stand side by side, and the block before them if it is short; where there are none, but rows,
/// the last block if it is short.
fn group(tx: &mut Transaction<'_>, series: i64, has_rows: bool) -> Result<Option<Group>, StoreError> {
    let is_short = |block: &Unpacked| block.points.len() < FULL;
    let Some(first) = first_loose(tx, series)? else {
        let last = if has_rows { last_block(tx, series)?.filter(is_short) } else { None };
        return Ok(has_rows.then(|| Group { blocks: last.into_iter().collect(), end: End::Series }));
    };
    let mut count = first.points.len();
    let before = block_before(tx, series, first.ends.last)?.filter(is_short);
    let next = loose_behind(tx, series, first.ends.last, LOOSE)?;
    let mut blocks: Vec<Unpacked> = before.into_iter().chain([first]).collect();
    let is_all = (next.len() as i64) < LOOSE;
    for block in next {
        let Some(block) = block else { return Ok(Some(Group { blocks, end: End::Packed })) };
        if count + block.points.len() > WINDOW {
            return Ok(Some(Group { blocks, end: End::Window }));
        }
        count += block.points.len();
        blocks.push(block);
    }
    Ok(Some(Group { blocks, end: if is_all { End::Series } else { End::Window } }))
}

/// Blocks that become blocks for good as they are.
fn whole(series: i64, blocks: &[Unpacked], points: &[Point]) -> Result<Step, StoreError> {
    Ok(Step::of(series, NewBlock::of_one_length(series, points)?, counted(blocks), &[], loose_points(blocks)))
}

/// The first so many points of blocks become full ones; what is left of the last of those is loose again.
fn part(series: i64, blocks: &[Unpacked], points: &[Point], count: usize) -> Result<Step, StoreError> {
    let (mut taken, mut end) = (0, 0);
    while end < count {
        end += blocks[taken].points.len();
        taken += 1;
    }
    let mut new: Vec<NewBlock> =
        points[..count].chunks(FULL).map(|points| NewBlock::packed(series, points)).collect::<Result<_, _>>()?;
    if end > count {
        new.push(NewBlock::loose(series, &points[count..end])?);
    }
    let packs = loose_points(&blocks[..taken]) - (end - count);
    Ok(Step::of(series, new, counted(&blocks[..taken]), &[], packs))
}

/// The last blocks of a series, and the rows behind them.
fn last(
    tx: &mut Transaction<'_>,
    series: i64,
    rest: Rest,
    blocks: &[Unpacked],
    packed: Vec<Point>,
) -> Result<Option<Step>, StoreError> {
    let room = WINDOW.saturating_sub(packed.len()).max(FULL);
    let rows = rows_until(tx, series, None, room)?;
    let more_rows = rows.len() == room;
    let all = packed.len() + rows.len();
    let surplus = all % FULL;
    let count = match rest {
        Rest::Pack if !more_rows && (surplus >= FEWEST || surplus > rows.len()) => all,
        Rest::Pack | Rest::Leave => all - surplus,
    };
    if count == 0 {
        return Ok(None);
    }
    let Some(row_count) = count.checked_sub(packed.len()) else {
        return part(series, blocks, &packed, count).map(Some);
    };
    let rows = &rows[..row_count];
    let packs = loose_points(blocks) + rows.len();
    if packs == 0 {
        return Ok(None);
    }
    let points: Vec<Point> = packed.iter().chain(rows).copied().collect();
    let new = points.chunks(FULL).map(|points| NewBlock::packed(series, points)).collect::<Result<_, _>>()?;
    Ok(Some(Step::of(series, new, counted(blocks), rows, packs)))
}

/// Rows in order up to a key, at most so many.
fn rows_until(
    tx: &mut Transaction<'_>,
    series: i64,
    until: Option<Key>,
    most: usize,
) -> Result<Vec<Point>, StoreError> {
    let mut rows = Vec::new();
    visit_rows(tx, series, START, until, most as i64, |point| {
        rows.push(point);
        Ok(())
    })?;
    Ok(rows)
}

/// How many blocks there are, and how many points they have.
fn counted(blocks: &[Unpacked]) -> (i64, i64) {
    (blocks.len() as i64, blocks.iter().map(|block| block.ends.count).sum())
}

fn loose_points(blocks: &[Unpacked]) -> usize {
    blocks.iter().filter(|block| block.is_loose).map(|block| block.points.len()).sum()
}

impl Step {
    fn of(series: i64, blocks: Vec<NewBlock>, replaced: (i64, i64), rows: &[Point], packs: usize) -> Self {
        let ends = rows.first().zip(rows.last()).map(|(first, last)| (first.key(), last.key()));
        Self { series, blocks, replaced, rows: ends, row_count: rows.len() as i64, packs: packs as i64 }
    }

    /// How many points become packed for good, or part of a block.
    pub(crate) fn points(&self) -> i64 {
        self.packs
    }
}

/// Carries a step out. `false`: points have come in between since, and it has to be prepared anew.
pub(crate) fn apply(tx: &mut Transaction<'_>, step: &Step) -> Result<bool, StoreError> {
    let Step { series, blocks, replaced, rows, row_count, .. } = step;
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(false) };
    // Points that come meanwhile wait, and then see the blocks.
    let lock = format!("SELECT id FROM metric_series WHERE id = $1{}", tx.dialect().for_update());
    if tx.query_one(&lock, &[(*series).into()], |row| row.get::<i64>(0))?.is_none() {
        return Ok(false);
    }
    // Points that came many at a time went into blocks of their own, perhaps between the rows. Late ones are rows.
    const ROWS: &str = "FROM metric_point WHERE series = $1 AND (timestamp, step, value, is_nan) >= ($2, $3, $4, $5)
                        AND (timestamp, step, value, is_nan) <= ($6, $7, $8, $9)";
    const BLOCKS: &str = "FROM metric_block WHERE series = $1
                          AND (last_timestamp, last_step, last_value, last_is_nan) >= ($2, $3, $4, $5)
                          AND (last_timestamp, last_step, last_value, last_is_nan) <= ($6, $7, $8, $9)";
    let blocks_between = between(*series, first.first(), last.last());
    let count = format!("SELECT COUNT(*), CAST(COALESCE(SUM(count), 0) AS BIGINT) {BLOCKS}");
    if tx.query_one(&count, &blocks_between, |row| Ok((row.get(0)?, row.get(1)?)))? != Some(*replaced) {
        return Ok(false);
    }
    if let Some((first, last)) = rows {
        let rows_between = between(*series, *first, *last);
        let there = tx.query_one(&format!("SELECT COUNT(*) {ROWS}"), &rows_between, |row| row.get::<i64>(0))?;
        if there != Some(*row_count) {
            return Ok(false);
        }
        let deleted = tx.execute(&format!("DELETE {ROWS}"), &rows_between)?;
        if deleted != row_count.unsigned_abs() {
            // The lock on the series keeps this from happening; an error undoes the step.
            return Err(DbError::Other(format!("{deleted} rows of series {series} went instead of {row_count}")).into());
        }
    }
    if replaced.0 > 0 {
        tx.execute(&format!("DELETE {BLOCKS}"), &blocks_between)?;
    }
    new_block::insert(tx, blocks.iter().map(|block| (*series, block)))?;
    let now: i64 = blocks.iter().map(NewBlock::count).sum();
    tx.execute(
        "UPDATE metric_series SET packed_count = packed_count + $1,
         packed_until = CASE WHEN packed_until > $2 THEN packed_until ELSE $2 END WHERE id = $3",
        &[(now - replaced.1).into(), last.last().0.into(), (*series).into()],
    )?;
    // Databases with several writers can let a point through that is packed already; here it is found and counted once.
    let twice = replaced.1 + row_count - now;
    if twice > 0 {
        tx.execute(
            "UPDATE metric_summary SET count = count - $1 WHERE (run, metric_key) = (SELECT run, metric_key FROM metric_series
             WHERE id = $2)",
            &[twice.into(), (*series).into()],
        )?;
    }
    Ok(true)
}

/// A series and two keys as binds.
fn between(series: i64, from: Key, to: Key) -> Vec<Value> {
    let [_, to @ ..] = binds(series, to);
    binds(series, from).into_iter().chain(to).collect()
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

    fn count(store: &Store, run_id: RunId) -> usize {
        let request = GetMetricHistory { run_id, metric_key: "m".into(), ..GetMetricHistory::default() };
        store.execute(request).wait().expect("a history").metrics.len()
    }

    #[test]
    fn a_step_is_given_up_when_blocks_came_between_its_rows() {
        on_each_database("step", |store| {
            let run_id = store.execute(CreateRun::default()).wait().expect("a run").run.info.run_id;
            ingest(store, &run_id, 1000..1050);
            ingest(store, &run_id, 9000..9050);
            let step = store.read(|tx| prepare(tx, 1, Rest::Pack)).wait().expect("a look").expect("100 rows to pack");
            ingest(store, &run_id, 2000..6096);
            assert_eq!(store.write(move |tx| apply(tx, &step)).wait(), Ok(false));
            assert_eq!(count(store, run_id), 100 + 4096);
        });
    }

    #[test]
    fn a_step_is_carried_out_though_blocks_came_behind_it() {
        on_each_database("step_behind", |store| {
            let run_id = store.execute(CreateRun::default()).wait().expect("a run").run.info.run_id;
            for first in 0..41 {
                ingest(store, &run_id, first * 100..(first + 1) * 100);
            }
            let step = store.read(|tx| prepare(tx, 1, Rest::Leave)).wait().expect("a look").expect("a full block");
            ingest(store, &run_id, 4100..4200);
            assert_eq!(store.write(move |tx| apply(tx, &step)).wait(), Ok(true));
            assert_eq!(count(store, run_id), 4200);
        });
    }
}
