//! Registered models: names under which versions of a model are kept (table `registered_model`).

use std::collections::HashMap;

use trainyard_api::registered_models::{
    Alias, CreateRegisteredModel, DeleteRegisteredModel, DeleteRegisteredModelTag, GetRegisteredModel,
    GetRegisteredModelResponse, RegisteredModel, RenameRegisteredModel, SetRegisteredModelTag, UpdateRegisteredModel,
};
use trainyard_api::{Empty, Tag};

use super::names::{STAGES, check_model_name};
use super::tags::{self, Owner};
use super::webhooks::events;
use super::{model_versions, stages};
use crate::search::prompts::IS_PROMPT;
use crate::{Access, DbError, Entity, Operation, StoreError, Transaction, Value};

impl Operation for CreateRegisteredModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRegisteredModelResponse, StoreError> {
        let Self { name, tags, description } = &self;
        check_model_name(name)?;
        check_free(tx, name, is_prompt(tags))?;
        let now = tx.now_ms();
        let key = tx.query_one(
            "INSERT INTO registered_model (name, description, next_version, creation_time, last_updated_time) \
             VALUES ($1, $2, 1, $3, $3) RETURNING id",
            &[Value::from(name), some(description), now.into()],
            |row| row.get(0),
        );
        let key = key
            .map_err(|error| taken(error, name))?
            .ok_or_else(|| DbError::Other("INSERT … RETURNING returned nothing".to_owned()))?;
        tags::set(tx, Owner::Model(key), tags)?;
        events::model_created(tx, &self)?;
        answer(tx, key)
    }
}

impl Operation for GetRegisteredModel {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRegisteredModelResponse, StoreError> {
        let key = key(tx, &self.name)?;
        answer(tx, key)
    }
}

impl Operation for RenameRegisteredModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRegisteredModelResponse, StoreError> {
        let Self { name, new_name } = self;
        if new_name.is_empty() {
            return Err(StoreError::missing("new_name"));
        }
        check_model_name(&new_name)?;
        let key = key(tx, &name)?;
        if new_name != name {
            let prompt = load(tx, &[key])?.iter().any(|model| is_prompt(&model.tags));
            check_free(tx, &new_name, prompt)?;
        }
        let now = tx.now_ms();
        tx.execute(
            "UPDATE registered_model SET name = $1, last_updated_time = $2 WHERE id = $3",
            &[Value::from(&new_name), now.into(), key.into()],
        )
        .map_err(|error| taken(error.into(), &new_name))?;
        tx.execute("UPDATE model_version SET last_updated_time = $1 WHERE model = $2", &[now.into(), key.into()])?;
        answer(tx, key)
    }
}

impl Operation for UpdateRegisteredModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetRegisteredModelResponse, StoreError> {
        let key = key(tx, &self.name)?;
        let now = tx.now_ms();
        tx.execute(
            "UPDATE registered_model SET description = $1, last_updated_time = $2 WHERE id = $3",
            &[self.description.into(), now.into(), key.into()],
        )?;
        answer(tx, key)
    }
}

impl Operation for DeleteRegisteredModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.name)?;
        tx.execute("DELETE FROM registered_model WHERE id = $1", &[key.into()])?;
        Ok(Empty {})
    }
}

impl Operation for SetRegisteredModelTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.name)?;
        let tag = Tag::new(self.key, self.value);
        tags::set(tx, Owner::Model(key), std::slice::from_ref(&tag))?;
        events::model_tag(tx, (key, &self.name), &tag.key, Some(&tag.value))?;
        Ok(Empty {})
    }
}

impl Operation for DeleteRegisteredModelTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.name)?;
        tags::remove(tx, Owner::Model(key), &self.key)?;
        events::model_tag(tx, (key, &self.name), &self.key, None)?;
        Ok(Empty {})
    }
}

/// The key of a registered model.
pub(crate) fn key(tx: &mut Transaction<'_>, name: &str) -> Result<i64, StoreError> {
    if name.is_empty() {
        return Err(StoreError::missing("name"));
    }
    find(tx, name)?.ok_or_else(|| StoreError::not_found(Entity::RegisteredModel, name))
}

