//! What can be checked of a request without a store: keys, lengths, timestamps.
//!
//! The store applies these rules to what arrives, and clients that log ahead of the store apply them before they write. The
//! messages are MLflow's.

use std::collections::HashSet;
use std::fmt;

use crate::datasets::{Dataset, DatasetInput, ModelOutput};
use crate::metrics::Metric;
use crate::{ApiError, Param, Tag, limits};

/// Checks the key of a metric, param or tag. `parameter` is the field that holds it and `noun` what MLflow calls it.
pub fn key(parameter: &str, noun: &str, key: &str) -> Result<(), ApiError> {
    if key.is_empty() {
        return Err(ApiError::missing(parameter));
    }
    if !key.chars().all(is_allowed) {
        return Err(invalid(
            parameter,
            key,
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and \
             slashes (/).",
        ));
    }
    let resolved = normalised(key);
    if resolved != key || key == "." || key.starts_with("..") || key.starts_with('/') {
        return Err(invalid(
            parameter,
            key,
            &format!(
                "Names may be treated as files in certain cases, and must not resolve to other names when treated as \
                 such. This name would resolve to '{resolved}'"
            ),
        ));
    }
    length(noun, key, limits::KEY_CHARS)
}

/// Checks that a text has at most `limit` characters.
pub fn length(noun: &str, text: &str, limit: usize) -> Result<(), ApiError> {
    if exceeds(text, limit) {
        return Err(ApiError::invalid(format!("'{noun}' exceeds the maximum length of {limit} characters")));
    }
    Ok(())
}

/// Whether a text has more than `limit` characters.
pub fn exceeds(text: &str, limit: usize) -> bool {
    // Bytes are never fewer than characters, and known without counting.
    text.len() > limit && text.chars().nth(limit).is_some()
}

/// Checks the key of a metric that is logged by itself.
pub fn metric_key(name: &str) -> Result<(), ApiError> {
    if name.is_empty() {
        return Err(ApiError::missing("key"));
    }
    key("name", "Metric name", name)
}

/// Checks the key of a param that is logged by itself.
pub fn param_key(name: &str) -> Result<(), ApiError> {
    key("key", "Param key", name)
}

/// Checks the key of a tag that is set by itself.
pub fn tag_key(name: &str) -> Result<(), ApiError> {
    key("key", "key", name)
}

/// Refuses a time before the epoch. `prefix` stands before the name of the field; key and value are for the message.
pub fn metric_timestamp(prefix: &dyn fmt::Display, key: &str, value: f64, timestamp: i64) -> Result<(), ApiError> {
    if timestamp >= 0 {
        return Ok(());
    }
    Err(ApiError::invalid(format!(
        "Invalid value {timestamp} for parameter '{prefix}timestamp' supplied: metric '{key}' (value={value:?}). \
         Timestamp must be a nonnegative long (64-bit integer)"
    )))
}

/// Checks the dataset that a point belongs to, which is named by both or neither.
pub fn metric_dataset(name: &str, digest: &str) -> Result<(), ApiError> {
    if name.is_empty() == digest.is_empty() {
        length("dataset_name", name, limits::DATASET_NAME_CHARS)?;
        return length("dataset_digest", digest, limits::DATASET_DIGEST_CHARS);
    }
    Err(ApiError::invalid("Both dataset_name and dataset_digest must be provided if one is provided"))
}

/// Checks a point; `prefix` stands before the names of its fields.
pub fn metric(prefix: &dyn fmt::Display, metric: &Metric) -> Result<(), ApiError> {
    if metric.key.is_empty() {
        return Err(ApiError::missing(&format!("{prefix}key")));
    }
    // Formatting the field's name for each of a thousand points would cost more than checking them.
    if key("", "Metric name", &metric.key).is_err() {
        key(&format!("{prefix}name"), "Metric name", &metric.key)?;
    }
    metric_timestamp(prefix, &metric.key, metric.value, metric.timestamp)?;
    metric_dataset(&metric.dataset_name, &metric.dataset_digest)
}

/// Checks what is logged together, as far as that can be done without looking at the run.
pub fn batch(metrics: &[Metric], params: &[Param], tags: &[Tag]) -> Result<(), ApiError> {
    for (index, point) in metrics.iter().enumerate() {
        metric(&format_args!("metrics[{index}]."), point)?;
    }
    for (index, param) in params.iter().enumerate() {
        key(&format!("params[{index}].key"), "Param key", &param.key)?;
    }
    for (index, tag) in tags.iter().enumerate() {
        let field = format!("tags[{index}].key");
        key(&field, &field, &tag.key)?;
    }
    unique_params(params)
}

