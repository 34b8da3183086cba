//! The tracking server: HTTP routes over `trainyard-store` and `trainyard-artifacts`.
//!
//! `routes` holds the table of everything that is answered, `operations` what needs store and artifacts together,
//! `graphql` the queries of MLflow's web UI.
//! `server` listens and stops, `guard` refuses strange hosts and origins, `failure` turns errors into answers.
//! `webhooks` delivers events of the registry, `packing` packs metric points in the background,
//! `gc` removes what is marked deleted for good.

#![forbid(unsafe_code)]

mod app;
mod body;
mod config;
mod failure;
mod gc;
mod graphql;
mod guard;
mod operations;
mod packing;
mod patience;
mod routes;
mod server;
mod start;
mod webhooks;

pub use config::{EventConfig, SecretText, ServerConfig, Ui, WebhookConfig};
pub use gc::{GcConfig, GcOutcome, GcProgress, Kept, gc, gc_preview};
pub use routes::{Permission, Route, routes};
pub use server::{Server, serve};
pub use start::StartError;
pub use trainyard_store::PostgresOptions;
