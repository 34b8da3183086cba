//! Registry webhooks: addresses that are told of changes in the model registry.
//!
//! A server delivers the events; a database in this process keeps the webhooks for it.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::webhooks::{
//!     CreateWebhook, DeleteWebhook, GetWebhook, ListWebhooks, TestWebhook, UpdateWebhook, WebhookAction, WebhookEntity,
//!     WebhookEvent, WebhookStatus,
//! };
//!
//! assert!(WebhookEntity::ModelVersion.actions().contains(&WebhookAction::Created));
//! let event = WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created);
//! assert_eq!(event.to_string(), "model_version.created");
//! let made = CreateWebhook {
//!     name: "deploy".to_owned(),
//!     url: "https://ci.example.org/trainyard".to_owned(),
//!     events: Some(vec![event]),
//!     secret: "of both sides".to_owned(),
//!     ..Default::default()
//! };
//! let webhook_id = client.call(made)?.webhook.webhook_id;
//!
//! let status = Some(WebhookStatus::Disabled);
//! client.call(UpdateWebhook { webhook_id: webhook_id.clone(), status, ..Default::default() })?;
//! let webhook = client.call(GetWebhook { webhook_id: webhook_id.clone() })?.webhook;
//! assert_eq!((webhook.name.as_str(), webhook.status), ("deploy", WebhookStatus::Disabled));
//! assert_eq!(client.call(ListWebhooks::default())?.webhooks.len(), 1);
//! // A server sends an example; a database has nobody who would.
//! let test = TestWebhook { webhook_id: webhook_id.clone(), ..Default::default() };
//! let Err(refused) = client.call(test) else { panic!("nothing is sent from here") };
//! assert!(refused.to_string().contains("server"), "{refused}");
//! client.call(DeleteWebhook { webhook_id })?;
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::webhooks::{
    CreateWebhook, DeleteWebhook, GetWebhook, GetWebhookResponse, ListWebhooks, ListWebhooksResponse, TestWebhook,
    TestWebhookResponse, UpdateWebhook, Webhook, WebhookAction, WebhookEntity, WebhookEvent, WebhookStatus,
    WebhookTestResult,
};
