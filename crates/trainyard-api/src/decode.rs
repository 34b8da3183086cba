//! Reading a request from a JSON body or from query parameters, with errors that name line, column and field.

use std::collections::BTreeMap;

use serde::de::value::{self, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::{Map, Value};

use crate::{ApiError, ErrorCode};

/// Why a request could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON at all.
    #[error("the request body is not valid JSON: {0}")]
    Syntax(serde_json::Error),
    /// JSON, but not an object.
    #[error("the request body has to be a JSON object, not {0}")]
    NotAnObject(&'static str),
    /// A field has the wrong type or an impossible value.
    #[error("Invalid value for parameter '{field}': {reason}")]
    Field {
        /// Path of the field, such as `metrics[3].step`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A field that every such object has is not there.
    #[error("{}", ApiError::missing(field).message)]
    Missing {
        /// Path of the field.
        field: String,
    },
}

impl From<DecodeError> for ApiError {
    fn from(error: DecodeError) -> Self {
        let code = match error {
            DecodeError::Syntax(_) | DecodeError::NotAnObject(_) => ErrorCode::BadRequest,
            DecodeError::Field { .. } | DecodeError::Missing { .. } => ErrorCode::InvalidParameterValue,
        };
        ApiError::new(code, error.to_string())
    }
}

/// Reads a request from a JSON body; an empty body is an empty object, and a `null` field is an unset one.
pub fn decode_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return decode_map(Map::new());
    }
    // Almost every body is read in one pass; what follows is for the ones that are not right as they stand.
    if let Ok(request) = serde_json::from_slice(body) {
        return Ok(request);
    }
    let value: Value = serde_json::from_slice(body).map_err(DecodeError::Syntax)?;
    match value {
        Value::Object(map) => decode_map(map),
        Value::Null => Err(DecodeError::NotAnObject("null")),
        Value::Bool(_) => Err(DecodeError::NotAnObject("a boolean")),
        Value::Number(_) => Err(DecodeError::NotAnObject("a number")),
        Value::String(_) => Err(DecodeError::NotAnObject("text")),
        Value::Array(_) => Err(DecodeError::NotAnObject("a list")),
    }
}

/// Reads a request from query parameters. A repeated key is a list; where no list is expected the first holds.
pub fn decode_query<T: DeserializeOwned>(pairs: impl IntoIterator<Item = (String, String)>) -> Result<T, DecodeError> {
    let mut fields: BTreeMap<String, Values> = BTreeMap::new();
    for (key, value) in pairs {
        fields.entry(key).or_insert_with(|| Values(Vec::new())).0.push(value);
    }
    with_path(MapDeserializer::new(fields.into_iter()))
}

/// Reads a request from a JSON object.
pub fn decode_map<T: DeserializeOwned>(map: Map<String, Value>) -> Result<T, DecodeError> {
    let mut value = Value::Object(map);
    drop_nulls(&mut value);
    with_path(value)
}

/// Deserializes; an error names the field by its path.
fn with_path<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let (path, reason) = (error.path().to_string(), error.inner().to_string());
        match reason.strip_prefix("missing field `").and_then(|name| name.strip_suffix('`')) {
            Some(name) => DecodeError::Missing { field: format!("{path}.{name}") },
            None => DecodeError::Field { field: path, reason },
        }
    })
}

/// The values of one query parameter: a list where one is expected, else the first.
struct Values(Vec<String>);

impl<'de> IntoDeserializer<'de, value::Error> for Values {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Values {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0.into_iter().next().unwrap_or_default())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        SeqDeserializer::new(self.0.into_iter()).deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let word = self.0.into_iter().next().unwrap_or_default();
        IntoDeserializer::<value::Error>::into_deserializer(word).deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(values) => values.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::{LogBatch, RunStatus, SearchRuns, UpdateRun};

    #[test]
    fn a_null_field_is_an_unset_field() {
        let request: LogBatch = decode_json(br#"{"run_id": "a", "metrics": null}"#).expect("readable");
        assert_eq!(request.run_id.as_str(), "a");
        assert!(request.metrics.is_empty());
    }

    #[test]
    fn values_are_read_to_the_last_bit() {
        for denominator in 1..=1000_u32 {
            let value = 1.0 / f64::from(denominator);
            let body = format!(r#"{{"metrics": [{{"key": "a", "value": {value}, "timestamp": 1}}]}}"#);
            let request: LogBatch = decode_json(body.as_bytes()).expect("readable");
            assert_eq!(request.metrics[0].value.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn a_broken_body_names_line_and_column() {
        let error = decode_json::<LogBatch>(b"{\"run_id\": \n  oops}").expect_err("broken");
        let error = ApiError::from(error);
        assert_eq!(error.error_code, ErrorCode::BadRequest);
        assert!(error.message.contains("line 2 column 3"), "{error}");
    }

    #[test]
    fn a_wrong_type_names_the_field() {
        let body = br#"{"run_id": "a", "metrics": [{"key": "m", "value": 1, "step": "x"}]}"#;
        let error = ApiError::from(decode_json::<LogBatch>(body).expect_err("wrong type"));
        assert_eq!(
            error.message,
            "Invalid value for parameter 'metrics[0].step': invalid value: string \"x\", expected an integer of 64 bits"
        );
    }

    #[test]
    fn a_logged_point_without_a_value_is_not_zero() {
        for (field, body) in [
            ("value", br#"{"run_id": "a", "metrics": [{"key": "m", "timestamp": 1}]}"#.as_slice()),
            ("timestamp", br#"{"run_id": "a", "metrics": [{"key": "m", "value": 1, "timestamp": null}]}"#.as_slice()),
        ] {
            let error = ApiError::from(decode_json::<LogBatch>(body).expect_err("a field is missing"));
            assert_eq!(error.message, ApiError::missing(&format!("metrics[0].{field}")).message);
        }
    }

    #[test]
    fn query_parameters_become_lists_and_numbers() {
        let pairs = [("experiment_ids", "1"), ("max_results", "5")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let request: SearchRuns = decode_query(pairs).expect("readable");
        assert_eq!((request.experiment_ids, request.max_results), (vec!["1".into()], Some(5)));
    }

    #[test]
    fn of_a_repeated_query_parameter_the_first_holds_where_no_list_is_expected() {
        let pairs = [("max_results", "5"), ("experiment_ids", "1"), ("max_results", "6"), ("experiment_ids", "2")];
        let request: SearchRuns = decode_query(pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))).expect("readable");
        assert_eq!((request.experiment_ids, request.max_results), (vec!["1".into(), "2".into()], Some(5)));
    }

    #[test]
    fn a_text_is_no_list_in_json() {
        let error = ApiError::from(decode_json::<SearchRuns>(br#"{"experiment_ids": "1"}"#).expect_err("a text"));
        assert_eq!(
            error.message,
            "Invalid value for parameter 'experiment_ids': invalid type: string \"1\", expected a list"
        );
    }

    #[test]
    fn a_state_comes_as_its_word_or_its_number() {
        for status in ["3", "\"3\"", "\"FINISHED\""] {
            let body = format!("{{\"run_id\": \"a\", \"status\": {status}}}");
            let request: UpdateRun = decode_json(body.as_bytes()).expect("readable");
            assert_eq!(request.status, Some(RunStatus::Finished), "{status}");
        }
        let error = ApiError::from(decode_json::<UpdateRun>(br#"{"status": 9}"#).expect_err("no such state"));
        assert!(error.message.starts_with("Invalid value for parameter 'status': unknown variant `9`"), "{error}");
    }
}
