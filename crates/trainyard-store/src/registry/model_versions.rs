//! Model versions: numbered models under a registered name (table `model_version`).

use std::collections::HashMap;

use trainyard_api::metrics::Metric;
use trainyard_api::model_versions::{
    CreateModelVersion, DeleteModelVersion, DeleteModelVersionTag, GetModelVersion, GetModelVersionDownloadUri,
    GetModelVersionDownloadUriResponse, GetModelVersionResponse, ModelParam, ModelVersion, ModelVersionStatus,
    SetModelVersionTag, UpdateModelVersion,
};
use trainyard_api::{Empty, ModelId, RunId, Tag};

use super::sources::{self, Origin};
use super::tags::{self, Owner};
use super::webhooks::events;
use super::{names, registered_models};
use crate::tracking::points::Point;
use crate::{Access, Entity, Operation, StoreError, Transaction, Value};

impl Operation for CreateModelVersion {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetModelVersionResponse, StoreError> {
        if self.name.is_empty() {
            return Err(StoreError::missing("name"));
        }
        if self.source.is_empty() {
            return Err(StoreError::missing("source"));
        }
        let origin = sources::resolve(tx, &self)?;
        let model = registered_models::key(tx, &self.name)?;
        let (key, version) = insert(tx, model, &self, &origin)?;
        tags::set(tx, Owner::Version(key), &self.tags)?;
        if !origin.model_id.is_empty() {
            sources::note_on_logged_model(tx, &origin.model_id, &self.name, version)?;
        }
        events::version_created(tx, &self, version, &origin)?;
        answer(tx, key)
    }
}

impl Operation for GetModelVersion {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetModelVersionResponse, StoreError> {
        let key = key(tx, &self.name, &self.version)?;
        answer(tx, key)
    }
}

impl Operation for UpdateModelVersion {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetModelVersionResponse, StoreError> {
        let key = key(tx, &self.name, &self.version)?;
        let now = tx.now_ms();
        tx.execute(
            "UPDATE model_version SET description = $1, last_updated_time = $2 WHERE id = $3",
            &[self.description.into(), now.into(), key.into()],
        )?;
        answer(tx, key)
    }
}

impl Operation for DeleteModelVersion {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        registered_models::lock(tx, &self.name)?;
        let key = key(tx, &self.name, &self.version)?;
        let model = registered_models::key(tx, &self.name)?;
        tx.execute(
            "DELETE FROM registered_model_alias WHERE model = $1 AND version = $2",
            &[model.into(), names::version(&self.version)?.into()],
        )?;
        tx.execute("DELETE FROM model_version WHERE id = $1", &[key.into()])?;
        registered_models::touch(tx, model)?;
        Ok(Empty {})
    }
}

impl Operation for GetModelVersionDownloadUri {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetModelVersionDownloadUriResponse, StoreError> {
        let key = key(tx, &self.name, &self.version)?;
        let artifact_uri = tx
            .query_one("SELECT storage_location FROM model_version WHERE id = $1", &[key.into()], |row| row.get(0))?
            .unwrap_or_default();
        Ok(GetModelVersionDownloadUriResponse { artifact_uri })
    }
}

impl Operation for SetModelVersionTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.name, &self.version)?;
        let tag = Tag::new(self.key, self.value);
        tags::set(tx, Owner::Version(key), std::slice::from_ref(&tag))?;
        events::version_tag(tx, (&self.name, &self.version), &tag.key, Some(&tag.value))?;
        Ok(Empty {})
    }
}

impl Operation for DeleteModelVersionTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.name, &self.version)?;
        tags::remove(tx, Owner::Version(key), &self.key)?;
        events::version_tag(tx, (&self.name, &self.version), &self.key, None)?;
        Ok(Empty {})
    }
}

/// The key of a version, from the texts of a request.
pub(super) fn key(tx: &mut Transaction<'_>, name: &str, version: &str) -> Result<i64, StoreError> {
    if name.is_empty() {
        return Err(StoreError::missing("name"));
    }
    let version = names::version(version)?;
    let key = tx.query_one(
        "SELECT v.id FROM model_version v JOIN registered_model m ON m.id = v.model \
         WHERE m.name = $1 AND v.version = $2",
        &[name.into(), version.into()],
        |row| row.get(0),
    )?;
    key.ok_or_else(|| StoreError::not_found(Entity::ModelVersion, format!("(name={name}, version={version})")))
}

/// The answer of most requests about one version.
pub(super) fn answer(tx: &mut Transaction<'_>, key: i64) -> Result<GetModelVersionResponse, StoreError> {
    Ok(GetModelVersionResponse { model_version: load(tx, &[key])?.pop().unwrap_or_default() })
}

/// Gives out the next number; those of deleted versions do not come back.
fn insert(
    tx: &mut Transaction<'_>,
    model: i64,
    request: &CreateModelVersion,
    origin: &Origin,
) -> Result<(i64, i64), StoreError> {
    let now = tx.now_ms();
    let version: i64 = tx
        .query_one(
            "UPDATE registered_model SET next_version = next_version + 1, last_updated_time = $1 WHERE id = $2 \
             RETURNING next_version - 1",
            &[now.into(), model.into()],
            |row| row.get(0),
        )?
        // Deleted meanwhile.
        .ok_or_else(|| StoreError::not_found(Entity::RegisteredModel, &request.name))?;
    let key = tx.insert(
        "INSERT INTO model_version (model, version, source, storage_location, run_id, run_link, model_id, \
                                        current_stage, description, status, creation_time, last_updated_time) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'None', $8, $9, $10, $10) RETURNING id",
        &[
            model.into(),
            version.into(),
            (&origin.source).into(),
            (&origin.storage_location).into(),
            (!origin.run_id.is_empty()).then_some(&origin.run_id).into(),
            (!request.run_link.is_empty()).then_some(&request.run_link).into(),
            (!origin.model_id.is_empty()).then_some(&origin.model_id).into(),
            (!request.description.is_empty()).then_some(&request.description).into(),
            ModelVersionStatus::Ready.as_str().into(),
            now.into(),
        ],
    )?;
    Ok((key, version))
}

