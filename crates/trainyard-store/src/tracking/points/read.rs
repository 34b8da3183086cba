//! Reading rows and blocks of a series as one sequence.

use super::block::{self, Damage};
use super::direct::FOR_GOOD;
use super::{Key, Point, binds, damaged};
use crate::{Row, StoreError, Transaction, Value};

/// The columns that [`Ends::from_row`] reads.
pub(super) const ENDS: &str = "first_timestamp, first_step, first_value, first_is_nan, last_timestamp, last_step, last_value, \
                               last_is_nan, min_step, max_step, in_step_order, count";
/// How many columns these are.
pub(super) const ENDS_COLUMNS: usize = 12;

/// What the row of a block says of its points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ends {
    pub(crate) first: Key,
    pub(crate) last: Key,
    pub(crate) min_step: i64,
    pub(crate) max_step: i64,
    /// Whether the points are in the order of steps as well.
    pub(crate) in_step_order: bool,
    pub(crate) count: i64,
}

impl Ends {
    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            first: (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?),
            last: (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?),
            min_step: row.get(8)?,
            max_step: row.get(9)?,
            in_step_order: row.get(10)?,
            count: row.get(11)?,
        })
    }

    /// What the row of a block of these points says; `None` where there are none.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        let (first, last) = (points.first()?, points.last()?);
        Some(Self {
            first: first.key(),
            last: last.key(),
            min_step: points.iter().map(|point| point.step).min()?,
            max_step: points.iter().map(|point| point.step).max()?,
            in_step_order: points.is_sorted_by_key(Point::order),
            count: i64::try_from(points.len()).ok()?,
        })
    }

    /// Checks the points of the block against its row.
    pub(crate) fn check(&self, points: &[Point]) -> Result<(), Damage> {
        let said = |ends: Option<&Self>| ends.map_or_else(|| "none".to_owned(), |ends| format!("{ends:?}"));
        let found = Self::of(points);
        if found.as_ref() != Some(self) {
            return Err(Damage::Row { what: "its ends", row: said(Some(self)), points: said(found.as_ref()) });
        }
        if points.is_sorted_by(|one, next| one.key() < next.key()) { Ok(()) } else { Err(Damage::Order) }
    }
}

/// Short blocks that are read at once.
const SHORT_AT_ONCE: i64 = 32;

/// A block with its points.
pub(super) struct Unpacked {
    pub(super) ends: Ends,
    pub(super) points: Vec<Point>,
    /// Whether it waits to become part of a larger one.
    pub(super) is_loose: bool,
}

impl Unpacked {
    /// Reads [`ENDS`], `points, loose`.
    fn from_row(series: i64, row: &Row<'_>) -> Result<Self, StoreError> {
        let ends = Ends::from_row(row)?;
        let points = decode(series, &ends, &row.get::<Vec<u8>>(ENDS_COLUMNS)?)?;
        Ok(Self { ends, points, is_loose: row.get(ENDS_COLUMNS + 1)? })
    }
}

/// The first block that ends at or behind a key: the one that holds the key's point, if any does.
pub(super) fn block_from(tx: &mut Transaction<'_>, series: i64, key: Key) -> Result<Option<Unpacked>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, points, loose FROM metric_block
         WHERE series = $1 AND (last_timestamp, last_step, last_value, last_is_nan) >= ($2, $3, $4, $5)
         ORDER BY last_timestamp, last_step, last_value, last_is_nan LIMIT 1"
    );
    one_block(tx, series, &sql, &binds(series, key))
}

/// The last block that ends before a key.
pub(super) fn block_before(tx: &mut Transaction<'_>, series: i64, key: Key) -> Result<Option<Unpacked>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, points, loose FROM metric_block
         WHERE series = $1 AND (last_timestamp, last_step, last_value, last_is_nan) < ($2, $3, $4, $5)
         ORDER BY last_timestamp DESC, last_step DESC, last_value DESC, last_is_nan DESC LIMIT 1"
    );
    one_block(tx, series, &sql, &binds(series, key))
}

/// The first loose block of a series.
pub(super) fn first_loose(tx: &mut Transaction<'_>, series: i64) -> Result<Option<Unpacked>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, points, loose FROM metric_block WHERE series = $1 AND loose = 1
         ORDER BY last_timestamp, last_step, last_value, last_is_nan LIMIT 1"
    );
    one_block(tx, series, &sql, &[series.into()])
}

