//! Tags of runs (table `run_tag`), one of which, `mlflow.runName`, is the run's name.

use std::collections::BTreeMap;

use trainyard_api::columns::ColumnKind;
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::{DeleteTag, SetTag};
use trainyard_api::{Empty, Tag, limits, rules};

use super::keys;
use super::runs::{self, RunRow};
use crate::{Access, Operation, StoreError, Transaction};

/// The tag that always says the same as `run.name`.
pub(super) const RUN_NAME: &str = "mlflow.runName";

impl Operation for SetTag {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        keys::check("key", "key", &self.key)?;
        let run = runs::active(tx, runs::id("run_id", self.run_id, self.run_uuid)?)?;
        set_one(tx, &run, Tag { key: self.key, value: self.value })?;
        runs::note(tx, &run, RunChangeKind::Tags);
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
        runs::note(tx, &run, RunChangeKind::Tags);
        Ok(Empty {})
    }
}

/// Sets a tag whose key has been checked, and which was not one of several.
pub(super) fn set_one(tx: &mut Transaction<'_>, run: &RunRow, tag: Tag) -> Result<(), StoreError> {
    let value = keys::fit(tx, "value", tag.value, limits::RUN_TAG_VALUE_CHARS)?;
    set_all(tx, [(run, vec![Tag { key: tag.key, value }])])
}

/// Sets tags of runs, whose keys have been checked; of several with one key the last holds. As many statements for all of them
/// as for one, but for those that give a run another name.
pub(super) fn set_all<'r>(
    tx: &mut Transaction<'_>,
    of_runs: impl IntoIterator<Item = (&'r RunRow, Vec<Tag>)>,
) -> Result<(), StoreError> {
    let mut fitted = Vec::new();
    for (run, tags) in of_runs {
        let tags = fit(tx, tags)?.into_iter();
        // A run is never without a name.
        fitted.extend(tags.filter(|tag| tag.key != RUN_NAME || !tag.value.is_empty()).map(|tag| (run, tag)));
    }
    // In the order of runs and keys, as whoever else may be writing the same.
    let last: BTreeMap<(i64, &str), (&RunRow, &Tag)> =
        fitted.iter().map(|(run, tag)| ((run.key, tag.key.as_str()), (*run, tag))).collect();
    insert(tx, last.values().map(|(run, tag)| (run.key, run.experiment, *tag)))?;
    for (run, tag) in last.values().filter(|(_, tag)| tag.key == RUN_NAME) {
        tx.execute("UPDATE run SET name = $1 WHERE id = $2", &[(&tag.value).into(), run.key.into()])?;
    }
    Ok(())
}

/// Writes tags as they are, each with the keys of its run and experiment, no two of a run with one key.
pub(super) fn insert<'t>(
    tx: &mut Transaction<'_>,
    tags: impl IntoIterator<Item = (i64, i64, &'t Tag), IntoIter: Clone>,
) -> Result<(), StoreError> {
    let tags = tags.into_iter();
    let rows = tags.clone().map(|(run, _, tag)| [run.into(), (&tag.key).into(), (&tag.value).into()]);
    let conflict = "ON CONFLICT (run, key) DO UPDATE SET value = excluded.value";
    tx.insert_many("run_tag", ["run", "key", "value"], conflict, rows)?;
    tx.named(ColumnKind::Tag, tags.map(|(_, experiment, tag)| (experiment, tag.key.as_str())));
    Ok(())
}

/// Tags that came together, with values as they are stored.
pub(super) fn fit(tx: &Transaction<'_>, tags: Vec<Tag>) -> Result<Vec<Tag>, StoreError> {
    let fit = |(index, Tag { key, value }): (usize, Tag)| {
        // Formatting the field's name for each of a hundred tags would cost more than checking them.
        let value = match rules::exceeds(&value, limits::RUN_TAG_VALUE_CHARS) {
            true => keys::fit(tx, &format!("tags[{index}].value"), value, limits::RUN_TAG_VALUE_CHARS)?,
            false => value,
        };
        Ok(Tag { key, value })
    };
    tags.into_iter().enumerate().map(fit).collect()
}

/// Of tags with one key the last, in the order of keys: whoever writes several does it in the order of all others.
pub(crate) fn last_of_each(tags: &[Tag]) -> impl Iterator<Item = &Tag> {
    let last: BTreeMap<&str, &Tag> = tags.iter().map(|tag| (tag.key.as_str(), tag)).collect();
    last.into_values()
}

/// Writes a tag as it is.
pub(super) fn store(tx: &mut Transaction<'_>, run: &RunRow, key: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO run_tag (run, key, value) VALUES ($1, $2, $3)
         ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
        &[run.key.into(), key.into(), value.into()],
    )?;
    tx.named(ColumnKind::Tag, [(run.experiment, key)]);
    Ok(())
}
