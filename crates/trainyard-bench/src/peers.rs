//! The servers that are measured side by side, each filled with the same data. One that cannot be had is left out, and
//! the report says so.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::servers::{Program, Server};

/// How to start each of them.
#[derive(Debug)]
pub struct Programs {
    /// Trainyard on SQLite.
    pub ours: Program,
    /// Stock MLflow with one worker.
    pub stock: Program,
    /// The program of FastTrackML.
    pub fasttrackml: std::path::PathBuf,
}

/// Which column a figure stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Trainyard on SQLite.
    Sqlite,
    /// Trainyard on PostgreSQL.
    Postgres,
    /// Stock MLflow with one worker.
    Stock,
    /// Stock MLflow with the workers it starts by itself.
    StockDefault,
    /// The same asked by a client that acknowledges every segment at once.
    StockUnstalled,
    /// FastTrackML on SQLite.
    FastTrackMl,
}

impl Who {
    /// As it is called in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "Trainyard, SQLite",
            Self::Postgres => "Trainyard, PostgreSQL",
            Self::Stock => "stock, 1 worker",
            Self::StockDefault => "stock, default workers",
            Self::StockUnstalled => "the same without the stall",
            Self::FastTrackMl => "FastTrackML",
        }
    }
}

/// A running server with what is known of its data.
#[derive(Debug)]
pub struct Peer<S> {
    /// Its column.
    pub who: Who,
    /// The server.
    pub server: Server,
    /// What filling it has returned.
    pub seeded: S,
}

/// All that could be started.
#[derive(Debug)]
pub struct Peers<S> {
    /// In the order of the columns.
    pub running: Vec<Peer<S>>,
    /// Why others are not there.
    pub left_out: Vec<String>,
}

impl<S: Clone> Peers<S> {
    /// Starts and fills all servers.
    pub fn start(programs: &Programs, seed: impl Fn(&Server) -> Result<S>) -> Result<Self> {
        let mut running = Vec::new();
        let mut left_out = Vec::new();
        running.push(filled(Who::Sqlite, programs.ours.start(), &seed)?);
        let on_postgres = programs.ours.on_postgres().and_then(|program| program.start());
        match filled(Who::Postgres, on_postgres, &seed) {
            Ok(peer) => running.push(peer),
            Err(error) => leave_out(&mut left_out, Who::Postgres, &error),
        }
        let stock = filled(Who::Stock, programs.stock.start(), &seed)?;
        let seeded = stock.seeded.clone();
        // Filling stock takes long, so it is done once: the other server begins with a copy.
        let folder = stock.server.stop().context("the data folder of stock")?;
        let copy = tempfile::tempdir()?;
        copy_store(folder.path(), copy.path())?;
        for (who, program, folder) in [
            (Who::Stock, programs.stock.clone(), folder),
            (Who::StockDefault, programs.stock.with_default_workers(), copy),
        ] {
            let server = program.start_in(folder).with_context(|| format!("start {}", who.name()))?;
            running.push(Peer { who, server, seeded: seeded.clone() });
        }
        let fasttrackml = Program::fasttrackml(&programs.fasttrackml).and_then(|program| program.start());
        match filled(Who::FastTrackMl, fasttrackml, &seed) {
            Ok(peer) => running.push(peer),
            Err(error) => leave_out(&mut left_out, Who::FastTrackMl, &error),
        }
        for peer in &running {
            eprintln!("==> wait until {} has settled", peer.who.name());
            peer.server.settle()?;
        }
        Ok(Self { running, left_out })
    }
}

fn filled<S>(who: Who, server: Result<Server>, seed: impl Fn(&Server) -> Result<S>) -> Result<Peer<S>> {
    eprintln!("==> fill {}", who.name());
    let server = server.with_context(|| format!("start {}", who.name()))?;
    let seeded = seed(&server).with_context(|| format!("fill {}", who.name()))?;
    Ok(Peer { who, server, seeded })
}

/// Says loudly that a server is missing.
pub fn leave_out(left_out: &mut Vec<String>, who: Who, error: &anyhow::Error) {
    let reason = format!("{error:#}");
    eprintln!("==> LEFT OUT: {}: {reason}", who.name());
    let first = reason.lines().next().unwrap_or_default();
    left_out.push(format!("**Left out: {}** ({first}).", who.name()));
}

fn copy_store(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from.join("store.db"), to.join("store.db")).context("copy the store of stock")?;
    Ok(())
}
