//! What has happened that somebody may be waiting for.
//!
//! On SQLite this process alone hears of it; on PostgreSQL every server on the database does, by LISTEN and NOTIFY.

use tokio::sync::broadcast;

/// Signals that a slow listener may fall behind by before it is told that it has missed some.
const BACKLOG: usize = 256;

/// Something that has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Deliveries to webhooks may have become due.
    WebhookDeliveries,
    /// The connection that hears of other servers was away for a while: anything may have happened.
    Missed,
}

impl Signal {
    const TOLD: [Self; 1] = [Self::WebhookDeliveries];

    /// The word that servers tell each other.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::WebhookDeliveries => "webhook_deliveries",
            Self::Missed => "missed",
        }
    }

    /// What another server has told; none where it is newer and knows more.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::TOLD.into_iter().find(|signal| signal.word() == word)
    }
}

/// Passes signals on to whoever listens in this process.
#[derive(Debug)]
pub(crate) struct Signals(broadcast::Sender<Signal>);

impl Default for Signals {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Signals {
    pub(crate) fn tell(&self, signal: Signal) {
        // An error says that nobody listens.
        let _ = self.0.send(signal);
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Signal> {
        self.0.subscribe()
    }
}
