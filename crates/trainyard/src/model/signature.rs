//! Signatures: which columns or tensors go into a model and come out of it, in MLflow's own notation.

use serde_json::{Map, Value, json};

use super::Tensor;
use super::tensor::shape_of;
use crate::{Error, models};

/// What goes into a model and what comes out.
///
/// ```
/// use trainyard::{Column, DataType, Schema, Signature};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// // Read off the data …
/// let signature = Signature::of(&[[5.1, 3.5], [6.2, 3.4]], &["setosa", "virginica"])?;
/// assert!(matches!(signature.inputs, Some(Schema::Tensors(_))));
/// // … or said.
/// let column = |name: &str| Column { name: Some(name.to_owned()), data_type: DataType::Double, required: true };
/// let inputs = Schema::Columns(vec![column("length"), column("width")]);
/// let signature = Signature { inputs: Some(inputs), outputs: None };
/// # drop(signature);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    /// What goes in.
    pub inputs: Option<Schema>,
    /// What comes out.
    pub outputs: Option<Schema>,
}

/// A table by its columns, or tensors.
///
/// ```
/// use trainyard::{DataType, Schema};
///
/// let table = Schema::columns([("length", DataType::Double), ("colour", DataType::String)]);
/// let Schema::Columns(columns) = &table else { unreachable!("they were columns") };
/// assert_eq!(columns.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Schema {
    /// Columns.
    Columns(Vec<Column>),
    /// Tensors; several have names.
    Tensors(Vec<TensorSpec>),
}

/// A column of a table.
///
/// ```
/// use trainyard::{Column, DataType, Schema};
///
/// let length = Column { name: Some("length".to_owned()), data_type: DataType::Double, required: true };
/// let colour = Column { name: Some("colour".to_owned()), data_type: DataType::String, required: false };
/// let inputs = Schema::Columns(vec![length, colour]);
/// # drop(inputs);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name; an only column may have none.
    pub name: Option<String>,
    /// Type of its values.
    pub data_type: DataType,
    /// Whether every row has a value.
    pub required: bool,
}

/// Type of a column's values.
///
/// ```
/// use trainyard::{DataType, Schema};
///
/// let words = DataType::Array(Box::new(DataType::String));
/// let inputs = Schema::columns([("words", words), ("count", DataType::Long)]);
/// # drop(inputs);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataType {
    /// `bool`.
    Boolean,
    /// Integers of up to 32 bits.
    Integer,
    /// Integers of up to 64 bits.
    Long,
    /// `f32`.
    Float,
    /// `f64`.
    Double,
    /// Text.
    String,
    /// Bytes.
    Binary,
    /// Points in time.
    Datetime,
    /// Lists of values of one type.
    Array(Box<DataType>),
    /// Anything.
    Any,
}

/// A tensor.
///
/// ```
/// use trainyard::{Schema, Signature, TensorSpec};
///
/// // Any number of pictures of 28 by 28 pixels, and ten numbers for each.
/// let tensor = |shape: &[i64]| TensorSpec { name: None, dtype: "float32".to_owned(), shape: shape.to_vec() };
/// let signature = Signature {
///     inputs: Some(Schema::Tensors(vec![tensor(&[-1, 28, 28])])),
///     outputs: Some(Schema::Tensors(vec![tensor(&[-1, 10])])),
/// };
/// # assert!(signature.inputs.is_some());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorSpec {
    /// Its name; an only tensor may have none.
    pub name: Option<String>,
    /// Element type as numpy has it, such as `float64`.
    pub dtype: String,
    /// Lengths of the dimensions, -1 for any.
    pub shape: Vec<i64>,
}

impl Signature {
    /// The signature of a model that makes `outputs` of `inputs`; both are read for their types and shapes alone.
    ///
    /// ```
    /// let signature = trainyard::Signature::of(&[[5.1, 3.5], [6.2, 3.4]], &["setosa", "virginica"])?;
    /// # assert!(signature.inputs.is_some());
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn of(inputs: &(impl Tensor + ?Sized), outputs: &(impl Tensor + ?Sized)) -> Result<Self, Error> {
        Ok(Self { inputs: Some(Schema::of(inputs)?), outputs: Some(Schema::of(outputs)?) })
    }

