//! Reading a request from a JSON body or from query parameters, with errors that name line, column and field.

use std::collections::BTreeMap;

use serde::de::value::{self, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

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
    /// A field has the wrong type or an impossible value; in MLflow's words, which clients match on.
    #[error(
        "Invalid value {}for parameter '{field}' supplied: {reason}. See the API docs for more information about request \
         parameters.",
        value.as_deref().map(|value| format!("{value} ")).unwrap_or_default()
    )]
    Field {
        /// Path of the field, such as `metrics[3].step`.
        field: String,
        /// The beginning of its value, as JSON; none where it is not known which value is at fault.
        value: Option<String>,
        /// What is wrong with it.
        reason: String,
    },
    /// A field has a value under both of its names; in MLflow's words.
    #[error("Request specifies both '{field}' and '{camel_case}'; provide only one of them.")]
    Twice {
        /// The name with underscores.
        field: String,
        /// The other one.
        camel_case: String,
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
            DecodeError::Field { .. } | DecodeError::Twice { .. } | DecodeError::Missing { .. } => {
                ErrorCode::InvalidParameterValue
            }
        };
        ApiError::new(code, error.to_string())
    }
}

/// Reads a request from a JSON body; an empty body is an empty object, and a `null` field is an unset one. An object that
/// was encoded twice, as old clients of MLflow do, is decoded twice.
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
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(map)) => decode_map(map),
            _ => Err(DecodeError::NotAnObject("text")),
        },
        Value::Array(_) => Err(DecodeError::NotAnObject("a list")),
    }
}

/// Reads a request from query parameters. A repeated key is a list; where no list is expected the first holds. Unlike in a
/// body, fields have one name only, the one with underscores.
pub fn decode_query<T: DeserializeOwned>(pairs: impl IntoIterator<Item = (String, String)>) -> Result<T, DecodeError> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in pairs.into_iter().filter(|(key, _)| !key.bytes().any(|byte| byte.is_ascii_uppercase())) {
        fields.entry(key).or_default().push(value);
    }
    let values = fields.iter().map(|(key, values)| (key.as_str(), Values(values)));
    with_path(MapDeserializer::new(values), |path| {
        let mut segments = path.iter();
        let Some(Segment::Map { key }) = segments.next() else { return None };
        let values = fields.get(key)?;
        let index = if let Some(Segment::Seq { index }) = segments.next() { *index } else { 0 };
        values.get(index).map(|value| Value::from(value.as_str()))
    })
}

/// Reads a request from a JSON object.
pub fn decode_map<T: DeserializeOwned>(map: Map<String, Value>) -> Result<T, DecodeError> {
    let mut value = Value::Object(map);
    drop_nulls(&mut value);
    with_path(&value, |path| value_at(&value, path).cloned())
}

/// Deserializes; an error names the field by its path, and tells the value that is found there.
fn with_path<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    value_at: impl FnOnce(&Path) -> Option<Value>,
) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let (path, reason) = (error.path(), error.inner().to_string());
        let name_after = |words: &str| reason.strip_prefix(words).and_then(|name| name.strip_suffix('`'));
        if let Some(name) = name_after("missing field `") {
            return DecodeError::Missing { field: format!("{path}.{name}") };
        }
        // An object has each of its keys once: a field that is there twice is there under two names.
        if let Some(name) = name_after("duplicate field `") {
            return DecodeError::Twice { field: name.to_owned(), camel_case: camel_case(name) };
        }
        if holds_secret(path) {
            let reason = "it has the wrong type".to_owned();
            return DecodeError::Field { field: path.to_string(), value: None, reason };
        }
        let value = value_at(path).map(|value| beginning(value.to_string(), EXCERPT_CHARS));
        // It may quote the value once more.
        DecodeError::Field { field: path.to_string(), value, reason: beginning(reason, 2 * EXCERPT_CHARS) }
    })
}

fn value_at<'v>(root: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, segment| match segment {
        Segment::Seq { index } => value.get(index),
        Segment::Map { key } => value.get(key),
        Segment::Enum { .. } => Some(value),
        Segment::Unknown => None,
    })
}

/// Whether a field is the secret of a webhook, or its address, which may have a password in it: what it is goes into no
/// message, since programs log those.
fn holds_secret(path: &Path) -> bool {
    matches!(path.iter().next(), Some(Segment::Map { key }) if key == "secret" || key == "url")
}

fn beginning(mut text: String, chars: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(chars) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// How much of a value an error tells.
const EXCERPT_CHARS: usize = 200;

/// The name that protobuf's JSON has for a field.
fn camel_case(field: &str) -> String {
    let mut words = field.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (initial, rest) = word.split_at(word.len().min(1));
        name.push_str(&initial.to_ascii_uppercase());
        name.push_str(rest);
    }
    name
}

/// The values of one query parameter: a list where one is expected, else the first.
struct Values<'v>(&'v [String]);

impl<'v> Values<'v> {
    fn first(&self) -> &'v str {
        self.0.first().map(String::as_str).unwrap_or_default()
    }
}

impl<'de> IntoDeserializer<'de, value::Error> for Values<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Values<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.first())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        SeqDeserializer::new(self.0.iter().map(String::as_str)).deserialize_seq(visitor)
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
        IntoDeserializer::<value::Error>::into_deserializer(self.first()).deserialize_enum(name, variants, visitor)
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
mod tests;
