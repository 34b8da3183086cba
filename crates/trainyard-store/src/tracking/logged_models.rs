//! Logged models: what `log_model` records (tables `logged_model`, `logged_model_param`, `logged_model_tag`,
//! `logged_model_metric`).

use std::collections::HashMap;

use trainyard_api::logged_models::{
    CreateLoggedModel, DeleteLoggedModel, DeleteLoggedModelTag, FinalizeLoggedModel, GetLoggedModel,
    GetLoggedModelResponse, LogLoggedModelParams, LoggedModel, LoggedModelInfo, LoggedModelRegistration,
    LoggedModelStatus, SetLoggedModelTags,
};
use trainyard_api::metrics::Metric;
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::{Empty, LifecycleStage, ModelId, Param, RunId, Tag, rules};

use super::metrics;
use super::points::Point;
use super::tags::last_of_each;
use super::{experiments, keys, names, runs};
use crate::{Access, Entity, Operation, Row, StoreError, Transaction, Value};

impl Operation for CreateLoggedModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetLoggedModelResponse, StoreError> {
        let experiment = experiments::active(tx, &self.experiment_id)?;
        let name = if self.name.is_empty() { names::made_up(tx.random()) } else { self.name };
        check_name(&name)?;
        check_pairs("params", &self.params)?;
        check_pairs("tags", &self.tags)?;
        rules::unique_params(&self.params)?;
        let model_id = tx.new_model_id();
        let now = tx.now_ms();
        let optional = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let key = tx.insert(
            "INSERT INTO logged_model (model_id, experiment_id, name, model_type, status, source_run_id,
                                       lifecycle_stage, creation_time, last_updated_time)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            &[
                (&model_id).into(),
                experiment.into(),
                name.into(),
                optional(&self.model_type),
                LoggedModelStatus::Pending.into(),
                optional(self.source_run_id.as_str()),
                LifecycleStage::Active.into(),
                now.into(),
                now.into(),
            ],
        )?;
        add_params(tx, key, &model_id, self.params)?;
        set_tags(tx, key, self.tags)?;
        note_source(tx, &self.source_run_id)?;
        get(tx, key, &model_id)
    }
}

/// Tells of a change of a model that a run has made. The run may be another store's.
fn note_source(tx: &mut Transaction<'_>, source: &RunId) -> Result<(), StoreError> {
    if source.is_empty() {
        return Ok(());
    }
    match runs::find(tx, source.clone()) {
        Ok(run) => runs::note(tx, &run, RunChangeKind::Models),
        Err(StoreError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

impl Operation for GetLoggedModel {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetLoggedModelResponse, StoreError> {
        let key = if self.allow_deleted { key(tx, &self.model_id)? } else { active(tx, &self.model_id)? };
        get(tx, key, &self.model_id)
    }
}

impl Operation for FinalizeLoggedModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetLoggedModelResponse, StoreError> {
        let key = active(tx, &self.model_id)?;
        if self.status == LoggedModelStatus::Unspecified {
            return Err(StoreError::missing("status"));
        }
        let now = tx.now_ms();
        let sql = "SELECT COALESCE(source_run_id, '') FROM logged_model WHERE id = $1";
        if let Some(source) = tx.query_one(sql, &[key.into()], |row| row.get::<RunId>(0))? {
            note_source(tx, &source)?;
        }
        tx.execute(
            "UPDATE logged_model SET status = $1, last_updated_time = $2 WHERE id = $3",
            &[self.status.into(), now.into(), key.into()],
        )?;
        get(tx, key, &self.model_id)
    }
}

impl Operation for DeleteLoggedModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.model_id)?;
        let now = tx.now_ms();
        tx.execute(
            "UPDATE logged_model SET lifecycle_stage = 'deleted', last_updated_time = $1
             WHERE id = $2 AND lifecycle_stage = 'active'",
            &[now.into(), key.into()],
        )?;
        Ok(Empty {})
    }
}

impl Operation for SetLoggedModelTags {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = active(tx, &self.model_id)?;
        check_pairs("tags", &self.tags)?;
        set_tags(tx, key, self.tags)?;
        Ok(Empty {})
    }
}

impl Operation for DeleteLoggedModelTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = active(tx, &self.model_id)?;
        let deleted = tx.execute(
            "DELETE FROM logged_model_tag WHERE model = $1 AND key = $2",
            &[key.into(), (&self.tag_key).into()],
        )?;
        if deleted == 0 {
            return Err(StoreError::LoggedModelTagNotFound { key: self.tag_key, id: self.model_id.to_string() });
        }
        Ok(Empty {})
    }
}

