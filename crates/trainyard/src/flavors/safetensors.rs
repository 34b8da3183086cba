//! Tensors in a file of the safetensors format, which PyTorch and others read.

use std::collections::HashMap;

use safetensors::SafeTensors;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ours;
use crate::{BoxError, Error, LoadModel, ModelFolder, SaveModel, SavedModel};

const FILE: &str = "model.safetensors";
const CONFIG_FILE: &str = "config.json";
const NAME: &str = "safetensors";

/// Named tensors as the bytes of a file of the safetensors format, with a config that tells what to make of them.
///
/// ```
/// use trainyard::flavors::Safetensors;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path().join("model");
/// let weights: Vec<u8> = [0.5_f32, -1.25].iter().flat_map(|weight| weight.to_le_bytes()).collect();
/// let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![2], &weights)?;
/// let bytes = safetensors::serialize([("weights", view)], None)?;
///
/// trainyard::save_model(&folder, &Safetensors::new(bytes)?.config(&("relu", 2))?, &Default::default())?;
/// let loaded: Safetensors = trainyard::SavedModel::open(&folder)?.load()?;
/// assert_eq!(loaded.names(), ["weights"]);
/// assert_eq!(loaded.read_config::<(String, usize)>()?, ("relu".to_owned(), 2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Safetensors {
    bytes: Vec<u8>,
    config: Option<serde_json::Value>,
}

impl Safetensors {
    /// The content of a file; it is checked.
    pub fn new(bytes: Vec<u8>) -> Result<Self, Error> {
        match SafeTensors::deserialize(&bytes) {
            Ok(_) => Ok(Self { bytes, config: None }),
            Err(error) => Err(Error::InvalidModel {
                field: "safetensors",
                value: format!("{} bytes", bytes.len()),
                reason: error.to_string(),
            }),
        }
    }

    /// Adds a config: what the architecture needs to be built again.
    pub fn config(mut self, config: &impl Serialize) -> Result<Self, Error> {
        let config = serde_json::to_value(config).map_err(|error| Error::InvalidModel {
            field: "config",
            value: String::new(),
            reason: error.to_string(),
        })?;
        self.config = Some(config);
        Ok(self)
    }

    /// Reads the config back.
    pub fn read_config<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let invalid = |reason: String| Error::InvalidModel { field: "config", value: String::new(), reason };
        let config = self.config.as_ref().ok_or_else(|| invalid("the model was saved without one".to_owned()))?;
        T::deserialize(config).map_err(|error| invalid(error.to_string()))
    }

    /// The content of the file, for the loader of a framework.
    ///
    /// ```
    /// # use safetensors::tensor::{Dtype, TensorView};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let view = TensorView::new(Dtype::U8, vec![2], &[7, 9])?;
    /// # let bytes = safetensors::serialize([("weights", view)], None)?;
    /// let model = trainyard::flavors::Safetensors::new(bytes)?;
    /// let tensors = safetensors::SafeTensors::deserialize(model.bytes())?;
    /// assert_eq!(tensors.tensor("weights")?.data(), [7, 9]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Names of the tensors, in order.
    pub fn names(&self) -> Vec<String> {
        let tensors = SafeTensors::deserialize(&self.bytes);
        let mut names: Vec<String> = tensors.iter().flat_map(|tensors| tensors.names()).map(str::to_owned).collect();
        names.sort();
        names
    }

    /// Shape of each tensor by its name.
    ///
    /// ```
    /// # use safetensors::tensor::{Dtype, TensorView};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let view = TensorView::new(Dtype::U8, vec![2, 3], &[0; 6])?;
    /// # let bytes = safetensors::serialize([("weights", view)], None)?;
    /// let model = trainyard::flavors::Safetensors::new(bytes)?;
    /// assert_eq!(model.shapes()["weights"], [2, 3]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn shapes(&self) -> HashMap<String, Vec<usize>> {
        let tensors = SafeTensors::deserialize(&self.bytes);
        let tensors = tensors.iter().flat_map(|tensors| tensors.tensors());
        tensors.map(|(name, view)| (name, view.shape().to_vec())).collect()
    }
}

impl SaveModel for Safetensors {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        folder.write(FILE, &self.bytes)?;
        let mut flavor = ours::<Self>(NAME).set("data", FILE)?;
        if let Some(config) = &self.config {
            folder.write(CONFIG_FILE, &serde_json::to_vec_pretty(config)?)?;
            flavor = flavor.set("config", CONFIG_FILE)?;
        }
        folder.add_flavor(flavor);
        Ok(())
    }
}

impl LoadModel for Safetensors {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(NAME)?;
        let mut model = Self::new(saved.read(&flavor.get::<String>("data")?)?)?;
        if let Ok(config) = flavor.get::<String>("config") {
            model.config = Some(serde_json::from_slice(&saved.read(&config)?)?);
        }
        Ok(model)
    }
}
