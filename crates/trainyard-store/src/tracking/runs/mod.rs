//! Runs: one execution of training code each (table `run`).

mod load;

use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::{
    CreateRun, DeleteRun, GetRun, GetRunResponse, RestoreRun, Run, RunData, RunInfo, RunStatus, UpdateRun,
    UpdateRunResponse,
};
use trainyard_api::{Empty, LifecycleStage, RunId, Tag, limits};

use super::{experiments, keys, names, points, tags};
use crate::maintenance::removal;
use crate::{Access, Entity, Operation, StoreError, Transaction};
pub(crate) use load::load;

impl Operation for CreateRun {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRunResponse, StoreError> {
        let (experiment, location) = if self.experiment_id.is_empty() {
            experiments::active_at(tx, &experiments::DEFAULT.to_string().into())?
        } else {
            experiments::active_at(tx, &self.experiment_id)?
        };
        for (index, tag) in self.tags.iter().enumerate() {
            keys::check_presence(&format!("tags[{index}].key"), &tag.key)?;
        }
        let run_id = if self.run_id.is_empty() {
            tx.new_run_id()
        } else {
            check_given_id(&self.run_id)?;
            match find(tx, self.run_id.clone()) {
                // The client was not told the first time.
                Ok(run) if run.experiment == experiment => return created(tx, run.key, &run.run_id),
                Ok(run) => return Err(StoreError::invalid(format!("The run {} is in another experiment", run.run_id))),
                Err(StoreError::NotFound { .. }) => self.run_id,
                Err(error) => return Err(error),
            }
        };
        let name = keys::cut(name_of_new(tx, self.run_name, &self.tags)?, limits::RUN_TAG_VALUE_CHARS);
        let start_time = self.start_time.unwrap_or_else(|| tx.now_ms());
        let run = tx.query_one(
            "INSERT INTO run (run_id, experiment_id, name, user_id, status, start_time, lifecycle_stage)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (run_id) DO NOTHING RETURNING id",
            &[
                (&run_id).into(),
                experiment.into(),
                (&name).into(),
                (&self.user_id).into(),
                RunStatus::Running.into(),
                start_time.into(),
                LifecycleStage::Active.into(),
            ],
            |row| row.get::<i64>(0),
        )?;
        tx.changed(experiment, &run_id, RunChangeKind::Created);
        let Some(run) = run else {
            // Asked for twice at the same time.
            let run = find(tx, run_id)?;
            return created(tx, run.key, &run.run_id);
        };
        let mut tags = self.tags;
        tags.retain(|tag| tag.key != tags::RUN_NAME);
        tags.push(Tag::new(tags::RUN_NAME, name.clone()));
        let tags = tags::insert_all(tx, run, &tags)?;
        let info = RunInfo {
            run_uuid: run_id.clone(),
            run_name: name,
            experiment_id: experiment.to_string().into(),
            user_id: self.user_id,
            status: RunStatus::Running,
            start_time,
            end_time: None,
            artifact_uri: experiments::below(&location, &format!("{run_id}/artifacts")),
            lifecycle_stage: LifecycleStage::Active,
            run_id,
        };
        Ok(GetRunResponse { run: Run { info, data: RunData { tags, ..RunData::default() }, ..Run::default() } })
    }
}

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
            tags::set_all(tx, run.key, vec![Tag::new(tags::RUN_NAME, self.run_name)])?;
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
        let run = find(tx, id("run_id", self.run_id, RunId::default())?)?;
        note(tx, &run, RunChangeKind::Deleted);
        removal::refuse_begun(tx, removal::Kind::Run, run.key, run.run_id.as_str())?;
        tx.execute("UPDATE run SET lifecycle_stage = 'active', deleted_time = NULL WHERE id = $1", &[run.key.into()])?;
        Ok(Empty {})
    }
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

/// An id of a client's making names folders of artifacts, so it looks like one of ours.
fn check_given_id(run_id: &RunId) -> Result<(), StoreError> {
    let id = run_id.as_str();
    if id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(StoreError::invalid(format!(
        "Invalid value '{id}' for parameter 'run_id' supplied: expected 32 lower-case hex digits"
    )))
}

/// A run that can be written to.
pub(super) fn active(tx: &mut Transaction<'_>, run_id: RunId) -> Result<RunRow, StoreError> {
    let run = find(tx, run_id)?;
    match run.stage {
        LifecycleStage::Active => Ok(run),
        LifecycleStage::Deleted => Err(StoreError::Deleted { entity: "run", id: run.run_id.to_string() }),
    }
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
    let run = load(tx, &[key])?.pop().ok_or_else(|| StoreError::not_found(Entity::Run, run_id))?;
    Ok(GetRunResponse { run })
}

/// As [`get`], without the outputs that a run has only later.
fn created(tx: &mut Transaction<'_>, key: i64, run_id: &RunId) -> Result<GetRunResponse, StoreError> {
    let mut answer = get(tx, key, run_id)?;
    answer.run.outputs = None;
    Ok(answer)
}

/// The name that a new run is given: by its field, by its tag, or by chance.
fn name_of_new(tx: &Transaction<'_>, run_name: String, tags: &[Tag]) -> Result<String, StoreError> {
    let tagged = tags.iter().rfind(|tag| tag.key == tags::RUN_NAME && !tag.value.is_empty());
    match (run_name.is_empty(), tagged) {
        (true, None) => Ok(names::made_up(tx.random())),
        (true, Some(tag)) => Ok(tag.value.clone()),
        (false, Some(tag)) if tag.value != run_name => Err(StoreError::invalid(format!(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values \
             (run_name='{run_name}', mlflow.runName='{}').",
            tag.value
        ))),
        (false, _) => Ok(run_name),
    }
}
