//! Signatures and examples from data frames of polars.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polars_core::prelude::{AnyValue, Column as PolarsColumn, DataFrame, DataType as PolarsType};
use serde_json::{Value, json};

use super::{Column, DataType, InputExample, Schema};
use crate::Error;

impl Schema {
    /// The columns of a data frame of polars; those that hold nulls are optional.
    ///
    /// ```
    /// use polars_core::df;
    /// use trainyard::{DataType, Schema};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flowers = df!("length" => [5.1, 6.2], "species" => ["setosa", "virginica"])?;
    /// let expected = Schema::columns([("length", DataType::Double), ("species", DataType::String)]);
    /// assert_eq!(Schema::of_frame(&flowers), expected);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of_frame(frame: &DataFrame) -> Self {
        let column = |column: &PolarsColumn| Column {
            name: Some(column.name().to_string()),
            data_type: data_type(column.dtype()),
            required: column.null_count() == 0,
        };
        Self::Columns(frame.columns().iter().map(column).collect())
    }
}

impl InputExample {
    /// The rows of a data frame of polars.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flowers = polars_core::df!("length" => [5.1, 6.2], "colour" => ["red", "blue"])?;
    /// let example = trainyard::InputExample::frame(&flowers.head(Some(1)))?;
    /// # drop(example);
    /// # Ok(())
    /// # }
    /// ```
    pub fn frame(frame: &DataFrame) -> Result<Self, Error> {
        let names: Vec<&str> = frame.columns().iter().map(|column| column.name().as_str()).collect();
        let mut rows = Vec::with_capacity(frame.height());
        for index in 0..frame.height() {
            let mut row = Vec::with_capacity(names.len());
            for column in frame.columns() {
                let value = column.get(index).map_err(|error| error.to_string()).and_then(|value| json_of(&value));
                row.push(value.map_err(|reason| Error::InvalidModel {
                    field: "input_example",
                    value: column.name().to_string(),
                    reason,
                })?);
            }
            rows.push(Value::Array(row));
        }
        Ok(Self::split(&names, &Value::Array(rows).to_string(), Schema::of_frame(frame)))
    }
}

fn data_type(polars: &PolarsType) -> DataType {
    match polars {
        PolarsType::Boolean => DataType::Boolean,
        PolarsType::Int8 | PolarsType::Int16 | PolarsType::Int32 | PolarsType::UInt8 | PolarsType::UInt16 => {
            DataType::Integer
        }
        PolarsType::Int64 | PolarsType::UInt32 => DataType::Long,
        PolarsType::Float16 | PolarsType::Float32 => DataType::Float,
        PolarsType::Float64 => DataType::Double,
        PolarsType::String => DataType::String,
        PolarsType::Binary => DataType::Binary,
        PolarsType::Date | PolarsType::Datetime(..) => DataType::Datetime,
        PolarsType::List(items) => DataType::Array(Box::new(data_type(items))),
        // Their variants are there with features of polars alone.
        categorical if categorical.is_categorical() || categorical.is_enum() => DataType::String,
        _ => DataType::Any,
    }
}

fn json_of(value: &AnyValue<'_>) -> Result<Value, String> {
    Ok(match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(value) => json!(value),
        AnyValue::Int8(value) => json!(value),
        AnyValue::Int16(value) => json!(value),
        AnyValue::Int32(value) => json!(value),
        AnyValue::Int64(value) => json!(value),
        AnyValue::UInt8(value) => json!(value),
        AnyValue::UInt16(value) => json!(value),
        AnyValue::UInt32(value) => json!(value),
        AnyValue::UInt64(value) => json!(value),
        AnyValue::Float32(value) => json!(value),
        AnyValue::Float64(value) => json!(value),
        AnyValue::Binary(bytes) => json!(STANDARD.encode(bytes)),
        AnyValue::BinaryOwned(bytes) => json!(STANDARD.encode(bytes)),
        AnyValue::List(items) => {
            let items = items.iter().map(|item| json_of(&item));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        other if other.dtype().is_nested() => {
            return Err(format!("its type {} cannot be written as JSON; unnest it, or leave it out", other.dtype()));
        }
        // Texts and categories by their text; dates and times as polars shows them.
        other => other.get_str().map_or_else(|| json!(other.to_string()), |text| json!(text)),
    })
}

#[cfg(test)]
mod tests {
    use polars_core::df;
    use polars_core::prelude::{NamedFrom as _, Series};

    use super::*;

    #[test]
    fn columns_have_types_and_examples_values() {
        let lists = [Series::new("".into(), [1_i64, 2]), Series::new("".into(), [3_i64])];
        let frame = df!(
            "a" => [1.5, 2.5], "b" => [Some(1_i32), None], "c" => ["x", "it's"], "d" => [true, false], "e" => lists,
            "f" => [1_u64, u64::MAX], "g" => [f64::NAN, -0.5],
        );
        let frame = frame.expect("a data frame");
        let mut expected = Schema::columns([
            ("a", DataType::Double),
            ("b", DataType::Integer),
            ("c", DataType::String),
            ("d", DataType::Boolean),
            ("e", DataType::Array(Box::new(DataType::Long))),
            ("f", DataType::Any),
            ("g", DataType::Double),
        ]);
        if let Schema::Columns(columns) = &mut expected {
            columns[1].required = false;
        }
        assert_eq!(Schema::of_frame(&frame), expected);
        let example = InputExample::frame(&frame).expect("an example");
        let rows = r#"[[1.5,1,"x",true,[1,2],1,null],[2.5,null,"it's",false,[3],18446744073709551615,-0.5]]"#;
        assert_eq!(example, InputExample::split(&["a", "b", "c", "d", "e", "f", "g"], rows, expected));
    }
}
