//! The names that tables of runs can have columns of (table `experiment_column`), and what their values are like.
//!
//! Names are written down when a run is the first of its experiment to have one, so that they are listed without a look at what
//! was logged. What their values are like is told of the newest runs only: that is bounded, however large an experiment is.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use trainyard_api::ExperimentId;
use trainyard_api::columns::{Column, ColumnKind, ListColumns, ListColumnsResponse};
use trainyard_api::limits::{COLUMN_EXPERIMENTS, COLUMN_RUNS, COLUMNS};

use crate::search::{experiment_keys, page, place};
use crate::{Access, DbError, Operation, StoreError, Transaction, Value};

impl Operation for ListColumns {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<ListColumnsResponse, StoreError> {
        let Self { experiment_ids, kind, contains, max_results, page_token } = self;
        let kind = kind.ok_or_else(|| StoreError::missing("kind"))?;
        check_experiments(&experiment_ids)?;
        let limit = page::limit(max_results, 100, COLUMNS)?;
        let query = ("columns", &experiment_ids, kind.as_str(), &contains);
        let after: Option<String> = place::read(&query, &page_token)?;
        let experiments = experiment_keys(&experiment_ids)?;
        let mut keys = names(tx, &experiments, kind, (&contains, after.as_deref()), limit + 1)?;
        let next_page_token = place::cut(&query, &mut keys, limit, String::clone);
        let runs = newest_runs(tx, &experiments)?;
        let columns = described(tx, &runs, kind, keys)?;
        Ok(ListColumnsResponse { columns, runs: runs.len() as i64, next_page_token })
    }
}

pub(super) fn check_experiments(experiment_ids: &[ExperimentId]) -> Result<(), StoreError> {
    if experiment_ids.is_empty() {
        return Err(StoreError::missing("experiment_id"));
    }
    if experiment_ids.len() > COLUMN_EXPERIMENTS {
        return Err(StoreError::invalid(format!(
            "Invalid value for parameter 'experiment_id': {} experiments are named, {COLUMN_EXPERIMENTS} at most can be",
            experiment_ids.len()
        )));
    }
    Ok(())
}

/// Names behind one, in order.
fn names(
    tx: &mut Transaction<'_>,
    experiments: &[i64],
    kind: ColumnKind,
    (contains, after): (&str, Option<&str>),
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let dialect = tx.dialect();
    let mut values: Vec<Value> = vec![Value::integers(experiments), kind.as_str().into(), after.unwrap_or("").into()];
    let mut condition = String::new();
    if !contains.is_empty() {
        values.push(contains.into());
        condition = format!(" AND {}", dialect.contains("key", "$4"));
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT DISTINCT key FROM experiment_column WHERE experiment_id IN {} AND kind = $2 AND key > $3{condition}
         ORDER BY key LIMIT ${}",
        dialect.integers("$1"),
        values.len()
    );
    tx.query(&sql, &values, |row| row.get(0))
}

