//! Runs below others, by the tag that names the parent. `search/plan.rs` finds the roots.

use std::collections::HashMap;

use trainyard_api::RunId;
use trainyard_api::limits::RUN_IDS;
use trainyard_api::run_trees::{CountRunChildren, CountRunChildrenResponse, RunChildren};

use crate::{Access, Operation, StoreError, Transaction, Value};

/// The tag of a run that names its parent.
pub(crate) const PARENT: &str = "mlflow.parentRunId";

impl Operation for CountRunChildren {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<CountRunChildrenResponse, StoreError> {
        check_ids(&self.run_ids)?;
        let (texts, dialect) = (tx.dialect().texts("$2"), tx.dialect());
        // Ids are short, so what indexes hold of longer texts is all of them.
        let indexed = dialect.value_start("tag").map(|part| format!(" AND {part} IN {texts}"));
        let sql = format!(
            "SELECT parent.run_id, COUNT(*) FROM run_tag AS tag JOIN run AS child ON child.id = tag.run
             JOIN run AS parent ON parent.run_id = tag.value AND parent.experiment_id = child.experiment_id
             WHERE tag.key = $1 AND tag.value IN {texts}{}
             AND child.lifecycle_stage = 'active' AND child.id <> parent.id GROUP BY parent.run_id",
            indexed.unwrap_or_default()
        );
        let ids = Value::texts(self.run_ids.iter().map(RunId::as_str));
        let counted = tx.query(&sql, &[PARENT.into(), ids], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let counted: HashMap<RunId, i64> = counted.into_iter().collect();
        let count = |run_id: RunId| RunChildren { children: counted.get(&run_id).copied().unwrap_or(0), run_id };
        Ok(CountRunChildrenResponse { counts: self.run_ids.into_iter().map(count).collect() })
    }
}

/// Checks how many runs a request names.
pub(super) fn check_ids(run_ids: &[RunId]) -> Result<(), StoreError> {
    if run_ids.is_empty() {
        return Err(StoreError::missing("run_ids"));
    }
    if run_ids.len() > RUN_IDS {
        let count = run_ids.len();
        return Err(StoreError::invalid(format!(
            "Invalid value for parameter 'run_ids': {count} runs are named, {RUN_IDS} at most can be"
        )));
    }
    Ok(())
}
