//! Registry webhooks (table `webhook`): making, listing and changing them.
//!
//! `rules` says what names and addresses may look like, `secret` how secrets are kept, `events` what is told of which
//! change, `outbox` how deliveries are handed to the servers that make them.

pub(crate) mod events;
pub(crate) mod outbox;
pub(crate) mod rules;
pub(crate) mod secret;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trainyard_api::webhooks::{
    CreateWebhook, DeleteWebhook, GetWebhook, GetWebhookResponse, ListWebhooks, ListWebhooksResponse, TestWebhook,
    TestWebhookResponse, UpdateWebhook, Webhook, WebhookEvent, WebhookStatus,
};
use trainyard_api::{Empty, limits};

use crate::{Access, Entity, Operation, Signal, StoreError, Transaction, Value};

impl Operation for CreateWebhook {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetWebhookResponse, StoreError> {
        rules::check_name(&self.name)?;
        rules::parse_url(&self.url)?;
        rules::check_description(&self.description)?;
        let events = self.events.ok_or_else(|| StoreError::missing("events"))?;
        if events.is_empty() {
            // MLflow's sentence.
            return Err(StoreError::invalid("Webhook events must be a non-empty list of WebhookEvent objects: []."));
        }
        rules::check_events(&events)?;
        let webhook_id = tx.new_uuid().to_string();
        let (secret, sealed_secret) = secret::kept(tx, &webhook_id, &self.secret)?;
        let now = tx.now_ms();
        let key = tx.insert(
            "INSERT INTO webhook (webhook_id, name, description, url, secret, sealed_secret, status, creation_time, \
                                  last_updated_time) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id",
            &[
                webhook_id.into(),
                self.name.into(),
                self.description.into(),
                self.url.into(),
                secret,
                sealed_secret,
                self.status.unwrap_or_default().into(),
                now.into(),
            ],
        )?;
        set_events(tx, key, &events)?;
        answer(tx, key)
    }
}

impl Operation for GetWebhook {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetWebhookResponse, StoreError> {
        let key = key(tx, &self.webhook_id)?;
        answer(tx, key)
    }
}

impl Operation for ListWebhooks {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<ListWebhooksResponse, StoreError> {
        let limit = match self.max_results {
            None | Some(0) => limits::WEBHOOKS_DEFAULT_RESULTS,
            Some(asked) if (1..=limits::WEBHOOKS_MAX_RESULTS).contains(&asked) => asked,
            Some(asked) => {
                return Err(StoreError::invalid(format!(
                    "Invalid value {asked} for parameter 'max_results': max_results must be between 1 and {}.",
                    limits::WEBHOOKS_MAX_RESULTS
                )));
            }
        };
        let (time, id) = if self.page_token.is_empty() { (i64::MAX, i64::MAX) } else { place(&self.page_token)? };
        let mut found: Vec<(i64, i64)> = tx.query(
            "SELECT creation_time, id FROM webhook WHERE (creation_time, id) < ($1, $2) \
             ORDER BY creation_time DESC, id DESC LIMIT $3",
            &[time.into(), id.into(), (limit + 1).into()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut next_page_token = String::new();
        if found.len() as i64 > limit {
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            next_page_token = found.last().map(|place| token(*place)).unwrap_or_default();
        }
        let keys: Vec<i64> = found.into_iter().map(|(_, id)| id).collect();
        Ok(ListWebhooksResponse { webhooks: load(tx, &keys)?, next_page_token })
    }
}

impl Operation for UpdateWebhook {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetWebhookResponse, StoreError> {
        let key = key(tx, &self.webhook_id)?;
        if !self.name.is_empty() {
            rules::check_name(&self.name)?;
            set(tx, key, "name", self.name)?;
        }
        if let Some(description) = self.description {
            rules::check_description(&description)?;
            set(tx, key, "description", description)?;
        }
        if !self.url.is_empty() {
            let stored: Option<String> =
                tx.query_one("SELECT url FROM webhook WHERE id = $1", &[key.into()], |row| row.get(0))?;
            // What an answer showed comes back with the password hidden: that is no change.
            if stored.is_none_or(|stored| rules::redact(&stored) != self.url) {
                rules::parse_url(&self.url)?;
                set(tx, key, "url", self.url)?;
            }
        }
        if let Some(secret) = self.secret {
            let (secret, sealed_secret) = secret::kept(tx, &self.webhook_id, &secret)?;
            set(tx, key, "secret", secret)?;
            set(tx, key, "sealed_secret", sealed_secret)?;
        }
        if let Some(status) = self.status {
            set(tx, key, "status", status)?;
            // Deliveries may have waited for this.
            tx.signal(Signal::WebhookDeliveries)?;
        }
        if !self.events.is_empty() {
            rules::check_events(&self.events)?;
            tx.execute("DELETE FROM webhook_event WHERE webhook = $1", &[key.into()])?;
            set_events(tx, key, &self.events)?;
        }
        let now = tx.now_ms();
        set(tx, key, "last_updated_time", now)?;
        answer(tx, key)
    }
}

impl Operation for DeleteWebhook {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let key = key(tx, &self.webhook_id)?;
        tx.execute("DELETE FROM webhook WHERE id = $1", &[key.into()])?;
        Ok(Empty {})
    }
}

impl Operation for TestWebhook {
    const ACCESS: Access = Access::Read;

