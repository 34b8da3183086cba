//! Values that the newest runs of experiments have, for whoever types a filter.

use trainyard_api::columns::{ColumnValue, ListColumnValues, ListColumnValuesResponse};
use trainyard_api::limits::{COLUMN_VALUE_CHARS, COLUMN_VALUES};
use trainyard_api::run_groups::GroupKind;

use super::columns::{check_experiments, newest_runs};
use crate::search::run_groups::attribute;
use crate::search::{experiment_keys, page};
use crate::{Access, Operation, StoreError, Transaction, Value};

impl Operation for ListColumnValues {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<ListColumnValuesResponse, StoreError> {
        let Self { experiment_ids, kind, key, contains, max_results } = self;
        let kind = kind.ok_or_else(|| StoreError::missing("kind"))?;
        check_experiments(&experiment_ids)?;
        if key.is_empty() && kind != GroupKind::Dataset {
            return Err(StoreError::missing("key"));
        }
        let limit = page::limit(max_results, 100, COLUMN_VALUES)?;
        let source = source(kind, &key)?;
        let experiments = experiment_keys(&experiment_ids)?;
        let runs = newest_runs(tx, &experiments)?;
        let values = values(tx, &source, &runs, (&key, &contains), limit)?;
        Ok(ListColumnValuesResponse { values, runs: runs.len() as i64 })
    }
}

/// Where values of runs are.
struct Source {
    value: &'static str,
    run: &'static str,
    tables: &'static str,
    /// Whether rows are chosen by the key.
    by_key: bool,
}

fn source(kind: GroupKind, key: &str) -> Result<Source, StoreError> {
    Ok(match kind {
        // Runs first, so that each value is looked up and not looked for.
        GroupKind::Param => {
            Source { value: "x.value", run: "run.id", tables: "run CROSS JOIN param AS x", by_key: true }
        }
        GroupKind::Tag => {
            Source { value: "x.value", run: "run.id", tables: "run CROSS JOIN run_tag AS x", by_key: true }
        }
        GroupKind::Dataset => Source {
            value: "dataset.name",
            run: "x.run",
            tables: "run_dataset_input AS x JOIN dataset ON dataset.id = x.dataset",
            by_key: false,
        },
        GroupKind::Attribute => {
            let value = attribute(key).ok_or_else(|| {
                StoreError::invalid(format!(
                    "Invalid value for parameter 'key': '{key}' is none of status, user_id and run_name"
                ))
            })?;
            Source { value, run: "x.id", tables: "run AS x", by_key: false }
        }
    })
}

fn values(
    tx: &mut Transaction<'_>,
    source: &Source,
    runs: &[i64],
    (key, contains): (&str, &str),
    limit: i64,
) -> Result<Vec<ColumnValue>, StoreError> {
    let dialect = tx.dialect();
    let Source { value, run, tables, by_key } = *source;
    let mut values = vec![Value::integers(runs), COLUMN_VALUE_CHARS.into()];
    let mut condition = String::new();
    if by_key {
        values.push(key.into());
        condition.push_str(&format!(" AND x.run = run.id AND x.key = ${}", values.len()));
    }
    if !contains.is_empty() {
        values.push(contains.into());
        condition.push_str(&format!(" AND {}", dialect.contains(value, &format!("${}", values.len()))));
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT {value}, COUNT(DISTINCT {run}) FROM {tables}
         WHERE {run} IN {} AND {value} <> '' AND LENGTH({value}) <= $2{condition}
         GROUP BY {value} ORDER BY 2 DESC, 1 LIMIT ${}",
        dialect.integers("$1"),
        values.len()
    );
    tx.query(&sql, &values, |row| Ok(ColumnValue { value: row.get(0)?, runs: row.get(1)? }))
}
