//! Datasets from record batches of Arrow.

use std::borrow::Borrow;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, downcast_temporal_array};
use arrow_schema::{DataType as ArrowType, Field};

use super::Dataset;
use super::table::{Cell, Column};
use crate::{Column as SchemaColumn, DataType, Error, Schema};

impl Dataset {
    /// A table as record batches of Arrow, of which there is one at least. How many make the table makes no difference.
    ///
    /// Numbers, texts, bytes, lists of them and nulls have the digest that they have in a data frame of polars.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let length: ArrayRef = Arc::new(Float64Array::from(vec![5.1, 6.2]));
    /// let species: ArrayRef = Arc::new(StringArray::from(vec!["setosa", "virginica"]));
    /// let flowers = RecordBatch::try_from_iter([("length", length), ("species", species)])?;
    /// let iris = trainyard::Dataset::from_batches("iris", [&flowers])?;
    /// # drop(iris);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_batches<B: Borrow<RecordBatch>>(
        name: &str,
        batches: impl IntoIterator<Item = B>,
    ) -> Result<Self, Error> {
        let invalid = |reason: String| Error::Dataset { name: name.to_owned(), reason };
        let mut table: Option<Vec<ArrowColumn>> = None;
        let mut rows = 0;
        for (number, batch) in batches.into_iter().enumerate() {
            let batch = batch.borrow();
            let schema = batch.schema_ref();
            let columns = table.get_or_insert_with(|| schema.fields().iter().map(|field| of_field(field)).collect());
            let same = |(column, field): (&ArrowColumn, &Field)| {
                column.name == *field.name() && column.arrow_type == *field.data_type()
            };
            let fields = schema.fields().iter().map(AsRef::as_ref);
            if columns.len() != schema.fields().len() || !columns.iter().zip(fields).all(same) {
                return Err(invalid(format!("batch {number} has other columns than batch 0")));
            }
            for (column, array) in columns.iter_mut().zip(batch.columns()) {
                column.has_nulls |= array.logical_null_count() > 0;
                for index in 0..array.len() {
                    add(&mut column.values, array, index)
                        .map_err(|reason| invalid(format!("the column '{}' {reason}", column.name)))?;
                }
            }
            rows += batch.num_rows();
        }
        let table = table.ok_or_else(|| invalid("there is no batch to take the columns from".to_owned()))?;
        let mut schema = Vec::with_capacity(table.len());
        let mut columns = Vec::with_capacity(table.len());
        for ArrowColumn { name, arrow_type, has_nulls, values } in table {
            schema.push(SchemaColumn { name: Some(name), data_type: data_type(&arrow_type), required: !has_nulls });
            columns.push(values);
        }
        Self::from_table(name, &Schema::Columns(schema), columns, rows)
    }
}

struct ArrowColumn {
    name: String,
    arrow_type: ArrowType,
    has_nulls: bool,
    values: Column,
}

fn of_field(field: &Field) -> ArrowColumn {
    let arrow_type = field.data_type().clone();
    let mut values = Column::default();
    let innermost = innermost(&arrow_type);
    if innermost.is_temporal() {
        // Their numbers say nothing without the unit.
        values.add(&Cell::Text(&innermost.to_string()));
    }
    ArrowColumn { name: field.name().clone(), arrow_type, has_nulls: false, values }
}

/// What lists hold in the end, and dictionaries stand for.
fn innermost(arrow: &ArrowType) -> &ArrowType {
    match arrow {
        ArrowType::List(items) | ArrowType::LargeList(items) | ArrowType::FixedSizeList(items, _) => {
            innermost(items.data_type())
        }
        ArrowType::Dictionary(_, values) => innermost(values),
        other => other,
    }
}

fn data_type(arrow: &ArrowType) -> DataType {
    match arrow {
        ArrowType::Boolean => DataType::Boolean,
        ArrowType::Int8 | ArrowType::Int16 | ArrowType::Int32 | ArrowType::UInt8 | ArrowType::UInt16 => {
            DataType::Integer
        }
        ArrowType::Int64 | ArrowType::UInt32 => DataType::Long,
        ArrowType::Float16 | ArrowType::Float32 => DataType::Float,
        ArrowType::Float64 => DataType::Double,
        ArrowType::Utf8 | ArrowType::LargeUtf8 | ArrowType::Utf8View => DataType::String,
        ArrowType::Binary | ArrowType::LargeBinary | ArrowType::BinaryView | ArrowType::FixedSizeBinary(_) => {
            DataType::Binary
        }
        ArrowType::Date32 | ArrowType::Date64 | ArrowType::Timestamp(..) => DataType::Datetime,
        ArrowType::List(items) | ArrowType::LargeList(items) | ArrowType::FixedSizeList(items, _) => {
            DataType::Array(Box::new(data_type(items.data_type())))
        }
        ArrowType::Dictionary(_, values) => data_type(values),
        _ => DataType::Any,
    }
}