/// Of each experiment's runs the newest, and of these the newest.
pub(super) fn newest_runs(tx: &mut Transaction<'_>, experiments: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut newest: Vec<(i64, i64)> = Vec::new();
    for experiment in experiments {
        let of_experiment = tx.query(
            "SELECT start_time, id FROM run WHERE experiment_id = $1 AND lifecycle_stage = 'active'
             ORDER BY start_time DESC, run_id LIMIT $2",
            &[(*experiment).into(), COLUMN_RUNS.into()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        newest.extend(of_experiment);
    }
    newest.sort_unstable_by(|one, other| other.cmp(one));
    newest.truncate(usize::try_from(COLUMN_RUNS).unwrap_or(usize::MAX));
    Ok(newest.into_iter().map(|(_, run)| run).collect())
}

/// What the values of these runs are like.
fn described(
    tx: &mut Transaction<'_>,
    runs: &[i64],
    kind: ColumnKind,
    keys: Vec<String>,
) -> Result<Vec<Column>, StoreError> {
    let mut found = match kind {
        ColumnKind::Metric => metrics(tx, runs, &keys)?,
        ColumnKind::Param => pairs(tx, ("param", kind), runs, &keys)?,
        ColumnKind::Tag => pairs(tx, ("run_tag", kind), runs, &keys)?,
    };
    let column = |key: String| match found.remove(&key) {
        Some(column) => column,
        // The runs that had it are older, or deleted.
        None => Column { kind, key, ..Column::default() },
    };
    Ok(keys.into_iter().map(column).collect())
}

fn metrics(tx: &mut Transaction<'_>, runs: &[i64], keys: &[String]) -> Result<HashMap<String, Column>, StoreError> {
    let dialect = tx.dialect();
    // Runs and keys first, so that each value is looked up and not looked for.
    let sql = format!(
        "SELECT metric_key.key, COUNT(*), COUNT(DISTINCT CASE WHEN latest_is_nan = 0 THEN latest_value END),
                MIN(CASE WHEN latest_is_nan = 0 THEN latest_value END),
                MAX(CASE WHEN latest_is_nan = 0 THEN latest_value END)
         FROM metric_key CROSS JOIN run CROSS JOIN metric_summary AS summary
         WHERE run.id IN {} AND metric_key.key IN {}
         AND summary.run = run.id AND summary.metric_key = metric_key.id GROUP BY metric_key.key",
        dialect.integers("$1"),
        dialect.texts("$2")
    );
    let found = tx.query(&sql, &[Value::integers(runs), Value::texts(keys)], |row| {
        let (key, min, max): (String, _, _) = (row.get(0)?, row.get(3)?, row.get(4)?);
        let (runs, distinct) = (row.get(1)?, row.get(2)?);
        Ok((key.clone(), Column { kind: ColumnKind::Metric, key, runs, distinct, min, max }))
    })?;
    Ok(found.into_iter().collect())
}

/// Params or tags. They are counted here, by hashes of their values: the database would keep the values to sort them, and a
/// tag may have a megabyte.
fn pairs(
    tx: &mut Transaction<'_>,
    (table, kind): (&str, ColumnKind),
    runs: &[i64],
    keys: &[String],
) -> Result<HashMap<String, Column>, StoreError> {
    let dialect = tx.dialect();
    let sql = format!(
        "SELECT pair.key, pair.value FROM run CROSS JOIN {table} AS pair
         WHERE run.id IN {} AND pair.run = run.id AND pair.key IN {}",
        dialect.integers("$1"),
        dialect.texts("$2")
    );
    let hashing = RandomState::new();
    let mut counted: HashMap<String, (i64, HashSet<u64>)> =
        keys.iter().map(|key| (key.clone(), Default::default())).collect();
    tx.visit(&sql, &[Value::integers(runs), Value::texts(keys)], |row| {
        let key: String = row.get(0)?;
        if let Some((runs, values)) = counted.get_mut(&key) {
            *runs += 1;
            values.insert(hashing.hash_one(row.get::<String>(1)?));
        }
        Ok(())
    })?;
    let column = |(key, (runs, values)): (String, (i64, HashSet<u64>))| {
        let distinct = values.len() as i64;
        (key.clone(), Column { kind, key, runs, distinct, ..Column::default() })
    };
    Ok(counted.into_iter().map(column).collect())
}

/// Writes down the names that a transaction has noted, as its last statements before the commit: all transactions do so in one
/// order, so none waits for another that waits for it, and none waits for long.
pub(crate) fn write_down(tx: &mut Transaction<'_>) -> Result<(), DbError> {
    let mut names = tx.take_names();
    names.sort_unstable();
    names.dedup();
    let rows = names.iter().map(|(kind, experiment, key)| [(*experiment).into(), Value::from(*kind), key.into()]);
    tx.insert_many("experiment_column", ["experiment_id", "kind", "key"], "ON CONFLICT DO NOTHING", rows).map(drop)
}