    /// A store sends nothing; the server's route for this request does.
    fn execute(self, tx: &mut Transaction<'_>) -> Result<TestWebhookResponse, StoreError> {
        key(tx, &self.webhook_id)?;
        Err(StoreError::NeedsServer { what: "testing a webhook" })
    }
}

fn key(tx: &mut Transaction<'_>, webhook_id: &str) -> Result<i64, StoreError> {
    if webhook_id.is_empty() {
        return Err(StoreError::missing("webhook_id"));
    }
    let key = tx.query_one("SELECT id FROM webhook WHERE webhook_id = $1", &[webhook_id.into()], |row| row.get(0))?;
    key.ok_or_else(|| StoreError::not_found(Entity::Webhook, webhook_id))
}

/// Sets one column; its name is the caller's, never a client's.
fn set(tx: &mut Transaction<'_>, key: i64, column: &str, value: impl Into<Value>) -> Result<(), StoreError> {
    tx.execute(&format!("UPDATE webhook SET {column} = $1 WHERE id = $2"), &[value.into(), key.into()])?;
    Ok(())
}

fn set_events(tx: &mut Transaction<'_>, key: i64, events: &[WebhookEvent]) -> Result<(), StoreError> {
    tx.insert_many(
        "webhook_event",
        ["entity", "action", "webhook"],
        "ON CONFLICT DO NOTHING",
        events.iter().map(|event| [event.entity.into(), event.action.into(), key.into()]),
    )?;
    Ok(())
}

fn answer(tx: &mut Transaction<'_>, key: i64) -> Result<GetWebhookResponse, StoreError> {
    Ok(GetWebhookResponse { webhook: load(tx, &[key])?.pop().unwrap_or_default() })
}

/// Webhooks with their events, in the order of their keys.
fn load(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<Vec<Webhook>, StoreError> {
    let list = tx.dialect().integers("$1");
    let among = [Value::integers(keys)];
    let sql = format!(
        "SELECT id, webhook_id, name, description, url, status, creation_time, last_updated_time FROM webhook \
         WHERE id IN {list}"
    );
    let rows = tx.query(&sql, &among, |row| {
        let webhook = Webhook {
            webhook_id: row.get(1)?,
            name: row.get(2)?,
            description: row.get(3)?,
            url: rules::redact(&row.get::<String>(4)?),
            status: row.get::<WebhookStatus>(5)?,
            creation_timestamp: row.get(6)?,
            last_updated_timestamp: row.get(7)?,
            events: Vec::new(),
        };
        Ok((row.get(0)?, webhook))
    })?;
    let mut webhooks: HashMap<i64, Webhook> = rows.into_iter().collect();
    let sql =
        format!("SELECT webhook, entity, action FROM webhook_event WHERE webhook IN {list} ORDER BY entity, action");
    let events = tx.query(&sql, &among, |row| Ok((row.get::<i64>(0)?, WebhookEvent::new(row.get(1)?, row.get(2)?))))?;
    for (key, event) in events {
        if let Some(webhook) = webhooks.get_mut(&key) {
            webhook.events.push(event);
        }
    }
    Ok(keys.iter().filter_map(|key| webhooks.remove(key)).collect())
}

/// Where a page ended, opaque: 16 bytes in base64.
fn token((time, id): (i64, i64)) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&time.to_be_bytes());
    bytes[8..].copy_from_slice(&id.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn place(token: &str) -> Result<(i64, i64), StoreError> {
    let bytes: Option<[u8; 16]> = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| bytes.try_into().ok());
    let number = |bytes: &[u8]| bytes.iter().fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    match bytes {
        Some(bytes) => Ok((number(&bytes[..8]), number(&bytes[8..]))),
        None => {
            let excerpt: String = token.chars().take(40).collect();
            Err(StoreError::invalid(format!("Invalid page token '{excerpt}': it was not made by this server")))
        }
    }
}
