//! The task that empties the outbox: takes what is due, delivers it, tries again what fails, gives up in the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, oneshot};
use tokio::task::{Id, JoinHandle, JoinSet};
use trainyard_store::Signal;
use trainyard_store::webhooks::{self, Delivery, Take, Taken};

use super::sender::Answer;
use crate::WebhookConfig;
use crate::app::App;

/// How often the outbox is looked at without a reason: other processes write to the same store.
const LOOK: Duration = Duration::from_secs(60);
/// How long to leave a store alone that could not be asked.
const TROUBLE: Duration = Duration::from_secs(5);
/// How long attempts under way may take after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// Longest pause that a receiver can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// Delivers for one server.
pub(crate) struct Courier {
    app: App,
    config: WebhookConfig,
    holder: String,
}

/// The running task.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Takes no more, waits for the attempts under way, and gives the rest back.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the delivery of webhooks ended early");
        }
    }
}

/// Waits until deliveries may have become due by what a server has written.
async fn deliveries_arrived(signals: &mut broadcast::Receiver<Signal>) {
    match signals.recv().await {
        Ok(Signal::WebhookDeliveries | Signal::Missed) | Err(RecvError::Lagged(_)) => {}
        // The store is closed, and so will the server be.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Delivered,
    Again { after: Duration, reason: String },
    GivenUp { reason: String },
}

impl Courier {
    /// Begins to deliver.
    pub(crate) fn start(app: App, config: WebhookConfig) -> Running {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            match app.store.read(|tx| Ok(format!("{:032x}", tx.random()))).await {
                Ok(holder) => Arc::new(Self { app, config, holder }).run(stopped).await,
                Err(error) => tracing::error!(%error, "webhooks are not delivered"),
            }
        });
        Running { stop, task }
    }

    async fn run(self: Arc<Self>, mut stop: oneshot::Receiver<()>) {
        let mut attempts = JoinSet::new();
        // The webhook of each attempt, by its task: also a task that panicked is known by its id.
        let mut under_way: HashMap<Id, i64> = HashMap::new();
        let mut signals = self.app.store.signals();
        loop {
            let pause = self.take(&mut attempts, &mut under_way).await;
            tokio::select! {
                _ = &mut stop => break,
                () = deliveries_arrived(&mut signals) => {}
                Some(ended) = attempts.join_next_with_id() => {
                    under_way.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
                }
                () = tokio::time::sleep(pause) => {}
            }
        }
        let drained = tokio::time::timeout(DRAIN, async { while attempts.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            attempts.shutdown().await;
            let holder = self.holder.clone();
            if let Err(error) = self.app.store.write(move |tx| webhooks::release(tx, &holder)).await {
                tracing::warn!(%error, "deliveries to webhooks were not given back and come due when their time is over");
            }
        }
    }

    /// Begins what is due and there is room for; answers how long there is nothing to do.
    async fn take(self: &Arc<Self>, attempts: &mut JoinSet<()>, under_way: &mut HashMap<Id, i64>) -> Duration {
        let room = self.config.workers.max(1).saturating_sub(under_way.len());
        if room == 0 {
            return LOOK;
        }
        let wanted = self.wanted(room, under_way);
        let Taken { deliveries, expired, next_due_ms } =
            match self.app.store.write(move |tx| webhooks::take(tx, &wanted)).await {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "the deliveries to webhooks could not be read");
                    return TROUBLE;
                }
            };
        for (webhook, delivery, event) in expired {
            tracing::error!(webhook.id = webhook, delivery.id = delivery, event, "a delivery was given up for its age");
        }
        for delivery in deliveries {
            let webhook = delivery.webhook;
            let attempt = attempts.spawn(Arc::clone(self).attempt(delivery));
            under_way.insert(attempt.id(), webhook);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let due = next_due_ms.map(|due| Duration::from_millis(u64::try_from(due).unwrap_or(0)));
        // One millisecond more than the difference of whole ones, or the look would come too early and again.
        due.map_or(LOOK, |due| due.saturating_sub(now).saturating_add(Duration::from_millis(1)).min(LOOK))
    }

    fn wanted(&self, room: usize, under_way: &HashMap<Id, i64>) -> Take {
        let mut counts: HashMap<i64, usize> = HashMap::new();
        for webhook in under_way.values() {
            *counts.entry(*webhook).or_default() += 1;
        }
        Take {
            holder: self.holder.clone(),
            lease_ms: milliseconds(self.config.timeout.saturating_add(self.config.grace)),
            max_age_ms: milliseconds(self.config.max_age),
            room,
            room_per_webhook: self.config.workers.div_ceil(2),
            under_way: counts.into_iter().collect(),
        }
    }

    async fn attempt(self: Arc<Self>, delivery: Delivery) {
        let outcome = self.app.webhooks.send(&delivery.target, &delivery.delivery_id, &delivery.body).await;
        let verdict = judge(&self.config, delivery.attempts, outcome);
        self.log(&delivery, &verdict);
        let noted = match verdict {
            Verdict::Delivered | Verdict::GivenUp { .. } => {
                self.app.store.write(move |tx| webhooks::finish(tx, &delivery)).await
            }
            Verdict::Again { after, .. } => {
                self.app.store.write(move |tx| webhooks::postpone(tx, &delivery, milliseconds(after))).await
            }
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "what became of a delivery to a webhook could not be noted; it will be made again");
        }
    }

    fn log(&self, delivery: &Delivery, verdict: &Verdict) {
        let (webhook, id, event) = (&delivery.target.webhook_id, &delivery.delivery_id, &delivery.event);
        let attempts = delivery.attempts;
        match verdict {
            Verdict::Delivered => tracing::debug!(webhook.id = webhook, delivery.id = id, event, attempts, "delivered"),
            Verdict::Again { after, reason } => tracing::warn!(
                webhook.id = webhook,
                delivery.id = id,
                event,
                attempts,
                reason,
                pause_ms = after.as_millis(),
                "a delivery failed and will be tried again"
            ),
            Verdict::GivenUp { reason } => {
                tracing::error!(
                    webhook.id = webhook,
                    delivery.id = id,
                    event,
                    attempts,
                    reason,
                    "a delivery was given up"
                );
            }
        }
    }
}

