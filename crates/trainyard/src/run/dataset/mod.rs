//! What a run was trained or measured on: a name, a digest and a source.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "polars")]
mod frame;
#[cfg(any(feature = "arrow", feature = "polars"))]
mod table;

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use trainyard_api::Tag;
use trainyard_api::datasets::{self, DatasetInput};

use super::{Run, params, source};
use crate::Error;

/// Tag that says what a run used a dataset for.
const CONTEXT: &str = "mlflow.data.context";
/// Hex digits of a digest, as many as MLflow's have.
const DIGITS: usize = 8;
/// Bytes that are handed to the hash at once.
const PIECE: usize = 1 << 16;

/// Data that a run uses: its name, a digest of its content, and where it comes from.
///
/// The digest is the beginning of a SHA-256 over all of the content, in order; equal data have equal digests, in every
/// process and whatever the order of a `HashMap` in a row, and NaN, the infinities and `None` differ. The data themselves are
/// not stored.
///
/// ```
/// use trainyard::Dataset;
///
/// let rows = Dataset::from_rows("iris", [(5.1, 3.5, "setosa"), (6.2, 2.9, "versicolor")])?;
/// let matrix = Dataset::from_slice("features", &[5.1_f32, 3.5, 6.2, 2.9], &[2, 2])?;
/// assert_eq!(rows.digest().len(), 8);
/// assert_ne!(rows.digest(), matrix.digest());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    entity: datasets::Dataset,
}

impl Dataset {
    /// Rows of anything that serde can serialize: tuples, structs, records of a CSV file.
    ///
    /// ```
    /// #[derive(serde::Serialize)]
    /// struct Flower {
    ///     sepal_length: f64,
    ///     species: &'static str,
    /// }
    ///
    /// let flowers = [Flower { sepal_length: 5.1, species: "setosa" }];
    /// let iris = trainyard::Dataset::from_rows("iris", &flowers)?;
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn from_rows<R: Serialize>(name: &str, rows: impl IntoIterator<Item = R>) -> Result<Self, Error> {
        let mut hash = Hash::default();
        let mut count = 0_u64;
        for row in rows {
            let text = params::canonical(&row).map_err(|error| Error::Dataset {
                name: name.to_owned(),
                reason: match error {
                    Error::Param { key, reason } if key.is_empty() => {
                        format!("row {count} cannot be serialized: {reason}")
                    }
                    Error::Param { key, reason } => format!("'{key}' of row {count} cannot be serialized: {reason}"),
                    other => format!("row {count} cannot be serialized: {other}"),
                },
            })?;
            hash.0.update(text);
            hash.0.update(b"\n");
            count += 1;
        }
        Self::new(name, hash, &json!({"num_rows": count}))
    }

    /// Numbers in memory with the shape that they have: a tensor, or a matrix row by row.
    ///
    /// An array of ndarray is taken by `from_array`, with the feature `ndarray`.
    ///
    /// ```
    /// let images = vec![0_u8; 10 * 28 * 28];
    /// let digits = trainyard::Dataset::from_slice("digits", &images, &[10, 28, 28])?;
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn from_slice<T: Element>(name: &str, values: &[T], shape: &[usize]) -> Result<Self, Error> {
        if shape.iter().try_fold(1_usize, |size, side| size.checked_mul(*side)) != Some(values.len()) {
            let reason = format!("{} values do not have the shape {shape:?}", values.len());
            return Err(Error::Dataset { name: name.to_owned(), reason });
        }
        Self::from_elements(name, values.iter().copied(), shape)
    }

