//! Runs: one execution of training code each (table `run`).

mod create;
mod load;

use std::collections::{BTreeSet, HashMap};

use trainyard_api::run_events::RunChangeKind;

use trainyard_api::runs::{DeleteRun, GetRun, GetRunResponse, RestoreRun, RunStatus, UpdateRun, UpdateRunResponse};
use trainyard_api::{Empty, LifecycleStage, RunId, Tag};

use super::{points, tags};
use crate::maintenance::removal;
use crate::{Access, Entity, Operation, StoreError, Transaction, Value};
pub(crate) use load::load;

impl Operation for GetRun {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRunResponse, StoreError> {
        let run = find(tx, id("run_id", self.run_id, self.run_uuid)?)?;
        get(tx, run.key, &run.run_id)
    }
}

impl Operation for UpdateRun {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<UpdateRunResponse, StoreError> {
        let run = active(tx, id("run_id", self.run_id, self.run_uuid)?)?;
        tx.execute(
            "UPDATE run SET status = COALESCE($1, status), end_time = COALESCE($2, end_time) WHERE id = $3",
            &[self.status.into(), self.end_time.into(), run.key.into()],
        )?;
        if matches!(self.status, Some(RunStatus::Finished | RunStatus::Failed | RunStatus::Killed)) {
            points::queue::ended(tx, run.key)?;
        }
        note(tx, &run, RunChangeKind::Status);
        if !self.run_name.is_empty() {
            note(tx, &run, RunChangeKind::Tags);
            tags::set_one(tx, &run, Tag::new(tags::RUN_NAME, self.run_name))?;
        }
        Ok(UpdateRunResponse { run_info: get(tx, run.key, &run.run_id)?.run.info })
    }
}

impl Operation for DeleteRun {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let run = find(tx, id("run_id", self.run_id, RunId::default())?)?;
        note(tx, &run, RunChangeKind::Deleted);
        let now = tx.now_ms();
        tx.execute(
            "UPDATE run SET lifecycle_stage = 'deleted', deleted_time = $1 WHERE id = $2 AND lifecycle_stage = 'active'",
            &[now.into(), run.key.into()],
        )?;
        Ok(Empty {})
    }
}

impl Operation for RestoreRun {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        removal::hold_off(tx)?;
        let run = find(tx, id("run_id", self.run_id, RunId::default())?)?;
        note(tx, &run, RunChangeKind::Deleted);
        removal::refuse_begun(tx, removal::Kind::Run, run.key, run.run_id.as_str())?;
        tx.execute("UPDATE run SET lifecycle_stage = 'active', deleted_time = NULL WHERE id = $1", &[run.key.into()])?;
        Ok(Empty {})
    }
}

/// Runs by their experiments; those that are not there are left out.
pub fn experiments_of(tx: &mut Transaction<'_>, run_ids: &[RunId]) -> Result<HashMap<i64, Vec<RunId>>, StoreError> {
    let sql = format!("SELECT experiment_id, run_id FROM run WHERE run_id IN {}", tx.dialect().texts("$1"));
    let mut runs: HashMap<i64, Vec<RunId>> = HashMap::new();
    tx.visit(&sql, &[Value::texts(run_ids.iter().map(RunId::as_str))], |row| {
        runs.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(())
    })?;
    Ok(runs)
}

/// The experiments of runs, by the runs' keys.
pub(super) fn experiments(
    tx: &mut Transaction<'_>,
    runs: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, i64>, StoreError> {
    let runs: Vec<i64> = runs.collect::<BTreeSet<_>>().into_iter().collect();
    let sql = format!("SELECT id, experiment_id FROM run WHERE id IN {}", tx.dialect().integers("$1"));
    Ok(tx.query(&sql, &[Value::integers(&runs)], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// A run's row, as far as rules look at it.
pub(crate) struct RunRow {
    pub(crate) key: i64,
    pub(super) run_id: RunId,
    pub(crate) experiment: i64,
    stage: LifecycleStage,
}

/// The run that a request names by `run_id` or, in older clients, by `run_uuid`.
pub(super) fn id(field: &str, run_id: RunId, run_uuid: RunId) -> Result<RunId, StoreError> {
    match (run_id.is_empty(), run_uuid.is_empty()) {
        (false, _) => Ok(run_id),
        (true, false) => Ok(run_uuid),
        (true, true) => Err(StoreError::missing(field)),
    }
}

/// A run that can be written to.
pub(super) fn active(tx: &mut Transaction<'_>, run_id: RunId) -> Result<RunRow, StoreError> {
    let run = find(tx, run_id)?;
    active_of(Some(&run), &run.run_id)?;
    Ok(run)
}

/// The run that was found under an id, if it can be written to.
pub(super) fn active_of<'r>(found: Option<&'r RunRow>, run_id: &RunId) -> Result<&'r RunRow, StoreError> {
    match found {
        Some(run) if run.stage == LifecycleStage::Active => Ok(run),
        Some(_) => Err(StoreError::Deleted { entity: "run", id: run_id.to_string() }),
        None => Err(StoreError::not_found(Entity::Run, run_id)),
    }
}

/// Those of some runs that there are, deleted or not.
pub(super) fn find_all<'r>(
    tx: &mut Transaction<'_>,
    run_ids: impl Iterator<Item = &'r RunId>,
) -> Result<HashMap<RunId, RunRow>, StoreError> {
    let ids: BTreeSet<&str> = run_ids.map(RunId::as_str).collect();
    let sql = format!(
        "SELECT run_id, id, experiment_id, lifecycle_stage FROM run WHERE run_id IN {}",
        tx.dialect().texts("$1")
    );
    let runs = tx.query(&sql, &[Value::texts(ids)], |row| {
        Ok(RunRow { run_id: row.get(0)?, key: row.get(1)?, experiment: row.get(2)?, stage: row.get(3)? })
    })?;
    Ok(runs.into_iter().map(|run| (run.run_id.clone(), run)).collect())
}

/// Notes for whoever looks at a run that it was changed.
pub(super) fn note(tx: &mut Transaction<'_>, run: &RunRow, kind: RunChangeKind) {
    tx.changed(run.experiment, &run.run_id, kind);
}

/// As [`note`], for what is logged together.
pub(super) fn note_logged(tx: &mut Transaction<'_>, run: &RunRow, metrics: bool, params: bool, tags: bool) {
    for (there, kind) in
        [(metrics, RunChangeKind::Metrics), (params, RunChangeKind::Params), (tags, RunChangeKind::Tags)]
    {
        if there {
            note(tx, run, kind);
        }
    }
}

/// A run, deleted or not.
pub(crate) fn find(tx: &mut Transaction<'_>, run_id: RunId) -> Result<RunRow, StoreError> {
    let row = tx.query_one(
        "SELECT id, experiment_id, lifecycle_stage FROM run WHERE run_id = $1",
        &[(&run_id).into()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    match row {
        Some((key, experiment, stage)) => Ok(RunRow { key, run_id, experiment, stage }),
        None => Err(StoreError::not_found(Entity::Run, run_id)),
    }
}

fn get(tx: &mut Transaction<'_>, key: i64, run_id: &RunId) -> Result<GetRunResponse, StoreError> {
    let run = load(tx, &[key], None)?.pop().ok_or_else(|| StoreError::not_found(Entity::Run, run_id))?;
    Ok(GetRunResponse { run })
}
