//! Deleting the rows of one thing in pieces, so that no transaction is long however many they are.

use super::removal::Kind;
use crate::{StoreError, Transaction, Value};

/// Rows that go in one transaction, about.
const ROWS: i64 = 5_000;
/// As how many rows a block counts: its bytes are those of so many.
const BLOCK: i64 = 50;

/// What is left of a transaction's rows.
pub(super) struct Budget(i64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(ROWS)
    }

    /// Rows that may go still, at least one.
    fn rows(&self) -> i64 {
        self.0.max(1)
    }

    fn spend(&mut self, rows: i64) {
        self.0 -= rows;
    }

    fn is_spent(&self) -> bool {
        self.0 <= 0
    }
}

/// What a piece has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// More pieces.
    More,
    /// All of it, because something else has to go before.
    All,
}

/// Deletes a piece of a thing.
pub(super) fn remove(tx: &mut Transaction<'_>, kind: Kind, key: i64, budget: &mut Budget) -> Result<Left, StoreError> {
    if budget.is_spent() {
        return Ok(Left::More);
    }
    match kind {
        Kind::Run => {
            if !remove_series(tx, key, budget)? || !remove_points_of_models(tx, "run", key, budget)? {
                return Ok(Left::More);
            }
        }
        Kind::LoggedModel => {
            if !remove_points_of_models(tx, "model", key, budget)? {
                return Ok(Left::More);
            }
        }
        Kind::Experiment => {
            // What could not be removed of its contents keeps it.
            for table in ["run", "logged_model"] {
                let sql = format!("SELECT id FROM {table} WHERE experiment_id = $1 LIMIT 1");
                if tx.query_one(&sql, &[key.into()], |row| row.get::<i64>(0))?.is_some() {
                    return Ok(Left::All);
                }
            }
        }
    }
    if !remove_owned(tx, owned(kind), key, budget)? {
        return Ok(Left::More);
    }
    tx.execute(&format!("DELETE FROM {} WHERE id = $1", kind.table()), &[key.into()])?;
    budget.spend(1);
    Ok(Left::Nothing)
}

/// A table with rows of a thing: its name, the column that names the thing, and its key.
type Owned = (&'static str, &'static str, &'static str);

/// What goes along with a thing, those first that refer to others. A thing may have any number of each.
fn owned(kind: Kind) -> &'static [Owned] {
    match kind {
        Kind::Run => &[
            ("param", "run", "run, key"),
            ("run_tag", "run", "run, key"),
            ("run_dataset_input_tag", "run", "run, dataset, key"),
            ("run_dataset_input", "run", "run, dataset"),
            ("run_model_input", "run", "run, model"),
            ("run_model_output", "run", "run, model"),
        ],
        Kind::LoggedModel => &[
            ("logged_model_param", "model", "model, key"),
            ("logged_model_tag", "model", "model, key"),
            ("run_model_input", "model", "run, model"),
            ("run_model_output", "model", "run, model"),
        ],
        Kind::Experiment => &[
            ("dataset", "experiment_id", "id"),
            ("experiment_column", "experiment_id", "experiment_id, kind, key"),
            ("experiment_tag", "experiment_id", "experiment_id, key"),
            ("evaluation_dataset_experiment", "experiment_id", "dataset, experiment_id"),
            ("saved_view", "experiment_id", "id"),
        ],
    }
}

/// Deletes rows of a thing where there are too many of them to go along with it; `true` once there are not.
fn remove_owned(tx: &mut Transaction<'_>, owned: &[Owned], key: i64, budget: &mut Budget) -> Result<bool, StoreError> {
    let counts = owned.iter().map(|(table, column, _)| {
        format!("(SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {column} = $1 LIMIT $2) AS counted)")
    });
    let sql = format!("SELECT {}", counts.collect::<Vec<_>>().join(" + "));
    let rows = tx.query_one(&sql, &[key.into(), (budget.rows() + 1).into()], |row| row.get::<i64>(0))?.unwrap_or(0);
    if rows <= budget.rows() {
        budget.spend(rows);
        return Ok(true);
    }
    for (table, column, columns) in owned {
        if !remove_rows(tx, table, columns, (column, key), budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Deletes the metrics of a run; `true` once none is left.
fn remove_series(tx: &mut Transaction<'_>, run: i64, budget: &mut Budget) -> Result<bool, StoreError> {
    loop {
        let series = tx.query_one(
            "SELECT id, metric_key FROM metric_series WHERE run = $1 ORDER BY metric_key LIMIT 1",
            &[run.into()],
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
        )?;
        let Some((series, metric_key)) = series else { return Ok(true) };
        const ROWS_OF: (&str, &str) = ("metric_point", "timestamp, step, value, is_nan");
        const BLOCKS_OF: (&str, &str) = ("metric_block", "last_timestamp, last_step, last_value, last_is_nan");
        for ((table, columns), weight) in [(ROWS_OF, 1), (BLOCKS_OF, BLOCK)] {
            if budget.is_spent() || !remove_of_series(tx, series, table, columns, weight, budget)? {
                return Ok(false);
            }
        }
        tx.execute("DELETE FROM metric_summary WHERE run = $1 AND metric_key = $2", &[run.into(), metric_key.into()])?;
        tx.execute("DELETE FROM metric_series WHERE id = $1", &[series.into()])?;
        budget.spend(2);
    }
}

/// Deletes rows of a series in the order of their key; `true` once none is left.
fn remove_of_series(
    tx: &mut Transaction<'_>,
    series: i64,
    table: &str,
    columns: &str,
    weight: i64,
    budget: &mut Budget,
) -> Result<bool, StoreError> {
    let most = (budget.rows() / weight).max(1);
    // The last key of the piece; none when fewer rows are left.
    let last = tx.query_one(
        &format!("SELECT {columns} FROM {table} WHERE series = $1 ORDER BY {columns} LIMIT 1 OFFSET $2"),
        &[series.into(), (most - 1).into()],
        |row| Ok([row.get::<Value>(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
    )?;
    let deleted = match last {
        None => tx.execute(&format!("DELETE FROM {table} WHERE series = $1"), &[series.into()])?,
        Some([one, two, three, four]) => tx.execute(
            &format!("DELETE FROM {table} WHERE series = $1 AND ({columns}) <= ($2, $3, $4, $5)"),
            &[series.into(), one, two, three, four],
        )?,
    };
    budget.spend(weight.saturating_mul(deleted as i64));
    Ok((deleted as i64) < most)
}

/// Deletes points of logged models, those of one model or those of one run; `true` once none is left.
fn remove_points_of_models(
    tx: &mut Transaction<'_>,
    column: &str,
    key: i64,
    budget: &mut Budget,
) -> Result<bool, StoreError> {
    const KEY: &str = "model, metric_key, timestamp, step, run, value, is_nan, dataset_name, dataset_digest";
    remove_rows(tx, "logged_model_metric", KEY, (column, key), budget)
}

/// Deletes rows of a table whose key is `columns`, those that have a value in a column; `true` once none is left.
fn remove_rows(
    tx: &mut Transaction<'_>,
    table: &str,
    columns: &str,
    (column, value): (&str, i64),
    budget: &mut Budget,
) -> Result<bool, StoreError> {
    if budget.is_spent() {
        return Ok(false);
    }
    let most = budget.rows();
    let deleted = tx.execute(
        &format!(
            "DELETE FROM {table} WHERE ({columns}) IN
             (SELECT {columns} FROM {table} WHERE {column} = $1 LIMIT $2)"
        ),
        &[value.into(), most.into()],
    )?;
    budget.spend(deleted as i64);
    Ok((deleted as i64) < most)
}
