//! Hears what other servers tell by NOTIFY, this one included, and passes it on.
//!
//! One connection listens on a channel of the schema. While it is away signals are lost, so when it is back everybody is
//! told to look. It also tells others what this process has changed, the last of it when the store is closed.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
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
/// How long a store that is being closed may take to tell what it has changed last.
const LAST_WORDS: Duration = Duration::from_secs(1);
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
            .spawn(move || runtime.block_on(listen_until(&surroundings, stopped)))
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

/// Listens until the store is closed, and then tells what is left to be told.
async fn listen_until(surroundings: &Surroundings, stopped: oneshot::Receiver<()>) {
    let (end, ending) = oneshot::channel();
    let mut listening = pin!(listen(surroundings, ending));
    tokio::select! {
        () = &mut listening => return,
        _ = stopped => {}
    }
    drop(end);
    if surroundings.context.changes.are_untold() {
        let _ = tokio::time::timeout(LAST_WORDS, listening).await;
    }
}

async fn listen(surroundings: &Surroundings, ending: oneshot::Receiver<()>) {
    let mut ending = Ending { signal: ending, has_come: false };
    loop {
        if let Err(error) = listen_once(surroundings, &mut ending).await {
            tracing::debug!(%error, "the connection that hears of other servers was lost");
        }
        if ending.has_come {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            // Once more, for what is left to be told.
            () = ending.comes() => {}
        }
    }
}

/// That the store is being closed.
struct Ending {
    signal: oneshot::Receiver<()>,
    has_come: bool,
}

impl Ending {
    async fn comes(&mut self) {
        // Nothing is sent: the other end is dropped.
        let _ = (&mut self.signal).await;
        self.has_come = true;
    }
}

/// Listens for as long as the connection lasts, or until all is told of a store that is being closed.
async fn listen_once(surroundings: &Surroundings, ending: &mut Ending) -> Result<(), DbError> {
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
    changes.connected();
    loop {
        tokio::select! {
            outcome = &mut subscribing, if subscribed.is_none() => {
                subscribed = Some(outcome.map_err(|error| super::error::db_error(&error))?);
                signals.tell(Signal::Missed);
                changes.tell_missed();
                ticks.reset_immediately();
            }
            outcome = told(&mut telling), if telling.is_some() => {
                telling = None;
                outcome.map_err(|error| super::error::db_error(&error))?;
                changes.were_told();
                if ending.has_come {
                    ticks.reset_immediately();
                }
            }
            () = ending.comes(), if !ending.has_come => ticks.reset_immediately(),
            _ = ticks.tick() => if let (Some(channel), None) = (&subscribed, &telling) {
                let texts = changes.to_tell();
                if !texts.is_empty() {
                    telling = Some(Box::pin(tell(&client, channel.clone(), texts)));
                } else if ending.has_come {
                    return Ok(());
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