/// The blocks that end behind a key, at most so many; without their points from the first one on that is not loose, which is
/// shown as `None`.
pub(super) fn loose_behind(
    tx: &mut Transaction<'_>,
    series: i64,
    key: Key,
    most: i64,
) -> Result<Vec<Option<Unpacked>>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, CASE WHEN loose = 1 THEN points END, loose FROM metric_block
         WHERE series = $1 AND (last_timestamp, last_step, last_value, last_is_nan) > ($2, $3, $4, $5)
         ORDER BY last_timestamp, last_step, last_value, last_is_nan LIMIT $6"
    );
    let mut values = binds(series, key).to_vec();
    values.push(most.into());
    let mut blocks = Vec::new();
    let mut is_over = false;
    tx.visit(&sql, &values, |row| {
        if !is_over {
            is_over = !row.get::<bool>(ENDS_COLUMNS + 1)?;
            blocks.push(if is_over { None } else { Some(Unpacked::from_row(series, row)?) });
        }
        Ok(())
    })?;
    Ok(blocks)
}

/// The first blocks that end behind a key, at most so many, with the bytes of their points.
fn blocks_behind(
    tx: &mut Transaction<'_>,
    series: i64,
    key: Key,
    most: i64,
) -> Result<Vec<(Ends, Vec<u8>)>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, points FROM metric_block
         WHERE series = $1 AND (last_timestamp, last_step, last_value, last_is_nan) > ($2, $3, $4, $5)
         ORDER BY last_timestamp, last_step, last_value, last_is_nan LIMIT $6"
    );
    let mut values = binds(series, key).to_vec();
    values.push(most.into());
    tx.query(&sql, &values, |row| Ok((Ends::from_row(row)?, row.get(ENDS_COLUMNS)?)))
}

/// The key of the last point that is in any block of a series; no block is unpacked for it.
pub(in crate::tracking) fn packed_end(tx: &mut Transaction<'_>, series: i64) -> Result<Option<Key>, StoreError> {
    tx.query_one(
        "SELECT last_timestamp, last_step, last_value, last_is_nan FROM metric_block WHERE series = $1
         ORDER BY last_timestamp DESC, last_step DESC, last_value DESC, last_is_nan DESC LIMIT 1",
        &[series.into()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )
}

/// The last block of a series.
pub(super) fn last_block(tx: &mut Transaction<'_>, series: i64) -> Result<Option<Unpacked>, StoreError> {
    let sql = format!(
        "SELECT {ENDS}, points, loose FROM metric_block WHERE series = $1
         ORDER BY last_timestamp DESC, last_step DESC, last_value DESC, last_is_nan DESC LIMIT 1"
    );
    one_block(tx, series, &sql, &[series.into()])
}

/// A block as it is stored.
pub(crate) struct Stored {
    pub(crate) ends: Ends,
    pub(crate) min_value: Option<f64>,
    pub(crate) max_value: Option<f64>,
    pub(crate) outline: Vec<u8>,
    pub(crate) points: Vec<u8>,
}

/// Shows the blocks of a series to `visit`, unread and in order.
pub(crate) fn visit_blocks(
    tx: &mut Transaction<'_>,
    series: i64,
    mut visit: impl FnMut(Stored) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {ENDS}, min_value, max_value, outline, points FROM metric_block WHERE series = $1
         ORDER BY last_timestamp, last_step, last_value, last_is_nan"
    );
    tx.visit(&sql, &[series.into()], |row| {
        visit(Stored {
            ends: Ends::from_row(row)?,
            min_value: row.get(ENDS_COLUMNS)?,
            max_value: row.get(ENDS_COLUMNS + 1)?,
            outline: row.get(ENDS_COLUMNS + 2)?,
            points: row.get(ENDS_COLUMNS + 3)?,
        })
    })
}

fn one_block(
    tx: &mut Transaction<'_>,
    series: i64,
    sql: &str,
    values: &[Value],
) -> Result<Option<Unpacked>, StoreError> {
    tx.query_one(sql, values, |row| Unpacked::from_row(series, row))
}

fn decode(series: i64, ends: &Ends, bytes: &[u8]) -> Result<Vec<Point>, StoreError> {
    block::decode(bytes).map_err(|damage| damaged(series, ends.last, &damage))
}

