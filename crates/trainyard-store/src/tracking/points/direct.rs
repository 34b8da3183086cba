//! Points of one series that come many at a time go into blocks at once: as rows they would cost ten times as much, and be
//! packed soon after.

use std::borrow::Cow;

use super::block::{CHUNK, FULL};
use super::read::packed_end;
use super::{Point, binds, pack};
use crate::{StoreError, Transaction, Value};

/// Points from which on a block is worth it. Shorter ones would be many, and stay short.
pub(in crate::tracking) const AT_ONCE: usize = 2 * CHUNK;

/// Packs points that lie behind all blocks of their series, as far as they are many and no row lies between them; returns
/// how many were packed, and the points that are to become rows.
pub(in crate::tracking) fn pack_new<'p>(
    tx: &mut Transaction<'_>,
    series: i64,
    points: &'p [Point],
) -> Result<(u64, Cow<'p, [Point]>), StoreError> {
    let rows = Ok((0, Cow::Borrowed(points)));
    if points.len() < AT_ONCE {
        return rows;
    }
    let mut sorted = points.to_vec();
    if !sorted.is_sorted_by(|one, next| one.key() <= next.key()) {
        sorted.sort_by(Point::by_time);
    }
    sorted.dedup_by(|one, other| one.key() == other.key());
    let surplus = sorted.len() % FULL;
    let rest = sorted.split_off(if surplus < AT_ONCE { sorted.len() - surplus } else { sorted.len() });
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return rows };
    // Whoever logs to the series at the same time waits, and then finds the blocks.
    let lock = format!("SELECT packed_until FROM metric_series WHERE id = $1{}", tx.dialect().for_update());
    let until = tx.query_one(&lock, &[series.into()], |row| row.get::<Option<i64>>(0))?.flatten();
    if until.is_some_and(|until| first.timestamp <= until)
        && packed_end(tx, series)?.is_some_and(|end| first.key() <= end)
    {
        return rows;
    }
    let [key, from @ ..] = binds(series, first.key());
    let [_, to @ ..] = binds(series, last.key());
    let between: Vec<Value> = [key].into_iter().chain(from).chain(to).collect();
    let row = tx.query_one(
        "SELECT step FROM metric_point WHERE series = $1 AND (timestamp, step, value, is_nan) >= ($2, $3, $4, $5)
         AND (timestamp, step, value, is_nan) <= ($6, $7, $8, $9) LIMIT 1",
        &between,
        |row| row.get::<i64>(0),
    )?;
    if row.is_some() {
        return rows;
    }
    for points in sorted.chunks(FULL) {
        pack::insert(tx, series, &pack::new_block(series, points)?)?;
    }
    tx.execute(
        "UPDATE metric_series SET packed_count = packed_count + $1, packed_until = $2 WHERE id = $3",
        &[(sorted.len() as i64).into(), last.timestamp.into(), series.into()],
    )?;
    Ok((sorted.len() as u64, Cow::Owned(rest)))
}
