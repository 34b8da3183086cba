//! Experiments: named groups of runs (tables `experiment`, `experiment_tag`).

use std::collections::HashMap;

use trainyard_api::experiments::{
    CreateExperiment, CreateExperimentResponse, DeleteExperiment, DeleteExperimentTag, Experiment, GetExperiment,
    GetExperimentByName, GetExperimentResponse, RestoreExperiment, SetExperimentTag, UpdateExperiment,
};
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::{Empty, ExperimentId, LifecycleStage, RunId, Tag, limits};

use super::keys;
use crate::maintenance::removal;
use crate::{Access, ArtifactRoot, DbError, Entity, Operation, StoreError, Transaction, Value};

/// Key of the experiment `Default`, there from the start.
pub(crate) const DEFAULT: i64 = 0;

impl Operation for CreateExperiment {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<CreateExperimentResponse, StoreError> {
        check_name("name", &self.name)?;
        for tag in &self.tags {
            check_tag(tag)?;
        }
        let location = requested_location(&self.artifact_location)?;
        let now = tx.now_ms();
        let inserted = tx.query_one(
            "INSERT INTO experiment (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING RETURNING id",
            &[(&self.name).into(), location.clone().into(), LifecycleStage::Active.into(), now.into(), now.into()],
            |row| row.get(0),
        )?;
        let Some(id) = inserted else { return Err(name_taken(tx, self.name)) };
        if location.is_none()
            && let Some(pinned) = tx.artifact_root().pinned(id)
        {
            tx.execute("UPDATE experiment SET artifact_location = $1 WHERE id = $2", &[pinned.into(), id.into()])?;
        }
        for tag in self.tags {
            set_tag(tx, id, tag)?;
        }
        changed(tx, id, RunChangeKind::Created);
        Ok(CreateExperimentResponse { experiment_id: id.to_string().into() })
    }
}

impl Operation for GetExperiment {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetExperimentResponse, StoreError> {
        let id = parse_id(&self.experiment_id)?;
        let experiment = load(tx, &[id])?.pop().ok_or_else(|| not_found(&self.experiment_id))?;
        Ok(GetExperimentResponse { experiment })
    }
}

impl Operation for GetExperimentByName {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetExperimentResponse, StoreError> {
        if self.experiment_name.is_empty() {
            return Err(StoreError::missing("experiment_name"));
        }
        let by_name = [(&self.experiment_name).into()];
        let id = tx.query_one("SELECT id FROM experiment WHERE name = $1", &by_name, |row| row.get(0))?;
        let experiment = match id {
            Some(id) => load(tx, &[id])?.pop(),
            None => None,
        };
        let experiment =
            experiment.ok_or_else(|| StoreError::not_found(Entity::ExperimentName, self.experiment_name))?;
        Ok(GetExperimentResponse { experiment })
    }
}

impl Operation for UpdateExperiment {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let experiment = active(tx, &self.experiment_id)?;
        check_name("new_name", &self.new_name)?;
        let same_name = "SELECT id FROM experiment WHERE name = $1 AND id <> $2";
        let values = [(&self.new_name).into(), experiment.into()];
        if tx.query_one(same_name, &values, |row| row.get::<i64>(0))?.is_some() {
            return Err(name_taken(tx, self.new_name));
        }
        let renamed = tx.execute(
            "UPDATE experiment SET name = $1, last_update_time = $2 WHERE id = $3",
            &[(&self.new_name).into(), tx.now_ms().into(), experiment.into()],
        );
        match renamed {
            // Somebody else took the name between the look and the leap.
            Err(DbError::UniqueViolation(_)) => {
                Err(StoreError::AlreadyExists { entity: Entity::ExperimentName, id: self.new_name, deleted: false })
            }
            Err(error) => Err(error.into()),
            Ok(_) => {
                changed(tx, experiment, RunChangeKind::Tags);
                Ok(Empty {})
            }
        }
    }
}

impl Operation for DeleteExperiment {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let id = parse_id(&self.experiment_id)?;
        // Waits for whoever is making a run in it, which then goes along.
        let lock = tx.dialect().for_update();
        if stage(tx, id, &self.experiment_id, lock)? == LifecycleStage::Deleted {
            return Err(not_found(&self.experiment_id));
        }
        // The time tells the runs that go along from those that went before, which may be less than a millisecond ago.
        let before = tx.query_one(
            "SELECT MAX(deleted_time) FROM run WHERE experiment_id = $1 AND lifecycle_stage = 'deleted'",
            &[id.into()],
            |row| row.get::<Option<i64>>(0),
        )?;
        let time = before.flatten().map_or(tx.now_ms(), |before| tx.now_ms().max(before.saturating_add(1)));
        set_stage(tx, id, LifecycleStage::Deleted, time)?;
        tx.execute(
            "UPDATE run SET lifecycle_stage = 'deleted', deleted_time = $1
             WHERE experiment_id = $2 AND lifecycle_stage = 'active'",
            &[time.into(), id.into()],
        )?;
        Ok(Empty {})
    }
}

