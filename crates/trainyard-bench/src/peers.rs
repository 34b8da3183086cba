//! The servers that are measured side by side, each filled with the same data. One that cannot be had is left out, and
//! the report says so.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::servers::{Program, Server};
use crate::workloads::{self, Seeded};

/// How to start each of them.
#[derive(Debug)]
pub struct Programs {
    /// Trainyard on SQLite.
    pub ours: Program,
    /// Stock MLflow with one worker.
    pub stock: Program,
    /// The program of FastTrackML.
    pub fasttrackml: PathBuf,
}

/// Which column a figure stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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
    #[value(name = "fasttrackml")]
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
pub struct Peer {
    /// Its column.
    pub who: Who,
    /// The server.
    pub server: Server,
    /// What it has been filled with.
    pub seeded: Seeded,
}

/// All that could be started.
#[derive(Debug)]
pub struct Peers {
    /// In the order of the columns.
    pub running: Vec<Peer>,
    /// Why others are not there.
    pub left_out: Vec<String>,
}

impl Peers {
    /// Starts and fills the wanted servers; ours on SQLite is always one of them.
    pub fn start(programs: &Programs, wanted: &[Who]) -> Result<Self> {
        let wants = |who| wanted.is_empty() || wanted.contains(&who);
        let mut peers = Self { running: Vec::new(), left_out: Vec::new() };
        peers.running.push(filled(Who::Sqlite, programs.ours.start())?);
        if wants(Who::Postgres) {
            let server = programs.ours.on_postgres().start();
            peers.take_or_leave(Who::Postgres, server);
        }
        let default = wants(Who::StockDefault) || wants(Who::StockUnstalled);
        if wants(Who::Stock) || default {
            peers.start_stock(&programs.stock, wants(Who::Stock), default).context("stock MLflow")?;
        }
        if wants(Who::FastTrackMl) {
            let server = Program::fasttrackml(&programs.fasttrackml).and_then(|program| program.start());
            peers.take_or_leave(Who::FastTrackMl, server);
        }
        for peer in &peers.running {
            eprintln!("==> wait until {} has settled", peer.who.name());
            peer.server.settle()?;
        }
        Ok(peers)
    }

    fn take_or_leave(&mut self, who: Who, server: Result<Server>) {
        match filled(who, server) {
            Ok(peer) => self.running.push(peer),
            Err(error) => leave_out(&mut self.left_out, who, &error),
        }
    }

    /// Both servers of stock begin with copies of one store.
    fn start_stock(&mut self, program: &Program, single: bool, default: bool) -> Result<()> {
        eprintln!("==> fill {}", Who::Stock.name());
        let (folder, seeded) = workloads::fill_stock(program, program.start()?)?;
        let copy = tempfile::tempdir()?;
        fs::copy(folder.path().join("store.db"), copy.path().join("store.db")).context("copy the store")?;
        let many = program.with_default_workers();
        let both = [(single, Who::Stock, program, folder), (default, Who::StockDefault, &many, copy)];
        for (_, who, program, folder) in both.into_iter().filter(|one| one.0) {
            let server = program.start_in(folder).with_context(|| format!("start {}", who.name()))?;
            self.running.push(Peer { who, server, seeded: seeded.clone() });
        }
        Ok(())
    }
}

fn filled(who: Who, server: Result<Server>) -> Result<Peer> {
    eprintln!("==> fill {}", who.name());
    let server = server.with_context(|| format!("start {}", who.name()))?;
    let seeded = workloads::fill(&server).with_context(|| format!("fill {}", who.name()))?;
    Ok(Peer { who, server, seeded })
}

/// Says loudly that a server is missing.
pub fn leave_out(left_out: &mut Vec<String>, who: Who, error: &anyhow::Error) {
    let reason = format!("{error:#}");
    eprintln!("==> LEFT OUT: {}: {reason}", who.name());
    let first = reason.lines().next().unwrap_or_default();
    left_out.push(format!("**Left out: {}** ({first}).", who.name()));
}
