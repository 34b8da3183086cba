//! `trainyard artifacts`.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::OnceLock;

use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use trainyard::{ArtifactRepository, Client, Progress};
use trainyard_api::RunId;
use trainyard_api::artifacts::FileInfo;
use trainyard_api::runs::GetRun;

use crate::failure::Failure;
use crate::output;
use crate::tracking::TrackingArgs;

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum ArtifactsCommand {
    /// List the files of a run or model.
    #[command(after_help = "\
Examples:
  trainyard artifacts list 0f3e9c1d2b4a4c5d8e7f60718293a4b5 plots
  trainyard artifacts list models:/iris-classifier/1 --recursive")]
    List(List),
    /// Download a file or folder of a run or model.
    #[command(after_help = "\
Examples:
  trainyard artifacts download models:/iris-classifier@champion --to model
  trainyard artifacts download runs:/0f3e9c1d2b4a4c5d8e7f60718293a4b5/plots")]
    Download(Download),
}

/// Which artifacts.
#[derive(Debug, Args)]
pub struct Place {
    /// A run id, runs:/<run id>[/path], models:/<name>/<version>, models:/<name>@<alias>, models:/<model id>, or an
    /// artifact URI.
    location: String,
    /// File or folder below the location.
    #[arg(default_value = "", hide_default_value = true)]
    path: String,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// Also list what is in the folders.
    #[arg(long, short)]
    recursive: bool,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Arguments of `download`.
#[derive(Debug, Args)]
pub struct Download {
    #[command(flatten)]
    place: Place,
    /// Folder to put it in; made as needed.
    #[arg(long, value_name = "DIR", default_value = ".")]
    to: PathBuf,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Carries out a subcommand.
pub fn run(command: ArtifactsCommand) -> Result<(), Failure> {
    match command {
        ArtifactsCommand::List(args) => list(args),
        ArtifactsCommand::Download(args) => download(args),
    }
}

fn list(args: List) -> Result<(), Failure> {
    let Found { artifacts, path, model } = args.place.find(&args.tracking.connect()?)?;
    let mut files: Vec<FileInfo> = Vec::new();
    let mut folders = VecDeque::from([path]);
    while let Some(folder) = folders.pop_front() {
        for file in artifacts.list(&folder)? {
            if file.is_dir && args.recursive {
                folders.push_back(file.path.clone());
            }
            files.push(FileInfo { path: join(&model, &file.path), ..file });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if args.tracking.json {
        return output::json(&files);
    }
    let rows = files.into_iter().map(|file| match file.is_dir {
        true => vec![format!("{}/", file.path), String::new()],
        false => vec![file.path, HumanBytes(file.file_size.unwrap_or_default().unsigned_abs()).to_string()],
    });
    output::table(&["path", "size"], rows.collect(), "There are no artifacts here.")
}

fn download(args: Download) -> Result<(), Failure> {
    let Found { artifacts, path, .. } = args.place.find(&args.tracking.connect()?)?;
    let bar = TransferBar::default();
    let local = artifacts.download(&path, &args.to, &bar)?;
    if args.tracking.json {
        return output::json(&serde_json::json!({ "path": local }));
    }
    output::line(&local.display().to_string())
}

/// Where files lie, and what they are called from where the user looks.
struct Found {
    artifacts: ArtifactRepository,
    path: String,
    /// Name of the model that a run logged, when the path leads into it.
    model: String,
}

impl Place {
    fn find(&self, client: &Client) -> Result<Found, Failure> {
        let (location, path) = (self.location.as_str(), self.path.as_str());
        let below = |artifacts| Found { artifacts, path: path.to_owned(), model: String::new() };
        if let Some(rest) = location.strip_prefix("runs:/") {
            let (run_id, folder) = rest.trim_start_matches('/').split_once('/').unwrap_or((rest, ""));
            return in_run(client, run_id, join(folder, path));
        }
        if location.starts_with("models:/") {
            return Ok(below(client.artifacts(&client.resolve_model(location)?.artifact_uri)?));
        }
        if location.contains([':', '/']) {
            return Ok(below(client.artifacts(location)?));
        }
        in_run(client, location, path.to_owned())
    }
}

/// Models logged by MLflow 3 lie beside the run's artifacts, and are found there by the name they were logged with.
fn in_run(client: &Client, run_id: &str, path: String) -> Result<Found, Failure> {
    let artifacts = of_run(client, run_id)?;
    let path = path.trim_matches('/').to_owned();
    if !path.is_empty() && !exists(&artifacts, &path)? {
        let (name, rest) = path.split_once('/').unwrap_or((&path, ""));
        if let Ok(resolved) = client.resolve_model(&format!("runs:/{run_id}/{name}"))
            && resolved.model_id.is_some()
        {
            let artifacts = client.artifacts(&resolved.artifact_uri)?;
            return Ok(Found { artifacts, path: rest.to_owned(), model: name.to_owned() });
        }
    }
    Ok(Found { artifacts, path, model: String::new() })
}

fn of_run(client: &Client, run_id: &str) -> Result<ArtifactRepository, Failure> {
    let request = GetRun { run_id: RunId::from(run_id), ..GetRun::default() };
    let found = client
        .call(request)
        .map_err(|error| Failure::from(error).with_hint("`trainyard runs list` shows the runs there are"))?;
    Ok(client.artifacts(&found.run.info.artifact_uri)?)
}

/// Whether there is a file or folder at the path.
fn exists(artifacts: &ArtifactRepository, path: &str) -> Result<bool, Failure> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    Ok(artifacts.list(parent)?.iter().any(|file| file.path == path))
}

fn join(folder: &str, path: &str) -> String {
    let parts = [folder.trim_matches('/'), path.trim_matches('/')];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// A bar on stderr while bytes arrive; nothing unless stderr is a terminal.
#[derive(Debug, Default)]
pub struct TransferBar(OnceLock<ProgressBar>);

impl Progress for TransferBar {
    fn begin(&self, files: usize, bytes: Option<u64>) {
        let bar = bytes.map_or_else(ProgressBar::no_length, ProgressBar::new);
        let template = "{bytes}/{total_bytes} {wide_bar} {bytes_per_sec} {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(if files == 1 { "1 file".to_owned() } else { format!("{files} files") });
        // A second beginning, of a retry, keeps the bar of the first.
        let _ = self.0.set(bar);
    }

    fn advance(&self, bytes: u64) {
        if let Some(bar) = self.0.get() {
            bar.inc(bytes);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.0.get() {
            bar.finish_and_clear();
        }
    }
}
