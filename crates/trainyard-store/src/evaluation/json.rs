//! JSON that travels as text inside requests.

use serde_json::{Map, Value};

use crate::StoreError;

/// Reads the text of a field.
pub(super) fn parse(field: &str, text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::invalid(format!("'{field}' is no JSON: {error}")))
}

/// Reads the text of a field that is to be an object; none is an empty one.
pub(super) fn object(field: &str, text: &str) -> Result<Map<String, Value>, StoreError> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    match parse(field, text)? {
        Value::Object(object) => Ok(object),
        other => Err(unexpected(field, "an object", &other)),
    }
}

/// The value of a tag, as Python turns it into text; none for null.
pub(super) fn tag_value(key: &str, value: Value) -> Result<Option<String>, StoreError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(flag) => Ok(Some(if flag { "True" } else { "False" }.to_owned())),
        Value::Number(number) => Ok(Some(number.to_string())),
        other => Err(unexpected(&format!("tags.{key}"), "a text", &other)),
    }
}

/// The error for a value of the wrong kind.
pub(super) fn unexpected(field: &str, wanted: &str, value: &Value) -> StoreError {
    StoreError::invalid(format!("Invalid value for '{field}': expected {wanted}, got {}", kind(value)))
}

/// MLflow's word for the type of a value.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