/// What an outcome means after so many attempts.
fn judge(config: &WebhookConfig, attempts: i64, outcome: Result<Answer, String>) -> Verdict {
    let (reason, asked) = match outcome {
        Ok(answer) if answer.is_success() => return Verdict::Delivered,
        Ok(answer) if answer.is_passing_fault() => {
            (format!("the answer has status {}", answer.status), answer.retry_after.unwrap_or_default())
        }
        Ok(answer) if answer.is_redirect() => {
            return Verdict::GivenUp { reason: format!("a redirect ({}) is not followed", answer.status) };
        }
        Ok(answer) => return Verdict::GivenUp { reason: format!("the answer has status {}", answer.status) },
        Err(reason) => (reason, Duration::ZERO),
    };
    if attempts > i64::from(config.max_retries) {
        return Verdict::GivenUp { reason };
    }
    let doubled = u32::try_from(attempts - 1).ok().and_then(|times| 2_u32.checked_pow(times)).unwrap_or(u32::MAX);
    let pause = config.backoff.saturating_mul(doubled).min(config.longest_backoff);
    Verdict::Again { after: pause.max(asked.min(LONGEST_RETRY_AFTER)), reason }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after_s: Option<u64>) -> Result<Answer, String> {
        Ok(Answer { status, retry_after: retry_after_s.map(Duration::from_secs), body: String::new() })
    }

    fn pause(attempts: i64, outcome: Result<Answer, String>) -> Option<u64> {
        match judge(&WebhookConfig::default(), attempts, outcome) {
            Verdict::Again { after, .. } => Some(after.as_secs()),
            Verdict::Delivered | Verdict::GivenUp { .. } => None,
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert_eq!(pause(1, answer(status, None)), Some(1), "{status}");
        }
        assert_eq!(pause(1, Err("connection refused".to_owned())), Some(1));
        assert_eq!(judge(&WebhookConfig::default(), 1, answer(204, None)), Verdict::Delivered);
        for status in [301, 307, 400, 401, 404, 410] {
            assert!(matches!(
                judge(&WebhookConfig::default(), 1, answer(status, None)),
                Verdict::GivenUp { reason } if reason.contains(&status.to_string())
            ));
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_end() {
        let pauses: Vec<_> = (1..=17).map(|attempts| pause(attempts, answer(503, None))).collect();
        let mut expected: Vec<_> = (0..10).map(|times| Some(1 << times)).collect();
        expected.extend([Some(600); 6]);
        expected.push(None);
        assert_eq!(pauses, expected);
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause() {
        assert_eq!(pause(1, answer(429, Some(90))), Some(90));
        assert_eq!(pause(5, answer(503, Some(1))), Some(16));
        assert_eq!(pause(1, answer(503, Some(1_000_000))), Some(3600));
    }
}
