//! Calling registry webhooks.
//!
//! `address` says which machines may be called, `sender` makes one signed request, `courier` is the task that takes
//! deliveries from the store's outbox, makes them, and tries again what fails.

mod address;
mod courier;
mod sender;

pub(crate) use courier::Courier;
pub(crate) use sender::Sender;
