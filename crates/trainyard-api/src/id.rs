//! Identifiers of experiments, runs and logged models.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// No id: the field is left out.
            pub const NONE: Self = Self(String::new());

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the field was left out of the request.
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
    ExperimentId;
    /// A run's id: 32 hex digits when the server made it.
    RunId;
    /// A logged model's id: `m-` and 32 hex digits.
    ModelId;
}
