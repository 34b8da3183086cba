//! Stages of model versions, and the newest version of each.

use trainyard_api::model_versions::{GetModelVersionResponse, TransitionModelVersionStage};
use trainyard_api::registered_models::{GetLatestVersions, GetLatestVersionsResponse, ListLatestVersions};

use super::{model_versions, names, registered_models};
use crate::{Access, Operation, StoreError, Transaction, Value};

impl Operation for GetLatestVersions {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetLatestVersionsResponse, StoreError> {
        let model = registered_models::key(tx, &self.name)?;
        let mut stages = self.stages.iter().map(|stage| names::stage(stage)).collect::<Result<Vec<_>, _>>()?;
        if stages.is_empty() {
            stages.extend(names::STAGES);
        }
        let keys: Vec<i64> = latest(tx, &[model], &stages)?.into_iter().map(|(_, version)| version).collect();
        Ok(GetLatestVersionsResponse { model_versions: model_versions::load(tx, &keys)? })
    }
}

impl Operation for ListLatestVersions {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetLatestVersionsResponse, StoreError> {
        self.0.execute(tx)
    }
}

impl Operation for TransitionModelVersionStage {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetModelVersionResponse, StoreError> {
        let Self { name, version, stage, archive_existing_versions } = self;
        registered_models::lock(tx, &name)?;
        let key = model_versions::key(tx, &name, &version)?;
        if stage.is_empty() {
            return Err(StoreError::missing("stage"));
        }
        let stage = names::stage(&stage)?;
        let model = registered_models::key(tx, &name)?;
        let now = tx.now_ms();
        if archive_existing_versions {
            if !matches!(stage, "Staging" | "Production") {
                return Err(StoreError::invalid(format!(
                    "Model version transition cannot archive existing model versions because '{stage}' is not an \
                     Active stage. Valid stages are Staging, Production"
                )));
            }
            tx.execute(
                "UPDATE model_version SET current_stage = 'Archived', last_updated_time = $1 \
                 WHERE model = $2 AND current_stage = $3 AND id <> $4",
                &[now.into(), model.into(), stage.into(), key.into()],
            )?;
        }
        tx.execute(
            "UPDATE model_version SET current_stage = $1, last_updated_time = $2 WHERE id = $3",
            &[stage.into(), now.into(), key.into()],
        )?;
        registered_models::touch(tx, model)?;
        model_versions::answer(tx, key)
    }
}

/// Of each model the newest version in each of the stages: keys of model and version, in the order of both.
pub(super) fn latest(tx: &mut Transaction<'_>, models: &[i64], stages: &[&str]) -> Result<Vec<(i64, i64)>, StoreError> {
    let (models_list, stages_list) = (tx.dialect().integers("$1"), tx.dialect().texts("$2"));
    tx.query(
        &format!(
            "SELECT v.model, v.id FROM model_version v JOIN ( \
                 SELECT model, MAX(version) AS version FROM model_version \
                 WHERE model IN {models_list} AND current_stage IN {stages_list} GROUP BY model, current_stage \
             ) newest ON newest.model = v.model AND newest.version = v.version \
             ORDER BY v.model, v.version"
        ),
        &[Value::integers(models), Value::texts(stages)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
