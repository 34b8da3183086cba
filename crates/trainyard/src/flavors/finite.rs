//! Finds numbers that JSON cannot hold: `serde_json` writes NaN and infinities as `null`, which cannot be read back.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize, Serializer};

/// Refuses a value that holds NaN or an infinity anywhere.
pub(super) fn check_finite(value: &impl Serialize) -> Result<(), NotFinite> {
    value.serialize(Finder)
}

/// A number that JSON cannot hold, or an error of the type itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotFinite(String);

impl Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotFinite {}

impl ser::Error for NotFinite {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Finder;

impl Finder {
    fn float(self, value: f64) -> Result<(), NotFinite> {
        if value.is_finite() {
            return Ok(());
        }
        Err(NotFinite(format!(
            "the model holds the number {value}, which JSON cannot; save it as CBOR (`Cbor`, feature `cbor`), or find \
             out why training produced it"
        )))
    }
}

macro_rules! fine {
    ($($method:ident($($value:ty)?)),+ $(,)?) => {$(
        fn $method(self, $(_: $value)?) -> Result<(), NotFinite> {
            Ok(())
        }
    )+};
}

impl Serializer for Finder {
    type Ok = ();
    type Error = NotFinite;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fine! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_i128(i128), serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64),
        serialize_u128(u128), serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]), serialize_none(),
        serialize_unit(), serialize_unit_struct(&'static str),
    }

    fn serialize_f32(self, value: f32) -> Result<(), NotFinite> {
        self.float(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), NotFinite> {
        self.float(value)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotFinite> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), NotFinite> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NotFinite> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), NotFinite> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, NotFinite> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, NotFinite> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, NotFinite> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, NotFinite> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, NotFinite> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, NotFinite> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, NotFinite> {
        Ok(self)
    }
}

macro_rules! parts {
    ($($part:ident: $method:ident($($key:ty)?)),+ $(,)?) => {$(
        impl ser::$part for Finder {
            type Ok = ();
            type Error = NotFinite;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Result<(), NotFinite> {
                value.serialize(Finder)
            }

            fn end(self) -> Result<(), NotFinite> {
                Ok(())
            }
        }
    )+};
}

parts! {
    SerializeSeq: serialize_element(),
    SerializeTuple: serialize_element(),
    SerializeTupleStruct: serialize_field(),
    SerializeTupleVariant: serialize_field(),
    SerializeStruct: serialize_field(&'static str),
    SerializeStructVariant: serialize_field(&'static str),
}

impl ser::SerializeMap for Finder {
    type Ok = ();
    type Error = NotFinite;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotFinite> {
        key.serialize(Finder)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotFinite> {
        value.serialize(Finder)
    }

    fn end(self) -> Result<(), NotFinite> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(serde::Serialize)]
    enum Part {
        Unit,
        Tuple(f32, Option<f64>),
        Named { deep: BTreeMap<String, Vec<f64>> },
    }

    #[test]
    fn a_number_that_is_not_finite_is_found_wherever_it_is() {
        let named = |value| Part::Named { deep: BTreeMap::from([("a".to_owned(), vec![1.0, value])]) };
        assert_eq!(check_finite(&vec![Part::Unit, Part::Tuple(1.0, None), named(2.0)]), Ok(()));
        for part in [Part::Tuple(f32::NAN, None), Part::Tuple(0.0, Some(f64::INFINITY)), named(f64::NEG_INFINITY)] {
            let error = check_finite(&(1, [part])).expect_err("not finite").to_string();
            assert!(error.contains("CBOR"), "{error}");
        }
    }
}
