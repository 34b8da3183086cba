//! Hears what other servers tell by NOTIFY, this one included, and passes it on.
//!
//! One connection listens on a channel of the schema. While it is away signals are lost, so when it is back everybody is
//! told to look.

use std::future::poll_fn;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_postgres::AsyncMessage;

use super::{Surroundings, connect};
use crate::db::{DbError, Signal};

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_secs(1);
/// The channel's name, as SQL. Schemas of one database are stores of their own.
pub(super) const CHANNEL: &str = "'trainyard_' || md5(current_schema())";

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
    let signals = &surroundings.context.signals;
    let (client, mut connection) = surroundings.connector.connect().await?;
    let subscribing = async {
        let found = client.query_one(&format!("SELECT {CHANNEL}"), &[]).await?;
        client.batch_execute(&format!("LISTEN {}", found.try_get::<_, String>(0)?)).await
    };
    let mut subscribing = Box::pin(subscribing);
    let mut subscribed = false;
    loop {
        tokio::select! {
            outcome = &mut subscribing, if !subscribed => {
                outcome.map_err(|error| super::error::db_error(&error))?;
                subscribed = true;
                signals.tell(Signal::Missed);
            }
            message = poll_fn(|context| connection.poll_message(context)) => match message {
                Some(Ok(AsyncMessage::Notification(told))) => {
                    if let Some(signal) = Signal::from_word(told.payload()) {
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
