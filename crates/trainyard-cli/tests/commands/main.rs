//! The `trainyard` command as its users meet it: the real program, real data folders, real signals.
#![allow(clippy::unwrap_used)]

mod artifacts;
mod db;
mod experiments;
mod export;
mod gc;
mod help;
mod kill;
mod models;
mod postgres;
mod postgres_faults;
mod program;
mod runs;
mod server;
mod sharing;
mod sync;
