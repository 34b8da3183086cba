//! Identifiers of experiments, runs and logged models.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident $example:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// No id: the field is left out.
            ///
            /// ```
            #[doc = concat!("use trainyard::api::", stringify!($name), ";")]
            ///
            #[doc = concat!("assert!(", stringify!($name), "::NONE.is_empty());")]
            /// ```
            pub const NONE: Self = Self(String::new());

            /// The id as text.
            ///
            /// ```
            #[doc = concat!("let id = trainyard::api::", stringify!($name), "::from(\"", $example, "\");")]
            #[doc = concat!("assert_eq!(id.as_str(), \"", $example, "\");")]
            /// ```
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the field was left out of the request.
            ///
            /// ```
            #[doc = concat!("let id = trainyard::api::", stringify!($name), "::from(\"", $example, "\");")]
            /// assert!(!id.is_empty());
            /// ```
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
    )+};
}

text_ids! {
    /// An experiment's id: a decimal number as text; `0` is the experiment `Default`.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::ExperimentId;
    /// use trainyard::api::experiments::GetExperiment;
    ///
    /// let found = client.call(GetExperiment { experiment_id: ExperimentId::from("0") })?;
    /// assert_eq!(found.experiment.experiment_id.to_string(), "0");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    ExperimentId "0";
    /// A run's id: 32 hex digits when the server made it.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::RunId;
    /// use trainyard::api::runs::{CreateRun, GetRun};
    ///
    /// let run_id: RunId = client.call(CreateRun::default())?.run.info.run_id;
    /// assert_eq!(run_id.as_str().len(), 32);
    /// let found = client.call(GetRun { run_id: run_id.clone(), ..Default::default() })?;
    /// assert_eq!(found.run.info.run_id, run_id);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    RunId "0123456789abcdef0123456789abcdef";
    /// A logged model's id: `m-` and 32 hex digits.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::ModelId;
    /// use trainyard::api::logged_models::{CreateLoggedModel, GetLoggedModel};
    ///
    /// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
    /// let model_id: ModelId = made.model.info.model_id;
    /// assert!(model_id.as_str().starts_with("m-"));
    /// let found = client.call(GetLoggedModel { model_id: model_id.clone(), ..Default::default() })?;
    /// assert_eq!(found.model.info.model_id, model_id);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    ModelId "m-0123456789abcdef0123456789abcdef";
}
