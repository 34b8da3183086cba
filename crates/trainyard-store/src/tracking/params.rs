//! Params of runs (table `param`), written once.

use std::collections::HashMap;

use trainyard_api::columns::ColumnKind;
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::LogParam;
use trainyard_api::{Empty, Param, limits};

use super::keys;
use super::runs::{self, RunRow};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for LogParam {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        keys::check("key", "Param key", &self.key)?;
        let run = runs::active(tx, runs::id("run_id", self.run_id, self.run_uuid)?)?;
        let param = fit(tx, Param { key: self.key, value: self.value })?;
        if let Some(Changed { key, old, new, .. }) = write_once(tx, &[(&run, param)])?.pop() {
            return Err(StoreError::invalid(format!(
                "Changing param values is not allowed. Param with key='{key}' was already logged with value='{old}' \
                 for run ID='{}'. Attempted logging new value '{new}'.",
                run.run_id
            )));
        }
        runs::note(tx, &run, RunChangeKind::Params);
        Ok(Empty {})
    }
}

/// Logs params of runs, whose keys have been checked: as many statements for all of them as for one.
pub(super) fn log_all<'r>(
    tx: &mut Transaction<'_>,
    of_runs: impl IntoIterator<Item = (&'r RunRow, Vec<Param>)>,
) -> Result<(), StoreError> {
    let mut fitted = Vec::new();
    for (run, params) in of_runs {
        for param in params {
            fitted.push((run, fit(tx, param)?));
        }
    }
    let changed = write_once(tx, &fitted)?;
    let Some(Changed { run, .. }) = changed.first() else { return Ok(()) };
    let of_run = changed.iter().filter(|one| one.run.key == run.key);
    let shown: Vec<String> = of_run
        .map(|Changed { key, old, new, .. }| format!("{{'key': '{key}', 'old_value': '{old}', 'new_value': '{new}'}}"))
        .collect();
    Err(StoreError::invalid(format!(
        "Changing param values is not allowed. Params were already logged='[{}]' for run ID='{}'.",
        shown.join(", "),
        run.run_id
    )))
}

fn fit(tx: &Transaction<'_>, Param { key, value }: Param) -> Result<Param, StoreError> {
    Ok(Param { key, value: keys::fit(tx, "Param value", value, limits::PARAM_VALUE_CHARS)? })
}

/// A param that is there with another value.
struct Changed<'p> {
    run: &'p RunRow,
    key: &'p str,
    old: String,
    new: &'p str,
}

/// Inserts what is new and leaves what is there; returns the params that were to be changed.
fn write_once<'p>(tx: &mut Transaction<'_>, params: &'p [(&'p RunRow, Param)]) -> Result<Vec<Changed<'p>>, StoreError> {
    // In the order of runs and keys, as whoever else may be writing the same.
    let mut ordered: Vec<(i64, &Param)> = params.iter().map(|(run, param)| (run.key, param)).collect();
    ordered.sort_by(|(run, param), (other, next)| (run, &param.key).cmp(&(other, &next.key)));
    let inserted = tx.insert_many(
        "param",
        ["run", "key", "value"],
        "ON CONFLICT (run, key) DO NOTHING",
        ordered.into_iter().map(|(run, param)| [run.into(), (&param.key).into(), (&param.value).into()]),
    )?;
    if inserted > 0 {
        tx.named(ColumnKind::Param, params.iter().map(|(run, param)| (run.experiment, param.key.as_str())));
    }
    if inserted == params.len() as u64 {
        return Ok(Vec::new());
    }
    let dialect = tx.dialect();
    let stored = tx.query(
        &format!(
            "SELECT param.run, param.key, param.value FROM {} AS wanted
             JOIN param ON param.run = wanted.number AND param.key = wanted.text",
            dialect.pairs(1)
        ),
        &dialect.bound_pairs(params.iter().map(|(run, param)| (param.key.as_str(), run.key))),
        |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)),
    )?;
    let stored: HashMap<(i64, String), String> = stored.into_iter().collect();
    let changed = params.iter().filter_map(|(run, Param { key, value: new })| {
        let old = stored.get(&(run.key, key.clone())).filter(|old| *old != new)?.clone();
        Some(Changed { run, key, old, new })
    });
    Ok(changed.collect())
}
