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
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the model the next version of this registered model, which is made too when there is none yet.
    #[must_use]
    pub fn registered_model_name(mut self, name: impl Into<String>) -> Self {
        self.registered_model_name = Some(name.into());
        self
    }

    /// Says what goes in and comes out.
    #[must_use]
    pub fn signature(mut self, signature: Signature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// Adds data like the model's input. Where no signature says what goes in, it is read off the example.
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
    #[must_use]
    pub fn model_type(mut self, model_type: impl Into<String>) -> Self {
        self.model_type = model_type.into();
        self
    }

    /// Names the training step at which the model was made; metrics that the run logged at this step are linked to it.
    #[must_use]
    pub fn step(mut self, step: i64) -> Self {
        self.step = step;
        self
    }
}
