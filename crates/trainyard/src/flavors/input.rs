//! What is asked of rows before a framework sees them: where one would panic, an error says what is wrong with which.

use std::fmt::Display;

use crate::Error;

/// Refuses rows with another number of features than the model was fitted on.
pub(super) fn check_columns(columns: usize, fitted: usize) -> Result<(), Error> {
    if columns == fitted {
        return Ok(());
    }
    Err(invalid(format!("{columns} columns"), format!("the model was fitted on {fitted} features")))
}

/// Refuses rows that lack a feature which the model looks at, where it does not tell how many there were.
#[cfg(feature = "linfa")]
pub(super) fn check_looked_at(columns: usize, needed: usize) -> Result<(), Error> {
    if columns >= needed {
        return Ok(());
    }
    Err(invalid(format!("{columns} columns"), format!("the model looks at {needed} features at least")))
}

/// Refuses a number that is none, for models that have no answer for it. The values come row by row.
pub(super) fn check_numbers<T: Copy + Display>(
    values: impl IntoIterator<Item = T>,
    columns: usize,
    is_finite: impl Fn(T) -> bool,
) -> Result<(), Error> {
    match values.into_iter().enumerate().find(|(_, value)| !is_finite(*value)) {
        None => Ok(()),
        Some((index, value)) => {
            let (row, column) = (index / columns.max(1), index % columns.max(1));
            Err(invalid(
                value.to_string(),
                format!(
                    "row {row} holds it in column {column}, and this model has no answer for rows that are not finite"
                ),
            ))
        }
    }
}

fn invalid(value: String, reason: String) -> Error {
    Error::InvalidModel { field: "input", value, reason }
}

#[cfg(feature = "smartcore")]
pub(super) use fitted::features_of;

/// How many features a model of smartcore was fitted on, by what it serializes: the fields are private.
#[cfg(feature = "smartcore")]
mod fitted {
    use std::fmt::{self, Display};

    use serde::ser::{self, Impossible, Serialize, Serializer};

    /// The number of features; `None` for a model that was not fitted. Nothing but the way to the field is visited, so it
    /// costs the same for a stump and a forest.
    pub(in super::super) fn features_of(model: &impl Serialize) -> Option<usize> {
        match model.serialize(Look { at_number: false }) {
            Err(Stop(found)) => found,
            Ok(()) => None,
        }
    }

    /// Ends the search, with what was found.
    #[derive(Debug)]
    struct Stop(Option<usize>);

    impl Display for Stop {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the search has ended")
        }
    }

    impl std::error::Error for Stop {}

    impl ser::Error for Stop {
        fn custom<T: Display>(_: T) -> Self {
            Self(None)
        }
    }

    #[derive(Clone, Copy)]
    struct Look {
        /// Whether the value is the number that is looked for.
        at_number: bool,
    }

    macro_rules! passed_over {
        ($($method:ident($($value:ty),*)),+ $(,)?) => {$(
            fn $method(self, $(_: $value),*) -> Result<(), Stop> {
                Ok(())
            }
        )+};
    }

    impl Serializer for Look {
        type Ok = ();
        type Error = Stop;
        type SerializeSeq = Self;
        type SerializeTuple = Impossible<(), Stop>;
        type SerializeTupleStruct = Impossible<(), Stop>;
        type SerializeTupleVariant = Impossible<(), Stop>;
        type SerializeMap = Impossible<(), Stop>;
        type SerializeStruct = Self;
        type SerializeStructVariant = Impossible<(), Stop>;

        passed_over! {
            serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
            serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_f32(f32), serialize_f64(f64),
            serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]), serialize_none(), serialize_unit(),
            serialize_unit_struct(&'static str), serialize_unit_variant(&'static str, u32, &'static str),
        }

        fn serialize_u64(self, value: u64) -> Result<(), Stop> {
            if self.at_number { Err(Stop(usize::try_from(value).ok())) } else { Ok(()) }
        }

        fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
            value.serialize(self)
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Stop> {
            value.serialize(self)
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<(), Stop> {
            Ok(())
        }

        fn serialize_seq(self, _: Option<usize>) -> Result<Self, Stop> {
            Ok(self)
        }

        fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Stop> {
            Ok(self)
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Stop> {
            Err(Stop(None))
        }

        fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Stop> {
            Err(Stop(None))
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Stop> {
            Err(Stop(None))
        }

        fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Stop> {
            Err(Stop(None))
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Stop> {
            Err(Stop(None))
        }
    }

    impl ser::SerializeSeq for Look {
        type Ok = ();
        type Error = Stop;

        /// All trees were fitted on the same features, so the first says it.
        fn serialize_element<T: Serialize + ?Sized>(&mut self, tree: &T) -> Result<(), Stop> {
            tree.serialize(Self { at_number: false })?;
            Err(Stop(None))
        }

        fn end(self) -> Result<(), Stop> {
            Ok(())
        }
    }

    impl ser::SerializeStruct for Look {
        type Ok = ();
        type Error = Stop;

        fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stop> {
            match name {
                "num_features" => value.serialize(Self { at_number: true }),
                "trees" => match value.serialize(Self { at_number: false }) {
                    // A forest may tell it itself.
                    Err(Stop(None)) => Ok(()),
                    other => other,
                },
                "forest_regressor" => value.serialize(Self { at_number: false }),
                _ => Ok(()),
            }
        }

        fn end(self) -> Result<(), Stop> {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        assert!(check_columns(4, 4).is_ok());
        let error = check_columns(3, 4).expect_err("too few").to_string();
        assert_eq!(error, "invalid input '3 columns': the model was fitted on 4 features");
        let values = [1.0, 2.0, 3.0, f64::NAN, 5.0, 6.0];
        let error = check_numbers(values, 2, f64::is_finite).expect_err("NaN").to_string();
        assert!(error.starts_with("invalid input 'NaN': row 1 holds it in column 1"), "{error}");
        assert!(check_numbers([1.0, 2.0], 2, f64::is_finite).is_ok());
    }
}