    /// As it stands in `MLmodel`: each part a JSON document in text.
    pub(crate) fn to_stored(&self) -> models::Signature {
        models::Signature {
            inputs: self.inputs.as_ref().map(Schema::to_json),
            outputs: self.outputs.as_ref().map(Schema::to_json),
            params: None,
        }
    }

    pub(crate) fn from_stored(stored: &models::Signature) -> Result<Self, String> {
        let read = |text: &Option<String>| text.as_deref().map(Schema::from_json).transpose();
        Ok(Self { inputs: read(&stored.inputs)?, outputs: read(&stored.outputs)? })
    }
}

impl Schema {
    /// One unnamed tensor like this one, with any number of rows.
    ///
    /// ```
    /// use trainyard::{Schema, TensorSpec};
    ///
    /// let schema = Schema::of(&[[5.1, 3.5], [6.2, 3.4]])?;
    /// let expected = TensorSpec { name: None, dtype: "float64".to_owned(), shape: vec![-1, 2] };
    /// assert_eq!(schema, Schema::Tensors(vec![expected]));
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn of(tensor: &(impl Tensor + ?Sized)) -> Result<Self, Error> {
        Ok(Self::Tensors(vec![TensorSpec::of(tensor)?]))
    }

    /// Required columns of these names and types.
    ///
    /// ```
    /// use trainyard::{DataType, Schema};
    ///
    /// let inputs = Schema::columns([("petal length", DataType::Double), ("colour", DataType::String)]);
    /// # drop(inputs);
    /// ```
    pub fn columns<N: Into<String>>(columns: impl IntoIterator<Item = (N, DataType)>) -> Self {
        let columns = columns.into_iter();
        Self::Columns(
            columns.map(|(name, data_type)| Column { name: Some(name.into()), data_type, required: true }).collect(),
        )
    }

    pub(crate) fn to_json(&self) -> String {
        let entries: Vec<String> = match self {
            Self::Columns(columns) => columns.iter().map(Column::to_json).collect(),
            Self::Tensors(tensors) => tensors.iter().map(TensorSpec::to_json).collect(),
        };
        format!("[{}]", entries.join(", "))
    }

    fn from_json(text: &str) -> Result<Self, String> {
        let entries: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if entries.first().is_some_and(|entry| entry.get("type") == Some(&json!("tensor"))) {
            let tensors = entries.iter().map(TensorSpec::from_json).collect::<Result<_, _>>()?;
            return Ok(Self::Tensors(tensors));
        }
        Ok(Self::Columns(entries.iter().map(Column::from_json).collect::<Result<_, _>>()?))
    }
}

impl Column {
    // MLflow's order of keys is part of what its users see: type, name, required.
    fn to_json(&self) -> String {
        let mut parts = self.data_type.parts();
        if let Some(name) = &self.name {
            parts.push(format!("\"name\": {}", json!(name)));
        }
        parts.push(format!("\"required\": {}", self.required));
        format!("{{{}}}", parts.join(", "))
    }

    fn from_json(entry: &Map<String, Value>) -> Result<Self, String> {
        let name = match entry.get("name") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.clone()),
            Some(name) => Some(name.to_string()),
        };
        let required = entry.get("required").and_then(Value::as_bool).unwrap_or(true);
        Ok(Self { name, data_type: DataType::from_json(entry)?, required })
    }
}

impl DataType {
    fn name(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::String => "string",
            Self::Binary => "binary",
            Self::Datetime => "datetime",
            Self::Array(_) => "array",
            Self::Any => "any",
        }
    }

    fn parts(&self) -> Vec<String> {
        let mut parts = vec![format!("\"type\": \"{}\"", self.name())];
        if let Self::Array(items) = self {
            parts.push(format!("\"items\": {{{}}}", items.parts().join(", ")));
        }
        parts
    }

    /// Objects, maps and types of other tools are read as [`DataType::Any`].
    fn from_json(entry: &Map<String, Value>) -> Result<Self, String> {
        let Some(name) = entry.get("type").and_then(Value::as_str) else {
            return Err(format!("an entry has no type: {}", Value::Object(entry.clone())));
        };
        let simple = [
            Self::Boolean,
            Self::Integer,
            Self::Long,
            Self::Float,
            Self::Double,
            Self::String,
            Self::Binary,
            Self::Datetime,
        ];
        if let Some(found) = simple.into_iter().find(|data_type| data_type.name() == name) {
            return Ok(found);
        }
        match entry.get("items").and_then(Value::as_object) {
            Some(items) if name == "array" => Ok(Self::Array(Box::new(Self::from_json(items)?))),
            _ => Ok(Self::Any),
        }
    }
}

