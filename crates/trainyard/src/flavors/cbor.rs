//! Models that serde writes as CBOR.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::RUST_SERDE;
use crate::{BoxError, Flavor, LoadModel, ModelFolder, Predict, SaveModel, SavedModel};

const FILE: &str = "model.cbor";

/// A model that is kept as CBOR: smaller than JSON, and with NaN and infinities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cbor<T>(pub T);

impl<T: Serialize> SaveModel for Cbor<T> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        let mut bytes = Vec::new();
        ciborium::into_writer(&self.0, &mut bytes)?;
        folder.write(FILE, &bytes)?;
        folder.add_flavor(Flavor::of::<T>(RUST_SERDE).set("data", FILE)?.set("format", "cbor")?);
        Ok(())
    }
}

impl<T: DeserializeOwned> LoadModel for Cbor<T> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(RUST_SERDE)?;
        flavor.check_type::<T>()?;
        let format: String = flavor.get("format")?;
        if format != "cbor" {
            return Err(format!("the model was saved as {format}, not as CBOR").into());
        }
        let file: String = flavor.get("data")?;
        let model = ciborium::from_reader(saved.read(&file)?.as_slice());
        model.map(Self).map_err(|error| format!("{file}: {error}").into())
    }
}

impl<T: Predict<Input>, Input: ?Sized> Predict<Input> for Cbor<T> {
    type Output = T::Output;

    fn predict(&self, input: &Input) -> Result<T::Output, BoxError> {
        self.0.predict(input)
    }
}
