//! Params of runs (table `param`), written once.

use std::collections::HashMap;

use trainyard_api::columns::ColumnKind;
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::LogParam;
use trainyard_api::{Empty, Param, RunId, limits};

use super::{keys, runs};
use crate::{Access, Operation, StoreError, Transaction, Value};

impl Operation for LogParam {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        keys::check("key", "Param key", &self.key)?;
        let run = runs::active(tx, runs::id("run_id", self.run_id, self.run_uuid)?)?;
        let param = fit(tx, Param { key: self.key, value: self.value })?;
        if let Some(Changed { key, old, new }) = write_once(tx, run.key, vec![param])?.pop() {
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

/// Logs params whose keys have been checked.
pub(super) fn log_all(
    tx: &mut Transaction<'_>,
    run: i64,
    run_id: &RunId,
    params: Vec<Param>,
) -> Result<(), StoreError> {
    if params.is_empty() {
        return Ok(());
    }
    let params = params.into_iter().map(|param| fit(tx, param)).collect::<Result<Vec<_>, _>>()?;
    let changed = write_once(tx, run, params)?;
    if changed.is_empty() {
        return Ok(());
    }
    let changed: Vec<String> = changed
        .iter()
        .map(|Changed { key, old, new }| format!("{{'key': '{key}', 'old_value': '{old}', 'new_value': '{new}'}}"))
        .collect();
    Err(StoreError::invalid(format!(
        "Changing param values is not allowed. Params were already logged='[{}]' for run ID='{run_id}'.",
        changed.join(", ")
    )))
}

fn fit(tx: &Transaction<'_>, Param { key, value }: Param) -> Result<Param, StoreError> {
    Ok(Param { key, value: keys::fit(tx, "Param value", value, limits::PARAM_VALUE_CHARS)? })
}

/// A param that is there with another value.
struct Changed {
    key: String,
    old: String,
    new: String,
}

/// Inserts what is new and leaves what is there; returns the params that were to be changed.
fn write_once(tx: &mut Transaction<'_>, run: i64, params: Vec<Param>) -> Result<Vec<Changed>, StoreError> {
    // In the order of keys, as whoever else may be writing the same.
    let mut ordered: Vec<&Param> = params.iter().collect();
    ordered.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let inserted = tx.insert_many(
        "param",
        ["run", "key", "value"],
        "ON CONFLICT (run, key) DO NOTHING",
        ordered.into_iter().map(|param| [run.into(), (&param.key).into(), (&param.value).into()]),
    )?;
    if inserted > 0 {
        for param in &params {
            tx.named(run, ColumnKind::Param, &param.key);
        }
    }
    if inserted == params.len() as u64 {
        return Ok(Vec::new());
    }
    let keys = tx.dialect().texts("$2");
    let mut stored: HashMap<String, String> = tx
        .query(
            &format!("SELECT key, value FROM param WHERE run = $1 AND key IN {keys}"),
            &[run.into(), Value::texts(params.iter().map(|param| &param.key))],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .into_iter()
        .collect();
    let mut changed = Vec::new();
    for Param { key, value: new } in params {
        if let Some(old) = stored.remove(&key).filter(|old| *old != new) {
            changed.push(Changed { key, old, new });
        }
    }
    Ok(changed)
}
