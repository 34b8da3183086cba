//! The outbox (table `webhook_delivery`): what receivers have not been told yet, and which server is telling them.
//!
//! A row is written by the transaction that makes the change, so an event is there exactly if its change is. A server
//! takes rows for a while (a lease): if it dies meanwhile, they come due again for whichever server looks next. So a
//! receiver hears of each event at least once, and of one event always under the same delivery id.

use serde_json::Value as Json;
use trainyard_api::webhooks::{TestWebhook, WebhookEvent};

use super::secret::{self, SecretKey, Signing};
use super::{events, rules};
use crate::{Entity, Signal, StoreError, Transaction, Value};

/// What a store holds for its webhooks beside the tables.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    key: Option<SecretKey>,
}

impl Outbox {
    pub(crate) fn new(key: Option<SecretKey>) -> Self {
        Self { key }
    }

    pub(crate) fn key(&self) -> Option<&SecretKey> {
        self.key.as_ref()
    }
}

/// What a server asks for.
#[derive(Debug, Clone)]
pub struct Take {
    /// Who asks; no other server has the same name.
    pub holder: String,
    /// How long the deliveries are this server's, in milliseconds.
    pub lease_ms: i64,
    /// Deliveries older than this are given up, in milliseconds.
    pub max_age_ms: i64,
    /// Most deliveries to take.
    pub room: usize,
    /// Most deliveries to one webhook at a time: a slow receiver must not take all the room.
    pub room_per_webhook: usize,
    /// Deliveries that the server is making now, by the key of their webhook.
    pub under_way: Vec<(i64, usize)>,
}

/// What a server got.
#[derive(Default)]
pub struct Taken {
    /// To be made now.
    pub deliveries: Vec<Delivery>,
    /// Given up for their age: webhook id, delivery id and event of each.
    pub expired: Vec<(String, String, String)>,
    /// When the next delivery that there would be room for is due, in milliseconds since the epoch.
    pub next_due_ms: Option<i64>,
}

/// One event for one webhook, held by one server.
#[derive(Clone)]
pub struct Delivery {
    id: i64,
    holder: String,
    /// Key of the webhook.
    pub webhook: i64,
    /// Where it goes.
    pub target: Target,
    /// The same at every attempt.
    pub delivery_id: String,
    /// `entity.action`.
    pub event: String,
    /// What is sent, byte for byte.
    pub body: String,
    /// Attempts, with the one about to be made.
    pub attempts: i64,
}

/// Where the deliveries of a webhook go.
#[derive(Clone)]
pub struct Target {
    /// The id that clients know.
    pub webhook_id: String,
    /// The address, with its password.
    pub url: String,
    /// How they are signed.
    pub signing: Signing,
}