impl Operation for RestoreExperiment {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let id = parse_id(&self.experiment_id)?;
        removal::hold_off(tx)?;
        let lock = tx.dialect().for_update();
        if stage(tx, id, &self.experiment_id, lock)? == LifecycleStage::Active {
            return Err(not_found(&self.experiment_id));
        }
        removal::refuse_begun(tx, removal::Kind::Experiment, id, &id.to_string())?;
        // Runs that were deleted one by one before their experiment stay deleted, and so does what is being removed.
        tx.execute(
            "UPDATE run SET lifecycle_stage = 'active', deleted_time = NULL
             WHERE experiment_id = $1 AND lifecycle_stage = 'deleted'
               AND deleted_time = (SELECT last_update_time FROM experiment WHERE id = $2)
               AND id NOT IN (SELECT entity FROM removal WHERE kind = 'run')",
            &[id.into(), id.into()],
        )?;
        let now = tx.now_ms();
        set_stage(tx, id, LifecycleStage::Active, now)?;
        Ok(Empty {})
    }
}

impl Operation for SetExperimentTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let tag = Tag { key: self.key, value: self.value };
        check_tag(&tag)?;
        let experiment = active(tx, &self.experiment_id)?;
        set_tag(tx, experiment, tag)?;
        changed(tx, experiment, RunChangeKind::Tags);
        Ok(Empty {})
    }
}

impl Operation for DeleteExperimentTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        if self.key.is_empty() {
            return Err(StoreError::missing("key"));
        }
        let experiment = active(tx, &self.experiment_id)?;
        let deleted = tx.execute(
            "DELETE FROM experiment_tag WHERE experiment_id = $1 AND key = $2",
            &[experiment.into(), (&self.key).into()],
        )?;
        if deleted == 0 {
            let id = experiment.to_string();
            return Err(StoreError::TagNotFound { key: self.key, owner: "experiment", id });
        }
        changed(tx, experiment, RunChangeKind::Tags);
        Ok(Empty {})
    }
}

