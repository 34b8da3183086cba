//! Records of evaluation datasets as JSON: what a client sends, what is stored, what is answered.

use serde_json::{Map, Value, json};

use super::datasets::USER;
use super::json::{kind, object, parse, unexpected};
use crate::{Row, StoreError};

/// What kinds of source there are.
const SOURCE_TYPES: [&str; 5] = ["UNSPECIFIED", "TRACE", "HUMAN", "DOCUMENT", "CODE"];

/// A record as it was sent.
#[derive(Debug)]
pub(super) struct NewRecord {
    pub(super) inputs: Map<String, Value>,
    /// The outer option: whether the field was sent. The inner: whether it is null.
    pub(super) outputs: Option<Option<Value>>,
    pub(super) expectations: Option<Map<String, Value>>,
    pub(super) tags: Option<Map<String, Value>>,
    pub(super) source: Option<Source>,
}

/// Where a record comes from.
#[derive(Debug)]
pub(super) struct Source {
    source_type: String,
    source_data: Map<String, Value>,
}

impl NewRecord {
    /// Reads the record at a place of the list.
    pub(super) fn read(index: usize, value: Value) -> Result<Self, StoreError> {
        let field = |name: &str| format!("records[{index}].{name}");
        let mut fields = match value {
            Value::Object(fields) => fields,
            other => return Err(unexpected(&format!("records[{index}]"), "an object", &other)),
        };
        let mut part = |name: &str| match fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(part)) => Ok(Some(part)),
            Some(other) => Err(unexpected(&field(name), "an object", &other)),
        };
        let inputs = part("inputs")?.unwrap_or_default();
        let (expectations, tags, source) = (part("expectations")?, part("tags")?, part("source")?);
        let source = source.filter(|source| !source.is_empty());
        let source = source.map(|source| Source::read(&field("source"), source)).transpose()?;
        let outputs = fields.remove("outputs").map(|outputs| Some(outputs).filter(|outputs| !outputs.is_null()));
        Ok(Self { inputs, outputs, expectations, tags, source })
    }

    /// Who sent it, by its tag.
    pub(super) fn user(&self) -> Option<String> {
        self.tags.as_ref()?.get(USER)?.as_str().map(str::to_owned)
    }
}

impl Source {
    fn read(field: &str, mut source: Map<String, Value>) -> Result<Self, StoreError> {
        let source_type = match source.remove("source_type") {
            Some(Value::String(word)) => word.to_uppercase(),
            other => return Err(unexpected(&format!("{field}.source_type"), "a text", &other.unwrap_or_default())),
        };
        if !SOURCE_TYPES.contains(&source_type.as_str()) {
            return Err(StoreError::invalid(format!(
                "Invalid dataset record source type: {source_type}. Valid source types: ['{}']",
                SOURCE_TYPES.join("', '")
            )));
        }
        let source_data = match source.remove("source_data") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(data)) => data,
            Some(other) => return Err(unexpected(&format!("{field}.source_data"), "an object", &other)),
        };
        match source.keys().next() {
            Some(unknown) => Err(StoreError::invalid(format!(
                "Invalid value for '{field}': unknown field '{unknown}'; expected source_type and source_data"
            ))),
            None => Ok(Self { source_type, source_data }),
        }
    }

    pub(super) fn as_json(&self) -> Value {
        json!({"source_type": self.source_type, "source_data": self.source_data})
    }
}

/// A record as it is in the table; JSON as text.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) record_id: String,
    inputs: String,
    pub(super) outputs: Option<String>,
    pub(super) expectations: Option<String>,
    pub(super) tags: Option<String>,
    source: Option<String>,
    pub(super) created_time: i64,
    last_update_time: i64,
    created_by: Option<String>,
    last_updated_by: Option<String>,
}

impl Stored {
    /// What [`Stored::from_row`] reads, in its order.
    pub(super) const COLUMNS: &str = "record_id, inputs, outputs, expectations, tags, source, created_time, \
                                      last_update_time, created_by, last_updated_by";

    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            record_id: row.get(0)?,
            inputs: row.get(1)?,
            outputs: row.get(2)?,
            expectations: row.get(3)?,
            tags: row.get(4)?,
            source: row.get(5)?,
            created_time: row.get(6)?,
            last_update_time: row.get(7)?,
            created_by: row.get(8)?,
            last_updated_by: row.get(9)?,
        })
    }

    /// With what a later record with the same inputs says: its outputs replace, its expectations and tags are added.
    pub(super) fn merged(mut self, new: &NewRecord) -> Result<Self, StoreError> {
        if let Some(outputs) = &new.outputs {
            self.outputs = outputs.as_ref().map(Value::to_string);
        }
        for (stored, new) in [(&mut self.expectations, &new.expectations), (&mut self.tags, &new.tags)] {
            let Some(new) = new.as_ref().filter(|new| !new.is_empty()) else { continue };
            let mut merged = object("record", stored.as_deref().unwrap_or_default())?;
            merged.extend(new.clone());
            *stored = Some(Value::Object(merged).to_string());
        }
        Ok(self)
    }

    /// The record as it is answered.
    pub(super) fn into_json(self, dataset_id: &str) -> Result<Value, StoreError> {
        let mut record = Map::new();
        let mut put = |name: &str, value: Value| record.insert(name.to_owned(), value);
        put("dataset_record_id", self.record_id.into());
        put("dataset_id", dataset_id.into());
        put("inputs", parse("inputs", &self.inputs)?);
        put("tags", parse("tags", self.tags.as_deref().unwrap_or("{}"))?);
        for (name, text) in [("outputs", &self.outputs), ("expectations", &self.expectations)] {
            if let Some(text) = text {
                put(name, parse(name, text)?);
            }
        }
        if let Some(text) = &self.source {
            let source = parse("source", text)?;
            let id = if source["source_type"] == "TRACE" { "trace_id" } else { "source_id" };
            if let Some(id) = source["source_data"].get(id).filter(|id| !id.is_null()) {
                put("source_id", id.clone());
            }
            put("source_type", source["source_type"].clone());
            put("source", source);
        }
        put("created_time", self.created_time.into());
        put("last_update_time", self.last_update_time.into());
        for (name, user) in [("created_by", self.created_by), ("last_updated_by", self.last_updated_by)] {
            if let Some(user) = user {
                put(name, user.into());
            }
        }
        Ok(Value::Object(record))
    }
}

/// Adds fields that a record has and the schema does not know yet.
pub(super) fn extend_schema(schema: &mut Map<String, Value>, record: &NewRecord) {
    schema.entry("version").or_insert_with(|| "1.0".into());
    let empty = Map::new();
    let outputs = record.outputs.as_ref().and_then(Option::as_ref);
    let parts = [
        ("inputs", Some(&record.inputs)),
        ("outputs", outputs.and_then(Value::as_object).or(Some(&empty))),
        ("expectations", record.expectations.as_ref().or(Some(&empty))),
    ];
    for (part, fields) in parts {
        let known = schema.entry(part).or_insert_with(|| json!({}));
        // Outputs that are no object have one type, and stay as they were first.
        let (Some(known), Some(fields)) = (known.as_object_mut(), fields) else { continue };
        for (name, value) in fields {
            known.entry(name.clone()).or_insert_with(|| kind(value).into());
        }
    }
    if let Some(outputs) = outputs.filter(|outputs| !outputs.is_object())
        && schema.get("outputs").and_then(Value::as_object).is_some_and(Map::is_empty)
    {
        schema.insert("outputs".to_owned(), kind(outputs).into());
    }
}
