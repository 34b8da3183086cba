//! How much there is of everything, and how much room it takes.

use serde::Serialize;

use crate::{StoreError, Transaction};

/// How much there is of everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// Experiments, deleted ones too.
    pub experiments: u64,
    /// Runs, deleted ones too.
    pub runs: u64,
    /// Metrics of runs: the series that points belong to.
    pub series: u64,
    /// Metric points of runs.
    pub points: u64,
    /// Those of them that are rows of their own.
    pub rows: u64,
    /// Those of them that are in blocks.
    pub packed: u64,
    /// Blocks.
    pub blocks: u64,
    /// Series that wait to be packed.
    pub waiting: u64,
    /// Bytes of rows and blocks, their indexes included, for each point.
    pub bytes_per_point: Option<f64>,
    /// Bytes of the database as it is kept on disk.
    pub bytes: u64,
    /// Bytes of it that hold nothing: new data goes there first.
    pub free_bytes: u64,
    /// Every table with its indexes, the largest first.
    pub tables: Vec<TableSize>,
}

/// The room that a table takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableSize {
    /// The table.
    pub name: String,
    /// Its bytes with those of its indexes.
    pub bytes: u64,
}

/// Tables that hold points.
const OF_POINTS: [&str; 2] = ["metric_point", "metric_block"];

/// Counts everything. Reads each page of the database once.
pub fn stats(tx: &mut Transaction<'_>) -> Result<Stats, StoreError> {
    let mut count = |sql: &str| -> Result<u64, StoreError> {
        Ok(tx.query_one(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0).unsigned_abs())
    };
    let experiments = count("SELECT COUNT(*) FROM experiment")?;
    let runs = count("SELECT COUNT(*) FROM run")?;
    let series = count("SELECT COUNT(*) FROM metric_series")?;
    let points = count("SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM metric_summary")?;
    let packed = count("SELECT CAST(COALESCE(SUM(packed_count), 0) AS BIGINT) FROM metric_series")?;
    let blocks = count("SELECT COUNT(*) FROM metric_block")?;
    let waiting = count("SELECT COUNT(*) FROM metric_packing")?;
    let dialect = tx.dialect();
    let tables = tx.query(dialect.table_sizes(), &[], |row| {
        Ok(TableSize { name: row.get(0)?, bytes: row.get::<i64>(1)?.unsigned_abs() })
    })?;
    let (bytes, free_bytes) = tx
        .query_one(dialect.database_size(), &[], |row| {
            Ok((row.get::<i64>(0)?.unsigned_abs(), row.get::<i64>(1)?.unsigned_abs()))
        })?
        .unwrap_or((0, 0));
    let of_points: u64 =
        tables.iter().filter(|table| OF_POINTS.contains(&table.name.as_str())).map(|table| table.bytes).sum();
    let bytes_per_point = (points > 0).then(|| of_points as f64 / points as f64);
    Ok(Stats {
        experiments,
        runs,
        series,
        points,
        rows: points.saturating_sub(packed),
        packed,
        blocks,
        waiting,
        bytes_per_point,
        bytes,
        free_bytes,
        tables,
    })
}
