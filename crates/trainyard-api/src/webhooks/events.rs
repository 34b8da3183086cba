//! The events of the registry: what they are about, and what happened.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::wire;

/// Declares an enum whose words and numbers are protobuf's, with the lower-case words of payloads.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident $number:literal $word:literal $payload:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $word, alias = $number)] $variant,)+
        }

        impl $name {
            /// Every one of them.
            ///
            /// ```
            #[doc = concat!("use trainyard::api::webhooks::", stringify!($name), ";")]
            ///
            #[doc = concat!("for one in ", stringify!($name), "::ALL {")]
            ///     assert_eq!(one.to_string(), one.as_str());
            /// }
            /// ```
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word in payloads, in the database and in `entity.action`.
            ///
            /// ```
            #[doc = concat!("use trainyard::api::webhooks::", stringify!($name), ";")]
            ///
            #[doc = concat!("let words = ", stringify!($name), "::ALL.iter().map(|one| one.as_str());")]
            /// let all = [
            $(#[doc = concat!("    \"", $payload, "\",")])+
            /// ];
            /// assert!(words.eq(all));
            /// ```
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $payload,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What an event is about.
    ///
    /// ```
    /// use trainyard::api::webhooks::{WebhookAction, WebhookEntity};
    ///
    /// let entity = WebhookEntity::ModelVersionAlias;
    /// assert_eq!(entity.to_string(), "model_version_alias");
    /// assert_eq!(entity.actions(), [WebhookAction::Created, WebhookAction::Deleted]);
    /// ```
    WebhookEntity {
        /// A registered model.
        RegisteredModel "1" "REGISTERED_MODEL" "registered_model",
        /// A version of a registered model.
        ModelVersion "2" "MODEL_VERSION" "model_version",
        /// A tag of a model version.
        ModelVersionTag "3" "MODEL_VERSION_TAG" "model_version_tag",
        /// An alias of a model version.
        ModelVersionAlias "4" "MODEL_VERSION_ALIAS" "model_version_alias",
        /// A prompt, which is a registered model with a mark.
        Prompt "5" "PROMPT" "prompt",
        /// A version of a prompt.
        PromptVersion "6" "PROMPT_VERSION" "prompt_version",
        /// A tag of a prompt.
        PromptTag "7" "PROMPT_TAG" "prompt_tag",
        /// A tag of a prompt version.
        PromptVersionTag "8" "PROMPT_VERSION_TAG" "prompt_version_tag",
        /// An alias of a prompt version.
        PromptAlias "9" "PROMPT_ALIAS" "prompt_alias",
        /// A budget of MLflow's gateway; nothing here is of that kind.
        BudgetPolicy "10" "BUDGET_POLICY" "budget_policy",
    }
}

words! {
    /// What happened to it.
    ///
    /// ```
    /// use trainyard::api::webhooks::{WebhookAction, WebhookEntity};
    ///
    /// let about_tags = WebhookEntity::ModelVersionTag.actions();
    /// assert!(about_tags.contains(&WebhookAction::Set));
    /// assert_eq!(WebhookAction::Set.to_string(), "set");
    /// ```
    WebhookAction {
        /// It was made.
        Created "1" "CREATED" "created",
        /// It was changed.
        Updated "2" "UPDATED" "updated",
        /// It was removed.
        Deleted "3" "DELETED" "deleted",
        /// It was given a value.
        Set "4" "SET" "set",
        /// Its limit was passed.
        Exceeded "5" "EXCEEDED" "exceeded",
    }
}

impl WebhookEntity {
    /// What can happen to an entity of this kind.
    ///
    /// ```
    /// use trainyard::api::webhooks::{WebhookAction, WebhookEntity};
    ///
    /// assert_eq!(WebhookEntity::ModelVersion.actions(), [WebhookAction::Created]);
    /// ```
    pub fn actions(self) -> &'static [WebhookAction] {
        use WebhookAction::{Created, Deleted, Exceeded, Set};
        match self {
            Self::RegisteredModel | Self::ModelVersion | Self::Prompt | Self::PromptVersion => &[Created],
            Self::ModelVersionTag | Self::PromptTag | Self::PromptVersionTag => &[Deleted, Set],
            Self::ModelVersionAlias | Self::PromptAlias => &[Created, Deleted],
            Self::BudgetPolicy => &[Exceeded],
        }
    }
}

/// Something that a webhook can be told of; written `entity.action`.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
///
/// let event = WebhookEvent { entity: WebhookEntity::ModelVersion, action: WebhookAction::Created };
/// let (name, url) = ("deploy".to_owned(), "https://ci.example.org/trainyard".to_owned());
/// let made = client.call(CreateWebhook { name, url, events: Some(vec![event]), ..Default::default() })?;
/// assert_eq!(made.webhook.events[0].to_string(), "model_version.created");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// What it is about.
    #[serde(deserialize_with = "wire::word")]
    pub entity: WebhookEntity,
    /// What happened.
    #[serde(deserialize_with = "wire::word")]
    pub action: WebhookAction,
}

impl WebhookEvent {
    /// An event of this entity and action, whether or not it can occur.
    ///
    /// ```
    /// use trainyard::api::webhooks::{WebhookAction, WebhookEntity, WebhookEvent};
    ///
    /// let event = WebhookEvent::new(WebhookEntity::RegisteredModel, WebhookAction::Created);
    /// assert_eq!(event.to_string(), "registered_model.created");
    /// ```
    pub fn new(entity: WebhookEntity, action: WebhookAction) -> Self {
        Self { entity, action }
    }
}

impl fmt::Display for WebhookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entity, self.action)
    }
}

#[cfg(test)]
mod tests {
    use crate::webhooks::CreateWebhook;
    use crate::{ApiError, decode_json};

    #[test]
    fn events_are_read_as_words_or_numbers_and_written_as_words() {
        let body = br#"{"events": [{"entity": 1, "action": "1"}, {"entity": "PROMPT_TAG", "action": "SET"}]}"#;
        let request: CreateWebhook = decode_json(body).expect("readable");
        let events = request.events.expect("events");
        let names: Vec<_> = events.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["registered_model.created", "prompt_tag.set"]);
        let written = serde_json::to_string(&events[1]).expect("written");
        assert_eq!(written, r#"{"entity":"PROMPT_TAG","action":"SET"}"#);
    }

    #[test]
    fn an_event_that_is_none_is_named() {
        for (body, part) in [
            (
                br#"{"events": [{"entity": "NOPE", "action": 1}]}"#.as_slice(),
                "Invalid value \"NOPE\" for parameter 'events[0].entity' supplied: unknown variant `NOPE`",
            ),
            (br#"{"events": [{"entity": 1}]}"#, "'events[0].action'"),
            (br#"{"status": "PAUSED"}"#, "'status' supplied: unknown variant `PAUSED`"),
        ] {
            let error = ApiError::from(decode_json::<CreateWebhook>(body).err().expect("refused"));
            assert!(error.message.contains(part), "{error}");
        }
    }
}
