//! One entry of `flavors` in `MLmodel`: what a loader has to know.

use std::any::type_name;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Error;
use crate::models::MLMODEL;

/// The compiler that this crate was built with.
const RUSTC: &str = env!("TRAINYARD_RUSTC_VERSION");
const RUST_TYPE: &str = "rust_type";
const CRATE: &str = "crate_name";
const CRATE_VERSION: &str = "crate_version";
const RUSTC_VERSION: &str = "rustc_version";

/// The name of a way to load a model, with what its loader has to know.
///
/// MLflow's own flavors have MLflow's names and keys, so that its clients load the model; any other name is free.
///
/// ```
/// use trainyard::Flavor;
///
/// # fn main() -> Result<(), trainyard::Error> {
/// let flavor = Flavor::of::<Vec<f64>>("weights").made_by("iris", "0.3.1").set("data", "weights.bin")?;
/// assert_eq!(flavor.get::<String>("data")?, "weights.bin");
/// flavor.check_type::<Vec<f64>>()?;
/// flavor.check_made_by("iris", "0.3.7")?;
/// assert!(flavor.check_made_by("iris", "0.4.0").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Flavor {
    name: String,
    entries: Map<String, Value>,
    /// The file it was read from, for errors.
    source: PathBuf,
}

impl Flavor {
    /// A flavor without entries.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::new("weights");
    /// assert_eq!(flavor.name(), "weights");
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), entries: Map::new(), source: PathBuf::from(MLMODEL) }
    }

    /// A flavor that loads into the type `T`, which it records with the type's crate and the compiler's version.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::of::<Vec<f64>>("weights");
    /// assert_eq!(flavor.get::<String>("rust_type")?, "alloc::vec::Vec<f64>");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn of<T: ?Sized>(name: impl Into<String>) -> Self {
        let mut flavor = Self::new(name);
        let rust_type = rust_type::<T>();
        if let Some(crate_name) = crate_of(rust_type) {
            flavor.put(CRATE, crate_name.to_owned());
        }
        flavor.put(RUSTC_VERSION, RUSTC.to_owned());
        flavor.put(RUST_TYPE, rust_type.to_owned());
        flavor
    }

    /// MLflow's `python_function`, by which every MLflow client predicts: the loader is a Python module.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::python_function("my_package.loader").set("data", "weights.bin")?;
    /// assert_eq!(flavor.get::<String>("loader_module")?, "my_package.loader");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn python_function(loader_module: &str) -> Self {
        let mut flavor = Self::new("python_function");
        flavor.put("loader_module", loader_module.to_owned());
        flavor
    }

    /// Records the crate that knows the files, with its version: `env!("CARGO_PKG_NAME")`, `env!("CARGO_PKG_VERSION")`.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::of::<f64>("weights").made_by(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    /// flavor.check_made_by(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    #[must_use]
    pub fn made_by(mut self, crate_name: &str, version: &str) -> Self {
        self.put_made_by(crate_name, version);
        self
    }

    pub(crate) fn put_made_by(&mut self, crate_name: &str, version: &str) {
        self.put(CRATE, crate_name.to_owned());
        self.put(CRATE_VERSION, version.to_owned());
    }

    /// Whether it records a Rust type.
    pub(crate) fn has_type(&self) -> bool {
        self.entries.contains_key(RUST_TYPE)
    }

    /// Whether it records a version of the crate that saved it.
    pub(crate) fn has_version(&self) -> bool {
        self.entries.contains_key(CRATE_VERSION)
    }

    /// Sets an entry.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::new("weights").set("data", "weights.bin")?.set("layers", [784, 128, 10])?;
    /// assert_eq!(flavor.get::<Vec<usize>>("layers")?, [784, 128, 10]);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn set(mut self, key: &str, value: impl Serialize) -> Result<Self, Error> {
        let value = serde_json::to_value(value).map_err(|error| self.error(key, &error.to_string()))?;
        self.put(key, value);
        Ok(self)
    }

    /// Its name in `MLmodel`.
    ///
    /// ```
    /// assert_eq!(trainyard::Flavor::new("weights").name(), "weights");
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads an entry.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::new("weights").set("data", "weights.bin")?;
    /// assert_eq!(flavor.get::<String>("data")?, "weights.bin");
    /// let error = flavor.get::<String>("config").expect_err("no such entry").to_string();
    /// assert!(error.contains("flavors.weights.config: it is missing"));
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, Error> {
        let value = self.entries.get(key).ok_or_else(|| self.error(key, "it is missing"))?;
        T::deserialize(value).map_err(|error| self.error(key, &error.to_string()))
    }

    /// Refuses a model that was saved from another type than `T`. Another version of the compiler is told by an event at the
    /// level `WARN` and not refused: it changes nothing about what serde has written.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::of::<Vec<f64>>("weights");
    /// flavor.check_type::<Vec<f64>>()?;
    /// assert!(flavor.check_type::<Vec<f32>>().is_err());
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn check_type<T: ?Sized>(&self) -> Result<(), Error> {
        let saved: String = self.get(RUST_TYPE)?;
        let wanted = rust_type::<T>();
        let rustc = self.get(RUSTC_VERSION).unwrap_or_else(|_| "an unknown version".to_owned());
        if saved == wanted {
            if rustc != RUSTC {
                let path = self.source.display();
                tracing::warn!(model = %path, saved = rustc, present = RUSTC, "the model was saved by another rustc");
            }
            return Ok(());
        }
        Err(Error::ModelType { path: self.source.clone(), saved, wanted: wanted.to_owned(), rustc })
    }

    /// Refuses a model that was saved by another crate, or by a version of it that this one need not be compatible
    /// with: another major version, or another minor version below 1.0.
    ///
    /// ```
    /// let flavor = trainyard::Flavor::of::<f64>("weights").made_by("iris", "0.3.1");
    /// flavor.check_made_by("iris", "0.3.9")?;
    /// assert!(flavor.check_made_by("iris", "0.4.0").is_err());
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn check_made_by(&self, crate_name: &str, version: &str) -> Result<(), Error> {
        let saved: String = self.get(CRATE_VERSION)?;
        let saved_crate: String = self.get(CRATE)?;
        if saved_crate == crate_name && compatible(&saved, version) {
            return Ok(());
        }
        let rustc: String = self.get(RUSTC_VERSION).unwrap_or_default();
        let reason = format!(
            "it was saved by {saved_crate} {saved} (rustc {rustc}) and is being loaded by {crate_name} {version}; \
             load it with a version of {saved_crate} that is compatible with {saved}, or train it again"
        );
        Err(Error::model(&self.source, format!("flavors.{}: {reason}", self.name)))
    }

    pub(crate) fn read(name: &str, entries: &Map<String, Value>, source: &Path) -> Self {
        Self { name: name.to_owned(), entries: entries.clone(), source: source.to_owned() }
    }

    pub(crate) fn into_entries(self) -> (String, Map<String, Value>) {
        (self.name, self.entries)
    }

    pub(crate) fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.entries.insert(key.to_owned(), value.into());
    }

    fn error(&self, key: &str, reason: &str) -> Error {
        Error::model(&self.source, format!("flavors.{}.{key}: {reason}", self.name))
    }
}

