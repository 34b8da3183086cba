//! Registry webhooks: addresses that are told of changes in the model registry.

mod events;

pub use events::{WebhookAction, WebhookEntity, WebhookEvent};

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, wire};

/// Whether a webhook is told of anything.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::{UpdateWebhook, WebhookStatus};
/// # use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
/// # let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// # let (name, url) = ("deploy".to_owned(), "https://ci.example.org/trainyard".to_owned());
/// # let made = client.call(CreateWebhook { name, url, events, ..Default::default() })?.webhook;
///
/// // A webhook as `CreateWebhook` answers it.
/// assert_eq!(made.status, WebhookStatus::Active);
/// let (webhook_id, status) = (made.webhook_id, Some(WebhookStatus::Disabled));
/// let now = client.call(UpdateWebhook { webhook_id, status, ..Default::default() })?.webhook;
/// assert_eq!(now.status, WebhookStatus::Disabled);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WebhookStatus {
    /// It is told of its events.
    #[default]
    #[serde(rename = "ACTIVE", alias = "1")]
    Active,
    /// It is told of nothing.
    #[serde(rename = "DISABLED", alias = "2")]
    Disabled,
}

impl WebhookStatus {
    /// The word on the wire and in the database.
    ///
    /// ```
    /// assert_eq!(trainyard::api::webhooks::WebhookStatus::Disabled.as_str(), "DISABLED");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Disabled => "DISABLED",
        }
    }
}

/// An address with the events that it is told of. The secret is never part of an answer.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::{CreateWebhook, Webhook};
/// # use trainyard::api::webhooks::{WebhookAction, WebhookEntity, WebhookEvent};
///
/// # let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// let (name, url) = ("deploy".to_owned(), "https://ann:secret@ci.example.org/trainyard".to_owned());
/// let made = client.call(CreateWebhook { name, url, events, ..Default::default() })?;
/// let Webhook { name, url, .. } = made.webhook;
/// assert_eq!((name.as_str(), url.contains("secret")), ("deploy", false));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Webhook {
    /// A UUID.
    pub webhook_id: String,
    /// A name for people; several may have the same.
    pub name: String,
    /// Free text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where events are posted; a password in it reads `***`.
    pub url: String,
    /// Ordered by entity and action.
    pub events: Vec<WebhookEvent>,
    /// Whether it is in use.
    #[serde(deserialize_with = "wire::word")]
    pub status: WebhookStatus,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_timestamp: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_updated_timestamp: i64,
}

/// Makes a webhook.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent, WebhookStatus};
///
/// let made = client.call(CreateWebhook {
///     name: "deploy".to_owned(),
///     url: "https://ci.example.org/trainyard".to_owned(),
///     events: Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]),
///     secret: "of both sides".to_owned(),
///     ..Default::default()
/// })?;
/// assert_eq!(made.webhook.status, WebhookStatus::Active);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateWebhook {
    /// Required.
    pub name: String,
    /// Required.
    pub url: String,
    /// Required, and not empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<WebhookEvent>>,
    /// Free text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Key of the signatures; without one deliveries are not signed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub secret: String,
    /// Active when left out.
    #[serde(deserialize_with = "wire::optional_word", skip_serializing_if = "Option::is_none")]
    pub status: Option<WebhookStatus>,
}

/// Answer to [`CreateWebhook`], [`GetWebhook`] and [`UpdateWebhook`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetWebhookResponse {
    /// The webhook.
    pub webhook: Webhook,
}

/// One page of webhooks, the newest first.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::ListWebhooks;
/// # use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
/// # for name in ["deploy", "report"] {
/// #     let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// #     let (name, url) = (name.to_owned(), "https://ci.example.org/trainyard".to_owned());
/// #     client.call(CreateWebhook { name, url, events, ..Default::default() })?;
/// # }
///
/// // There are two webhooks.
/// let page = client.call(ListWebhooks { max_results: Some(1), ..Default::default() })?;
/// assert_eq!(page.webhooks.len(), 1);
/// let next = client.call(ListWebhooks { max_results: Some(1), page_token: page.next_page_token })?;
/// assert_ne!(next.webhooks[0].name, page.webhooks[0].name);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListWebhooks {
    /// Page size, 100 when left out.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`ListWebhooks`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListWebhooksResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<Webhook>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// One webhook.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::GetWebhook;
