//! Removing what is marked deleted, for good: the database's part of `trainyard gc`.
//!
//! It is written down first (`begin`, table `removal`), then its artifacts go, then its rows (`remove`), piece by piece.
//! Rows go last because they alone know where artifacts are. Whoever dies in between leaves the list to the next.

use std::fmt;

use serde::Serialize;
use trainyard_api::{ExperimentId, LifecycleStage, ModelId, RunId};

use super::pieces::{self, Budget, Left};
use crate::tracking::experiments::{below, location, parse_id};
use crate::{ArtifactRoot, Entity, StoreError, Transaction, Value, Writers};

/// What may go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removal {
    /// Only what was marked deleted so long ago; 0 for all.
    pub older_than_ms: i64,
    /// With any ids in one of the three lists, only what they name; each has to be marked deleted.
    pub run_ids: Vec<RunId>,
    /// As `run_ids`; an experiment takes its runs and logged models along.
    pub experiment_ids: Vec<ExperimentId>,
    /// As `run_ids`.
    pub logged_model_ids: Vec<ModelId>,
}

/// A kind of thing that can be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A run with its metrics, params, tags and inputs.
    Run,
    /// A logged model with its metrics, params and tags.
    LoggedModel,
    /// An experiment. What is in it is listed by itself and goes before it.
    Experiment,
}

impl Kind {
    /// In the order in which they go.
    const ALL: [Self; 3] = [Self::Run, Self::LoggedModel, Self::Experiment];

    /// Its table, which is its name in `removal`, too.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::LoggedModel => "logged_model",
            Self::Experiment => "experiment",
        }
    }

    /// The column of the id that clients use, as text, and that of the time at which a thing was marked.
    fn columns(self) -> (&'static str, &'static str) {
        match self {
            Self::Run => ("run_id", "COALESCE(deleted_time, 0)"),
            Self::LoggedModel => ("model_id", "last_updated_time"),
            Self::Experiment => ("CAST(id AS TEXT)", "last_update_time"),
        }
    }

    fn entity(self) -> Entity {
        match self {
            Self::Run => Entity::Run,
            Self::LoggedModel => Entity::LoggedModel,
            Self::Experiment => Entity::Experiment,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "run",
            Self::LoggedModel => "logged model",
            Self::Experiment => "experiment",
        })
    }
}

/// Something that is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doomed {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The URI of all its artifacts; an experiment whose place somebody chose has none of its own.
    pub artifacts: Option<String>,
    #[serde(skip)]
    pub(super) key: i64,
    #[serde(skip)]
    experiment: i64,
}

/// Things that [`begin`] writes down in one transaction.
const LISTED: i64 = 10_000;

/// How far [`begin`] has come: of which kind, and behind which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun(Kind, i64);

/// Writes down what is to go, behind what an earlier call has written down. Call it until it answers `None`.
///
/// Experiments come first: from then on none of them is brought back, and what is in them stays marked.
pub fn begin(tx: &mut Transaction<'_>, removal: &Removal, after: Option<Begun>) -> Result<Option<Begun>, StoreError> {
    // Whoever is bringing something back has done so, or will find it on the list.
    lock(tx, Writers::Wait)?;
    tx.scans()?;
    let (chosen, mut values) = chosen(tx, removal)?;
    let (from, bind) = (values.len() + 1, values.len() + 2);
    values.extend([i64::MIN.into(), LISTED.into()]);
    for kind in [Kind::Experiment, Kind::Run, Kind::LoggedModel] {
        let behind = match after {
            Some(Begun(Kind::Run, _)) if kind == Kind::Experiment => continue,
            Some(Begun(Kind::LoggedModel, _)) if kind != Kind::LoggedModel => continue,
            Some(Begun(begun, key)) if begun == kind => key,
            _ => i64::MIN,
        };
        values[from - 1] = behind.into();
        let table = kind.table();
        let listed = tx.query(
            &format!("{chosen} SELECT id FROM chosen_{table} WHERE id > ${from} ORDER BY id LIMIT ${bind}"),
            &values,
            |row| row.get::<i64>(0),
        )?;
        let Some(last) = listed.last().copied() else { continue };
        let rows = listed.into_iter().map(|id| [table.into(), id.into()]);
        tx.insert_many("removal", ["kind", "entity"], "ON CONFLICT DO NOTHING", rows)?;
        return Ok(Some(Begun(kind, last)));
    }
    Ok(None)
}

