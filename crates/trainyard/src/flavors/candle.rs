//! Models of candle: the variables of a `VarMap` in a file of the safetensors format.

use candle_core::{DType, Device};
use candle_nn::{VarBuilder, VarMap};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{BoxError, Error, Flavor, LoadModel, ModelFolder, SaveModel, SavedModel};

const FILE: &str = "model.safetensors";
const CONFIG_FILE: &str = "config.json";
const NAME: &str = "candle";
/// The versions of candle whose variables are read and written.
const CANDLE: (&str, &str) = ("candle", "0.11");

/// The trained variables of a model of candle, and the config that tells how to build the model around them.
///
/// [`LoadedCandle`] is what it is loaded as.
#[derive(Debug, Clone, Copy)]
pub struct Candle<'a, C> {
    /// The variables.
    pub variables: &'a VarMap,
    /// Sizes of layers and the like.
    pub config: &'a C,
}

impl<C: Serialize> SaveModel for Candle<'_, C> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        self.variables.save(folder.path_of(FILE)?)?;
        folder.write(CONFIG_FILE, &serde_json::to_vec_pretty(self.config)?)?;
        let flavor = Flavor::of::<C>(NAME).made_by(CANDLE.0, CANDLE.1);
        folder.add_flavor(flavor.set("data", FILE)?.set("config", CONFIG_FILE)?);
        Ok(())
    }
}

/// A model that was saved as [`Candle`].
#[derive(Debug, Clone)]
pub struct LoadedCandle<C> {
    variables: Vec<u8>,
    config: C,
}

impl<C: DeserializeOwned> LoadModel for LoadedCandle<C> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(NAME)?;
        flavor.check_type::<C>()?;
        flavor.check_made_by(CANDLE.0, CANDLE.1)?;
        let config = serde_json::from_slice(&saved.read(&flavor.get::<String>("config")?)?)?;
        Ok(Self { variables: saved.read(&flavor.get::<String>("data")?)?, config })
    }
}

impl<C> LoadedCandle<C> {
    /// The config that the model was saved with.
    pub fn config(&self) -> &C {
        &self.config
    }

    /// The variables, for the constructor of the model.
    pub fn variables(&self, dtype: DType, device: &Device) -> Result<VarBuilder<'static>, Error> {
        VarBuilder::from_buffered_safetensors(self.variables.clone(), dtype, device).map_err(|error| {
            Error::InvalidModel { field: "candle model", value: FILE.to_owned(), reason: error.to_string() }
        })
    }
}