/// Versions with tags and aliases, and params and metrics of the logged models that they are, in the order of their keys.
pub(crate) fn load(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<Vec<ModelVersion>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut versions = load_rows(tx, keys)?;
    let list = tx.dialect().integers("$1");
    let among = [Value::integers(keys)];
    let mut add = |key: i64, what: &dyn Fn(&mut ModelVersion)| {
        if let Some(version) = versions.get_mut(&key) {
            what(version);
        }
    };
    let sql = format!(
        "SELECT version_row, key, value FROM model_version_tag WHERE version_row IN {list} ORDER BY version_row, key"
    );
    for (key, tag) in tx.query(&sql, &among, |row| Ok((row.get(0)?, Tag { key: row.get(1)?, value: row.get(2)? })))? {
        add(key, &|version| version.tags.push(tag.clone()));
    }
    let sql = format!(
        "SELECT v.id, a.alias FROM model_version v \
         JOIN registered_model_alias a ON a.model = v.model AND a.version = v.version \
         WHERE v.id IN {list} ORDER BY v.id, a.alias"
    );
    for (key, alias) in tx.query(&sql, &among, |row| Ok((row.get(0)?, row.get::<String>(1)?)))? {
        add(key, &|version| version.aliases.push(alias.clone()));
    }
    let sql = format!(
        "SELECT v.id, p.key, p.value FROM model_version v JOIN logged_model l ON l.model_id = v.model_id \
         JOIN logged_model_param p ON p.model = l.id WHERE v.id IN {list} ORDER BY v.id, p.key"
    );
    let params =
        tx.query(&sql, &among, |row| Ok((row.get(0)?, ModelParam { name: row.get(1)?, value: row.get(2)? })))?;
    for (key, param) in params {
        add(key, &|version| version.model_params.push(param.clone()));
    }
    for (key, metric) in load_metrics(tx, &among)? {
        add(key, &|version| version.model_metrics.push(metric.clone()));
    }
    Ok(keys.iter().filter_map(|key| versions.remove(key)).collect())
}

fn load_rows(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<HashMap<i64, ModelVersion>, StoreError> {
    let list = tx.dialect().integers("$1");
    let rows = tx.query(
        &format!(
            "SELECT v.id, m.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, \
                    v.description, v.source, v.run_id, v.status, v.status_message, v.run_link, v.model_id \
             FROM model_version v JOIN registered_model m ON m.id = v.model WHERE v.id IN {list}"
        ),
        &[Value::integers(keys)],
        |row| {
            let text = |index| row.get::<Option<String>>(index).map(Option::unwrap_or_default);
            let version: i64 = row.get(2)?;
            let status = match text(10)?.as_str() {
                "PENDING_REGISTRATION" => ModelVersionStatus::Pending,
                "FAILED_REGISTRATION" => ModelVersionStatus::Failed,
                _ => ModelVersionStatus::Ready,
            };
            let version = ModelVersion {
                name: row.get(1)?,
                version: version.to_string(),
                creation_timestamp: row.get(3)?,
                last_updated_timestamp: row.get(4)?,
                user_id: text(5)?,
                current_stage: row.get(6)?,
                description: text(7)?,
                source: row.get(8)?,
                run_id: row.get::<Option<RunId>>(9)?.unwrap_or_default(),
                status,
                status_message: text(11)?,
                run_link: text(12)?,
                model_id: row.get::<Option<ModelId>>(13)?.unwrap_or_default(),
                ..ModelVersion::default()
            };
            Ok((row.get(0)?, version))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// Of each metric the latest point on each dataset: the history stays with the logged model.
fn load_metrics(tx: &mut Transaction<'_>, versions: &[Value]) -> Result<Vec<(i64, Metric)>, StoreError> {
    let list = tx.dialect().integers("$1");
    tx.query(
        &format!(
            "SELECT v.id, k.key, p.value, p.is_nan, p.timestamp, p.step, p.dataset_name, p.dataset_digest, \
                    l.model_id, r.run_id \
             FROM model_version v JOIN logged_model l ON l.model_id = v.model_id \
             JOIN ( \
                 SELECT *, ROW_NUMBER() OVER ( \
                     PARTITION BY model, metric_key, dataset_name, dataset_digest \
                     ORDER BY step DESC, timestamp DESC, value DESC \
                 ) AS place FROM logged_model_metric WHERE model IN ( \
                     SELECT m.id FROM logged_model m JOIN model_version o ON o.model_id = m.model_id \
                     WHERE o.id IN {list} \
                 ) \
             ) p ON p.model = l.id AND p.place = 1 \
             JOIN metric_key k ON k.id = p.metric_key JOIN run r ON r.id = p.run \
             WHERE v.id IN {list} ORDER BY v.id, k.key, p.dataset_name, p.dataset_digest"
        ),
        versions,
        |row| {
            let metric = Metric {
                dataset_name: row.get(6)?,
                dataset_digest: row.get(7)?,
                model_id: row.get(8)?,
                run_id: row.get(9)?,
                ..Point::from_row(row, 2)?.metric(&row.get::<String>(1)?)
            };
            Ok((row.get(0)?, metric))
        },
    )
}