fn add(column: &mut Column, array: &dyn Array, index: usize) -> Result<(), String> {
    if array.is_null(index) {
        column.add(&Cell::Null);
        return Ok(());
    }
    let cell = match array.data_type() {
        ArrowType::Null => Cell::Null,
        ArrowType::Boolean => Cell::Boolean(array.as_boolean().value(index)),
        ArrowType::Float16 => Cell::Float(array.as_primitive::<Float16Type>().value(index).into()),
        ArrowType::Float32 => Cell::Float(array.as_primitive::<Float32Type>().value(index).into()),
        ArrowType::Float64 => Cell::Float(array.as_primitive::<Float64Type>().value(index)),
        ArrowType::Utf8 => Cell::Text(array.as_string::<i32>().value(index)),
        ArrowType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(index)),
        ArrowType::Utf8View => Cell::Text(array.as_string_view().value(index)),
        ArrowType::Binary => Cell::Bytes(array.as_binary::<i32>().value(index)),
        ArrowType::LargeBinary => Cell::Bytes(array.as_binary::<i64>().value(index)),
        ArrowType::BinaryView => Cell::Bytes(array.as_binary_view().value(index)),
        ArrowType::FixedSizeBinary(_) => Cell::Bytes(array.as_fixed_size_binary().value(index)),
        ArrowType::List(_) => return add_list(column, &array.as_list::<i32>().value(index)),
        ArrowType::LargeList(_) => return add_list(column, &array.as_list::<i64>().value(index)),
        ArrowType::FixedSizeList(..) => return add_list(column, &array.as_fixed_size_list().value(index)),
        ArrowType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = integer(dictionary.keys(), index).and_then(|key| usize::try_from(key).ok());
            return match key {
                Some(key) if key < dictionary.values().len() => add(column, dictionary.values(), key),
                _ => Err(format!("has no value for the key of row {index}")),
            };
        }
        ArrowType::Decimal128(..) => {
            column.add(&Cell::Text(&array.as_primitive::<Decimal128Type>().value_as_string(index)));
            return Ok(());
        }
        ArrowType::Decimal256(..) => {
            column.add(&Cell::Text(&array.as_primitive::<Decimal256Type>().value_as_string(index)));
            return Ok(());
        }
        other => match integer(array, index).or_else(|| temporal(array, index)) {
            Some(value) => i64::try_from(value).map_or(Cell::Large(value as u64), Cell::Integer),
            None => {
                return Err(format!("has the type {other}, which has no digest; cast or flatten it, or leave it out"));
            }
        },
    };
    column.add(&cell);
    Ok(())
}

fn add_list(column: &mut Column, items: &dyn Array) -> Result<(), String> {
    column.add(&Cell::List(items.len()));
    (0..items.len()).try_for_each(|index| add(column, items, index))
}

fn integer(array: &dyn Array, index: usize) -> Option<i128> {
    Some(match array.data_type() {
        ArrowType::Int8 => array.as_primitive::<Int8Type>().value(index).into(),
        ArrowType::Int16 => array.as_primitive::<Int16Type>().value(index).into(),
        ArrowType::Int32 => array.as_primitive::<Int32Type>().value(index).into(),
        ArrowType::Int64 => array.as_primitive::<Int64Type>().value(index).into(),
        ArrowType::UInt8 => array.as_primitive::<UInt8Type>().value(index).into(),
        ArrowType::UInt16 => array.as_primitive::<UInt16Type>().value(index).into(),
        ArrowType::UInt32 => array.as_primitive::<UInt32Type>().value(index).into(),
        ArrowType::UInt64 => array.as_primitive::<UInt64Type>().value(index).into(),
        _ => return None,
    })
}

