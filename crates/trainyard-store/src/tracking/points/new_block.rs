//! Blocks before they are stored.

use super::block::{self, Damage};
use super::read::Ends;
use super::{Key, Point, START, binds, damaged};
use crate::{StoreError, Transaction, Value};

/// A block that is to be stored.
pub(in crate::tracking) struct NewBlock {
    ends: Ends,
    min_value: Option<f64>,
    max_value: Option<f64>,
    outline: Vec<u8>,
    points: Vec<u8>,
    is_loose: bool,
}

/// The columns of a block's row, in the order of [`NewBlock::row`].
const COLUMNS: [&str; 18] = [
    "series",
    "last_timestamp",
    "last_step",
    "last_value",
    "last_is_nan",
    "first_timestamp",
    "first_step",
    "first_value",
    "first_is_nan",
    "count",
    "min_step",
    "max_step",
    "in_step_order",
    "min_value",
    "max_value",
    "outline",
    "points",
    "loose",
];

impl NewBlock {
    /// A block for good, of points in order.
    pub(super) fn packed(series: i64, points: &[Point]) -> Result<Self, StoreError> {
        Self::of(series, points, block::encode(points), false)
    }

    /// A block of points in order that will soon be part of a larger one.
    pub(super) fn loose(series: i64, points: &[Point]) -> Result<Self, StoreError> {
        Self::of(series, points, block::encode_plain(points), true)
    }

    /// As many blocks for good of one length as it takes.
    pub(super) fn of_one_length(series: i64, points: &[Point]) -> Result<Vec<Self>, StoreError> {
        let length = points.len().div_ceil(points.len().div_ceil(block::FULL).max(1)).max(1);
        points.chunks(length).map(|points| Self::packed(series, points)).collect()
    }

    fn of(series: i64, points: &[Point], bytes: Result<Vec<u8>, Damage>, is_loose: bool) -> Result<Self, StoreError> {
        let failed = |damage: Damage| damaged(series, points.last().map_or(START, Point::key), &damage);
        let (min_value, max_value) = block::extremes(points);
        Ok(Self {
            ends: Ends::of(points).ok_or_else(|| failed(Damage::Lengths))?,
            min_value,
            max_value,
            outline: block::encode_outline(points),
            points: bytes.map_err(failed)?,
            is_loose,
        })
    }

    /// How many points it has.
    pub(super) fn count(&self) -> i64 {
        self.ends.count
    }

    /// Its first point.
    pub(super) fn first(&self) -> Key {
        self.ends.first
    }

    /// Its last point.
    pub(super) fn last(&self) -> Key {
        self.ends.last
    }

    fn row(&self, series: i64) -> [Value; COLUMNS.len()] {
        let Self { ends, min_value, max_value, outline, points, is_loose } = self;
        let [series, last_timestamp, last_step, last_value, last_is_nan] = binds(series, ends.last);
        let [_, first_timestamp, first_step, first_value, first_is_nan] = binds(0, ends.first);
        [
            series,
            last_timestamp,
            last_step,
            last_value,
            last_is_nan,
            first_timestamp,
            first_step,
            first_value,
            first_is_nan,
            ends.count.into(),
            ends.min_step.into(),
            ends.max_step.into(),
            ends.in_step_order.into(),
            (*min_value).into(),
            (*max_value).into(),
            outline.clone().into(),
            points.clone().into(),
            (*is_loose).into(),
        ]
    }
}

/// How many points of new blocks are in loose ones.
pub(in crate::tracking) fn loose(blocks: &[NewBlock]) -> i64 {
    blocks.iter().filter(|block| block.is_loose).map(NewBlock::count).sum()
}

/// Stores blocks, each of a series.
pub(super) fn insert<'b>(
    tx: &mut Transaction<'_>,
    blocks: impl Iterator<Item = (i64, &'b NewBlock)>,
) -> Result<(), StoreError> {
    tx.insert_many("metric_block", COLUMNS, "", blocks.map(|(series, block)| block.row(series)))?;
    Ok(())
}
