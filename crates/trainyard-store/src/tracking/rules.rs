//! The rules that can be checked before there is a run or a database, for clients that log ahead of the store.

use trainyard_api::metrics::Metric;
use trainyard_api::{Param, Tag};

use super::{batch, keys, metrics};
use crate::StoreError;

/// Checks what is logged together.
pub fn batch(metrics: &[Metric], params: &[Param], tags: &[Tag]) -> Result<(), StoreError> {
    batch::check(metrics, params, tags)
}

/// Checks the key of a metric.
pub fn metric_key(key: &str) -> Result<(), StoreError> {
    if key.is_empty() {
        return Err(StoreError::missing("key"));
    }
    keys::check("name", "Metric name", key)
}

/// Checks the timestamp of a point; key and value are for the message.
pub fn metric_timestamp(key: &str, value: f64, timestamp: i64) -> Result<(), StoreError> {
    metrics::check_timestamp(&"", key, value, timestamp)
}

/// Checks the dataset that a point belongs to.
pub fn metric_dataset(name: &str, digest: &str) -> Result<(), StoreError> {
    metrics::check_dataset(name, digest)
}

/// Checks the key of a param.
pub fn param_key(key: &str) -> Result<(), StoreError> {
    keys::check("key", "Param key", key)
}

/// Checks the key of a tag.
pub fn tag_key(key: &str) -> Result<(), StoreError> {
    keys::check("key", "key", key)
}
