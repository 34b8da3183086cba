//! Evaluation datasets (tables `evaluation_dataset`, `evaluation_dataset_tag`, `evaluation_dataset_experiment`).

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use trainyard_api::evaluation_datasets::{
    AddDatasetToExperiments, CreateDataset, DatasetResponse, DeleteDataset, DeleteDatasetTag, EvaluationDataset,
    GetDataset, GetDatasetExperimentIds, GetDatasetExperimentIdsResponse, RemoveDatasetFromExperiments, SetDatasetTags,
};
use trainyard_api::limits::{EVALUATION_DATASET_NAME_CHARS, EVALUATION_TAG_KEY_CHARS, EVALUATION_TAG_VALUE_CHARS};
use trainyard_api::{Empty, ExperimentId};

use super::json;
use crate::tracking::{experiments, keys};
use crate::{Access, Entity, Operation, StoreError, Transaction, Value};

/// Tag of datasets and records that says who made or changed them.
pub(super) const USER: &str = "mlflow.user";

impl Operation for CreateDataset {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<DatasetResponse, StoreError> {
        if self.name.is_empty() {
            return Err(StoreError::missing("name"));
        }
        keys::check_length("name", &self.name, EVALUATION_DATASET_NAME_CHARS)?;
        let tags = checked_tags(&self.tags)?;
        let experiments = existing(tx, &self.experiment_ids)?;
        let user = tags.iter().find(|(key, _)| key == USER).map(|(_, user)| user.clone());
        let (dataset_id, now) = (tx.new_id("d-"), tx.now_ms());
        let key = tx.insert(
            "INSERT INTO evaluation_dataset
                 (dataset_id, name, digest, created_time, last_update_time, created_by, last_updated_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            &[
                dataset_id.into(),
                (&self.name).into(),
                digest(&self.name, now).into(),
                now.into(),
                now.into(),
                user.clone().into(),
                user.into(),
            ],
        )?;
        set_tags(tx, key, tags)?;
        link(tx, key, &experiments)?;
        let mut answer = answer(tx, key)?;
        answer.dataset.experiment_ids = self.experiment_ids;
        Ok(answer)
    }
}

impl Operation for GetDataset {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<DatasetResponse, StoreError> {
        let key = key(tx, &self.dataset_id)?;
        answer(tx, key)
    }
}

impl Operation for DeleteDataset {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        tx.execute("DELETE FROM evaluation_dataset WHERE dataset_id = $1", &[self.dataset_id.into()])?;
        Ok(Empty {})
    }
}

impl Operation for SetDatasetTags {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        if self.tags.is_empty() {
            return Err(StoreError::missing("tags"));
        }
        let tags = checked_tags(&self.tags)?;
        let key = key(tx, &self.dataset_id)?;
        set_tags(tx, key, tags)?;
        Ok(Empty {})
    }
}

impl Operation for DeleteDatasetTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        tx.execute(
            "DELETE FROM evaluation_dataset_tag
             WHERE dataset = (SELECT id FROM evaluation_dataset WHERE dataset_id = $1) AND key = $2",
            &[self.dataset_id.into(), self.key.into()],
        )?;
        Ok(Empty {})
    }
}

impl Operation for GetDatasetExperimentIds {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetDatasetExperimentIdsResponse, StoreError> {
        let sql = "SELECT e.experiment_id FROM evaluation_dataset_experiment e
                   JOIN evaluation_dataset d ON d.id = e.dataset WHERE d.dataset_id = $1 ORDER BY e.experiment_id";
        let experiment_ids = tx.query(sql, &[self.dataset_id.into()], |row| row.get(0))?;
        Ok(GetDatasetExperimentIdsResponse { experiment_ids })
    }
}

impl Operation for AddDatasetToExperiments {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<DatasetResponse, StoreError> {
        let key = key(tx, &self.dataset_id)?;
        let experiments = existing(tx, &self.experiment_ids)?;
        link(tx, key, &experiments)?;
        touch(tx, key)?;
        answer(tx, key)
    }
}

impl Operation for RemoveDatasetFromExperiments {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<DatasetResponse, StoreError> {
        let key = key(tx, &self.dataset_id)?;
        let mut removed = 0;
        for experiment_id in &self.experiment_ids {
            // What is no number is the id of nothing, so nothing belongs to it.
            let Ok(experiment) = experiments::parse_id(experiment_id) else { continue };
            removed += tx.execute(
                "DELETE FROM evaluation_dataset_experiment WHERE dataset = $1 AND experiment_id = $2",
                &[key.into(), experiment.into()],
            )?;
        }
        if removed > 0 {
            touch(tx, key)?;
        }
        answer(tx, key)
    }
}

