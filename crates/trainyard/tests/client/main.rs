//! The client against the embedded store, the real server, and servers that misbehave.
#![allow(clippy::unwrap_used)]

mod artifacts;
mod asynchronous;
mod bad_input;
mod delivery_faults;
mod environment;
mod frameworks;
mod guide;
mod home;
mod http;
mod journal;
mod journal_calls;
mod leftovers;
mod log_model;
mod model_uri;
mod models;
mod registry;
mod run;
mod scan;
mod script;
mod search;
mod system_metrics;
mod tls;
mod tracing_layer;
mod tracking;
mod unreachable;
