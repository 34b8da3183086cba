//! One change of many runs, in one transaction: all of them are changed or none.

use trainyard_api::run_changes::{ChangeRuns, RunAction};
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::{DeleteRun, RestoreRun};
use trainyard_api::{Empty, RunId, Tag};

use super::{keys, run_trees, runs, tags};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for ChangeRuns {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let Self { mut run_ids, action, key, value } = self;
        run_trees::check_ids(&run_ids)?;
        let action = action.ok_or_else(|| StoreError::missing("action"))?;
        if matches!(action, RunAction::SetTag | RunAction::DeleteTag) {
            keys::check("key", "key", &key)?;
        }
        if action == RunAction::DeleteTag && key == tags::RUN_NAME {
            return Err(StoreError::invalid(format!(
                "Invalid value '{key}' for parameter 'key': a run is never without a name"
            )));
        }
        // In the order of ids, as whoever else may be changing the same.
        run_ids.sort_unstable();
        run_ids.dedup();
        for run_id in run_ids {
            match action {
                RunAction::Delete => drop(DeleteRun { run_id }.execute(tx)?),
                RunAction::Restore => drop(RestoreRun { run_id }.execute(tx)?),
                RunAction::SetTag => {
                    let run = runs::active(tx, run_id)?;
                    tags::set_one(tx, &run, Tag::new(&key, &value))?;
                    runs::note(tx, &run, RunChangeKind::Tags);
                }
                RunAction::DeleteTag => delete_tag(tx, run_id, &key)?,
            }
        }
        Ok(Empty {})
    }
}

/// Unlike the request about a single run, this is content where there is no such tag.
fn delete_tag(tx: &mut Transaction<'_>, run_id: RunId, key: &str) -> Result<(), StoreError> {
    let run = runs::active(tx, run_id)?;
    tx.execute("DELETE FROM run_tag WHERE run = $1 AND key = $2", &[run.key.into(), key.into()])?;
    runs::note(tx, &run, RunChangeKind::Tags);
    Ok(())
}