/// The first row behind a key.
pub(super) fn row_behind(tx: &mut Transaction<'_>, series: i64, key: Key) -> Result<Option<Key>, StoreError> {
    let mut first = None;
    visit_rows(tx, series, key, None, 1, |point| {
        first = Some(point.key());
        Ok(())
    })?;
    Ok(first)
}

/// Shows the rows of a series behind one key, up to and with another, to `visit`: at most `limit`, in order.
pub(super) fn visit_rows(
    tx: &mut Transaction<'_>,
    series: i64,
    after: Key,
    until: Option<Key>,
    limit: i64,
    mut visit: impl FnMut(Point) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    const ROWS: &str = "SELECT value, is_nan, timestamp, step FROM metric_point
                        WHERE series = $1 AND (timestamp, step, value, is_nan) > ($2, $3, $4, $5)";
    const ORDER: &str = "ORDER BY timestamp, step, value, is_nan LIMIT";
    let mut values = binds(series, after).to_vec();
    let sql = match until {
        None => format!("{ROWS} {ORDER} $6"),
        Some(until) => {
            let [_, until @ ..] = binds(series, until);
            values.extend(until);
            format!("{ROWS} AND (timestamp, step, value, is_nan) <= ($6, $7, $8, $9) {ORDER} $10")
        }
    };
    values.push(limit.into());
    tx.visit(&sql, &values, |row| visit(Point::from_row(row, 0)?))
}

/// Shows the points of a series behind a key to `visit`: at most `limit`, in the order of histories. Only one block is
/// unpacked at a time, however long the series is.
pub(crate) fn visit(
    tx: &mut Transaction<'_>,
    series: i64,
    after: Key,
    limit: i64,
    mut visit: impl FnMut(Point) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut after, mut room) = (after, limit);
    let mut row = row_behind(tx, series, after)?;
    let mut at_once = 1;
    while room > 0 {
        let blocks = blocks_behind(tx, series, after, at_once)?;
        let Some((last, _)) = blocks.last() else { break };
        // Short ones stand together.
        at_once = if last.count < FOR_GOOD as i64 { SHORT_AT_ONCE } else { 1 };
        for (ends, bytes) in blocks {
            if room == 0 {
                break;
            }
            let points = decode(series, &ends, &bytes)?;
            if row.is_some_and(|row| row <= ends.last) {
                room = visit_merged(tx, series, &points, (after, ends.last), room, &mut visit)?;
                row = row_behind(tx, series, ends.last)?;
            } else {
                room = visit_packed(&points, after, room, &mut visit)?;
            }
            after = ends.last;
        }
    }
    if row.is_some() && room > 0 { visit_rows(tx, series, after, None, room, visit) } else { Ok(()) }
}

/// Shows at most `room` points behind a key; returns what is left of the room.
fn visit_packed(
    points: &[Point],
    after: Key,
    room: i64,
    visit: &mut impl FnMut(Point) -> Result<(), StoreError>,
) -> Result<i64, StoreError> {
    let points = &points[points.partition_point(|point| point.key() <= after)..];
    let shown = points.len().min(usize::try_from(room).unwrap_or(usize::MAX));
    points[..shown].iter().try_for_each(|point| visit(*point))?;
    Ok(room - shown as i64)
}

/// Shows at most `room` points behind a key and up to another, packed ones and the rows between them; returns what is
/// left of the room.
pub(super) fn visit_merged(
    tx: &mut Transaction<'_>,
    series: i64,
    points: &[Point],
    (after, until): (Key, Key),
    mut room: i64,
    mut visit: impl FnMut(Point) -> Result<(), StoreError>,
) -> Result<i64, StoreError> {
    let mut packed = &points[points.partition_point(|point| point.key() <= after)..];
    visit_rows(tx, series, after, Some(until), room, |row| {
        while let [point, rest @ ..] = packed
            && point.key() < row.key()
            && room > 0
        {
            visit(*point)?;
            (packed, room) = (rest, room - 1);
        }
        // A point that is in both is shown once.
        if packed.first().is_none_or(|point| point.key() != row.key()) && room > 0 {
            visit(row)?;
            room -= 1;
        }
        Ok(())
    })?;
    visit_packed(packed, after, room, &mut visit)
}
