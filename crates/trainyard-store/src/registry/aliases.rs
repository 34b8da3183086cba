//! Aliases: second names for single versions (table `registered_model_alias`).

use trainyard_api::Empty;
use trainyard_api::model_versions::GetModelVersionResponse;
use trainyard_api::registered_models::{DeleteRegisteredModelAlias, GetModelVersionByAlias, SetRegisteredModelAlias};

use super::webhooks::events;
use super::{model_versions, names, registered_models};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for SetRegisteredModelAlias {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let Self { name, alias, version } = self;
        names::check_new_alias(&alias)?;
        registered_models::lock(tx, &name)?;
        model_versions::key(tx, &name, &version)?;
        let (model, number) = (registered_models::key(tx, &name)?, names::version(&version)?);
        tx.execute(
            "INSERT INTO registered_model_alias (model, alias, version) VALUES ($1, $2, $3) \
             ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version",
            &[model.into(), (&alias).into(), number.into()],
        )?;
        events::alias(tx, (model, &name), &alias, Some(&version))?;
        Ok(Empty {})
    }
}

impl Operation for DeleteRegisteredModelAlias {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        names::check_alias(&self.alias)?;
        let model = registered_models::key(tx, &self.name)?;
        tx.execute(
            "DELETE FROM registered_model_alias WHERE model = $1 AND alias = $2",
            &[model.into(), (&self.alias).into()],
        )?;
        events::alias(tx, (model, &self.name), &self.alias, None)?;
        Ok(Empty {})
    }
}

impl Operation for GetModelVersionByAlias {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetModelVersionResponse, StoreError> {
        let key = version_key(tx, &self.name, &self.alias)?;
        model_versions::answer(tx, key)
    }
}

/// The key of the version that an alias points at; `latest` is the highest.
pub(super) fn version_key(tx: &mut Transaction<'_>, name: &str, alias: &str) -> Result<i64, StoreError> {
    names::check_alias(alias)?;
    let model = registered_models::key(tx, name)?;
    let key = if names::is_latest(alias) {
        tx.query_one(
            "SELECT id FROM model_version WHERE model = $1 ORDER BY version DESC LIMIT 1",
            &[model.into()],
            |row| row.get(0),
        )?
    } else {
        tx.query_one(
            "SELECT v.id FROM registered_model_alias a \
             JOIN model_version v ON v.model = a.model AND v.version = a.version WHERE a.model = $1 AND a.alias = $2",
            &[model.into(), alias.into()],
            |row| row.get(0),
        )?
    };
    key.ok_or_else(|| StoreError::invalid(format!("Registered model alias {alias} not found.")))
}