/// Checks the datasets that a run is said to use.
pub fn inputs(datasets: &[DatasetInput]) -> Result<(), ApiError> {
    if datasets.len() > limits::INPUT_DATASETS {
        return Err(ApiError::invalid(format!(
            "A request can log at most {} datasets. Got {} datasets.",
            limits::INPUT_DATASETS,
            datasets.len()
        )));
    }
    datasets.iter().enumerate().try_for_each(|(index, input)| input_dataset(index, input))
}

fn input_dataset(index: usize, input: &DatasetInput) -> Result<(), ApiError> {
    let Dataset { name, digest, source_type: _, source, schema, profile } = &input.dataset;
    for (field, text) in [("name", name), ("digest", digest)] {
        if text.is_empty() {
            return Err(ApiError::missing(&format!("datasets[{index}].dataset.{field}")));
        }
    }
    length("name", name, limits::DATASET_NAME_CHARS)?;
    length("digest", digest, limits::DATASET_DIGEST_CHARS)?;
    length("source", source, limits::DATASET_SOURCE_CHARS)?;
    length("schema", schema, limits::DATASET_SCHEMA_CHARS)?;
    length("profile", profile, limits::DATASET_PROFILE_CHARS)?;
    for tag in &input.tags {
        if tag.key.is_empty() {
            return Err(ApiError::missing(&format!("datasets[{index}].tags.key")));
        }
        length("key", &tag.key, limits::INPUT_TAG_KEY_CHARS)?;
        length("value", &tag.value, limits::INPUT_TAG_VALUE_CHARS)?;
    }
    Ok(())
}

/// Checks the logged models that a run is said to have made.
pub fn outputs(models: &[ModelOutput]) -> Result<(), ApiError> {
    if models.is_empty() { Err(ApiError::missing("models")) } else { Ok(()) }
}

/// Refuses params of which two have the same key.
pub fn unique_params(params: &[Param]) -> Result<(), ApiError> {
    let mut seen = HashSet::with_capacity(params.len());
    let twice: Vec<String> = params
        .iter()
        .filter(|param| !seen.insert(param.key.as_str()))
        .map(|param| format!("'{}'", param.key))
        .collect();
    if twice.is_empty() {
        return Ok(());
    }
    Err(ApiError::invalid(format!(
        "Duplicate parameter keys have been submitted: [{}]. Please ensure the request contains only one param value \
         per param key.",
        twice.join(", ")
    )))
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '/')
}

/// The key as a POSIX path without `.`, `..` and doubled slashes, as far as they can be resolved.
fn normalised(key: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = key.starts_with('/');
    for part in key.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn invalid(parameter: &str, key: &str, reason: &str) -> ApiError {
    // A string in JSON shows control characters as escapes.
    let key = serde_json::Value::from(key);
    ApiError::invalid(format!("Invalid value {key} for parameter '{parameter}' supplied: {reason}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepted(key: &str) -> bool {
        super::key("key", "key", key).is_ok()
    }

    #[test]
    fn what_mlflow_accepts_is_accepted() {
        for key in ["a", "a.b/c d:e", "é", " ", "a/..b", ".a", "a/.b", "½", "train/loss", &"k".repeat(250)] {
            assert!(accepted(key), "{key}");
        }
    }

    #[test]
    fn what_mlflow_refuses_is_refused() {
        let long = "k".repeat(251);
        for key in [
            "", "../a", "a//b", "/a", "a/", "a/../b", ".", "..", "..a", "a/.", "a/./b", "a\n", "a\0b", "a*b", "a\\b",
            &long,
        ] {
            assert!(!accepted(key), "{key:?}");
        }
    }

    #[test]
    fn the_message_names_field_and_value() {
        let error = super::key("metrics[1].name", "Metric name", "a//b").expect_err("a doubled slash");
        assert_eq!(
            error.message,
            "Invalid value \"a//b\" for parameter 'metrics[1].name' supplied: Names may be treated as files in certain \
             cases, and must not resolve to other names when treated as such. This name would resolve to 'a/b'"
        );
        let error = super::key("key", "Param key", &"k".repeat(251)).expect_err("too long");
        assert_eq!(error.message, "'Param key' exceeds the maximum length of 250 characters");
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(key in ".{0,300}") {
            let _ = super::key("key", "key", &key);
        }

        #[test]
        fn an_accepted_key_is_a_path_of_its_own(key in "[a-z./ :_-]{1,12}") {
            if accepted(&key) {
                // Below any folder it names a file inside of it, and no other spelling names the same.
                prop_assert_eq!(normalised(&format!("/folder/{key}")), format!("/folder/{key}"));
            }
        }

        #[test]
        fn words_joined_by_single_slashes_are_accepted(words in prop::collection::vec("[a-zA-Z0-9_][a-zA-Z0-9_.: -]{0,8}", 1..6)) {
            prop_assert!(accepted(&words.join("/")));
        }
    }
}
