//! `trainyard gc`.

use std::path::Path;

use anstream::eprintln;
use clap::Args;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use trainyard_server::{GcConfig, GcOutcome, GcProgress};
use trainyard_store::maintenance::removal::{Doomed, Removal};
use trainyard_store::maintenance::{exists, folder, shown};

use crate::failure::Failure;
use crate::output;

/// Remove what is marked deleted for good: runs, experiments and logged models, with their metrics and artifacts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trainyard gc --dry-run
  trainyard gc --older-than 30d
  trainyard gc --run-ids 4ab2…,91c0… --backend-store-uri sqlite:////srv/yard/yard.db \\
      --artifacts-destination /srv/yard/artifacts

A server may go on running meanwhile. Stopped at any moment, it goes on the next time. Whether a registered model
names what is removed is not looked at. Exit code 1 when something could not be removed.")]
pub struct GcArgs {
    /// Only what was marked deleted so long ago: 30d, 12h, 1d2h3m4s, 1.5d.
    #[arg(long, value_name = "TIME", value_parser = parse_time_ms)]
    older_than: Option<i64>,
    /// Only these runs, separated by commas; each has to be marked deleted.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    run_ids: Vec<String>,
    /// Only these experiments, with all that is in them.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    experiment_ids: Vec<String>,
    /// Only these logged models.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    logged_model_ids: Vec<String>,
    /// Only say what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// Database: sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host:5432/database.
    #[arg(long, value_name = "URI", env = "TRAINYARD_BACKEND_STORE_URI", default_value = "sqlite:///yard/yard.db")]
    // Its value may hold a password.
    #[arg(hide_env_values = true)]
    backend_store_uri: String,
    /// Where artifacts are kept: a folder, or the URI of a bucket [default: ./yard/artifacts, or `artifacts` beside the
    /// database file].
    #[arg(long, value_name = "URI", env = "TRAINYARD_ARTIFACTS_DESTINATION")]
    artifacts_destination: Option<String>,
    /// Artifact root of new experiments, if the server was given one.
    #[arg(long, value_name = "URI", env = "TRAINYARD_DEFAULT_ARTIFACT_ROOT")]
    default_artifact_root: Option<String>,
    /// Print JSON, for machines.
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
pub fn run(args: GcArgs) -> Result<(), Failure> {
    let uri = &args.backend_store_uri;
    if !exists(uri).map_err(|error| Failure::Refused(error.to_string()))? {
        return Err(Failure::because(format_args!("there is no database at {}", shown(uri)))
            .with_hint("Name another with --backend-store-uri."));
    }
    let artifacts_destination = match args.artifacts_destination {
        Some(destination) => destination,
        None => destination(&args.backend_store_uri)?,
    };
    let config = GcConfig {
        backend_store_uri: args.backend_store_uri,
        artifacts_destination,
        default_artifact_root: args.default_artifact_root,
    };
    let removal = Removal {
        older_than_ms: args.older_than.unwrap_or(0),
        run_ids: args.run_ids.into_iter().map(Into::into).collect(),
        experiment_ids: args.experiment_ids.into_iter().map(Into::into).collect(),
        logged_model_ids: args.logged_model_ids.into_iter().map(Into::into).collect(),
    };
    if args.dry_run { preview(&config, removal, args.json) } else { remove(&config, removal, args.json) }
}

/// Where artifacts are when nobody says: below the folder that the server was started in, or beside the database that a
/// program opened by itself. A wrong guess would remove rows and leave their artifacts with nothing that leads to them.
fn destination(uri: &str) -> Result<String, Failure> {
    const SERVER: &str = "./yard/artifacts";
    let unclear = |reason: String| Failure::because(reason).with_hint("Name it with --artifacts-destination.");
    let beside =
        folder(uri).map_err(|error| Failure::Refused(error.to_string()))?.map(|folder| folder.join("artifacts"));
    let server = Path::new(SERVER);
    let same = |one: &Path, other: &Path| std::fs::canonicalize(one).ok() == std::fs::canonicalize(other).ok();
    match beside {
        Some(beside) if !server.is_dir() || same(&beside, server) => Ok(beside.display().to_string()),
        Some(beside) if beside.is_dir() => {
            Err(unclear(format!("artifacts may be in {SERVER} or in {}", beside.display())))
        }
        None if !server.is_dir() => {
            Err(unclear(format!("there is no {SERVER}, and nothing says where artifacts are kept")))
        }
        Some(_) | None => Ok(SERVER.to_owned()),
    }
}

fn preview(config: &GcConfig, removal: Removal, json: bool) -> Result<(), Failure> {
    let doomed = trainyard_server::gc_preview(config, removal).map_err(Failure::because)?;
    if json {
        return output::json(&doomed);
    }
    let row = |doomed: &Doomed| {
        vec![doomed.kind.to_string(), doomed.id.clone(), doomed.artifacts.clone().unwrap_or_default()]
    };
    let rows = doomed.iter().map(row).collect();
    output::table(&["would go", "id", "artifacts"], rows, "Nothing that is marked deleted would be removed.")
}

fn remove(config: &GcConfig, removal: Removal, json: bool) -> Result<(), Failure> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{human_pos}/{human_len} removed {wide_bar} {per_sec}") {
        bar.set_style(style);
    }
    let outcome = trainyard_server::gc(config, removal, |GcProgress { done, of }| {
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let outcome = outcome.map_err(Failure::because)?;
    if json {
        output::json(&outcome)?
    } else {
        print(&outcome)?
    }
    match outcome.kept.len() {
        0 => Ok(()),
        kept => Err(Failure::because(format_args!("{kept} of it could not be removed"))
            .with_hint("What is left is removed by the next trainyard gc.")),
    }
}

fn print(outcome: &GcOutcome) -> Result<(), Failure> {
    for kept in &outcome.kept {
        eprintln!("{} {}: {}", kept.what.kind, kept.what.id, kept.reason);
    }
    for left in &outcome.artifacts_left {
        let place = left.artifacts.as_deref().unwrap_or_default();
        eprintln!("{} {}: its artifacts stay, they lie outside of the artifact roots: {place}", left.kind, left.id);
    }
    let GcOutcome { runs, logged_models, experiments, freed_bytes, .. } = outcome;
    output::line(&format!("Removed {runs} runs, {logged_models} logged models, {experiments} experiments."))?;
    if *freed_bytes > 0 {
        output::line(&format!("The database gave back {}.", HumanBytes(*freed_bytes)))?;
    }
    if outcome.cannot_shrink {
        output::line(
            "The database file keeps its size: an older Trainyard made it. What is free is used for new data.",
        )?;
    }
    Ok(())
}

/// A time as MLflow's `--older-than` writes it: days, hours, minutes and seconds in this order, each of which may be left
/// out and may be a fraction.
fn parse_time_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not a time such as 30d, 12h or 1d2h3m4s");
    let mut rest = text;
    let mut seconds = 0.0;
    for (unit, length) in [('d', 86_400.0), ('h', 3600.0), ('m', 60.0), ('s', 1.0)] {
        let Some((number, behind)) = rest.split_once(unit) else { continue };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(wrong());
        }
        seconds += number.parse::<f64>().map_err(|_| wrong())? * length;
        rest = behind;
    }
    if text.is_empty() || !rest.is_empty() { Err(wrong()) } else { Ok((seconds * 1000.0) as i64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_mlflow() {
        for (text, seconds) in [("30d", 2_592_000), ("1d2h3m4s", 93_784), ("1.5h", 5400), ("90s", 90), ("2m4s", 124)] {
            assert_eq!(parse_time_ms(text), Ok(seconds * 1000), "{text}");
        }
        for text in ["", "30", "d", "3h2d", "1w", "-1d", "1d 2h", "1e3s", "..d"] {
            assert!(parse_time_ms(text).is_err(), "{text}");
        }
    }
}