/// The type's name. A model behind a reference is the same model.
fn rust_type<T: ?Sized>() -> &'static str {
    type_name::<T>().trim_start_matches('&')
}

/// The crate that a type is of: the first in its name that is not of the standard library, which lists and maps are of, and
/// else that. Tuples, arrays and numbers are of none.
fn crate_of(rust_type: &str) -> Option<&str> {
    let is_in_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut crates = Vec::new();
    let mut rest = rust_type;
    while let Some(begin) = rest.find(is_in_name) {
        let name = &rest[begin..];
        let name = &name[..name.find(|letter| !is_in_name(letter)).unwrap_or(name.len())];
        rest = &rest[begin + name.len()..];
        if rest.starts_with("::") {
            crates.push(name);
            // What else there is of this path.
            rest = rest.trim_start_matches(|letter| is_in_name(letter) || letter == ':');
        }
    }
    let own = crates.iter().find(|name| !matches!(**name, "alloc" | "core" | "std"));
    own.or(crates.first()).copied()
}

fn compatible(saved: &str, present: &str) -> bool {
    fn parts(version: &str) -> (&str, &str) {
        let mut parts = version.split(['.', '-', '+']);
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }
    let (saved, present) = (parts(saved), parts(present));
    saved.0 == present.0 && (saved.0 != "0" || saved.1 == present.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_behind_references_is_the_type() {
        let flavor = Flavor::of::<&&Vec<f64>>("rust_serde");
        flavor.check_type::<Vec<f64>>().expect("the same type");
        let message = flavor.check_type::<Vec<f32>>().expect_err("another type").to_string();
        assert!(message.contains("alloc::vec::Vec<f64>") && message.contains("alloc::vec::Vec<f32>"), "{message}");
        assert!(message.contains(RUSTC), "{message}");
    }

    #[test]
    fn the_crate_of_a_type_is_that_of_what_it_holds() {
        for (rust_type, expected) in [
            ("iris::model::Line", Some("iris")),
            ("alloc::vec::Vec<(usize, iris::Line)>", Some("iris")),
            ("(iris::Line, wine::Line)", Some("iris")),
            ("[my_crate::Row; 3]", Some("my_crate")),
            ("dyn iris::Shape", Some("iris")),
            ("iris::main::{{closure}}", Some("iris")),
            ("alloc::collections::BTreeMap<alloc::string::String, f64>", Some("alloc")),
            ("[f64; 3]", None),
            ("(f64, &str)", None),
        ] {
            assert_eq!(crate_of(rust_type), expected, "{rust_type}");
        }
    }

    #[test]
    fn versions_are_compatible_as_cargo_has_it() {
        let flavor = Flavor::of::<f64>("x");
        for (saved, present, expected) in [
            ("1.2.3", "1.9.0", true),
            ("1.2.3", "2.0.0", false),
            ("0.7.1", "0.7.0", true),
            ("0.7", "0.7.4", true),
            ("0.7.1", "0.8.0", false),
        ] {
            let checked = flavor.clone().made_by("iris", saved).check_made_by("iris", present);
            assert_eq!(checked.is_ok(), expected, "{saved} {present}: {checked:?}");
        }
        let message =
            flavor.clone().made_by("iris", "1.0.0").check_made_by("wine", "1.0.0").expect_err("another crate");
        assert!(message.to_string().contains("saved by iris 1.0.0"), "{message}");
        assert!(flavor.check_made_by("core", "1.0.0").expect_err("no version").to_string().contains("crate_version"));
    }

    #[test]
    fn entries_that_are_missing_or_of_another_kind_are_named() {
        let flavor = Flavor::new("onnx").set("data", "model.onnx").expect("text");
        assert_eq!(flavor.get::<String>("data").expect("text"), "model.onnx");
        for (error, part) in [
            (flavor.get::<u32>("data").expect_err("no number"), "flavors.onnx.data: invalid type"),
            (flavor.get::<String>("format").expect_err("nothing"), "flavors.onnx.format: it is missing"),
        ] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