    /// An array of ndarray 0.17, or a view of one: a tensor, or a matrix row by row. It has the digest of
    /// [`from_slice`](Self::from_slice), however it lies in memory.
    ///
    /// ```
    /// use ndarray::array;
    /// use trainyard::Dataset;
    ///
    /// let features = array![[5.1, 3.5], [6.2, 2.9]];
    /// let by_array = Dataset::from_array("features", &features)?;
    /// assert_eq!(by_array, Dataset::from_slice("features", &[5.1, 3.5, 6.2, 2.9], &[2, 2])?);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn from_array<T: Element, S: ndarray::Data<Elem = T>, D: ndarray::Dimension>(
        name: &str,
        array: &ndarray::ArrayBase<S, D>,
    ) -> Result<Self, Error> {
        Self::from_elements(name, array.iter().copied(), array.shape())
    }

    fn from_elements<T: Element>(name: &str, values: impl Iterator<Item = T>, shape: &[usize]) -> Result<Self, Error> {
        let mut hash = Hash::default();
        hash.0.update(T::NAME);
        for side in shape {
            hash.0.update((*side as u64).to_le_bytes());
        }
        // Bytes are handed over in pieces: the hash is slow when it is given eight at a time.
        let mut bytes = Vec::with_capacity(PIECE);
        for value in values {
            value.write(&mut bytes);
            if bytes.len() >= PIECE - size_of::<T>() {
                hash.0.update(&bytes);
                bytes.clear();
            }
        }
        hash.0.update(&bytes);
        let size: usize = shape.iter().product();
        let dataset = Self::new(name, hash, &json!({"shape": shape, "size": size}))?;
        let schema = json!({"mlflow_tensorspec": {
            "features": [{"type": "tensor", "tensor-spec": {"dtype": T::NAME, "shape": shape_of_rows(shape)}}],
            "targets": null,
        }});
        Ok(dataset.with_schema(&schema))
    }

    /// A file, by its bytes. It is also the dataset's source.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let path = folder.path().join("iris.csv");
    /// # std::fs::write(&path, "5.1,3.5,setosa\n").expect("a file");
    /// let iris = trainyard::Dataset::from_file("iris", &path)?;
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn from_file(name: &str, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = File::open(path).map_err(Error::io(path))?;
        let mut hash = Hash::default();
        let size = io::copy(&mut BufReader::new(file).take(u64::MAX), &mut hash).map_err(Error::io(path))?;
        let place = std::path::absolute(path).map_err(Error::io(path))?;
        let dataset = Self::new(name, hash, &json!({"size_bytes": size}))?;
        Ok(dataset.with_source("local", &json!({"uri": place.display().to_string()})))
    }

    /// Says where the data come from: a path, or a URI such as `s3://bucket/iris.parquet`. Without it the program is named
    /// as their source.
    ///
    /// ```
    /// let iris = trainyard::Dataset::from_rows("iris", [(5.1, 3.5, 0)])?.source("https://data.example/iris.csv");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    #[must_use]
    pub fn source(self, uri: &str) -> Self {
        match uri.split_once("://").map(|(scheme, _)| scheme) {
            Some("http" | "https") => self.with_source("http", &json!({"url": uri})),
            Some("s3") => self.with_source("s3", &json!({"uri": uri})),
            Some("gs") => self.with_source("gs", &json!({"uri": uri})),
            Some(scheme) if scheme != "file" => self.with_source(scheme, &json!({"uri": uri})),
            _ => self.with_source("local", &json!({"uri": uri})),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.entity.name
    }

    /// The digest of the content: eight hex digits.
    pub fn digest(&self) -> &str {
        &self.entity.digest
    }

    fn new(name: &str, hash: Hash, profile: &Value) -> Result<Self, Error> {
        let source = source::tags()?.into_iter().map(|tag| (tag.key, Value::from(tag.value)));
        let source = json!({"tags": source.collect::<serde_json::Map<_, _>>()});
        Ok(Self {
            entity: datasets::Dataset {
                name: name.to_owned(),
                digest: hash.digest(),
                source_type: "code".to_owned(),
                source: source.to_string(),
                schema: String::new(),
                profile: profile.to_string(),
            },
        })
    }

    fn with_source(mut self, kind: &str, source: &Value) -> Self {
        kind.clone_into(&mut self.entity.source_type);
        self.entity.source = source.to_string();
        self
    }

    fn with_schema(mut self, schema: &Value) -> Self {
        self.entity.schema = schema.to_string();
        self
    }
}

impl Run {
    /// Notes that the run uses a dataset, and for what, such as `training`; an empty text says nothing.
    ///
    /// It is in the run's journal when the call returns, as a metric is.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let iris = trainyard::Dataset::from_rows("iris", [(5.1, 3.5, 0), (6.2, 2.9, 1)])?;
    /// run.log_input(&iris, "training")?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_input(&self, dataset: &Dataset, context: &str) -> Result<(), Error> {
        let tags = if context.is_empty() { Vec::new() } else { vec![Tag::new(CONTEXT, context)] };
        let input = DatasetInput { tags, dataset: dataset.entity.clone() };
        self.inner.log.log_inputs(vec![input], Vec::new())
    }
}

/// The shape of a batch of rows: how many there are is left open.
fn shape_of_rows(shape: &[usize]) -> Vec<i64> {
    let sides = shape.iter().map(|side| i64::try_from(*side).unwrap_or(i64::MAX));
    sides.enumerate().map(|(index, side)| if index == 0 { -1 } else { side }).collect()
}

#[derive(Default)]
struct Hash(Sha256);

impl Hash {
    fn digest(self) -> String {
        let hash = self.0.finalize();
        let mut digits: String = hash.iter().take(DIGITS.div_ceil(2)).map(|byte| format!("{byte:02x}")).collect();
        digits.truncate(DIGITS);
        digits
    }
}

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A number that [`Dataset::from_slice`] takes: floats, integers and `bool`. Other crates cannot implement it.
///
/// ```
/// use trainyard::{Dataset, Element, Error};
///
/// fn column<T: Element>(name: &str, values: &[T]) -> Result<Dataset, Error> {
///     Dataset::from_slice(name, values, &[values.len(), 1])
/// }
///
/// assert_ne!(column("widths", &[0.2_f64, 1.4])?.digest(), column("widths", &[0.2_f32, 1.4])?.digest());
/// assert_eq!(column("classes", &[0, 1])?.name(), "classes");
/// # Ok::<(), trainyard::Error>(())
/// ```
pub trait Element: Copy + sealed::Element {}

mod sealed {
    pub trait Element {
        const NAME: &'static str;
        fn write(self, to: &mut Vec<u8>);
    }
}

macro_rules! elements {
    ($($number:ty, $name:literal;)+) => {$(
        impl Element for $number {}

        impl sealed::Element for $number {
            const NAME: &'static str = $name;

            fn write(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }
        }
    )+};
}

elements! {
    f32, "float32"; f64, "float64";
    i8, "int8"; i16, "int16"; i32, "int32"; i64, "int64";
    u8, "uint8"; u16, "uint16"; u32, "uint32"; u64, "uint64";
}

impl Element for bool {}

impl sealed::Element for bool {
    const NAME: &'static str = "bool";

    fn write(self, to: &mut Vec<u8>) {
        to.push(self.into());
    }
}
