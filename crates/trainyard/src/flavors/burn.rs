//! Models of burn: weights in a file of the safetensors format, and the config that the module is built from.

use burn::module::Module;
use burn_store::{ModuleSnapshot, SafetensorsStore};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{BoxError, Error, Flavor, LoadModel, ModelFolder, SaveModel, SavedModel};

const FILE: &str = "model.safetensors";
const CONFIG_FILE: &str = "config.json";
const NAME: &str = "burn";
/// The versions of burn whose modules are read and written.
const BURN: (&str, &str) = ("burn", "0.22");

/// A trained module of burn, and the config that builds it: whatever derives burn's `Config`, or anything else of
/// serde.
///
/// [`LoadedBurn`] is what it is loaded as.
///
#[cfg_attr(feature = "burn-example", doc = "```")]
#[cfg_attr(not(feature = "burn-example"), doc = "```no_run")]
/// # // To run it takes one of burn's backends, which this crate does not choose.
/// use burn::nn::{Linear, LinearConfig};
/// use burn::tensor::Device;
/// use trainyard::flavors::{Burn, LoadedBurn};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// let device = Device::default();
/// let config = LinearConfig::new(4, 3);
/// let model: Linear = config.init(&device);
/// // … train …
/// let info = run.log_model("iris", &Burn { module: &model, config: &config })?;
///
/// let loaded: LoadedBurn<LinearConfig> = client.load_model(&info.model_uri)?;
/// let again: Linear = loaded.into_module(|config| config.init(&device))?;
/// assert_eq!(again.weight.to_data(), model.weight.to_data());
/// # run.finish()
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Burn<'a, M, C> {
    /// The module.
    pub module: &'a M,
    /// Its config.
    pub config: &'a C,
}

impl<M: Module, C: Serialize> SaveModel for Burn<'_, M, C> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        let mut store = SafetensorsStore::from_file(folder.path_of(FILE)?);
        self.module.save_into(&mut store).map_err(|error| error.to_string())?;
        folder.write(CONFIG_FILE, &serde_json::to_vec_pretty(self.config)?)?;
        let flavor = Flavor::of::<C>(NAME).made_by(BURN.0, BURN.1);
        folder.add_flavor(flavor.set("data", FILE)?.set("config", CONFIG_FILE)?);
        Ok(())
    }
}

/// A module that was saved as [`Burn`]: its config, and the weights for the module that is built from it.
///
#[cfg_attr(feature = "burn-example", doc = "```")]
#[cfg_attr(not(feature = "burn-example"), doc = "```no_run")]
/// # // To run it takes one of burn's backends, which this crate does not choose.
/// # use burn::nn::{Linear, LinearConfig};
/// # use burn::tensor::Device;
/// # use trainyard::flavors::{Burn, LoadedBurn};
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// # let device = Device::default();
/// # let config = LinearConfig::new(4, 3);
/// # let model: Linear = config.init(&device);
/// trainyard::save_model(&folder, &Burn { module: &model, config: &config }, &Default::default())?;
///
/// let loaded: LoadedBurn<LinearConfig> = trainyard::SavedModel::open(&folder)?.load()?;
/// assert_eq!(loaded.config().d_input, 4);
/// let again: Linear = loaded.into_module(|config| config.init(&device))?;
/// # drop(again);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LoadedBurn<C> {
    weights: Vec<u8>,
    config: C,
}

impl<C: DeserializeOwned> LoadModel for LoadedBurn<C> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(NAME)?;
        flavor.check_type::<C>()?;
        flavor.check_made_by(BURN.0, BURN.1)?;
        let config = serde_json::from_slice(&saved.read(&flavor.get::<String>("config")?)?)?;
        Ok(Self { weights: saved.read(&flavor.get::<String>("data")?)?, config })
    }
}

impl<C> LoadedBurn<C> {
    /// The config that the module was saved with.
    pub fn config(&self) -> &C {
        &self.config
    }

    /// Gives a module that was built from the config its trained weights. A weight that is missing, left over or of
    /// another shape or type is an error.
    pub fn into_module<M: Module>(self, build: impl FnOnce(&C) -> M) -> Result<M, Error> {
        let mut module = build(&self.config);
        // The store is to tell all that it finds, in place of advice about the store.
        let mut store = SafetensorsStore::from_bytes(Some(self.weights)).allow_partial(true).validate(false);
        let invalid = |reason: String| Error::InvalidModel { field: "burn module", value: FILE.to_owned(), reason };
        let applied = module.load_from(&mut store).map_err(|error| invalid(error.to_string()))?;
        let problem = if let Some(error) = applied.errors.first() {
            error.to_string()
        } else if let Some((missing, _)) = applied.missing.first() {
            format!("the file has no weight '{missing}'")
        } else if let Some(unused) = applied.unused.first() {
            format!("the module has no weight '{unused}'")
        } else {
            return Ok(module);
        };
        Err(invalid(format!("{problem}; build the module as it was trained")))
    }
}
