//! Server operations under load, next to the peers: rates, processor time of the whole process tree, answer times.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::ingest;
use crate::peers::{Peers, Programs, Who};
use crate::postgres;
use crate::report::{Report, median, number};
use crate::table::{Cell, Expected, Table};
use crate::workloads::{self, Operation};
use crate::wrk::Wrk;

/// Operation, connections, and what is expected on SQLite and on PostgreSQL: a rate for writes, milliseconds for reads.
const LOADS: &[(Operation, u32, Option<[f64; 2]>)] = &[
    (Operation::LogMetric, 1, None),
    (Operation::LogMetric, 8, None),
    (Operation::LogMetric, 32, Some([15_000.0, 8_000.0])),
    (Operation::CreateRun, 8, Some([10_000.0, 5_000.0])),
    (Operation::LogBatch, 1, None),
    (Operation::LogBatch, 4, Some([400_000.0, 200_000.0])),
    (Operation::LogBatch, 8, None),
    (Operation::Ingest, 4, Some([1_500_000.0, 400_000.0])),
    (Operation::Search, 1, None),
    (Operation::FullHistory, 1, Some([100.0, 150.0])),
    (Operation::Downsampled, 1, None),
];

/// How many times the processor time of Trainyard on SQLite stock with one worker is expected to take, at least.
const TIMES_STOCK: &[(Operation, u32, f64)] = &[
    (Operation::LogMetric, 1, 100.0),
    (Operation::LogMetric, 8, 100.0),
    (Operation::LogMetric, 32, 100.0),
    (Operation::LogBatch, 1, 50.0),
    (Operation::LogBatch, 4, 50.0),
    (Operation::LogBatch, 8, 50.0),
];

/// What is compared, how long and how often.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Servers; all when there are none.
    pub peers: Vec<Who>,
    /// Operations; all when there are none.
    pub operations: Vec<Operation>,
    /// Of each load.
    pub duration: Duration,
    /// The median of which counts.
    pub rounds: usize,
}

/// One round of one load on one server.
#[derive(Debug, Clone, Copy)]
struct Sample {
    /// Operations, of log-batch and ingest points, per second.
    rate: f64,
    /// Milliseconds from one operation of a connection to its next.
    time_ms: f64,
    cpu_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// What a reader has to know besides: requests that were answered with errors, and that failed, by load.
type Notes = BTreeMap<String, [u64; 2]>;

/// Loads all servers in turns.
pub fn measure(programs: &Programs, comparison: &Comparison, wrk: &Wrk, report: &mut Report) -> Result<()> {
    let Comparison { peers: wanted, operations, duration, rounds } = comparison;
    let peers = Peers::start(programs, wanted)?;
    // Stock's default server is asked by an ordinary client and by one that does not stall.
    let wants = |who: Who| wanted.is_empty() || wanted.contains(&who);
    let mut columns: Vec<(Who, usize)> = Vec::new();
    for (index, peer) in peers.running.iter().enumerate() {
        if peer.who == Who::Sqlite || wants(peer.who) {
            columns.push((peer.who, index));
        }
        if wants(Who::StockUnstalled) && peer.who == Who::StockDefault {
            columns.push((Who::StockUnstalled, index));
        }
    }
    let mut notes = Notes::new();
    let names: Vec<String> = columns.iter().map(|(who, _)| who.name().to_owned()).collect();
    let mut rates = Table::new(names.clone());
    let mut costs = Table::new([names.clone(), vec!["stock, 1 worker, over SQLite".to_owned()]].concat());
    let mut times = Table::new(names);
    for (operation, connections, expected) in LOADS {
        if !operations.is_empty() && !operations.contains(operation) {
            continue;
        }
        let title = title(*operation, *connections);
        let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); columns.len()];
        for round in 1..=*rounds {
            for (index, (who, peer)) in columns.iter().enumerate() {
                eprintln!("==> {title}, {} ({round} of {rounds})", who.name());
                let load =
                    Load { peers: &peers, wrk, duration: *duration, operation: *operation, connections: *connections };
                let sample = load.run(*who, *peer, &mut notes).with_context(|| format!("{title}, {}", who.name()))?;
                samples[index].extend(sample);
            }
        }
        let middle = |index: usize, figure: fn(&Sample) -> f64| -> Cell {
            let mut figures: Vec<f64> = samples[index].iter().map(figure).collect();
            (!figures.is_empty()).then(|| median(&mut figures))
        };
        let is_read = matches!(operation, Operation::Search | Operation::FullHistory | Operation::Downsampled);
        let cells = columns.iter().enumerate().map(|(index, (who, _))| {
            let value = middle(index, if is_read { |sample| sample.time_ms } else { |sample| sample.rate });
            let limit = expected.and_then(|[sqlite, postgres]| match who {
                Who::Sqlite => Some(sqlite),
                Who::Postgres => Some(postgres),
                _ => None,
            });
            (value, limit.map(if is_read { Expected::AtMost } else { Expected::AtLeast }))
        });
        let unit = match operation {
            _ if is_read => "ms",
            Operation::LogBatch | Operation::Ingest => "points/s",
            _ => "/s",
        };
        rates.row(&title, unit, &cells.collect::<Vec<_>>());
        let cost =
            |who| columns.iter().position(|(one, _)| *one == who).and_then(|index| middle(index, |one| one.cpu_ms));
        let mut texts: Vec<_> = (0..columns.len()).map(|index| shown(middle(index, |one| one.cpu_ms), "ms")).collect();
        let ratio = cost(Who::Stock).zip(cost(Who::Sqlite)).map(|(theirs, ours)| theirs / ours);
        let at_least = TIMES_STOCK.iter().find(|(one, at, _)| one == operation && at == connections);
        let mark = ratio.zip(at_least).map(|(ratio, (.., least))| Expected::AtLeast(*least).mark(ratio));
        texts.push(shown(ratio, "×") + &mark.unwrap_or_default());
        costs.texts(&title, &texts);
        let both = |index| match (middle(index, |one| one.p50_ms), middle(index, |one| one.p99_ms)) {
            (Some(p50), Some(p99)) => format!("{} / {} ms", number(p50), number(p99)),
            _ => "–".to_owned(),
        };
        times.texts(&title, &(0..columns.len()).map(both).collect::<Vec<_>>());
    }
    let postgres = postgres::version().unwrap_or_else(|| "no PostgreSQL".to_owned());
    let body = format!(
        "{METHOD} {} s a load; medians of {rounds} rounds. PostgreSQL is `{postgres}` with the settings of a new \
         cluster.\n\n{}\n\n{}{}\n{COSTS}\n\n{}\n{TIMES}\n\n{}",
        duration.as_secs(),
        STALL,
        paragraphs(&peers.left_out, &notes),
        rates.text(),
        costs.text(),
        times.text()
    );
    report.add("Server operations", "operations", &body);
    Ok(())
}