/// # use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
/// # let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// # let (name, url) = ("deploy".to_owned(), "https://ci.example.org/trainyard".to_owned());
/// # let made = client.call(CreateWebhook { name, url, events, ..Default::default() })?.webhook;
///
/// // A webhook as `CreateWebhook` answers it.
/// let found = client.call(GetWebhook { webhook_id: made.webhook_id.clone() })?;
/// assert_eq!(found.webhook, made);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetWebhook {
    /// Required.
    pub webhook_id: String,
}

/// Changes what is given; an empty name, address or list of events is as good as none.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::UpdateWebhook;
/// # use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
/// # let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// # let (name, url) = ("deploy".to_owned(), "https://ci.example.org/trainyard".to_owned());
/// # let webhook_id = client.call(CreateWebhook { name, url, events, ..Default::default() })?.webhook.webhook_id;
///
/// let url = "https://ci.example.org/models".to_owned();
/// let now = client.call(UpdateWebhook { webhook_id, url, ..Default::default() })?.webhook;
/// assert_eq!((now.name.as_str(), now.url.as_str()), ("deploy", "https://ci.example.org/models"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateWebhook {
    /// Required.
    pub webhook_id: String,
    /// A new name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A new description; empty to clear it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A new address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The events in place of those before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<WebhookEvent>,
    /// A new secret; empty for deliveries without a signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// A new status.
    #[serde(deserialize_with = "wire::optional_word", skip_serializing_if = "Option::is_none")]
    pub status: Option<WebhookStatus>,
}

/// Deletes a webhook, with the deliveries that it has not had yet.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::{DeleteWebhook, ListWebhooks};
/// # use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
/// # let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// # let (name, url) = ("deploy".to_owned(), "https://ci.example.org/trainyard".to_owned());
/// # let webhook_id = client.call(CreateWebhook { name, url, events, ..Default::default() })?.webhook.webhook_id;
///
/// client.call(DeleteWebhook { webhook_id })?;
/// assert!(client.call(ListWebhooks::default())?.webhooks.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteWebhook {
    /// Required.
    pub webhook_id: String,
}

/// Sends an example to a webhook, whatever its status, and answers what came back. A database in this process refuses:
/// a server alone sends anything.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::webhooks::TestWebhook;
/// # use trainyard::api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
/// # let events = Some(vec![WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created)]);
/// # let (name, url) = ("deploy".to_owned(), "https://ci.example.org/trainyard".to_owned());
/// # let webhook_id = client.call(CreateWebhook { name, url, events, ..Default::default() })?.webhook.webhook_id;
///
/// match client.call(TestWebhook { webhook_id, ..Default::default() }) {
///     Ok(answer) => assert!(answer.result.success),
///     Err(error) => assert!(error.to_string().contains("server"), "a database in this process: {error}"),
/// }
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestWebhook {
    /// Required.
    pub webhook_id: String,
    /// The event of the example; the webhook's first when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<WebhookEvent>,
}

/// Answer to [`TestWebhook`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestWebhookResponse {
    /// What came back.
    pub result: WebhookTestResult,
}

/// What came back from a webhook.
///
/// ```
/// use trainyard::api::webhooks::WebhookTestResult;
///
/// fn told(result: &WebhookTestResult) -> String {
///     match (&result.error_message, result.response_status) {
///         (Some(reason), _) => reason.clone(),
///         (None, status) => format!("answered with {}", status.unwrap_or_default()),
///     }
/// }
/// let result = WebhookTestResult { success: true, response_status: Some(204), ..Default::default() };
/// assert_eq!(told(&result), "answered with 204");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookTestResult {
    /// Whether the receiver took it.
    pub success: bool,
    /// Status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_status: Option<u16>,
    /// The beginning of the answer's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_body: Option<String>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

endpoints! {
    Post "/webhooks" CreateWebhook => GetWebhookResponse;
    Get "/webhooks" ListWebhooks => ListWebhooksResponse;
    Get "/webhooks/{webhook_id}" GetWebhook => GetWebhookResponse;
    Patch "/webhooks/{webhook_id}" UpdateWebhook => GetWebhookResponse;
    Delete "/webhooks/{webhook_id}" DeleteWebhook => Empty;
    Post "/webhooks/{webhook_id}/test" TestWebhook => TestWebhookResponse;
}
