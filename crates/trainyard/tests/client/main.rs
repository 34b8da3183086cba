//! The client against the embedded store, the real server, and servers that misbehave.
#![allow(clippy::unwrap_used)]

mod artifacts;
mod environment;
mod frameworks;
mod http;
mod journal;
mod log_model;
mod model_uri;
mod models;
mod registry;
mod run;
mod scan;
mod script;
mod tls;
mod tracking;
