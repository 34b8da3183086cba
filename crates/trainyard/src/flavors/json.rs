//! Models that serde writes as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::RUST_SERDE;
use super::finite::check_finite;
use crate::{BoxError, Flavor, LoadModel, ModelFolder, Predict, SaveModel, SavedModel};

const FILE: &str = "model.json";

/// A model that is kept as JSON: anything that serde can write, and read again into the same type.
///
/// JSON has no NaN and no infinity; a model that holds one is refused when it is saved, since it could not be loaded.
/// `Cbor` keeps them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Json<T>(pub T);

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
    folder.write(FILE, &serde_json::to_vec(model)?)?;
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