const METHOD: &str = "`wrk` with one thread sends the next request on each connection when the last is answered (whole \
    histories and binary ingest are the bench's own requests); the \
    servers take turns, on the same machine as the load. Writes go to 32 runs in turn; a log-batch holds 1000 points of \
    ten metrics, a binary ingest 10,000; a run is created with four tags. The search asks for `metrics.m0 > 0.5 AND params.p0 = '3' AND tags.t0 = \
    '2'` by `metrics.m1 DESC` in an experiment of 2,000 runs with ten metrics, ten params and five tags each. The history \
    has 100,000 points and is read 25,000 a page, or whole where the server knows no pages; the time is that of all pages \
    together. Every server holds the same data: before a read is measured, each run, param and point of its answer is \
    compared with what was sent; after each write, points or runs are counted and the latest values compared. The \
    reads of Trainyard's downsampled history keep minima and maxima, those of stock do not.";

const STALL: &str = "With its default workers stock leaves Nagle's algorithm on and sends head and body of an answer in two \
    writes: the second waits until the client has acknowledged the first, which an ordinary client puts off for 40 ms. \
    The column *without the stall* is the same server, asked by a wrk that sets `TCP_QUICKACK` after every read and \
    write, so that the acknowledgement is sent at once; comparisons are to be made with that column. The other servers \
    do not stall.";

const COSTS: &str = "Processor time of one operation (of log-batch and ingest: of one request), summed over all processes of the \
    server, those that have ended and PostgreSQL's included, from /proc:";

const TIMES: &str = "Time to the answer of one request, median and 99th of 100, as wrk counts it:";

struct Load<'a> {
    peers: &'a Peers,
    wrk: &'a Wrk,
    duration: Duration,
    operation: Operation,
    connections: u32,
}

impl Load<'_> {
    /// Prepares, loads, checks. Nothing where the server lacks the operation, or is not done with any in the time.
    fn run(&self, who: Who, index: usize, notes: &mut Notes) -> Result<Option<Sample>> {
        let peer = &self.peers.running[index];
        let server = &peer.server;
        let Some(load) = self.operation.prepare(server, &peer.seeded, self.wrk)? else {
            notes.insert(format!("{} has no route for *{}*", who.name(), self.operation.name()), [0, 0]);
            return Ok(None);
        };
        let before = server.usage()?.cpu;
        let quick_ack = who == Who::StockUnstalled;
        let outcome = load.send(server.address, self.wrk, self.connections, self.duration, quick_ack)?;
        let cpu = server.usage()?.cpu.saturating_sub(before);
        if outcome.requests == 0 {
            let seconds = self.duration.as_secs();
            notes.insert(format!("{} answered no *{}* within {seconds} s", who.name(), self.operation.name()), [0, 0]);
            return Ok(None);
        }
        if outcome.refused + outcome.failed > 0 {
            eprintln!("==> REFUSED: {} requests, {} more failed", outcome.refused, outcome.failed);
            let note = format!("{}, {}", title(self.operation, self.connections), who.name());
            let counts = notes.entry(note).or_default();
            counts[0] += outcome.refused;
            counts[1] += outcome.failed;
        }
        load.verify(server.address, &outcome, self.connections)?;
        let operations = outcome.requests as f64 / load.requests_each() as f64;
        let points = match self.operation {
            Operation::LogBatch => workloads::BATCH_POINTS as f64,
            Operation::Ingest => ingest::POINTS as f64,
            _ => 1.0,
        };
        let sample = Sample {
            rate: operations * points / outcome.seconds,
            time_ms: outcome.seconds * 1e3 * f64::from(self.connections) / operations,
            cpu_ms: cpu.as_secs_f64() * 1e3 / operations,
            p50_ms: outcome.p50_ms,
            p99_ms: outcome.p99_ms,
        };
        eprintln!("    {sample:.3?}");
        Ok(Some(sample))
    }
}

fn title(operation: Operation, connections: u32) -> String {
    format!("{}, {connections} connection{}", operation.name(), if connections == 1 { "" } else { "s" })
}

fn shown(value: Cell, unit: &str) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{} {unit}", number(value)))
}

fn paragraphs(left_out: &[String], notes: &Notes) -> String {
    let mut texts = left_out.to_vec();
    texts.extend(notes.iter().map(|(what, counts)| match counts {
        [0, 0] => format!("{what}."),
        [refused, failed] => {
            format!("**{what}**: {refused} requests got errors, {failed} no answer; they are not counted.")
        }
    }));
    texts.iter().map(|text| format!("{text}\n\n")).collect()
}