/// Keeps others from changing what belongs to a registered model until the transaction ends, if there is such a model: its
/// versions, their stages and its aliases say something about each other.
pub(super) fn lock(tx: &mut Transaction<'_>, name: &str) -> Result<(), StoreError> {
    let lock = tx.dialect().for_update();
    if !lock.is_empty() {
        let sql = format!("SELECT id FROM registered_model WHERE name = $1{lock}");
        tx.query_one(&sql, &[name.into()], |row| row.get::<i64>(0))?;
    }
    Ok(())
}

/// Marks a registered model as changed just now.
pub(super) fn touch(tx: &mut Transaction<'_>, key: i64) -> Result<(), StoreError> {
    let now = tx.now_ms();
    tx.execute("UPDATE registered_model SET last_updated_time = $1 WHERE id = $2", &[now.into(), key.into()])?;
    Ok(())
}

/// Registered models with tags, aliases and latest versions, in the order of their keys.
pub(crate) fn load(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<Vec<RegisteredModel>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let list = tx.dialect().integers("$1");
    let among = [Value::integers(keys)];
    let mut models: HashMap<i64, RegisteredModel> = tx
        .query(
            &format!(
                "SELECT id, name, creation_time, last_updated_time, description FROM registered_model WHERE id IN {list}"
            ),
            &among,
            |row| {
                let model = RegisteredModel {
                    name: row.get(1)?,
                    creation_timestamp: row.get(2)?,
                    last_updated_timestamp: row.get(3)?,
                    description: row.get::<Option<String>>(4)?.unwrap_or_default(),
                    ..RegisteredModel::default()
                };
                Ok((row.get(0)?, model))
            },
        )?
        .into_iter()
        .collect();
    let mut add = |key: i64, what: &dyn Fn(&mut RegisteredModel)| {
        if let Some(model) = models.get_mut(&key) {
            what(model);
        }
    };
    let sql = format!("SELECT model, key, value FROM registered_model_tag WHERE model IN {list} ORDER BY model, key");
    for (key, tag) in tx.query(&sql, &among, |row| Ok((row.get(0)?, Tag { key: row.get(1)?, value: row.get(2)? })))? {
        add(key, &|model| model.tags.push(tag.clone()));
    }
    let sql =
        format!("SELECT model, alias, version FROM registered_model_alias WHERE model IN {list} ORDER BY model, alias");
    let aliases = tx.query(&sql, &among, |row| {
        let version: i64 = row.get(2)?;
        Ok((row.get(0)?, Alias { alias: row.get(1)?, version: version.to_string() }))
    })?;
    for (key, alias) in aliases {
        add(key, &|model| model.aliases.push(alias.clone()));
    }
    let latest = stages::latest(tx, keys, &STAGES)?;
    let version_keys: Vec<i64> = latest.iter().map(|(_, version)| *version).collect();
    for ((key, _), version) in latest.iter().zip(model_versions::load(tx, &version_keys)?) {
        add(*key, &|model| model.latest_versions.push(version.clone()));
    }
    Ok(keys.iter().filter_map(|key| models.remove(key)).collect())
}

/// Whether these tags make a prompt.
pub(super) fn is_prompt(tags: &[Tag]) -> bool {
    tags.iter().rev().find(|tag| tag.key == IS_PROMPT).is_some_and(|tag| tag.value.eq_ignore_ascii_case("true"))
}

fn answer(tx: &mut Transaction<'_>, key: i64) -> Result<GetRegisteredModelResponse, StoreError> {
    let registered_model = load(tx, &[key])?.pop().unwrap_or_default();
    Ok(GetRegisteredModelResponse { registered_model })
}

fn find(tx: &mut Transaction<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    tx.query_one("SELECT id FROM registered_model WHERE name = $1", &[name.into()], |row| row.get(0))
}

fn check_free(tx: &mut Transaction<'_>, name: &str, for_prompt: bool) -> Result<(), StoreError> {
    let Some(key) = find(tx, name)? else { return Ok(()) };
    let by_prompt = load(tx, &[key])?.iter().any(|model| is_prompt(&model.tags));
    Err(StoreError::RegisteredNameTaken { name: name.to_owned(), by_prompt, for_prompt })
}

/// Another server may take the name between the look and the leap.
fn taken(error: StoreError, name: &str) -> StoreError {
    match error {
        StoreError::Database(DbError::UniqueViolation(_)) => {
            StoreError::RegisteredNameTaken { name: name.to_owned(), by_prompt: false, for_prompt: false }
        }
        other => other,
    }
}

fn some(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}
