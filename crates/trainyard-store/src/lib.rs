//! Tracking and registry rules, and all SQL.
//!
//! A [`Store`] is handed requests of `trainyard-api`; each implements [`Operation`] in the module that holds its rules:
//! `tracking` for experiments, runs, metrics, datasets and logged models, `registry` for registered models, their
//! versions and webhooks, `search` for the searches of both. `db` is the only part that knows a driver.

#![forbid(unsafe_code)]

mod db;
mod error;
mod evaluation;
mod export;
mod gathering;
mod lease;
pub mod maintenance;
mod packing;
mod registry;
mod search;
mod store;
#[cfg(test)]
mod testing;
mod tracking;

pub use db::{
    Column, DbError, Dialect, FromColumn, List, PostgresOptions, Row, RunChange, RunNews, Signal, Sources, Transaction,
    Value, Writers,
};
pub use error::{Entity, StoreError};
pub use export::{Export, Sink};
pub use gathering::{Gathering, Gatherings};
pub use packing::{Packed, Packer, PackingEnd};
pub use search::runs::compile_filter;
pub use store::{ArtifactRoot, Pending, Store, StoreOptions};
pub use tracking::runs::experiments_of;

/// The bytes of metric blocks, for programs that measure them or read a database by themselves.
pub mod blocks {
    pub use crate::tracking::points::Point;
    pub use crate::tracking::points::block::{Damage, FULL, decode, encode};
}

/// What a server needs to deliver to webhooks.
pub mod webhooks {
    pub use crate::registry::webhooks::outbox::{
        Delivery, Example, Take, Taken, Target, example, finish, postpone, release, take,
    };
    pub use crate::registry::webhooks::rules::{check_scheme, parse_url, redact};
    pub use crate::registry::webhooks::secret::{SecretKey, Signing};
}

use trainyard_api::Endpoint;

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Runs on a read-only connection.
    Read,
    /// Runs in the writer's transaction.
    Write,
}

/// A request that the store alone can answer.
pub trait Operation: Endpoint + Clone {
    /// Whether it changes anything.
    const ACCESS: Access;

    /// Checks the rules, then reads or writes. An error undoes everything this operation has done.
    fn execute(self, tx: &mut Transaction<'_>) -> Result<Self::Response, StoreError>;

    /// Where such requests wait to be carried out together; none where each is carried out by itself.
    #[doc(hidden)]
    fn gathering<'g>(&self, _gatherings: &'g Gatherings) -> Option<&'g Gathering<Self>> {
        None
    }

    /// Carries out requests that came at the same time, each as if it were alone. An error undoes all of them.
    fn execute_all(requests: Vec<Self>, tx: &mut Transaction<'_>) -> Result<Outcomes<Self::Response>, StoreError> {
        requests.into_iter().map(|request| tx.part(|tx| request.execute(tx))).collect()
    }
}

/// What became of each of several requests, in their order.
pub type Outcomes<T> = Vec<Result<T, StoreError>>;
