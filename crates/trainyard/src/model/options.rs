//! What a model is logged with, beside itself.

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};
use trainyard_api::{Param, Tag, limits, rules};

use super::{InputExample, Signature};
use crate::Error;
use crate::run::params_below;

/// What a model is logged with; by default nothing.
///
/// ```
/// use trainyard::{InputExample, ModelOptions, Signature};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// let features = [[5.1, 3.5, 1.4, 0.2], [6.2, 3.4, 5.4, 2.3]];
/// let species = [0_i64, 2];
/// let options = ModelOptions::new()
///     .registered_model_name("iris-classifier")
///     .signature(Signature::of(&features, &species)?)
///     .input_example(InputExample::tensor(&features)?)
///     .param("max_depth", 5)
///     .tag("stage", "nightly")
///     .metadata("note", "trained on the cleaned data")?
///     .step(100);
/// # drop(options);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ModelOptions {
    pub(crate) registered_model_name: Option<String>,
    pub(crate) signature: Option<Signature>,
    pub(crate) input_example: Option<InputExample>,
    pub(crate) params: Vec<Param>,
    /// Keys of params that cannot be logged, and why.
    refused: Vec<(String, String)>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) model_type: String,
    pub(crate) step: i64,
}

impl ModelOptions {
    /// Nothing.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &ModelOptions::new())?;
    /// assert!(folder.join("MLmodel").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the model the next version of this registered model, which is made too when there is none yet.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// let options = ModelOptions::new().registered_model_name("iris-classifier");
    /// let info = run.log_model_with("weights", &Json(&[0.5, -1.25]), &options)?;
    /// assert_eq!(info.registered_model_version.as_deref(), Some("1"));
    /// # run.finish()
    /// # }
    /// ```
    #[must_use]
    pub fn registered_model_name(mut self, name: impl Into<String>) -> Self {
        self.registered_model_name = Some(name.into());
        self
    }

    /// Says what goes in and comes out.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::flavors::Json;
    /// use trainyard::{ModelOptions, SavedModel, Signature, save_model};
    ///
    /// let signature = Signature::of(&[[5.1, 3.5]], &["setosa"])?;
    /// save_model(&folder, &Json(&[0.5, -1.25]), &ModelOptions::new().signature(signature.clone()))?;
    /// assert_eq!(SavedModel::open(&folder)?.signature()?, Some(signature));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn signature(mut self, signature: Signature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// Adds data like the model's input. Where no signature says what goes in, it is read off the example.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::flavors::Json;
    /// use trainyard::{InputExample, ModelOptions, SavedModel, save_model};
    ///
    /// let options = ModelOptions::new().input_example(InputExample::tensor(&[[5.1, 3.5]])?);
    /// save_model(&folder, &Json(&[0.5, -1.25]), &options)?;
    /// assert!(SavedModel::open(&folder)?.signature()?.expect("that of the example").inputs.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn input_example(mut self, example: InputExample) -> Self {
        self.input_example = Some(example);
        self
    }

    /// Adds a hyperparameter of the model; those of the run are added by themselves. A struct or a map gives several, with
    /// keys `key.field`, as for [`Run::log_param`](crate::Run::log_param).
    ///
    /// What cannot be a hyperparameter, such as NaN, is [`Error::Param`] when the model is logged or saved, before anything is
    /// made.
    ///
    /// ```
    /// use trainyard::flavors::Json;
    /// use trainyard::{Error, ModelOptions, save_model};
    ///
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// let options = ModelOptions::new().param("alpha", f64::NAN);
    /// let refused = save_model(&folder, &Json(&[0.5]), &options).expect_err("no number");
    /// assert!(matches!(refused, Error::Param { key, .. } if key == "alpha"));
    /// ```
    #[must_use]
    pub fn param(mut self, key: &str, value: impl Serialize) -> Self {
        let below = format!("{key}.");
        self.params.retain(|param| param.key != key && !param.key.starts_with(&below));
        self.refused.retain(|(refused, _)| refused != key && !refused.starts_with(&below));
        match params_below(key, &value) {
            Ok(params) => self.params.extend(params),
            Err(Error::Param { key, reason }) => self.refused.push((key, reason)),
            Err(error) => self.refused.push((key.to_owned(), error.to_string())),
        }
        self
    }

    /// Adds a tag of the model, and of its version where it is registered.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// let options = ModelOptions::new().tag("stage", "nightly");
    /// run.log_model_with("weights", &Json(&[0.5, -1.25]), &options)?;
    /// let found = client.search_logged_models().experiments(["iris"]).filter("tags.stage = 'nightly'");
    /// assert_eq!(found.into_iter().count(), 1);
    /// # run.finish()
    /// # }
    /// ```
    #[must_use]
    pub fn tag(mut self, key: &str, value: impl Display) -> Self {
        self.tags.retain(|tag| tag.key != key);
        self.tags.push(Tag::new(key, value.to_string()));
        self
    }

    /// What the tracking store would refuse, before anything is saved or made.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some((key, reason)) = self.refused.first() {
            return Err(Error::Param { key: key.clone(), reason: reason.clone() });
        }
        for param in &self.params {
            rules::param_key(&param.key)?;
            rules::length("value", &param.value, limits::PARAM_VALUE_CHARS)?;
        }
        for tag in &self.tags {
            rules::tag_key(&tag.key)?;
            if self.registered_model_name.is_some() {
                rules::length("value", &tag.value, limits::REGISTRY_TAG_VALUE_CHARS)?;
            }
        }
        Ok(())
    }

    /// Adds a note that is kept in the model's `MLmodel` file.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// let options = ModelOptions::new().metadata("note", "trained on the cleaned data")?;
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &options)?;
    /// let written = std::fs::read_to_string(folder.join("MLmodel")).expect("a file");
    /// assert!(written.contains("trained on the cleaned data"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn metadata(mut self, key: &str, value: impl Serialize) -> Result<Self, Error> {
        let value = serde_json::to_value(value).map_err(|error| Error::InvalidModel {
            field: "metadata",
            value: key.to_owned(),
            reason: error.to_string(),
        })?;
        self.metadata.insert(key.to_owned(), value);
        Ok(self)
    }

    /// Says in free text what kind of model it is.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// let options = ModelOptions::new().model_type("classifier");
    /// run.log_model_with("weights", &Json(&[0.5, -1.25]), &options)?;
    /// let model = client.search_logged_models().experiments(["iris"]).into_iter().next().expect("a model")?;
    /// assert_eq!(model.info.model_type, "classifier");
    /// # run.finish()
    /// # }
    /// ```
    #[must_use]
    pub fn model_type(mut self, model_type: impl Into<String>) -> Self {
        self.model_type = model_type.into();
        self
    }

    /// Names the training step at which the model was made; metrics that the run logged at this step are linked to it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::ModelOptions;
    /// use trainyard::flavors::Json;
    ///
    /// run.log_metric("loss", 0.25, 100)?;
    /// let options = ModelOptions::new().step(100);
    /// run.log_model_with("weights", &Json(&[0.5, -1.25]), &options)?;
    /// let model = client.search_logged_models().experiments(["iris"]).into_iter().next().expect("a model")?;
    /// assert_eq!((model.data.metrics[0].key.as_str(), model.data.metrics[0].step), ("loss", 100));
    /// # run.finish()
    /// # }
    /// ```
    #[must_use]
    pub fn step(mut self, step: i64) -> Self {
        self.step = step;
        self
    }
}