/// The experiments with these ids, in that order, with their tags; ids of nothing are left out.
pub(crate) fn load(tx: &mut Transaction<'_>, ids: &[i64]) -> Result<Vec<Experiment>, StoreError> {
    let list = Value::integers(ids);
    let some = tx.dialect().integers("$1");
    let root = tx.artifact_root().clone();
    let mut found: HashMap<i64, Experiment> = tx
        .query(
            &format!(
                "SELECT id, name, artifact_location, lifecycle_stage, creation_time, last_update_time
                 FROM experiment WHERE id IN {some}"
            ),
            std::slice::from_ref(&list),
            |row| {
                let id = row.get(0)?;
                let experiment = Experiment {
                    experiment_id: row.get(0)?,
                    name: row.get(1)?,
                    artifact_location: location(&root, id, row.get(2)?),
                    lifecycle_stage: row.get(3)?,
                    creation_time: row.get(4)?,
                    last_update_time: row.get(5)?,
                    tags: Vec::new(),
                };
                Ok((id, experiment))
            },
        )?
        .into_iter()
        .collect();
    let tags = tx.query(
        &format!("SELECT experiment_id, key, value FROM experiment_tag WHERE experiment_id IN {some} ORDER BY 1, 2"),
        &[list],
        |row| Ok((row.get::<i64>(0)?, Tag { key: row.get(1)?, value: row.get(2)? })),
    )?;
    for (id, tag) in tags {
        if let Some(experiment) = found.get_mut(&id) {
            experiment.tags.push(tag);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Where the artifacts of an experiment lie: `stored`, or the place below the root in force.
pub(crate) fn location(root: &ArtifactRoot, id: i64, stored: Option<String>) -> String {
    stored.unwrap_or_else(|| root.location(id))
}

/// A place below a location; a query part, as some object stores have, stays at the end.
pub(crate) fn below(location: &str, path: &str) -> String {
    let (base, query) = location.find('?').map_or((location, ""), |at| location.split_at(at));
    format!("{}/{path}{query}", base.trim_end_matches('/'))
}

/// The key of an experiment that can be written to, and is not deleted before the transaction ends.
pub(super) fn active(tx: &mut Transaction<'_>, experiment_id: &ExperimentId) -> Result<i64, StoreError> {
    active_at(tx, experiment_id).map(|(id, _)| id)
}

/// As [`active`], with where its artifacts lie.
pub(super) fn active_at(tx: &mut Transaction<'_>, experiment_id: &ExperimentId) -> Result<(i64, String), StoreError> {
    let id = parse_id(experiment_id)?;
    let lock = tx.dialect().for_key_share();
    match find(tx, id, experiment_id, lock)? {
        (LifecycleStage::Active, stored) => Ok((id, location(tx.artifact_root(), id, stored))),
        (LifecycleStage::Deleted, _) => Err(StoreError::Deleted { entity: "experiment", id: id.to_string() }),
    }
}

/// The key of an experiment, deleted or not.
pub(crate) fn existing(tx: &mut Transaction<'_>, experiment_id: &ExperimentId) -> Result<i64, StoreError> {
    let id = parse_id(experiment_id)?;
    stage(tx, id, experiment_id, "")?;
    Ok(id)
}

/// The key behind an id. Any text may be asked for; only numbers can exist.
pub(crate) fn parse_id(experiment_id: &ExperimentId) -> Result<i64, StoreError> {
    let text = experiment_id.as_str().trim();
    if text.is_empty() {
        return Err(StoreError::missing("experiment_id"));
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(StoreError::invalid(format!(
            "Invalid experiment ID '{experiment_id}'. Experiment ID must be a valid integer."
        )));
    }
    text.parse().map_err(|_| not_found(experiment_id))
}

fn stage(
    tx: &mut Transaction<'_>,
    id: i64,
    experiment_id: &ExperimentId,
    lock: &str,
) -> Result<LifecycleStage, StoreError> {
    find(tx, id, experiment_id, lock).map(|(stage, _)| stage)
}

/// Stage and location, read with a lock.
fn find(
    tx: &mut Transaction<'_>,
    id: i64,
    experiment_id: &ExperimentId,
    lock: &str,
) -> Result<(LifecycleStage, Option<String>), StoreError> {
    let sql = format!("SELECT lifecycle_stage, artifact_location FROM experiment WHERE id = $1{lock}");
    tx.query_one(&sql, &[id.into()], |row| Ok((row.get(0)?, row.get(1)?)))?.ok_or_else(|| not_found(experiment_id))
}

fn set_stage(tx: &mut Transaction<'_>, id: i64, stage: LifecycleStage, time: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE experiment SET lifecycle_stage = $1, last_update_time = $2 WHERE id = $3",
        &[stage.into(), time.into(), id.into()],
    )?;
    // With all of its runs at once, which no event names one by one.
    changed(tx, id, RunChangeKind::Deleted);
    Ok(())
}

/// Notes a change of the experiment itself.
fn changed(tx: &mut Transaction<'_>, id: i64, kind: RunChangeKind) {
    tx.changed(id, &RunId::default(), kind);
}

fn set_tag(tx: &mut Transaction<'_>, experiment: i64, tag: Tag) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO experiment_tag (experiment_id, key, value) VALUES ($1, $2, $3)
         ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        &[experiment.into(), tag.key.into(), tag.value.into()],
    )?;
    Ok(())
}

fn check_name(field: &str, name: &str) -> Result<(), StoreError> {
    if name.is_empty() {
        return Err(StoreError::missing(field));
    }
    if name.trim().is_empty() {
        return Err(StoreError::invalid(format!("Invalid experiment name: '{name}'")));
    }
    keys::check_length("name", name, limits::EXPERIMENT_NAME_CHARS)
}

fn check_tag(tag: &Tag) -> Result<(), StoreError> {
    keys::check("key", "key", &tag.key)?;
    keys::check_length("value", &tag.value, limits::EXPERIMENT_TAG_VALUE_CHARS)
}

/// The location that a client asks for, made absolute when it is a local path; `None` when it asks for none.
fn requested_location(location: &str) -> Result<Option<String>, StoreError> {
    if location.is_empty() {
        return Ok(None);
    }
    if location.contains('#') {
        return Err(StoreError::invalid(format!(
            "'artifact_location' URL can't include fragments or params. Got '{location}'"
        )));
    }
    let is_uri = location.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    if is_uri {
        return Ok(Some(location.to_owned()));
    }
    let path = std::path::absolute(location).map_err(|error| {
        StoreError::invalid(format!("Invalid value '{location}' for parameter 'artifact_location' supplied: {error}"))
    })?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

fn name_taken(tx: &mut Transaction<'_>, name: String) -> StoreError {
    let sql = "SELECT lifecycle_stage = 'deleted' FROM experiment WHERE name = $1";
    match tx.query_one(sql, &[(&name).into()], |row| row.get(0)) {
        Ok(deleted) => {
            StoreError::AlreadyExists { entity: Entity::ExperimentName, id: name, deleted: deleted.unwrap_or(false) }
        }
        Err(error) => error,
    }
}

fn not_found(experiment_id: &ExperimentId) -> StoreError {
    StoreError::not_found(Entity::Experiment, experiment_id.as_str().trim())
}
