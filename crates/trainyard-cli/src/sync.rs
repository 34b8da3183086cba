//! `trainyard sync`.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use anstream::eprintln;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use trainyard::internals::journal::{self, Contents, Leftover};
use trainyard::{Client, Error};

use crate::clock::local_time;
use crate::failure::Failure;
use crate::output;

/// Delivers what was logged and could not be delivered at the time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trainyard sync --dry-run
  trainyard sync --tracking-uri http://ann:secret@tracking.example:5000")]
pub struct SyncArgs {
    /// Deliver only what was logged to this store, which may be given with user and password [default: every store].
    #[arg(long, value_name = "URI")]
    tracking_uri: Option<String>,
    /// Deliver only what was logged to this run; may be repeated.
    #[arg(long = "run-id", value_name = "ID")]
    run_ids: Vec<String>,
    /// Only say what would be delivered.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON, for machines.
    #[arg(long)]
    json: bool,
}

/// What became of one journal.
#[derive(Debug, Serialize)]
struct Outcome {
    run_id: String,
    tracking_uri: String,
    state: State,
    records: u64,
    refused: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Delivered,
    InUse,
    Failed,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::InUse => "in use",
            Self::Failed => "failed",
        }
    }
}

/// Carries out the command: exit code 1 when something is left or was refused.
pub fn run(args: SyncArgs) -> Result<(), Failure> {
    let wanted_uri = match &args.tracking_uri {
        Some(uri) => Some(Client::connect(uri)?.lasting_uri()),
        None => None,
    };
    let (mut journals, unreadable) = journal::leftovers()?;
    journals.retain(|journal| {
        wanted_uri.as_deref().is_none_or(|uri| uri == journal.tracking_uri())
            && (args.run_ids.is_empty() || args.run_ids.iter().any(|run_id| run_id == journal.run_id()))
    });
    for error in &unreadable {
        eprintln!("\x1b[1;31merror:\x1b[0m {error}");
    }
    let mut failed = !unreadable.is_empty();
    let outcomes = if args.dry_run { look(&journals) } else { deliver(&args, &journals)? };
    failed |= outcomes.iter().any(|outcome| outcome.state == State::Failed || outcome.refused > 0);
    if args.json {
        output::json(&outcomes)?;
    } else {
        print(&journals, &outcomes, !args.run_ids.is_empty() || wanted_uri.is_some())?;
    }
    if failed {
        return Err(Failure::because(if args.dry_run {
            "some journals cannot be read"
        } else {
            "not everything could be delivered; what is left stays where it is for the next time"
        }));
    }
    Ok(())
}

fn look(journals: &[Leftover]) -> Vec<Outcome> {
    let outcome = |journal: &Leftover| match journal.contents() {
        _ if journal.in_use => outcome(journal, State::InUse, 0, None),
        Ok(contents) => outcome(journal, State::Waiting, contents.records(), Some(describe(&contents))),
        Err(error) => outcome(journal, State::Failed, 0, Some(error.to_string())),
    };
    journals.iter().map(outcome).collect()
}

fn deliver(args: &SyncArgs, journals: &[Leftover]) -> Result<Vec<Outcome>, Failure> {
    // A damaged journal is counted as far as it can be read; delivering it says what is wrong.
    let records = journals.iter().filter(|journal| !journal.in_use);
    let total: u64 = records.filter_map(|journal| journal.contents().ok()).map(|contents| contents.records()).sum();
    let bar = bar(total);
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let mut away: BTreeSet<String> = BTreeSet::new();
    let mut outcomes = Vec::new();
    for journal in journals {
        let uri = journal.tracking_uri();
        bar.set_message(journal.run_id().to_owned());
        if away.contains(uri) {
            outcomes.push(left(journal, "the store did not answer just now"));
            continue;
        }
        let client = match clients.get(uri) {
            Some(client) => Ok(client.clone()),
            None => connect(args, uri),
        };
        let count = Cell::new(0);
        let delivered = client.and_then(|client| {
            clients.insert(uri.to_owned(), client.clone());
            let progress = |records| {
                count.set(count.get() + records);
                bar.inc(records);
            };
            journal.deliver(&client, &progress)
        });
        outcomes.push(match delivered {
            Ok(None) => outcome(journal, State::InUse, 0, None),
            Ok(Some(sync)) => {
                let file = sync.rejected_file.unwrap_or_default();
                let message = sync.rejections.first().map(|first| {
                    format!(
                        "{} was refused: {}; what was refused is kept in {}",
                        first.what,
                        first.message,
                        file.display()
                    )
                });
                Outcome { refused: sync.rejections.len(), ..outcome(journal, State::Delivered, sync.records, message) }
            }
            Err(error) => {
                if matches!(error, Error::Unreachable { .. } | Error::NotATrackingServer { .. }) {
                    away.insert(uri.to_owned());
                }
                Outcome { records: count.get(), ..left(journal, &error.message()) }
            }
        });
    }
    bar.finish_and_clear();
    Ok(outcomes)
}

/// A client of the store that a journal names. The journal has no password: that of the flag or the environment counts
/// when it is for the same store.
fn connect(args: &SyncArgs, uri: &str) -> Result<Client, Error> {
    let named = args.tracking_uri.clone().into_iter().chain([trainyard::default_tracking_uri()]);
    for named in named {
        if let Ok(client) = Client::connect(&named)
            && client.lasting_uri() == uri
        {
            return Ok(client);
        }
    }
    Client::connect_without_password(uri)
}

fn outcome(journal: &Leftover, state: State, records: u64, message: Option<String>) -> Outcome {
    Outcome {
        run_id: journal.run_id().to_owned(),
        tracking_uri: journal.tracking_uri().to_owned(),
        state,
        records,
        refused: 0,
        message,
    }
}

/// What could not be delivered: how much of it is left, and why.
fn left(journal: &Leftover, reason: &str) -> Outcome {
    let message = match journal.contents() {
        Ok(contents) => format!("{} left: {reason}", records(contents.records())),
        Err(_) => reason.to_owned(),
    };
    outcome(journal, State::Failed, 0, Some(message))
}

fn records(number: u64) -> String {
    format!("{number} record{}", if number == 1 { "" } else { "s" })
}

fn print(journals: &[Leftover], outcomes: &[Outcome], selected: bool) -> Result<(), Failure> {
    let rows = journals.iter().zip(outcomes).map(|(journal, outcome)| {
        vec![
            outcome.run_id.clone(),
            outcome.tracking_uri.clone(),
            local_time(journal.created()),
            outcome.state.as_str().to_owned(),
            outcome.records.to_string(),
            outcome.message.clone().unwrap_or_default(),
        ]
    });
    let header = ["run id", "store", "logged since", "state", "records", ""];
    let nothing = match selected {
        true => "Of what was asked for everything has been delivered.",
        false => "Everything that was logged has been delivered.",
    };
    output::table(&header, rows.collect(), nothing)
}

fn describe(contents: &Contents) -> String {
    let count = |number: u64, one: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {one}s")),
    };
    let parts = [
        contents.starts_run.then(|| "a new run".to_owned()),
        count(contents.metrics, "metric point"),
        count(contents.params, "param"),
        count(contents.tags, "tag"),
        count(contents.deleted_tags, "deleted tag"),
        count(contents.inputs, "input call"),
        count(contents.outputs, "output call"),
        (contents.updates > 0).then(|| "its end".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A bar on stderr; nothing unless stderr is a terminal.
fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{human_pos}/{human_len} records {wide_bar} {eta} left, {msg}") {
        bar.set_style(style);
    }
    bar
}
