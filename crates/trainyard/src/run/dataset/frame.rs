//! Datasets from data frames of polars.

use polars_core::prelude::{AnyValue, DataFrame};

use super::Dataset;
use super::table::{Cell, Column};
use crate::{Error, Schema};

impl Dataset {
    /// A data frame of polars. How its columns are divided into chunks makes no difference.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flowers = polars_core::df!("length" => [5.1, 6.2], "species" => ["setosa", "virginica"])?;
    /// let iris = trainyard::Dataset::from_frame("iris", &flowers)?;
    /// # drop(iris);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_frame(name: &str, frame: &DataFrame) -> Result<Self, Error> {
        let mut columns = Vec::with_capacity(frame.width());
        for series in frame.columns() {
            let mut column = Column::default();
            for value in series.as_materialized_series().iter() {
                add(&mut column, &value).map_err(|reason| Error::Dataset {
                    name: name.to_owned(),
                    reason: format!("the column '{}' {reason}", series.name()),
                })?;
            }
            columns.push(column);
        }
        Self::from_table(name, &Schema::of_frame(frame), columns, frame.height())
    }
}

fn add(column: &mut Column, value: &AnyValue<'_>) -> Result<(), String> {
    let cell = match value {
        AnyValue::Null => Cell::Null,
        AnyValue::Boolean(value) => Cell::Boolean(*value),
        AnyValue::Int8(value) => Cell::Integer((*value).into()),
        AnyValue::Int16(value) => Cell::Integer((*value).into()),
        AnyValue::Int32(value) => Cell::Integer((*value).into()),
        AnyValue::Int64(value) => Cell::Integer(*value),
        AnyValue::UInt8(value) => Cell::Integer((*value).into()),
        AnyValue::UInt16(value) => Cell::Integer((*value).into()),
        AnyValue::UInt32(value) => Cell::Integer((*value).into()),
        AnyValue::UInt64(value) => Cell::from(*value),
        AnyValue::Float32(value) => Cell::Float((*value).into()),
        AnyValue::Float64(value) => Cell::Float(*value),
        AnyValue::String(text) => Cell::Text(text),
        AnyValue::StringOwned(text) => Cell::Text(text),
        AnyValue::Binary(bytes) => Cell::Bytes(bytes),
        AnyValue::BinaryOwned(bytes) => Cell::Bytes(bytes),
        AnyValue::List(items) => {
            column.add(&Cell::List(items.len()));
            for item in items.iter() {
                add(column, &item)?;
            }
            return Ok(());
        }
        other if other.dtype().is_nested() || other.dtype().is_object() => {
            return Err(format!("has the type {}, which has no digest; unnest it, or leave it out", other.dtype()));
        }
        // Categories by their text; dates, times and decimals as polars shows them.
        other => match other.get_str() {
            Some(text) => Cell::Text(text),
            None => {
                column.add(&Cell::Text(&other.to_string()));
                return Ok(());
            }
        },
    };
    column.add(&cell);
    Ok(())
}

#[cfg(test)]
mod tests {
    use polars_core::df;

    use super::*;

    #[test]
    fn values_names_and_order_make_the_digest_and_chunks_do_not() {
        let digest = |frame: &DataFrame| Dataset::from_frame("iris", frame).expect("a dataset").digest().to_owned();
        let whole = df!("a" => [1.5, 2.5, f64::NAN], "b" => [Some("x"), None, Some("")]).expect("a data frame");
        let mut chunks = whole.head(Some(1));
        chunks.vstack_mut(&whole.slice(1, 2)).expect("the same columns");
        assert_eq!(chunks.columns()[0].as_materialized_series().n_chunks(), 2);
        assert_eq!(digest(&chunks), digest(&whole));
        let others = [
            df!("a" => [1.5, 2.5, 0.0], "b" => [Some("x"), None, Some("")]),
            df!("a" => [1.5, 2.5, f64::NAN], "b" => [Some("x"), Some(""), None]),
            df!("a" => [1.5, 2.5, f64::NAN], "c" => [Some("x"), None, Some("")]),
            df!("a" => [2.5, 1.5, f64::NAN], "b" => [Some("x"), None, Some("")]),
            df!("a" => [1.5_f32, 2.5, f32::NAN], "b" => [Some("x"), None, Some("")]),
        ];
        for other in others {
            let other = other.expect("a data frame");
            assert_ne!(digest(&other), digest(&whole), "{:?}", other.columns());
        }
    }
}
