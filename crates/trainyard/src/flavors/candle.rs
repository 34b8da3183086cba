//! Models of candle: the variables of a `VarMap` in a file of the safetensors format.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::safetensors::BufferedSafetensors;
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder, VarMap};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{BoxError, Error, Flavor, LoadModel, ModelFolder, SaveModel, SavedModel};

const FILE: &str = "model.safetensors";
const CONFIG_FILE: &str = "config.json";
const NAME: &str = "candle";
/// The versions of candle whose variables are read and written.
const CANDLE: (&str, &str) = ("candle-core", "0.11");

/// The trained variables of a model of candle, and the config that tells how to build the model around them.
///
/// ```
/// use candle_core::{DType, Device, Module as _, Tensor};
/// use candle_nn::{VarBuilder, VarMap, linear};
/// use trainyard::flavors::{Candle, LoadedCandle};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path().join("model");
/// let (variables, config) = (VarMap::new(), (4, 3));
/// let model = linear(config.0, config.1, VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
/// // … train …
/// trainyard::save_model(&folder, &Candle { variables: &variables, config: &config }, &Default::default())?;
///
/// let loaded: LoadedCandle<(usize, usize)> = trainyard::SavedModel::open(&folder)?.load()?;
/// let again = loaded.into_model(DType::F32, &Device::Cpu, |sizes, variables| linear(sizes.0, sizes.1, variables))?;
/// let row = Tensor::new(&[[5.1_f32, 3.5, 1.4, 0.2]], &Device::Cpu)?;
/// assert_eq!(again.forward(&row)?.to_vec2::<f32>()?, model.forward(&row)?.to_vec2::<f32>()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Candle<'a, C> {
    /// The variables.
    pub variables: &'a VarMap,
    /// Sizes of layers and the like.
    pub config: &'a C,
}

// `VarMap` has no `Debug`.
impl<C: fmt::Debug> fmt::Debug for Candle<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candle").field("config", self.config).finish_non_exhaustive()
    }
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

/// A model that was saved as [`Candle`]: its config, and the variables for the model that is built from it.
///
/// ```
/// # use candle_core::{DType, Device};
/// # use candle_nn::{VarBuilder, VarMap, linear};
/// # use trainyard::flavors::{Candle, LoadedCandle};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path().join("model");
/// # let variables = VarMap::new();
/// # linear(4, 3, VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
/// trainyard::save_model(&folder, &Candle { variables: &variables, config: &(4_usize, 3_usize) }, &Default::default())?;
///
/// let loaded: LoadedCandle<(usize, usize)> = trainyard::SavedModel::open(&folder)?.load()?;
/// assert_eq!(loaded.config(), &(4, 3));
/// let again = loaded.into_model(DType::F32, &Device::Cpu, |sizes, variables| linear(sizes.0, sizes.1, variables))?;
/// # drop(again);
/// # Ok(())
/// # }
/// ```
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

    /// Builds the model around its trained variables. A variable that is missing, left over or of another shape is an
    /// error.
    pub fn into_model<M>(
        self,
        dtype: DType,
        device: &Device,
        build: impl FnOnce(&C, VarBuilder<'static>) -> candle_core::Result<M>,
    ) -> Result<M, Error> {
        let invalid = |reason: String| Error::InvalidModel { field: "candle model", value: FILE.to_owned(), reason };
        let tensors = BufferedSafetensors::new(self.variables).map_err(|error| invalid(error.to_string()))?;
        let mut left: Vec<String> = tensors.tensors().into_iter().map(|(name, _)| name).collect();
        let taken = Taken::default();
        let variables = Box::new(Watched { tensors, taken: taken.clone() });
        let variables = VarBuilder::from_backend(variables, dtype, device.clone());
        let model = build(&self.config, variables).map_err(|error| invalid(error.to_string()))?;
        let taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        left.retain(|name| !taken.contains(name));
        left.sort();
        match left.first() {
            Some(first) => Err(invalid(format!(
                "the model takes no variable '{first}'{}; build it as it was trained",
                if left.len() > 1 { format!(" and {} others", left.len() - 1) } else { String::new() }
            ))),
            None => Ok(model),
        }
    }
}

type Taken = Arc<Mutex<HashSet<String>>>;

/// Variables that notice which of them a model takes.
struct Watched {
    tensors: BufferedSafetensors,
    taken: Taken,
}

impl Watched {
    fn take(&self, name: &str) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    }
}

impl SimpleBackend for Watched {
    fn get(&self, shape: Shape, name: &str, init: Init, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        self.take(name);
        SimpleBackend::get(&self.tensors, shape, name, init, dtype, device)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        self.take(name);
        self.tensors.get_unchecked(name, dtype, device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.tensors.contains_tensor(name)
    }
}
