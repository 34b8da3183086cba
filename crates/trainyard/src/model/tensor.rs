//! Numbers and texts in any number of dimensions: what signatures and examples are read off.

use crate::Error;

/// Values of one type in a rectangle of any number of dimensions: slices, arrays and `Vec`s, in each other as well, and
/// the arrays of `ndarray`, `linfa` and `smartcore` with their features.
///
/// The first dimension counts the rows. Other crates cannot implement it.
///
/// ```
/// use trainyard::{InputExample, Signature};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// let features: Vec<[f32; 2]> = vec![[5.1, 3.5], [6.2, 3.4]];
/// let signature = Signature::of(&features, &[0_i64, 2])?;
/// let example = InputExample::tensor(&features[..1])?;
/// # Ok(())
/// # }
/// ```
pub trait Tensor: sealed::Sealed {
    /// Name of the element type as numpy has it.
    #[doc(hidden)]
    fn dtype(&self) -> &'static str;

    /// Appends the lengths of all dimensions.
    #[doc(hidden)]
    fn push_shape(&self, shape: &mut Vec<usize>) -> Result<(), Error>;

    /// Appends the values as nested lists. JSON has no NaN and no infinity; they become `null`.
    #[doc(hidden)]
    fn push_json(&self, json: &mut String);
}

/// Keeps other crates from implementing [`Tensor`], so that it may grow.
pub(crate) mod sealed {
    pub trait Sealed {}
}

/// The lengths of all dimensions.
pub(super) fn shape_of(tensor: &(impl Tensor + ?Sized)) -> Result<Vec<usize>, Error> {
    let mut shape = Vec::new();
    tensor.push_shape(&mut shape)?;
    Ok(shape)
}

macro_rules! scalars {
    ($($type:ty => $dtype:literal),+ $(,)?) => {$(
        impl sealed::Sealed for $type {}

        impl Tensor for $type {
            fn dtype(&self) -> &'static str {
                $dtype
            }

            fn push_shape(&self, _: &mut Vec<usize>) -> Result<(), Error> {
                Ok(())
            }

            fn push_json(&self, json: &mut String) {
                json.push_str(&serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned()));
            }
        }

        #[cfg(any(feature = "ndarray", feature = "linfa", feature = "smartcore"))]
        impl Element for $type {
            const DTYPE: &'static str = $dtype;
        }
    )+};
}

/// A type that fills the innermost dimension, so that an empty tensor has one too.
#[doc(hidden)]
#[cfg(any(feature = "ndarray", feature = "linfa", feature = "smartcore"))]
pub trait Element: Tensor {
    /// Name of the type as numpy has it.
    const DTYPE: &'static str;
}

scalars! {
    f32 => "float32", f64 => "float64", bool => "bool", String => "str", &str => "str",
    i8 => "int8", i16 => "int16", i32 => "int32", i64 => "int64", isize => "int64",
    u8 => "uint8", u16 => "uint16", u32 => "uint32", u64 => "uint64", usize => "uint64",
}

impl<T: Tensor> sealed::Sealed for [T] {}

impl<T: Tensor> Tensor for [T] {
    fn dtype(&self) -> &'static str {
        self.first().map_or("float64", Tensor::dtype)
    }

    fn push_shape(&self, shape: &mut Vec<usize>) -> Result<(), Error> {
        shape.push(self.len());
        let Some(first) = self.first() else { return Ok(()) };
        let inner = shape_of(first)?;
        for (row, part) in self.iter().enumerate() {
            let other = shape_of(part)?;
            if other != inner {
                return Err(Error::InvalidModel {
                    field: "tensor",
                    value: format!("{other:?}"),
                    reason: format!("entry {row} has another shape than entry 0, which has {inner:?}"),
                });
            }
        }
        shape.extend(inner);
        Ok(())
    }

    fn push_json(&self, json: &mut String) {
        json.push('[');
        for (index, part) in self.iter().enumerate() {
            if index > 0 {
                json.push_str(", ");
            }
            part.push_json(json);
        }
        json.push(']');
    }
}

macro_rules! through_slices {
    ($([$($generics:tt)*] $type:ty),+ $(,)?) => {$(
        impl<$($generics)*> sealed::Sealed for $type {}

        impl<$($generics)*> Tensor for $type {
            fn dtype(&self) -> &'static str {
                self[..].dtype()
            }

            fn push_shape(&self, shape: &mut Vec<usize>) -> Result<(), Error> {
                self[..].push_shape(shape)
            }

            fn push_json(&self, json: &mut String) {
                self[..].push_json(json);
            }
        }
    )+};
}