impl Operation for LogLoggedModelParams {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = active(tx, &self.model_id)?;
        check_pairs("params", &self.params)?;
        rules::unique_params(&self.params)?;
        add_params(tx, key, &self.model_id, self.params)?;
        Ok(Empty {})
    }
}

/// The key of a model, deleted or not.
pub(super) fn key(tx: &mut Transaction<'_>, model_id: &ModelId) -> Result<i64, StoreError> {
    Ok(find(tx, model_id)?.0)
}

/// Adds the points that carry a model's id to that model.
pub(super) fn log_metrics(tx: &mut Transaction<'_>, run: i64, metrics: &[Metric]) -> Result<(), StoreError> {
    let mut models: HashMap<&ModelId, i64> = HashMap::new();
    let mut metric_keys: HashMap<&str, i64> = HashMap::new();
    let mut rows = Vec::with_capacity(metrics.len());
    for metric in metrics.iter().filter(|metric| !metric.model_id.is_empty()) {
        let model = match models.get(&metric.model_id) {
            Some(model) => *model,
            None => *models.entry(&metric.model_id).or_insert(key(tx, &metric.model_id)?),
        };
        let metric_key = match metric_keys.get(metric.key.as_str()) {
            Some(metric_key) => *metric_key,
            None => *metric_keys.entry(&metric.key).or_insert(metrics::key_id(tx, &metric.key)?),
        };
        let point = Point::from(metric);
        rows.push([
            model.into(),
            metric_key.into(),
            point.timestamp.into(),
            point.step.into(),
            run.into(),
            point.value.into(),
            point.is_nan.into(),
            (&metric.dataset_name).into(),
            (&metric.dataset_digest).into(),
        ]);
    }
    tx.insert_many(
        "logged_model_metric",
        ["model", "metric_key", "timestamp", "step", "run", "value", "is_nan", "dataset_name", "dataset_digest"],
        "ON CONFLICT DO NOTHING",
        rows,
    )?;
    Ok(())
}

/// The models with these keys, in that order, with all that belongs to them; keys of nothing are left out.
pub(crate) fn load(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<Vec<LoggedModel>, StoreError> {
    let root = tx.artifact_root().clone();
    let mut page: HashMap<i64, LoggedModel> = HashMap::with_capacity(keys.len());
    let sql = "SELECT model.id, model.model_id, model.experiment_id, experiment.artifact_location, model.name,
                      model.creation_time, model.last_updated_time, model.status, model.model_type,
                      model.source_run_id, model.status_message
               FROM logged_model AS model JOIN experiment ON experiment.id = model.experiment_id
               WHERE model.id IN $models";
    each(tx, keys, sql, |row| {
        let model_id: ModelId = row.get(1)?;
        let location = experiments::location(&root, row.get(2)?, row.get(3)?);
        let info = LoggedModelInfo {
            artifact_uri: experiments::below(&location, &format!("models/{model_id}/artifacts")),
            model_id,
            experiment_id: row.get(2)?,
            name: row.get(4)?,
            creation_timestamp_ms: row.get(5)?,
            last_updated_timestamp_ms: row.get(6)?,
            status: row.get(7)?,
            model_type: row.get::<Option<String>>(8)?.unwrap_or_default(),
            source_run_id: row.get::<Option<String>>(9)?.unwrap_or_default().into(),
            status_message: row.get::<Option<String>>(10)?.unwrap_or_default(),
            ..LoggedModelInfo::default()
        };
        page.insert(row.get(0)?, LoggedModel { info, ..LoggedModel::default() });
        Ok(())
    })?;
    let mut add =
        |tx: &mut Transaction<'_>, sql: &str, add: fn(&Row<'_>, &mut LoggedModel) -> Result<(), StoreError>| {
            each(tx, keys, sql, |row| match page.get_mut(&row.get::<i64>(0)?) {
                Some(model) => add(row, model),
                None => Ok(()),
            })
        };
    let sql = "SELECT model, key, value FROM logged_model_param WHERE model IN $models ORDER BY model, key";
    add(tx, sql, |row, model| {
        model.data.params.push(Param { key: row.get(1)?, value: row.get(2)? });
        Ok(())
    })?;
    let sql = "SELECT model, key, value FROM logged_model_tag WHERE model IN $models ORDER BY model, key";
    add(tx, sql, |row, model| {
        model.info.tags.push(Tag { key: row.get(1)?, value: row.get(2)? });
        Ok(())
    })?;
    let sql = "SELECT point.model, point.value, point.is_nan, point.timestamp, point.step, metric_key.key,
                      point.dataset_name, point.dataset_digest, run.run_id
               FROM logged_model_metric AS point
               JOIN metric_key ON metric_key.id = point.metric_key JOIN run ON run.id = point.run
               WHERE point.model IN $models
               ORDER BY point.model, metric_key.key, point.timestamp, point.step, point.run, point.value";
    add(tx, sql, |row, model| {
        let metric = Point::from_row(row, 1)?.metric(&row.get::<String>(5)?);
        model.data.metrics.push(Metric {
            dataset_name: row.get(6)?,
            dataset_digest: row.get(7)?,
            run_id: row.get(8)?,
            model_id: model.info.model_id.clone(),
            ..metric
        });
        Ok(())
    })?;
    let sql = "SELECT model.id, registered_model.name, model_version.version
               FROM logged_model AS model JOIN model_version ON model_version.model_id = model.model_id
               JOIN registered_model ON registered_model.id = model_version.model
               WHERE model.id IN $models ORDER BY model.id, registered_model.name, model_version.version";
    add(tx, sql, |row, model| {
        let version = row.get::<i64>(2)?.to_string();
        model.info.registrations.push(LoggedModelRegistration { name: row.get(1)?, version });
        Ok(())
    })?;
    Ok(keys.iter().filter_map(|key| page.remove(key)).collect())
}

