//! Signatures and examples from data frames of polars.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polars_core::prelude::{AnyValue, Column as Series, DataFrame, DataType as PolarsType};
use serde_json::{Value, json};

use super::{Column, DataType, InputExample, Schema};
use crate::Error;

impl Schema {
    /// The columns of a data frame; those that hold nulls are optional.
    pub fn of_frame(frame: &DataFrame) -> Self {
        let column = |column: &Series| Column {
            name: Some(column.name().to_string()),
            data_type: data_type(column.dtype()),
            required: column.null_count() == 0,
        };
        Self::Columns(frame.columns().iter().map(column).collect())
    }
}

impl InputExample {
    /// The rows of a data frame.
    pub fn frame(frame: &DataFrame) -> Result<Self, Error> {
        let names: Vec<&str> = frame.columns().iter().map(|column| column.name().as_str()).collect();
        let mut rows = Vec::with_capacity(frame.height());
        for index in 0..frame.height() {
            let row = frame.columns().iter().map(|column| value(column, index)).collect::<Result<Vec<_>, _>>()?;
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
        _ => DataType::Any,
    }
}

fn value(column: &Series, index: usize) -> Result<Value, Error> {
    let invalid =
        |reason: String| Error::InvalidModel { field: "input_example", value: column.name().to_string(), reason };
    let value = column.get(index).map_err(|error| invalid(error.to_string()))?;
    Ok(match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(value) => json!(value),
        AnyValue::Float32(value) => json!(value),
        AnyValue::Float64(value) => json!(value),
        AnyValue::String(text) => json!(text),
        AnyValue::StringOwned(text) => json!(text.as_str()),
        AnyValue::Binary(bytes) => json!(STANDARD.encode(bytes)),
        AnyValue::BinaryOwned(bytes) => json!(STANDARD.encode(bytes)),
        AnyValue::UInt64(value) => json!(value),
        AnyValue::List(_) => return Err(invalid("lists in columns are not supported in examples".to_owned())),
        // What is left are smaller integers, dates and times, which are written as polars shows them.
        other => match other.extract::<i64>() {
            Some(number) if column.dtype().is_integer() => json!(number),
            _ => json!(other.to_string()),
        },
    })
}

#[cfg(test)]
mod tests {
    use polars_core::df;

    use super::*;

    #[test]
    fn columns_have_types_and_examples_values() {
        let frame = df!("a" => [1.5, 2.5], "b" => [Some(1_i32), None], "c" => ["x", "it's"], "d" => [true, false]);
        let frame = frame.expect("a data frame");
        let mut expected = Schema::columns([
            ("a", DataType::Double),
            ("b", DataType::Integer),
            ("c", DataType::String),
            ("d", DataType::Boolean),
        ]);
        if let Schema::Columns(columns) = &mut expected {
            columns[1].required = false;
        }
        assert_eq!(Schema::of_frame(&frame), expected);
        let example = InputExample::frame(&frame).expect("an example");
        let rows = r#"[[1.5,1,"x",true],[2.5,null,"it's",false]]"#;
        assert_eq!(example, InputExample::split(&["a", "b", "c", "d"], rows, expected));
    }
}
