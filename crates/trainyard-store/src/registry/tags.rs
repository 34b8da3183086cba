//! Tags of registered models and of model versions.

use trainyard_api::Tag;
use trainyard_api::limits::REGISTRY_TAG_VALUE_CHARS;

use crate::tracking::keys;
use crate::tracking::tags::last_of_each;
use crate::{StoreError, Transaction, Value};

/// Whose tags.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    /// The registered model with this key.
    Model(i64),
    /// The model version with this key.
    Version(i64),
}

impl Owner {
    fn table(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::Model(key) => ("registered_model_tag", "model", key),
            Self::Version(key) => ("model_version_tag", "version_row", key),
        }
    }
}

/// Sets tags; of several with one key the last counts.
pub(super) fn set(tx: &mut Transaction<'_>, owner: Owner, tags: &[Tag]) -> Result<(), StoreError> {
    let (table, column, key) = owner.table();
    for tag in tags {
        check(tag)?;
    }
    let rows = last_of_each(tags).map(|tag| [Value::from(key), Value::from(&tag.key), Value::from(&tag.value)]);
    let conflict = format!("ON CONFLICT ({column}, key) DO UPDATE SET value = excluded.value");
    tx.insert_many(table, [column, "key", "value"], &conflict, rows)?;
    Ok(())
}

/// Removes a tag, if it is there.
pub(super) fn remove(tx: &mut Transaction<'_>, owner: Owner, tag: &str) -> Result<(), StoreError> {
    let (table, column, key) = owner.table();
    if tag.is_empty() {
        return Err(StoreError::missing("key"));
    }
    tx.execute(&format!("DELETE FROM {table} WHERE {column} = $1 AND key = $2"), &[key.into(), tag.into()])?;
    Ok(())
}

fn check(tag: &Tag) -> Result<(), StoreError> {
    keys::check("key", "key", &tag.key)?;
    keys::check_length("value", &tag.value, REGISTRY_TAG_VALUE_CHARS)
}