/// A point in time, a time of the day or a duration, in its own unit.
fn temporal(array: &dyn Array, index: usize) -> Option<i128> {
    downcast_temporal_array!(
        array => Some(array.value(index).into()),
        _ => None
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{Int64Builder, ListBuilder};
    use arrow_array::{
        ArrayRef, BooleanArray, Date32Array, Date64Array, DictionaryArray, Float64Array, Int32Array, StringArray,
        StringViewArray, StructArray, UInt64Array,
    };
    use serde_json::{Value, json};

    use super::*;

    fn batch(columns: impl IntoIterator<Item = (&'static str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter(columns).expect("columns of one length")
    }

    fn digest(batches: &[RecordBatch]) -> String {
        Dataset::from_batches("iris", batches).expect("a dataset").digest().to_owned()
    }

    fn columns() -> RecordBatch {
        let mut lists = ListBuilder::new(Int64Builder::new());
        lists.append_value([Some(1), None]);
        lists.append_null();
        lists.append_value([]);
        batch([
            ("a", Arc::new(Float64Array::from(vec![1.5, 2.5, f64::NAN])) as ArrayRef),
            ("b", Arc::new(StringArray::from(vec![Some("x"), None, Some("")]))),
            ("c", Arc::new(Int32Array::from(vec![1, -1, i32::MAX]))),
            ("d", Arc::new(UInt64Array::from(vec![0, 1, u64::MAX]))),
            ("e", Arc::new(BooleanArray::from(vec![true, false, true]))),
            ("f", Arc::new(lists.finish())),
        ])
    }

    #[test]
    fn neither_batches_nor_the_layout_of_texts_make_a_difference() {
        let whole = columns();
        assert_eq!(digest(&[whole.slice(0, 1), whole.slice(1, 2)]), digest(std::slice::from_ref(&whole)));
        let texts = [Some("x"), None, Some("x")];
        let plain = batch([("b", Arc::new(StringArray::from(texts.to_vec())) as ArrayRef)]);
        let view = batch([("b", Arc::new(StringViewArray::from(texts.to_vec())) as ArrayRef)]);
        let dictionary: DictionaryArray<Int32Type> = texts.into_iter().collect();
        let dictionary = batch([("b", Arc::new(dictionary) as ArrayRef)]);
        assert_eq!(digest(&[view]), digest(std::slice::from_ref(&plain)));
        assert_eq!(digest(&[dictionary]), digest(&[plain]));
        let dataset = Dataset::from_batches("iris", [whole]).expect("a dataset");
        let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(parsed(&dataset.entity.profile), json!({"num_rows": 3, "num_elements": 18}));
        let columns = &parsed(&dataset.entity.schema)["mlflow_colspec"];
        assert_eq!(columns[1], json!({"name": "b", "required": false, "type": "string"}));
        assert_eq!(columns[2], json!({"name": "c", "required": true, "type": "integer"}));
    }

    #[test]
    fn units_of_time_make_a_difference() {
        let days = batch([("day", Arc::new(Date32Array::from(vec![1])) as ArrayRef)]);
        let milliseconds = batch([("day", Arc::new(Date64Array::from(vec![1])) as ArrayRef)]);
        assert_ne!(digest(&[days]), digest(&[milliseconds]));
    }

    #[test]
    fn tables_that_have_no_digest_are_refused() {
        let one = batch([("a", Arc::new(Int32Array::from(vec![1])) as ArrayRef)]);
        let other = batch([("b", Arc::new(Int32Array::from(vec![1])) as ArrayRef)]);
        let field = Arc::new(Field::new("x", ArrowType::Int32, false));
        let inner = StructArray::from(vec![(field, Arc::new(Int32Array::from(vec![1])) as ArrayRef)]);
        let nested = batch([("s", Arc::new(inner) as ArrayRef)]);
        for (batches, part) in [
            (vec![], "no batch"),
            (vec![one, other], "batch 1 has other columns"),
            (vec![nested], "the column 's' has the type Struct"),
        ] {
            let error = Dataset::from_batches("iris", &batches).expect_err("no digest").to_string();
            assert!(error.contains("'iris'") && error.contains(part), "{error}");
        }
    }

    #[cfg(feature = "polars")]
    #[test]
    fn a_data_frame_of_polars_with_the_same_values_has_the_same_digest() {
        use polars_core::prelude::{NamedFrom as _, Series};

        let lists = [
            Some(Series::new("".into(), [Some(1_i64), None])),
            None,
            Some(Series::new_empty("".into(), &polars_core::prelude::DataType::Int64)),
        ];
        let frame = polars_core::df!(
            "a" => [1.5, 2.5, f64::NAN], "b" => [Some("x"), None, Some("")], "c" => [1, -1, i32::MAX],
            "d" => [0, 1, u64::MAX], "e" => [true, false, true], "f" => lists,
        );
        let of_polars = Dataset::from_frame("iris", &frame.expect("a data frame")).expect("a dataset");
        assert_eq!(of_polars, Dataset::from_batches("iris", [columns()]).expect("a dataset"));
    }
}
