//! Points that come when their time is packed already: repeats of packed ones are left out, so that a repeated request
//! changes nothing and counts stay exact. The others become rows, which `pack` merges into their blocks.

use super::read::block_from;
use super::{Key, Point};
use crate::{StoreError, Transaction};

/// Those of some points that no block holds. Points behind all blocks need not be asked about.
pub(in crate::tracking) fn without_packed(
    tx: &mut Transaction<'_>,
    series: i64,
    mut late: Vec<Point>,
) -> Result<Vec<Point>, StoreError> {
    let mut kept = Vec::new();
    // In order, so that each block is unpacked once.
    late.sort_by(Point::by_time);
    let mut block: Option<(Key, Vec<Point>)> = None;
    for point in late {
        let key = point.key();
        if block.as_ref().is_none_or(|(last, _)| *last < key) {
            block = block_from(tx, series, key)?.map(|found| (found.ends.last, found.points));
        }
        let packed =
            block.as_ref().is_some_and(|(_, points)| points.binary_search_by(|other| other.by_time(&point)).is_ok());
        if !packed {
            kept.push(point);
        }
    }
    Ok(kept)
}
