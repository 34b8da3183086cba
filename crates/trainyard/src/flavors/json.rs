//! Models that serde writes as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::depth::check_json;
use super::finite::check_finite;
use super::{MadeBy, RUST_SERDE};
use crate::{BoxError, Flavor, LoadModel, ModelFolder, Predict, SaveModel, SavedModel};

const FILE: &str = "model.json";

/// A model that is kept as JSON: anything that serde can write, and read again into the same type.
///
/// JSON has no NaN and no infinity; a model that holds one is refused when it is saved, since it could not be loaded.
/// `Cbor` keeps them.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use trainyard::flavors::Json;
/// use trainyard::{SavedModel, save_model};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Line {
///     slope: f64,
///     intercept: f64,
/// }
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// let line = Line { slope: 0.5, intercept: -1.0 };
/// // With the version of the crate that knows the type, where that may change in what it means.
/// let saved_by = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
/// save_model(&folder, &Json(&line).made_by(saved_by.0, saved_by.1), &Default::default())?;
///
/// let saved = SavedModel::open(&folder)?.check_made_by(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
/// assert_eq!(saved.load::<Json<Line>>()?, Json(line));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The same model, and which crate in which version saves it: `env!("CARGO_PKG_NAME")`, `env!("CARGO_PKG_VERSION")`. The
    /// type and its crate's name are recorded without it.
    ///
    /// [`SavedModel::check_made_by`] refuses a model that a version has saved which need not be compatible.
    pub fn made_by(self, crate_name: &str, version: &str) -> MadeBy<Self> {
        MadeBy::new(self, crate_name, version)
    }
}

impl<T: Serialize> SaveModel for Json<T> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        write(&self.0, folder)?;
        folder.add_flavor(flavor::<T>()?);
        Ok(())
    }
}

impl<T: DeserializeOwned> LoadModel for Json<T> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(RUST_SERDE)?;
        flavor.check_type::<T>()?;
        read(saved, &flavor).map(Self)
    }
}

impl<T: Predict<Input>, Input: ?Sized> Predict<Input> for Json<T> {
    type Output = T::Output;

    fn predict(&self, input: &Input) -> Result<T::Output, BoxError> {
        self.0.predict(input)
    }
}

/// Writes the model's file.
pub(super) fn write(model: &impl Serialize, folder: &ModelFolder) -> Result<(), BoxError> {
    check_finite(model)?;
    let json = serde_json::to_vec(model)?;
    check_json(&json)?;
    folder.write(FILE, &json)?;
    Ok(())
}

/// The flavor that [`read`] goes by.
pub(super) fn flavor<T>() -> Result<Flavor, crate::Error> {
    Flavor::of::<T>(RUST_SERDE).set("data", FILE)?.set("format", "json")
}

/// Reads the file that the flavor names.
pub(super) fn read<T: DeserializeOwned>(saved: &SavedModel, flavor: &Flavor) -> Result<T, BoxError> {
    let format: String = flavor.get("format")?;
    if format != "json" {
        return Err(format!("the model was saved as {format}, not as JSON").into());
    }
    let file: String = flavor.get("data")?;
    serde_json::from_slice(&saved.read(&file)?).map_err(|error| format!("{file}: {error}").into())
}
