//! Which series wait to be packed (table `metric_packing`), and what is left of them.

use super::block::FULL;
use super::pack::{FEWEST, Rest};
use crate::{StoreError, Transaction};

/// A series that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) series: i64,
    pub(crate) rest: Rest,
}

/// The update changes nothing; it waits for whoever is taking the mark away, and then makes it anew.
const MARK: &str = "ON CONFLICT (series) DO UPDATE SET series = excluded.series";

/// Whether a `series` has blocks that wait to become part of larger ones.
const HAS_LOOSE: &str =
    "EXISTS (SELECT 1 FROM metric_block AS block WHERE block.series = series.id AND block.loose = 1)";

/// Whether a `run` has ended: nothing more is expected of it, though it may come all the same.
pub(in crate::tracking) const HAS_ENDED: &str =
    "CASE WHEN run.status IN ('FINISHED', 'FAILED', 'KILLED') THEN 1 ELSE 0 END";

/// What a series has after points have been added.
#[derive(Debug, Clone, Copy)]
pub(in crate::tracking) struct Grown {
    pub(in crate::tracking) series: i64,
    /// How many points it has.
    pub(in crate::tracking) count: i64,
    /// How many of them are rows.
    pub(in crate::tracking) rows: i64,
    /// How many of the rows are new.
    pub(in crate::tracking) added: i64,
    /// How many new points are in loose blocks.
    pub(in crate::tracking) loose: i64,
    /// Whether its run had ended before.
    pub(in crate::tracking) has_ended: bool,
}

/// Marks a series when points have been added that fill another block, or that are enough for a short one after the end of
/// their run, which will not come again to mark them.
///
/// Where several write, a run may end just while points are added: these wait for the next ones, or for
/// [`mark_all`].
pub(in crate::tracking) fn added(tx: &mut Transaction<'_>, grown: Grown) -> Result<(), StoreError> {
    let Grown { series, count, rows, added, loose, has_ended } = grown;
    let fills = |all: i64, added: i64, size: usize| all / size as i64 > (all - added) / size as i64;
    if fills(count, added + loose, FULL) || has_ended && (loose > 0 || fills(rows, added, FEWEST)) {
        tx.execute(&format!("INSERT INTO metric_packing (series) VALUES ($1) {MARK}"), &[series.into()])?;
    }
    Ok(())
}

/// Marks the series of a run that has ended, as far as they have enough rows, or loose blocks.
pub(in crate::tracking) fn ended(tx: &mut Transaction<'_>, run: i64) -> Result<(), StoreError> {
    tx.execute(
        &format!(
            "INSERT INTO metric_packing (series) SELECT series.id FROM metric_series AS series
             JOIN metric_summary AS summary ON summary.run = series.run AND summary.metric_key = series.metric_key
             WHERE series.run = $1 AND (summary.count - series.packed_count >= $2 OR {HAS_LOOSE}) ORDER BY series.id {MARK}"
        ),
        &[run.into(), (FEWEST as i64).into()],
    )?;
    Ok(())
}

/// Marks every series behind one that has enough rows, or loose blocks, looking at no more than `limit`; where to go on, if there
/// are more.
pub(crate) fn mark_all(tx: &mut Transaction<'_>, after: i64, limit: i64) -> Result<Option<i64>, StoreError> {
    tx.scans()?;
    let last: Option<i64> = tx
        .query_one(
            "SELECT MAX(id) FROM (SELECT id FROM metric_series WHERE id > $1 ORDER BY id LIMIT $2) AS looked_at",
            &[after.into(), limit.into()],
            |row| row.get(0),
        )?
        .flatten();
    let Some(last) = last else { return Ok(None) };
    tx.execute(
        &format!(
            "INSERT INTO metric_packing (series) SELECT series.id FROM metric_series AS series
             JOIN metric_summary AS summary ON summary.run = series.run AND summary.metric_key = series.metric_key
             WHERE series.id > $1 AND series.id <= $2 AND (summary.count - series.packed_count >= $3 OR {HAS_LOOSE})
             ON CONFLICT DO NOTHING"
        ),
        &[after.into(), last.into(), (FEWEST as i64).into()],
    )?;
    Ok(Some(last))
}

/// The next series behind another.
pub(crate) fn next(tx: &mut Transaction<'_>, after: i64) -> Result<Option<Waiting>, StoreError> {
    tx.query_one(
        &format!(
            "SELECT packing.series, {HAS_ENDED}
             FROM metric_packing AS packing JOIN metric_series AS series ON series.id = packing.series
             JOIN run ON run.id = series.run WHERE packing.series > $1 ORDER BY packing.series LIMIT 1"
        ),
        &[after.into()],
        |row| Ok(Waiting { series: row.get(0)?, rest: if row.get(1)? { Rest::Pack } else { Rest::Leave } }),
    )
}

/// Takes a series off the list, unless points have come meanwhile that are worth another step.
pub(crate) fn done(tx: &mut Transaction<'_>, waiting: Waiting) -> Result<(), StoreError> {
    let lock = format!("SELECT series FROM metric_packing WHERE series = $1{}", tx.dialect().for_update());
    tx.query_one(&lock, &[waiting.series.into()], |row| row.get::<i64>(0))?;
    let found = tx.query_one(
        &format!(
            "SELECT summary.count - series.packed_count, {HAS_ENDED},
             (SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM metric_block AS block
              WHERE block.series = series.id AND block.loose = 1)
             FROM metric_series AS series
             JOIN metric_summary AS summary ON summary.run = series.run AND summary.metric_key = series.metric_key
             JOIN run ON run.id = series.run WHERE series.id = $1"
        ),
        &[waiting.series.into()],
        |row| Ok((row.get::<i64>(0)?, row.get::<bool>(1)?, row.get::<i64>(2)?)),
    )?;
    // Packing leaves fewer points than these. A run may have ended meanwhile, or points come after its end.
    let has_more = found.is_some_and(|(rows, ended, loose)| match ended {
        true => loose > 0 || rows >= FEWEST as i64,
        false => rows + loose >= FULL as i64,
    });
    if !has_more {
        tx.execute("DELETE FROM metric_packing WHERE series = $1", &[waiting.series.into()])?;
    }
    Ok(())
}

/// How many series wait.
pub(crate) fn waiting(tx: &mut Transaction<'_>) -> Result<u64, StoreError> {
    let count = tx.query_one("SELECT COUNT(*) FROM metric_packing", &[], |row| row.get::<i64>(0))?;
    Ok(count.unwrap_or(0).unsigned_abs())
}