/// Whether any webhook is in use.
pub(super) fn has_active(tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
    let found = tx.query_one("SELECT 1 FROM webhook WHERE status = 'ACTIVE' LIMIT 1", &[], |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

/// Writes an event into the outbox, once for each active webhook that wants it.
pub(super) fn announce(
    tx: &mut Transaction<'_>,
    event: WebhookEvent,
    data: impl FnOnce() -> Json,
) -> Result<(), StoreError> {
    let webhooks: Vec<i64> = tx.query(
        "SELECT w.id FROM webhook_event e JOIN webhook w ON w.id = e.webhook \
         WHERE e.entity = $1 AND e.action = $2 AND w.status = 'ACTIVE' ORDER BY w.id",
        &[event.entity.into(), event.action.into()],
        |row| row.get(0),
    )?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let now = tx.now_ms();
    let body = events::envelope(event, now, &data());
    for webhook in webhooks {
        let delivery_id = tx.new_uuid().to_string();
        tx.execute(
            "INSERT INTO webhook_delivery (delivery_id, webhook, entity, action, body, creation_time, due_time, attempts) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, 0)",
            &[
                delivery_id.into(),
                webhook.into(),
                event.entity.into(),
                event.action.into(),
                (&body).into(),
                now.into(),
            ],
        )?;
    }
    tx.signal(Signal::WebhookDeliveries)
}

/// Gives deliveries that are due to a server. Those of disabled webhooks wait until they are enabled or too old.
pub fn take(tx: &mut Transaction<'_>, wanted: &Take) -> Result<Taken, StoreError> {
    let mut taken = Taken { expired: expire(tx, wanted.max_age_ms)?, ..Taken::default() };
    let now = tx.now_ms();
    // A subquery each, not a join with groups: it looks at one row of the index, however many deliveries wait.
    let active: Vec<(i64, Option<i64>)> = tx.query(
        "SELECT w.id, (SELECT MIN(d.due_time) FROM webhook_delivery d WHERE d.webhook = w.id) FROM webhook w \
         WHERE w.status = 'ACTIVE'",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut waiting: Vec<(i64, i64)> = active.into_iter().filter_map(|(webhook, due)| Some((webhook, due?))).collect();
    waiting.sort_by_key(|(webhook, due)| (*due, *webhook));
    for (webhook, due) in waiting {
        let under_way = wanted.under_way.iter().find(|(key, _)| *key == webhook).map_or(0, |(_, count)| *count);
        let room = wanted.room_per_webhook.saturating_sub(under_way);
        if room == 0 {
            continue;
        }
        let mut next = Some(due);
        if due <= now {
            let room = room.min(wanted.room.saturating_sub(taken.deliveries.len()));
            let deliveries = take_of(tx, webhook, wanted, room)?;
            if deliveries.len() == room {
                // Room is what is missing, not the time.
                taken.deliveries.extend(deliveries);
                continue;
            }
            taken.deliveries.extend(deliveries);
            let sql = "SELECT MIN(due_time) FROM webhook_delivery WHERE webhook = $1";
            next = tx.query_one(sql, &[webhook.into()], |row| row.get::<Option<i64>>(0))?.flatten();
        }
        taken.next_due_ms = [taken.next_due_ms, next].into_iter().flatten().min();
    }
    Ok(taken)
}

/// Notes that a delivery was made, or that nobody is to try it again.
pub fn finish(tx: &mut Transaction<'_>, delivery: &Delivery) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM webhook_delivery WHERE id = $1 AND holder = $2 AND attempts = $3",
        &[delivery.id.into(), (&delivery.holder).into(), delivery.attempts.into()],
    )?;
    Ok(())
}

/// Puts a delivery off for at least `pause_ms` and at most half as long again, so that those that failed together do
/// not come back together.
pub fn postpone(tx: &mut Transaction<'_>, delivery: &Delivery, pause_ms: i64) -> Result<(), StoreError> {
    let spread = u128::from(pause_ms.unsigned_abs() / 2 + 1);
    let jitter = i64::try_from(tx.random() % spread).unwrap_or(0);
    let due = tx.now_ms().saturating_add(pause_ms).saturating_add(jitter);
    tx.execute(
        "UPDATE webhook_delivery SET due_time = $1, holder = NULL WHERE id = $2 AND holder = $3 AND attempts = $4",
        &[due.into(), delivery.id.into(), (&delivery.holder).into(), delivery.attempts.into()],
    )?;
    Ok(())
}

/// Gives everything back that a server holds, because it stops.
pub fn release(tx: &mut Transaction<'_>, holder: &str) -> Result<(), StoreError> {
    let now = tx.now_ms();
    tx.execute(
        "UPDATE webhook_delivery SET due_time = $1, holder = NULL WHERE holder = $2",
        &[now.into(), holder.into()],
    )?;
    Ok(())
}

/// An example of an event for one webhook, to be sent at once and never again.
pub struct Example {
    /// Where it goes.
    pub target: Target,
    /// Its id.
    pub delivery_id: String,
    /// What is sent.
    pub body: String,
}

/// Makes the example that tests a webhook, whatever its status.
pub fn example(tx: &mut Transaction<'_>, request: &TestWebhook) -> Result<Example, StoreError> {
    let key = super::key(tx, &request.webhook_id)?;
    let first = tx.query_one(
        "SELECT entity, action FROM webhook_event WHERE webhook = $1 ORDER BY entity, action LIMIT 1",
        &[key.into()],
        |row| Ok(WebhookEvent::new(row.get(0)?, row.get(1)?)),
    )?;
    let event = request.event.or(first).ok_or_else(|| StoreError::missing("event"))?;
    rules::check_event("event", event)?;
    Ok(Example {
        target: load_target(tx, key)?,
        delivery_id: tx.new_uuid().to_string(),
        body: events::envelope(event, tx.now_ms(), &events::example(event)),
    })
}

fn load_target(tx: &mut Transaction<'_>, webhook: i64) -> Result<Target, StoreError> {
    let found = tx.query_one(
        "SELECT webhook_id, url, secret, sealed_secret FROM webhook WHERE id = $1",
        &[webhook.into()],
        |row| Ok((row.get::<String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let (webhook_id, url, plain, sealed) = found.ok_or_else(|| StoreError::not_found(Entity::Webhook, webhook))?;
    let signing = secret::read(tx, &webhook_id, plain, sealed);
    Ok(Target { webhook_id, url, signing })
}

fn take_of(tx: &mut Transaction<'_>, webhook: i64, wanted: &Take, room: usize) -> Result<Vec<Delivery>, StoreError> {
    if room == 0 {
        return Ok(Vec::new());
    }
    let now = tx.now_ms();
    let due: Vec<i64> = tx.query(
        "SELECT id FROM webhook_delivery WHERE webhook = $1 AND due_time <= $2 ORDER BY due_time, id LIMIT $3",
        &[webhook.into(), now.into(), i64::try_from(room).unwrap_or(i64::MAX).into()],
        |row| row.get(0),
    )?;
    let target = load_target(tx, webhook)?;
    // Asked again here, where another server may have been faster.
    let sql = format!(
        "UPDATE webhook_delivery SET due_time = $1, attempts = attempts + 1, holder = $2 \
         WHERE id IN {} AND due_time <= $4 RETURNING id, delivery_id, entity, action, body, attempts",
        tx.dialect().integers("$3")
    );
    let lease_end = now.saturating_add(wanted.lease_ms);
    let values = [lease_end.into(), (&wanted.holder).into(), Value::integers(&due), now.into()];
    tx.query(&sql, &values, |row| {
        Ok(Delivery {
            id: row.get(0)?,
            holder: wanted.holder.clone(),
            webhook,
            target: target.clone(),
            delivery_id: row.get(1)?,
            event: WebhookEvent::new(row.get(2)?, row.get(3)?).to_string(),
            body: row.get(4)?,
            attempts: row.get(5)?,
        })
    })
}

/// Gives up what is too old.
fn expire(tx: &mut Transaction<'_>, max_age_ms: i64) -> Result<Vec<(String, String, String)>, StoreError> {
    let limit = tx.now_ms().saturating_sub(max_age_ms);
    // Rows are as old as their keys say, so one look is enough where nothing is too old.
    let oldest: Option<i64> =
        tx.query_one("SELECT creation_time FROM webhook_delivery ORDER BY id LIMIT 1", &[], |row| row.get(0))?;
    if oldest.is_none_or(|oldest| oldest >= limit) {
        return Ok(Vec::new());
    }
    let expired: Vec<(i64, String, String)> = tx.query(
        "DELETE FROM webhook_delivery WHERE creation_time < $1 RETURNING webhook, delivery_id, entity, action",
        &[limit.into()],
        |row| Ok((row.get(0)?, row.get(1)?, WebhookEvent::new(row.get(2)?, row.get(3)?).to_string())),
    )?;
    let mut named = Vec::with_capacity(expired.len());
    for (webhook, delivery_id, event) in expired {
        named.push((load_target(tx, webhook)?.webhook_id, delivery_id, event));
    }
    Ok(named)
}
