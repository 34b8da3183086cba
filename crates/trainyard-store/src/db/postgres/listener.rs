//! Hears what other servers tell by NOTIFY, this one included, and passes it on.
//!
//! One connection listens on a channel of the schema. While it is away signals are lost, so when it is back everybody is
//! told to look.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;
use tokio_postgres::{AsyncMessage, Client};

use super::{Surroundings, connect};
use crate::db::{DbError, Signal};

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two looks for changes of runs to pass on.
const TICK: Duration = Duration::from_millis(250);
/// The channel's name, as SQL. Schemas of one database are stores of their own.
pub(super) const CHANNEL: &str = "'trainyard_' || md5(current_schema())";

/// Something that is being told.
type Telling<'c> = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + 'c>>;

/// The thread that listens. Dropped, it ends.
pub(super) struct Listener {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(super) fn start(surroundings: Arc<Surroundings>) -> Result<Self, DbError> {
        let (stop, stopped) = oneshot::channel();
        let runtime = connect::runtime()?;
        let thread = std::thread::Builder::new()
            .name("store-listener".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = listen(&surroundings) => {}
                        _ = stopped => {}
                    }
                });
            })
            .map_err(|error| DbError::Unavailable(format!("no thread to listen: {error}")))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn listen(surroundings: &Surroundings) {
    loop {
        if let Err(error) = listen_once(surroundings).await {
            tracing::debug!(%error, "the connection that hears of other servers was lost");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Listens for as long as the connection lasts.
async fn listen_once(surroundings: &Surroundings) -> Result<(), DbError> {
    let (signals, changes) = (&surroundings.context.signals, &surroundings.context.changes);
    let (client, mut connection) = surroundings.connector.connect().await?;
    let subscribing = async {
        let found = client.query_one(&format!("SELECT {CHANNEL}"), &[]).await?;
        let channel: String = found.try_get(0)?;
        client.batch_execute(&format!("LISTEN {channel}")).await?;
        Ok::<_, tokio_postgres::Error>(channel)
    };
    let mut subscribing = Box::pin(subscribing);
    let mut subscribed: Option<String> = None;
    let mut telling: Option<Telling<'_>> = None;
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    changes.forget_said();
    loop {
        tokio::select! {
            outcome = &mut subscribing, if subscribed.is_none() => {
                subscribed = Some(outcome.map_err(|error| super::error::db_error(&error))?);
                signals.tell(Signal::Missed);
                changes.tell_missed();
            }
            outcome = told(&mut telling), if telling.is_some() => {
                telling = None;
                outcome.map_err(|error| super::error::db_error(&error))?;
            }
            _ = ticks.tick() => if let (Some(channel), None) = (&subscribed, &telling) {
                let texts = changes.to_tell();
                if !texts.is_empty() {
                    telling = Some(Box::pin(tell(&client, channel.clone(), texts)));
                }
            },
            message = poll_fn(|context| connection.poll_message(context)) => match message {
                Some(Ok(AsyncMessage::Notification(told))) => {
                    if !changes.hear(told.payload())
                        && let Some(signal) = Signal::from_word(told.payload()) {
                        signals.tell(signal);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(super::error::db_error(&error)),
                None => return Ok(()),
            }
        }
    }
}

/// Tells every process that listens, this one included.
async fn tell(client: &Client, channel: String, texts: Vec<String>) -> Result<(), tokio_postgres::Error> {
    for text in texts {
        client.execute("SELECT pg_notify($1, $2)", &[&channel, &text]).await?;
    }
    Ok(())
}

/// Waits for what is being told.
async fn told(telling: &mut Option<Telling<'_>>) -> Result<(), tokio_postgres::Error> {
    match telling {
        Some(telling) => telling.await,
        None => std::future::pending().await,
    }
}
