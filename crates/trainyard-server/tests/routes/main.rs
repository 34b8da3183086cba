//! The server as its clients see it: every test talks HTTP to a server with a port and a data folder of its own.
#![allow(clippy::unwrap_used)]

mod any_bytes;
mod artifacts;
mod connections;
mod downloads;
mod events;
mod exports;
mod full_disk;
mod graphql;
mod history;
mod http_client;
mod ingest;
mod long_values;
mod memory;
mod operation;
mod receiver;
mod service;
mod start;
mod stock_ui;
mod table;
mod test_server;
mod ui;
mod ui_api;
mod uploads;
mod webhooks;

use http_client::{Answer, Connection};
use test_server::TestServer;