through_slices! { [T: Tensor] Vec<T>, [T: Tensor, const N: usize] [T; N] }

impl<T: Tensor> sealed::Sealed for &[T] {}

impl<T: Tensor> Tensor for &[T] {
    fn dtype(&self) -> &'static str {
        (**self).dtype()
    }

    fn push_shape(&self, shape: &mut Vec<usize>) -> Result<(), Error> {
        (**self).push_shape(shape)
    }

    fn push_json(&self, json: &mut String) {
        (**self).push_json(json);
    }
}

/// The arrays of one version of ndarray; frameworks disagree about the version.
#[cfg(any(feature = "ndarray", feature = "linfa"))]
macro_rules! arrays_of {
    ($ndarray:ident) => {
        const _: () = {
            use $ndarray as nd;

            impl<T: Element, S: nd::Data<Elem = T>, D: nd::Dimension> sealed::Sealed for nd::ArrayBase<S, D> {}

            impl<T: Element, S: nd::Data<Elem = T>, D: nd::Dimension> Tensor for nd::ArrayBase<S, D> {
                fn dtype(&self) -> &'static str {
                    T::DTYPE
                }

                fn push_shape(&self, shape: &mut Vec<usize>) -> Result<(), Error> {
                    shape.extend_from_slice(nd::ArrayBase::shape(self));
                    Ok(())
                }

                fn push_json(&self, json: &mut String) {
                    nested(&mut self.iter(), nd::ArrayBase::shape(self), json);
                }
            }
        };
    };
}

#[cfg(feature = "ndarray")]
arrays_of!(ndarray);
#[cfg(feature = "linfa")]
arrays_of!(ndarray_0_16);

#[cfg(feature = "smartcore")]
impl<T: Element + smartcore::numbers::basenum::Number> sealed::Sealed
    for smartcore::linalg::basic::matrix::DenseMatrix<T>
{
}

#[cfg(feature = "smartcore")]
impl<T: Element + smartcore::numbers::basenum::Number> Tensor for smartcore::linalg::basic::matrix::DenseMatrix<T> {
    fn dtype(&self) -> &'static str {
        T::DTYPE
    }

    fn push_shape(&self, shape: &mut Vec<usize>) -> Result<(), Error> {
        let (rows, columns) = smartcore::linalg::basic::arrays::Array::shape(self);
        shape.extend([rows, columns]);
        Ok(())
    }

    fn push_json(&self, json: &mut String) {
        let (rows, columns) = smartcore::linalg::basic::arrays::Array::shape(self);
        nested(&mut smartcore::linalg::basic::arrays::Array::iterator(self, 0), &[rows, columns], json);
    }
}

/// Values in the order of rows, as nested lists.
#[cfg(any(feature = "ndarray", feature = "linfa", feature = "smartcore"))]
fn nested<'a, T: Element + 'a>(values: &mut dyn Iterator<Item = &'a T>, shape: &[usize], json: &mut String) {
    let Some((&length, inner)) = shape.split_first() else {
        if let Some(value) = values.next() {
            value.push_json(json);
        }
        return;
    };
    json.push('[');
    for index in 0..length {
        if index > 0 {
            json.push_str(", ");
        }
        nested(values, inner, json);
    }
    json.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_of(tensor: &(impl Tensor + ?Sized)) -> String {
        let mut json = String::new();
        tensor.push_json(&mut json);
        json
    }

    #[test]
    fn shapes_types_and_values_of_nested_lists() {
        let rows = vec![[1.5_f32, 2.0, f32::NAN], [4.0, 5.0, 6.0]];
        assert_eq!((rows.dtype(), shape_of(&rows).expect("a rectangle")), ("float32", vec![2, 3]));
        assert_eq!(json_of(&rows), "[[1.5, 2.0, null], [4.0, 5.0, 6.0]]");
        let texts: &[&str] = &["it's", "a \"b\""];
        assert_eq!((texts.dtype(), shape_of(texts).expect("a list")), ("str", vec![2]));
        assert_eq!(json_of(texts), r#"["it's", "a \"b\""]"#);
        let slices: Vec<&[i64]> = vec![&[1, 2], &[3, 4]];
        assert_eq!(shape_of(&slices).expect("a rectangle"), [2, 2]);
    }

    #[test]
    fn rows_of_different_length_are_refused() {
        let error = shape_of(&vec![vec![1, 2], vec![3]]).expect_err("ragged").to_string();
        assert!(error.contains("entry 1 has another shape than entry 0, which has [2]"), "{error}");
    }
}