fn each(
    tx: &mut Transaction<'_>,
    keys: &[i64],
    sql: &str,
    read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = sql.replace("$models", &tx.dialect().integers("$1"));
    tx.query(&sql, &[Value::integers(keys)], read)?;
    Ok(())
}

fn active(tx: &mut Transaction<'_>, model_id: &ModelId) -> Result<i64, StoreError> {
    match find(tx, model_id)? {
        (key, LifecycleStage::Active) => Ok(key),
        (_, LifecycleStage::Deleted) => Err(StoreError::not_found(Entity::LoggedModel, model_id)),
    }
}

fn find(tx: &mut Transaction<'_>, model_id: &ModelId) -> Result<(i64, LifecycleStage), StoreError> {
    if model_id.is_empty() {
        return Err(StoreError::missing("model_id"));
    }
    tx.query_one("SELECT id, lifecycle_stage FROM logged_model WHERE model_id = $1", &[model_id.into()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?
    .ok_or_else(|| StoreError::not_found(Entity::LoggedModel, model_id))
}

fn get(tx: &mut Transaction<'_>, key: i64, model_id: &ModelId) -> Result<GetLoggedModelResponse, StoreError> {
    let model = load(tx, &[key])?.pop().ok_or_else(|| StoreError::not_found(Entity::LoggedModel, model_id))?;
    Ok(GetLoggedModelResponse { model })
}

fn check_name(name: &str) -> Result<(), StoreError> {
    if name.contains(['/', ':', '.', '%', '"', '\'']) {
        return Err(StoreError::invalid(format!(
            "Invalid model name ('{name}') provided. Model name must be a non-empty string and cannot contain the \
             following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )));
    }
    Ok(())
}

fn check_pairs(field: &str, pairs: &[Param]) -> Result<(), StoreError> {
    for (index, pair) in pairs.iter().enumerate() {
        keys::check_presence(&format!("{field}[{index}].key"), &pair.key)?;
    }
    Ok(())
}

/// Params are written once: the same value again is nothing new, another is refused.
fn add_params(tx: &mut Transaction<'_>, model: i64, model_id: &ModelId, params: Vec<Param>) -> Result<(), StoreError> {
    let inserted = tx.insert_many(
        "logged_model_param",
        ["model", "key", "value"],
        "ON CONFLICT (model, key) DO NOTHING",
        params.iter().map(|param| [model.into(), (&param.key).into(), (&param.value).into()]),
    )?;
    if inserted == params.len() as u64 {
        return Ok(());
    }
    for Param { key, value } in params {
        let stored: Option<String> = tx.query_one(
            "SELECT value FROM logged_model_param WHERE model = $1 AND key = $2",
            &[model.into(), (&key).into()],
            |row| row.get(0),
        )?;
        if let Some(stored) = stored.filter(|stored| *stored != value) {
            return Err(StoreError::invalid(format!(
                "Changing param values is not allowed. Param with key='{key}' was already logged with \
                 value='{stored}' for model ID='{model_id}'. Attempted logging new value '{value}'."
            )));
        }
    }
    Ok(())
}

fn set_tags(tx: &mut Transaction<'_>, model: i64, tags: Vec<Tag>) -> Result<(), StoreError> {
    tx.insert_many(
        "logged_model_tag",
        ["model", "key", "value"],
        "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
        last_of_each(&tags).map(|tag| [model.into(), (&tag.key).into(), (&tag.value).into()]),
    )?;
    Ok(())
}
