//! Tags of runs (table `run_tag`), one of which, `mlflow.runName`, is the run's name.

use trainyard_api::runs::{DeleteTag, SetTag};
use trainyard_api::{Empty, Tag, limits};

use super::{keys, runs};
use crate::{Access, Operation, StoreError, Transaction};

/// The tag that always says the same as `run.name`.
pub(super) const RUN_NAME: &str = "mlflow.runName";

impl Operation for SetTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        keys::check("key", "key", &self.key)?;
        let run = runs::active(tx, runs::id("run_id", self.run_id, self.run_uuid)?)?;
        set(tx, run.key, Tag { key: self.key, value: self.value })?;
        Ok(Empty {})
    }
}

impl Operation for DeleteTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        if self.key.is_empty() {
            return Err(StoreError::missing("key"));
        }
        let run = runs::active(tx, runs::id("run_id", self.run_id, Default::default())?)?;
        let deleted =
            tx.execute("DELETE FROM run_tag WHERE run = $1 AND key = $2", &[run.key.into(), (&self.key).into()])?;
        if deleted == 0 {
            return Err(StoreError::TagNotFound { key: self.key, owner: "run", id: run.run_id.to_string() });
        }
        Ok(Empty {})
    }
}

/// Sets tags whose keys have been checked; of several with one key the last holds.
pub(super) fn set_all(tx: &mut Transaction<'_>, run: i64, tags: Vec<Tag>) -> Result<(), StoreError> {
    for tag in tags {
        set(tx, run, tag)?;
    }
    Ok(())
}

fn set(tx: &mut Transaction<'_>, run: i64, tag: Tag) -> Result<(), StoreError> {
    let value = keys::cut(tag.value, limits::RUN_TAG_VALUE_CHARS);
    if tag.key == RUN_NAME {
        // A run is never without a name.
        if value.is_empty() {
            return Ok(());
        }
        tx.execute("UPDATE run SET name = $1 WHERE id = $2", &[(&value).into(), run.into()])?;
    }
    tx.execute(
        "INSERT INTO run_tag (run, key, value) VALUES ($1, $2, $3)
         ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
        &[run.into(), tag.key.into(), value.into()],
    )?;
    Ok(())
}