/// The key of a dataset.
pub(super) fn key(tx: &mut Transaction<'_>, dataset_id: &str) -> Result<i64, StoreError> {
    let sql = "SELECT id FROM evaluation_dataset WHERE dataset_id = $1";
    let key = tx.query_one(sql, &[dataset_id.into()], |row| row.get(0))?;
    key.ok_or_else(|| StoreError::not_found(Entity::EvaluationDataset, dataset_id))
}

/// Eight hex digits of a name and a time.
pub(super) fn digest(name: &str, time_ms: i64) -> String {
    hex(&Sha256::digest(format!("{name}:{time_ms}"))[..4])
}

/// Bytes as hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The datasets with these keys, in that order, with their tags.
pub(crate) fn load(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<Vec<EvaluationDataset>, StoreError> {
    let bind = Value::integers(keys);
    let wanted = tx.dialect().integers("$1");
    let mut tags: HashMap<i64, Map<String, serde_json::Value>> = HashMap::new();
    let sql = format!("SELECT dataset, key, value FROM evaluation_dataset_tag WHERE dataset IN {wanted}");
    tx.visit(&sql, std::slice::from_ref(&bind), |row| {
        tags.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get::<String>(2)?.into());
        Ok(())
    })?;
    let sql = format!(
        "SELECT id, dataset_id, name, digest, schema, created_time, last_update_time, created_by, last_updated_by,
                (SELECT COUNT(*) FROM evaluation_dataset_record r WHERE r.dataset = d.id)
         FROM evaluation_dataset d WHERE id IN {wanted}"
    );
    let mut page = HashMap::with_capacity(keys.len());
    tx.visit(&sql, &[bind], |row| {
        let key: i64 = row.get(0)?;
        let optional = |index| Ok::<_, StoreError>(row.get::<Option<String>>(index)?.unwrap_or_default());
        let records: i64 = row.get(9)?;
        let dataset = EvaluationDataset {
            dataset_id: row.get(1)?,
            name: row.get(2)?,
            tags: serde_json::Value::Object(tags.remove(&key).unwrap_or_default()).to_string(),
            schema: optional(4)?,
            profile: if records > 0 { json!({ "num_records": records }).to_string() } else { String::new() },
            digest: row.get(3)?,
            created_time: row.get(5)?,
            last_update_time: row.get(6)?,
            created_by: optional(7)?,
            last_updated_by: optional(8)?,
            experiment_ids: Vec::new(),
        };
        page.insert(key, dataset);
        Ok(())
    })?;
    Ok(keys.iter().filter_map(|key| page.remove(key)).collect())
}

fn answer(tx: &mut Transaction<'_>, key: i64) -> Result<DatasetResponse, StoreError> {
    Ok(DatasetResponse { dataset: load(tx, &[key])?.pop().unwrap_or_default() })
}

/// Reads and checks tags. Null stands for a tag that is left as it is.
fn checked_tags(text: &str) -> Result<Vec<(String, String)>, StoreError> {
    let mut tags = Vec::new();
    for (key, value) in json::object("tags", text)? {
        let Some(value) = json::tag_value(&key, value)? else { continue };
        if key.is_empty() {
            return Err(StoreError::missing("tags.key"));
        }
        keys::check_length("tags.key", &key, EVALUATION_TAG_KEY_CHARS)?;
        keys::check_length("tags.value", &value, EVALUATION_TAG_VALUE_CHARS)?;
        tags.push((key, value));
    }
    Ok(tags)
}

fn set_tags(tx: &mut Transaction<'_>, dataset: i64, tags: Vec<(String, String)>) -> Result<(), StoreError> {
    tx.insert_many(
        "evaluation_dataset_tag",
        ["dataset", "key", "value"],
        "ON CONFLICT (dataset, key) DO UPDATE SET value = excluded.value",
        tags.into_iter().map(|(key, value)| [dataset.into(), key.into(), value.into()]),
    )?;
    Ok(())
}

/// The keys of experiments, all of which must exist.
fn existing(tx: &mut Transaction<'_>, ids: &[ExperimentId]) -> Result<Vec<i64>, StoreError> {
    ids.iter().map(|id| experiments::existing(tx, id)).collect()
}

fn link(tx: &mut Transaction<'_>, dataset: i64, experiments: &[i64]) -> Result<(), StoreError> {
    tx.insert_many(
        "evaluation_dataset_experiment",
        ["dataset", "experiment_id"],
        "ON CONFLICT DO NOTHING",
        experiments.iter().map(|experiment| [dataset.into(), (*experiment).into()]),
    )?;
    Ok(())
}

fn touch(tx: &mut Transaction<'_>, dataset: i64) -> Result<(), StoreError> {
    let now = tx.now_ms();
    tx.execute("UPDATE evaluation_dataset SET last_update_time = $1 WHERE id = $2", &[now.into(), dataset.into()])?;
    Ok(())
}
