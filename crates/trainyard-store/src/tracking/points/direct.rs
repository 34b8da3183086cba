//! Points of one series that come many at a time go into blocks at once: as rows they would cost several times as much, and
//! be packed soon after.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::block::{CHUNK, FULL};
use super::new_block::{self, NewBlock};
use super::pack::FEWEST;
use super::{Point, binds};
use crate::{StoreError, Transaction, Value};

/// Points from which on they become a block, be it a loose one: fewer take as much as rows.
pub(in crate::tracking) const AT_ONCE: usize = FEWEST;
/// Points from which on a block is packed for good. There would be many shorter ones.
pub(super) const FOR_GOOD: usize = 2 * CHUNK;

/// Which of some series have rows: all that lies behind the blocks of the others lies behind all of their points.
pub(in crate::tracking) fn with_rows(tx: &mut Transaction<'_>, series: &[i64]) -> Result<HashSet<i64>, StoreError> {
    let sql = format!(
        "SELECT series.id FROM metric_series AS series WHERE series.id IN {}
         AND EXISTS (SELECT 1 FROM metric_point AS point WHERE point.series = series.id{})",
        tx.dialect().integers("$1"),
        tx.dialect().looked_up()
    );
    Ok(tx.query(&sql, &[Value::integers(series)], |row| row.get(0))?.into_iter().collect())
}

/// Blocks of points that lie behind all blocks of their series, as far as they are many and no row lies between them; and
/// the points that are to become rows.
///
/// Whoever logs to the series at the same time waits by now, and then finds the blocks.
pub(in crate::tracking) fn pack_new<'p>(
    tx: &mut Transaction<'_>,
    series: i64,
    points: &'p [Point],
    has_rows: bool,
) -> Result<(Vec<NewBlock>, Cow<'p, [Point]>), StoreError> {
    let rows = || Ok((Vec::new(), Cow::Borrowed(points)));
    if points.len() < AT_ONCE {
        return rows();
    }
    let mut sorted = Cow::Borrowed(points);
    if !sorted.is_sorted_by(|one, next| one.key() < next.key()) {
        let sorted = sorted.to_mut();
        sorted.sort_by(Point::by_time);
        sorted.dedup_by(|one, other| one.key() == other.key());
    }
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return rows() };
    if has_rows && has_rows_between(tx, series, first, last)? {
        return rows();
    }
    let surplus = sorted.len() % FULL;
    let (for_good, rest) = sorted.split_at(if surplus < FOR_GOOD { sorted.len() - surplus } else { sorted.len() });
    let mut blocks: Vec<NewBlock> =
        for_good.chunks(FULL).map(|points| NewBlock::packed(series, points)).collect::<Result<_, _>>()?;
    if rest.len() < AT_ONCE {
        return Ok((blocks, Cow::Owned(rest.to_vec())));
    }
    blocks.push(NewBlock::loose(series, rest)?);
    Ok((blocks, Cow::Borrowed(&[])))
}

fn has_rows_between(tx: &mut Transaction<'_>, series: i64, first: &Point, last: &Point) -> Result<bool, StoreError> {
    let [key, from @ ..] = binds(series, first.key());
    let [_, to @ ..] = binds(series, last.key());
    let between: Vec<Value> = [key].into_iter().chain(from).chain(to).collect();
    let row = tx.query_one(
        "SELECT step FROM metric_point WHERE series = $1 AND (timestamp, step, value, is_nan) >= ($2, $3, $4, $5)
         AND (timestamp, step, value, is_nan) <= ($6, $7, $8, $9) LIMIT 1",
        &between,
        |row| row.get::<i64>(0),
    )?;
    Ok(row.is_some())
}

/// Stores the blocks of [`pack_new`], of any number of series; how many points of each series are in them.
pub(in crate::tracking) fn store_new(
    tx: &mut Transaction<'_>,
    blocks: &[(i64, Vec<NewBlock>)],
) -> Result<HashMap<i64, i64>, StoreError> {
    let added = blocks.iter().filter_map(|(series, blocks)| {
        let (until, ..) = blocks.last()?.last();
        Some([*series, blocks.iter().map(NewBlock::count).sum(), until])
    });
    let added: Vec<[i64; 3]> = added.collect();
    if added.is_empty() {
        return Ok(HashMap::new());
    }
    new_block::insert(tx, blocks.iter().flat_map(|(series, blocks)| blocks.iter().map(|block| (*series, block))))?;
    let dialect = tx.dialect();
    tx.execute(
        &format!(
            "UPDATE metric_series SET packed_count = packed_count + added.count, packed_until = added.until
             FROM {} AS added WHERE metric_series.id = added.series",
            dialect.integer_rows(["series", "count", "until"], 1)
        ),
        &dialect.bound_integer_rows(&added),
    )?;
    Ok(added.into_iter().map(|[series, count, _]| (series, count)).collect())
}