/// How much is written down.
pub fn listed(tx: &mut Transaction<'_>) -> Result<u64, StoreError> {
    Ok(tx.query_one("SELECT COUNT(*) FROM removal", &[], |row| row.get::<i64>(0))?.unwrap_or(0).unsigned_abs())
}

/// What [`begin`] would write down, and what has been written down already.
pub fn preview(tx: &mut Transaction<'_>, removal: &Removal) -> Result<Vec<Doomed>, StoreError> {
    let (chosen, values) = chosen(tx, removal)?;
    let root = tx.artifact_root().clone();
    let mut doomed = Vec::new();
    for kind in Kind::ALL {
        let table = kind.table();
        let source = format!(
            "(SELECT id FROM chosen_{table} UNION SELECT entity FROM removal WHERE kind = '{table}') AS doomed"
        );
        let sql = format!("{chosen} {}", described(kind, &source));
        doomed.extend(tx.query(&sql, &values, |row| Doomed::from_row(row, kind, &root))?);
    }
    Ok(doomed)
}

/// The next things on the list behind another, in the order in which they can go. All are of one kind: the folder of an
/// experiment must not go while those in it do.
pub fn next(tx: &mut Transaction<'_>, after: Option<&Doomed>, limit: u32) -> Result<Vec<Doomed>, StoreError> {
    let root = tx.artifact_root().clone();
    for kind in Kind::ALL {
        let behind = match after {
            Some(after) if after.kind > kind => continue,
            Some(after) if after.kind == kind => after.key,
            _ => i64::MIN,
        };
        let source = format!(
            "(SELECT entity AS id FROM removal WHERE kind = '{}' AND entity > $1 ORDER BY entity LIMIT $2) AS doomed",
            kind.table()
        );
        let found = tx.query(&described(kind, &source), &[behind.into(), i64::from(limit).into()], |row| {
            Doomed::from_row(row, kind, &root)
        })?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// What [`remove`] has done of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Things from the start of the list that need no further call.
    pub done: usize,
    /// How many of them are experiments that stay, because something in them does.
    pub kept: usize,
}

/// Removes the rows of things whose artifacts have gone, as many as one short transaction can. Call it again with the rest.
pub fn remove(tx: &mut Transaction<'_>, doomed: &[Doomed]) -> Result<Removed, StoreError> {
    let mut budget = Budget::new();
    let mut removed = Removed::default();
    for thing in doomed {
        if !is_listed(tx, thing.kind, thing.key)? {
            // Another gc was faster, and the key may be that of something new.
            removed.done += 1;
            continue;
        }
        match pieces::remove(tx, thing.kind, thing.key, &mut budget)? {
            Left::More => break,
            Left::All => removed.kept += 1,
            Left::Nothing => {
                let removal = "DELETE FROM removal WHERE kind = $1 AND entity = $2";
                tx.execute(removal, &[thing.kind.table().into(), thing.key.into()])?;
            }
        }
        removed.done += 1;
    }
    Ok(removed)
}

/// Has whoever is writing down what is to go finish, and keeps others from it until the transaction ends: before something
/// is brought back.
pub(crate) fn hold_off(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    lock(tx, Writers::Enter)
}

fn lock(tx: &mut Transaction<'_>, writers: Writers) -> Result<(), StoreError> {
    if let Some(lock) = tx.dialect().lock("removal", writers) {
        tx.execute(&lock, &[])?;
    }
    Ok(())
}

/// Refuses to bring back something whose artifacts may have gone already.
pub(crate) fn refuse_begun(tx: &mut Transaction<'_>, kind: Kind, key: i64, id: &str) -> Result<(), StoreError> {
    if is_listed(tx, kind, key)? {
        return Err(StoreError::invalid(format!("The {kind} {id} is being removed for good and cannot be restored")));
    }
    Ok(())
}

fn is_listed(tx: &mut Transaction<'_>, kind: Kind, key: i64) -> Result<bool, StoreError> {
    let sql = "SELECT entity FROM removal WHERE kind = $1 AND entity = $2";
    Ok(tx.query_one(sql, &[kind.table().into(), key.into()], |row| row.get::<i64>(0))?.is_some())
}

impl Doomed {
    /// Reads what [`described`] selects.
    fn from_row(row: &crate::Row<'_>, kind: Kind, root: &ArtifactRoot) -> Result<Self, StoreError> {
        let (key, id, experiment, stored) = (row.get(0)?, row.get::<String>(1)?, row.get(2)?, row.get(3)?);
        let artifacts = match (kind, &stored) {
            (Kind::Experiment, Some(_)) => None,
            (Kind::Experiment, None) => Some(location(root, experiment, stored)),
            (Kind::Run, _) => Some(below(&location(root, experiment, stored), &id)),
            (Kind::LoggedModel, _) => Some(below(&location(root, experiment, stored), &format!("models/{id}"))),
        };
        Ok(Self { kind, id, artifacts, key, experiment })
    }

    /// The experiment that it is in, or that it is.
    pub fn experiment(&self) -> i64 {
        self.experiment
    }
}

/// A query of what there is to know of things whose keys come from a source named `doomed`.
fn described(kind: Kind, source: &str) -> String {
    let (id, _) = kind.columns();
    match kind {
        Kind::Experiment => format!(
            "SELECT x.id, CAST(x.id AS TEXT), x.id, x.artifact_location FROM {source}
             JOIN experiment AS x ON x.id = doomed.id ORDER BY x.id"
        ),
        Kind::Run | Kind::LoggedModel => format!(
            "SELECT x.id, x.{id}, experiment.id, experiment.artifact_location FROM {source}
             JOIN {} AS x ON x.id = doomed.id JOIN experiment ON experiment.id = x.experiment_id ORDER BY x.id",
            kind.table()
        ),
    }
}

/// Table expressions `chosen_run`, `chosen_logged_model` and `chosen_experiment`, with their values.
fn chosen(tx: &mut Transaction<'_>, removal: &Removal) -> Result<(String, Vec<Value>), StoreError> {
    let Removal { older_than_ms, run_ids, experiment_ids, logged_model_ids } = removal;
    // Without an age all that is marked goes, also what was marked by a clock that has been set back since.
    let latest = if *older_than_ms > 0 { tx.now_ms().saturating_sub(*older_than_ms) } else { i64::MAX };
    let everything = run_ids.is_empty() && experiment_ids.is_empty() && logged_model_ids.is_empty();
    let mut experiments = Vec::with_capacity(experiment_ids.len());
    for id in experiment_ids {
        experiments.push(named(tx, Kind::Experiment, &parse_id(id)?.to_string(), latest)?);
    }
    let mut runs = Vec::with_capacity(run_ids.len());
    for id in run_ids {
        runs.push(named(tx, Kind::Run, id.as_str(), latest)?);
    }
    let mut models = Vec::with_capacity(logged_model_ids.len());
    for id in logged_model_ids {
        models.push(named(tx, Kind::LoggedModel, id.as_str(), latest)?);
    }
    let marked = |kind: Kind, bind: &str| {
        let (_, marked) = kind.columns();
        format!(
            "(lifecycle_stage = 'deleted' AND {marked} <= $1 AND (CAST($2 AS BIGINT) = 1 OR id IN {}))",
            tx.dialect().integers(bind)
        )
    };
    let within = "experiment_id IN (SELECT id FROM chosen_experiment)";
    let sql = format!(
        "WITH chosen_experiment AS (SELECT id FROM experiment WHERE {}),
         chosen_run AS (SELECT id FROM run WHERE {within} OR {}),
         chosen_logged_model AS (SELECT id FROM logged_model WHERE {within} OR {})",
        marked(Kind::Experiment, "$3"),
        marked(Kind::Run, "$4"),
        marked(Kind::LoggedModel, "$5"),
    );
    let lists = [experiments, runs, models];
    let mut values = vec![latest.into(), everything.into()];
    values.extend(lists.iter().map(|keys| Value::integers(keys)));
    Ok((sql, values))
}

/// The key of something that is named to be removed.
fn named(tx: &mut Transaction<'_>, kind: Kind, id: &str, latest: i64) -> Result<i64, StoreError> {
    let (id_column, marked) = kind.columns();
    let sql = format!("SELECT id, lifecycle_stage, {marked} FROM {} WHERE {id_column} = $1", kind.table());
    let found = tx.query_one(&sql, &[id.into()], |row| {
        Ok((row.get::<i64>(0)?, row.get::<LifecycleStage>(1)?, row.get::<i64>(2)?))
    })?;
    match found {
        None => Err(StoreError::not_found(kind.entity(), id)),
        Some((_, LifecycleStage::Active, _)) => {
            Err(StoreError::invalid(format!("The {kind} {id} is not marked deleted; delete it before it is removed")))
        }
        Some((_, LifecycleStage::Deleted, marked)) if marked > latest => {
            Err(StoreError::invalid(format!("The {kind} {id} was marked deleted too short a time ago")))
        }
        Some((key, LifecycleStage::Deleted, _)) => Ok(key),
    }
}
