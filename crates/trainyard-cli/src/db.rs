//! `trainyard db`: what an operator does with a database, whether a server runs on it or not.

use std::time::{Duration, Instant};

use anstream::eprintln;
use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde::Serialize;
use trainyard_store::maintenance::{self, Checked, Stats};
use trainyard_store::{ArtifactRoot, Packed, Packer, PackingEnd, PostgresOptions, Store, StoreError, StoreOptions};

use crate::failure::Failure;
use crate::output;

/// How long packing waits for another process that packs: longer than one that has died is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(500);

/// Look after a database: how large it is, whether it is whole, packing it.
///
/// A server may go on running on it meanwhile.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Show how much there is of everything, and how much room it takes.
    #[command(after_help = "\
Examples:
  trainyard db stats
  trainyard db stats --backend-store-uri sqlite:////srv/yard/yard.db --json")]
    Stats(DbArgs),
    /// Pack metric points into blocks now, whatever runs they belong to.
    #[command(after_help = "\
Examples:
  trainyard db pack
  trainyard db pack --backend-store-uri sqlite:////srv/yard/yard.db

A server does the same by and by; see --pack-every there. Stopped at any moment, it goes on the next time.")]
    Pack(DbArgs),
    /// Verify everything: pages, references, blocks, counts and latest values.
    #[command(after_help = "\
Examples:
  trainyard db check
  trainyard db check --backend-store-uri sqlite:////srv/yard/yard.db --json

Exit code 0 when all is well, 1 when something is wrong; each fault is a line.")]
    Check(DbArgs),
}

/// Which database.
#[derive(Debug, Args)]
pub struct DbArgs {
    /// Database: sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host:5432/database.
    #[arg(long, value_name = "URI", env = "TRAINYARD_BACKEND_STORE_URI", default_value = "sqlite:///yard/yard.db")]
    // Its value may hold a password.
    #[arg(hide_env_values = true)]
    backend_store_uri: String,
    /// Print JSON, for machines.
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
pub fn run(command: DbCommand) -> Result<(), Failure> {
    match command {
        DbCommand::Stats(args) => stats(&args),
        DbCommand::Pack(args) => pack(&args),
        DbCommand::Check(args) => check(&args),
    }
}

/// Opens a database that is there; it is never made here.
fn open(args: &DbArgs) -> Result<Store, Failure> {
    let uri = &args.backend_store_uri;
    if !maintenance::exists(uri).map_err(|error| Failure::Refused(error.to_string()))? {
        return Err(Failure::because(format_args!("there is no database at {}", maintenance::shown(uri)))
            .with_hint("Name another with --backend-store-uri."));
    }
    let artifact_root = ArtifactRoot::Managed("mlflow-artifacts:/".to_owned());
    Ok(Store::open(
        uri,
        StoreOptions {
            artifact_root,
            webhook_key: None,
            truncate_long_values: true,
            postgres: PostgresOptions::patient(),
        },
    )?)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::because(error)
    }
}

fn stats(args: &DbArgs) -> Result<(), Failure> {
    let stats = open(args)?.read(maintenance::stats).wait()?;
    if args.json { output::json(&stats) } else { print_stats(&stats) }
}

fn print_stats(stats: &Stats) -> Result<(), Failure> {
    let bytes = |bytes: u64| HumanBytes(bytes).to_string();
    output::fields(&[
        ("experiments", stats.experiments.to_string()),
        ("runs", stats.runs.to_string()),
        ("metrics of runs", stats.series.to_string()),
        ("points", stats.points.to_string()),
        ("  as rows", stats.rows.to_string()),
        ("  in blocks", format!("{} in {} blocks", stats.packed, stats.blocks)),
        ("bytes per point", stats.bytes_per_point.map(|bytes| format!("{bytes:.1}")).unwrap_or_default()),
        ("metrics to pack", stats.waiting.to_string()),
        ("database", format!("{}, of which {} are free", bytes(stats.bytes), bytes(stats.free_bytes))),
    ])?;
    let rows = stats.tables.iter().map(|table| vec![table.name.clone(), bytes(table.bytes)]).collect();
    output::section("Tables", &["table", "size with indexes"], rows)
}

/// What `trainyard db pack --json` prints.
#[derive(Debug, Serialize)]
struct PackOutcome {
    series: u64,
    points: u64,
}

fn pack(args: &DbArgs) -> Result<(), Failure> {
    let packer = Packer::new(open(args)?);
    packer.mark_all()?;
    let bar = bar(packer.waiting()?, "{human_pos}/{human_len} metrics {wide_bar} {msg}");
    let mut packed = Packed::default();
    let mut waiting_since: Option<Instant> = None;
    let end = loop {
        let (end, more) = packer.run(|more| {
            bar.set_position(packed.series + more.series);
            bar.set_message(format!("{} points", packed.points + more.points));
            true
        })?;
        packed.series += more.series;
        packed.points += more.points;
        if end != PackingEnd::Elsewhere {
            break end;
        }
        let since = *waiting_since.get_or_insert_with(|| {
            bar.suspend(|| eprintln!("Another process is packing this database; waiting for it."));
            Instant::now()
        });
        if since.elapsed() > PATIENCE {
            break end;
        }
        std::thread::sleep(PAUSE);
    };
    // Whatever there was to pack, a server may have packed it before, or is packing it still.
    bar.set_message("giving back the room of packed points");
    packer.return_room()?;
    bar.finish_and_clear();
    if end == PackingEnd::Elsewhere {
        return Err(Failure::because(format_args!(
            "another process has been packing this database for {} s, and goes on",
            PATIENCE.as_secs()
        ))
        .with_hint("What it had packed until now has been given back. Run this again when it has done."));
    }
    if args.json {
        return output::json(&PackOutcome { series: packed.series, points: packed.points });
    }
    output::line(&format!("Packed {} points of {} metrics.", packed.points, packed.series))
}

fn check(args: &DbArgs) -> Result<(), Failure> {
    let store = open(args)?;
    let bar = bar(0, "{human_pos}/{human_len} metrics {wide_bar} {per_sec}");
    let checked = maintenance::check(&store, |progress| {
        bar.set_length(progress.of_series);
        bar.set_position(progress.series);
    })?;
    bar.finish_and_clear();
    if args.json {
        output::json(&checked)?;
    } else {
        print_checked(&checked)?;
    }
    match checked.problems.len() {
        0 => Ok(()),
        1 => Err(Failure::because("one thing is wrong")),
        many => Err(Failure::because(format_args!("{many} things are wrong"))),
    }
}

fn print_checked(checked: &Checked) -> Result<(), Failure> {
    for problem in &checked.problems {
        eprintln!("{}: {}", problem.place, problem.message);
    }
    let Checked { series, points, blocks, .. } = checked;
    output::line(&format!("Checked {points} points of {series} metrics, {blocks} blocks among them."))
}

/// A bar on stderr; nothing unless stderr is a terminal.
fn bar(total: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