impl TensorSpec {
    /// An unnamed tensor like this one, with any number of rows.
    ///
    /// ```
    /// let spec = trainyard::TensorSpec::of(&[[1_i64, 2, 3]])?;
    /// assert_eq!((spec.dtype.as_str(), spec.shape), ("int64", vec![-1, 3]));
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn of(tensor: &(impl Tensor + ?Sized)) -> Result<Self, Error> {
        let mut shape: Vec<i64> = shape_of(tensor)?.iter().map(|&n| i64::try_from(n).unwrap_or(-1)).collect();
        match shape.first_mut() {
            Some(rows) => *rows = -1,
            // MLflow knows no tensor without dimensions.
            None => shape.push(-1),
        }
        Ok(Self { name: None, dtype: tensor.dtype().to_owned(), shape })
    }

    /// The same with a name.
    ///
    /// ```
    /// use trainyard::{Schema, TensorSpec};
    ///
    /// let (image, size) = (TensorSpec::of(&[[0_u8, 255]])?, TensorSpec::of(&[28_i64])?);
    /// let inputs = Schema::Tensors(vec![image.named("image"), size.named("size")]);
    /// # drop(inputs);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    fn to_json(&self) -> String {
        let name = self.name.as_ref().map_or(String::new(), |name| format!("\"name\": {}, ", json!(name)));
        let shape: Vec<String> = self.shape.iter().map(i64::to_string).collect();
        let spec = format!("{{\"dtype\": {}, \"shape\": [{}]}}", json!(self.dtype), shape.join(", "));
        format!("{{{name}\"type\": \"tensor\", \"tensor-spec\": {spec}}}")
    }

    fn from_json(entry: &Map<String, Value>) -> Result<Self, String> {
        let bad = || format!("not a tensor: {}", Value::Object(entry.clone()));
        let spec = entry.get("tensor-spec").ok_or_else(bad)?;
        let name = entry.get("name").and_then(Value::as_str).map(str::to_owned);
        let dtype = spec["dtype"].as_str().ok_or_else(bad)?.to_owned();
        let shape = spec["shape"].as_array().ok_or_else(bad)?;
        let shape = shape.iter().map(|n| n.as_i64().ok_or_else(bad)).collect::<Result<_, _>>()?;
        Ok(Self { name, dtype, shape })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_written_as_mlflow_writes_them() {
        let signature = Signature::of(&[[1.0_f32, 2.0, 3.0]], &[1_i64]).expect("rectangles");
        let stored = signature.to_stored();
        assert_eq!(
            stored.inputs.as_deref(),
            Some(r#"[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]"#)
        );
        assert_eq!(
            stored.outputs.as_deref(),
            Some(r#"[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]"#)
        );
        assert_eq!(Signature::from_stored(&stored), Ok(signature));
    }

    #[test]
    fn columns_are_written_as_mlflow_writes_them_and_read_back() {
        let list = DataType::Array(Box::new(DataType::Long));
        let mut columns = Schema::columns([("a \"b\"", DataType::Double), ("c", list)]);
        if let Schema::Columns(columns) = &mut columns {
            columns.push(Column { name: None, data_type: DataType::String, required: false });
        }
        assert_eq!(
            columns.to_json(),
            r#"[{"type": "double", "name": "a \"b\"", "required": true}, "#.to_owned()
                + r#"{"type": "array", "items": {"type": "long"}, "name": "c", "required": true}, "#
                + r#"{"type": "string", "required": false}]"#
        );
        assert_eq!(Schema::from_json(&columns.to_json()), Ok(columns));
        let object = r#"[{"type": "object", "properties": {}, "name": 0, "required": true}]"#;
        let read = Schema::from_json(object).expect("a column");
        assert_eq!(
            read,
            Schema::Columns(vec![Column { name: Some("0".to_owned()), data_type: DataType::Any, required: true }])
        );
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        for text in
            ["{}", "[1]", "[{}]", r#"[{"type": "tensor"}]"#, r#"[{"type": "tensor", "tensor-spec": {"dtype": 1}}]"#]
        {
            assert!(Schema::from_json(text).is_err(), "{text}");
        }
    }
}
