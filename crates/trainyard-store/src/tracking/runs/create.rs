//! Making runs: one, or many that were asked for at the same time.

use std::collections::HashMap;

use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::{CreateRun, GetRunResponse, Run, RunData, RunInfo, RunStatus};
use trainyard_api::{ExperimentId, LifecycleStage, RunId, Tag, limits};

use super::{RunRow, find, get};
use crate::tracking::{experiments, keys, names, tags};
use crate::{Access, Gathering, Gatherings, Operation, Outcomes, StoreError, Transaction, Value};

impl Operation for CreateRun {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRunResponse, StoreError> {
        Self::execute_all(vec![self], tx)?.pop().unwrap_or(Err(StoreError::Closed))
    }

    fn gathering<'g>(&self, gatherings: &'g Gatherings) -> Option<&'g Gathering<Self>> {
        // Two with one id would be in each other's way.
        self.run_id.is_empty().then_some(&gatherings.create_run)
    }

    fn execute_all(requests: Vec<Self>, tx: &mut Transaction<'_>) -> Result<Outcomes<GetRunResponse>, StoreError> {
        let mut experiments = HashMap::new();
        let mut planned = Vec::with_capacity(requests.len());
        for request in requests {
            planned.push(match plan(tx, request, &mut experiments) {
                Err(error) if !error.is_refusal() => return Err(error),
                plan => plan,
            });
        }
        let rows =
            planned.iter().flatten().filter_map(|plan| if let Plan::Make(new) = plan { Some(new.row()) } else { None });
        let made = tx.insert_named("run", COLUMNS, "ON CONFLICT (run_id) DO NOTHING", rows)?;
        let mut tags = Vec::new();
        for plan in planned.iter().flatten() {
            if let Plan::Make(new) = plan
                && let Some(run) = made.get(new.info.run_id.as_str())
            {
                tags.extend(new.tags.iter().map(|tag| (*run, new.experiment, tag)));
                tx.changed(new.experiment, &new.info.run_id, RunChangeKind::Created);
            }
        }
        tags::insert(tx, tags)?;
        let mut outcomes = Vec::with_capacity(planned.len());
        for plan in planned {
            outcomes.push(match plan {
                Ok(Plan::Make(new)) if made.contains_key(new.info.run_id.as_str()) => Ok(new.answer()),
                // Asked for twice at the same time.
                Ok(Plan::Make(new)) => find(tx, new.info.run_id).and_then(|run| there(tx, &run, new.experiment)),
                Ok(Plan::There(answer)) => Ok(*answer),
                Err(error) => Err(error),
            });
        }
        Ok(outcomes)
    }
}

/// What a request comes to.
enum Plan {
    Make(Box<New>),
    /// It was carried out before, and the client was not told.
    There(Box<GetRunResponse>),
}

/// A run to be made.
struct New {
    experiment: i64,
    info: RunInfo,
    tags: Vec<Tag>,
}

/// The columns of [`New::row`].
const COLUMNS: [&str; 7] = ["run_id", "experiment_id", "name", "user_id", "status", "start_time", "lifecycle_stage"];

impl New {
    fn row(&self) -> [Value; COLUMNS.len()] {
        let info = &self.info;
        [
            (&info.run_id).into(),
            self.experiment.into(),
            (&info.run_name).into(),
            (&info.user_id).into(),
            info.status.into(),
            info.start_time.into(),
            info.lifecycle_stage.into(),
        ]
    }

    fn answer(self) -> GetRunResponse {
        let data = RunData { tags: self.tags, ..RunData::default() };
        GetRunResponse { run: Run { info: self.info, data, ..Run::default() } }
    }
}

/// Experiments by id, looked up once each: their keys, and where their artifacts lie.
type Experiments = HashMap<ExperimentId, Result<(i64, String), StoreError>>;

fn plan(tx: &mut Transaction<'_>, request: CreateRun, experiments: &mut Experiments) -> Result<Plan, StoreError> {
    let CreateRun { experiment_id, user_id, run_name, start_time, tags, run_id, .. } = request;
    let id = if experiment_id.is_empty() { experiments::DEFAULT.to_string().into() } else { experiment_id };
    let looked_up = experiments.entry(id.clone()).or_insert_with(|| experiments::active_at(tx, &id));
    let (experiment, location) = looked_up.as_ref().map_err(StoreError::clone)?;
    for (index, tag) in tags.iter().enumerate() {
        let field = format!("tags[{index}].key");
        keys::check_presence(&field, &tag.key)?;
        keys::check_storable(&field, &tag.key)?;
        keys::check_storable(&format!("tags[{index}].value"), &tag.value)?;
    }
    keys::check_storable("user_id", &user_id)?;
    keys::check_storable("run_name", &run_name)?;
    let run_id = if run_id.is_empty() {
        tx.new_run_id()
    } else {
        check_given_id(&run_id)?;
        match find(tx, run_id.clone()) {
            Ok(run) => return there(tx, &run, *experiment).map(|answer| Plan::There(Box::new(answer))),
            Err(StoreError::NotFound { .. }) => run_id,
            Err(error) => return Err(error),
        }
    };
    let mut tags = tags::fit(tx, tags)?;
    let name = keys::fit(tx, "run_name", name_of_new(tx, run_name, &tags)?, limits::RUN_TAG_VALUE_CHARS)?;
    tags.retain(|tag| tag.key != tags::RUN_NAME);
    tags.push(Tag::new(tags::RUN_NAME, name.clone()));
    let info = RunInfo {
        run_uuid: run_id.clone(),
        run_name: name,
        experiment_id: experiment.to_string().into(),
        user_id,
        status: RunStatus::Running,
        start_time: start_time.unwrap_or_else(|| tx.now_ms()),
        end_time: None,
        artifact_uri: experiments::below(location, &format!("{run_id}/artifacts")),
        lifecycle_stage: LifecycleStage::Active,
        run_id,
    };
    Ok(Plan::Make(Box::new(New { experiment: *experiment, info, tags: tags::last_of_each(&tags).cloned().collect() })))
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

/// The answer for a run that is there already: without the outputs that a run has only later.
fn there(tx: &mut Transaction<'_>, run: &RunRow, experiment: i64) -> Result<GetRunResponse, StoreError> {
    if run.experiment != experiment {
        return Err(StoreError::invalid(format!("The run {} is in another experiment", run.run_id)));
    }
    let mut answer = get(tx, run.key, &run.run_id)?;
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
