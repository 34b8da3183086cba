//! `trainyard gc`: removing what is marked deleted for good, artifacts first and rows after them.
//!
//! The database has a list of what is to go before anything goes (`maintenance::removal`). Rows go last because they alone
//! know where artifacts are: a gc that dies leaves rows whose artifacts are partly gone, which the next one finds on the
//! list; the other order would leave artifacts that nothing leads to.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use serde::Serialize;
use trainyard_artifacts::{ArtifactError, ArtifactStore};
use trainyard_store::maintenance::removal::{self, Doomed, Kind, Removal};
use trainyard_store::maintenance::{Shrinking, column_names, shrink};
use trainyard_store::{ArtifactRoot, PostgresOptions, Store, StoreError, StoreOptions};

use crate::StartError;
use crate::app::absolute;
use crate::operations::location::{self, Unresolved};

/// Things whose artifacts go before their rows do, in one round.
const ROUND: u32 = 100;
/// Folders or prefixes that are removed at a time.
const AT_A_TIME: usize = 8;

/// Where there is to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GcConfig {
    /// The database.
    pub backend_store_uri: String,
    /// Where the server that uses it keeps artifacts.
    pub artifacts_destination: String,
    /// The artifact root that this server was given for new experiments, if any.
    pub default_artifact_root: Option<String>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GcProgress {
    /// Things that are gone, or kept for a reason.
    pub done: u64,
    /// Things that were to go.
    pub of: u64,
}

/// What has become of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GcOutcome {
    /// Runs that are gone.
    pub runs: u64,
    /// Logged models that are gone.
    pub logged_models: u64,
    /// Experiments that are gone.
    pub experiments: u64,
    /// What stays on the list for the next time, and why.
    pub kept: Vec<Kept>,
    /// What is gone without its artifacts, which lie outside of the places that are looked after here.
    pub artifacts_left: Vec<Doomed>,
    /// Bytes that the database file has given back.
    pub freed_bytes: u64,
    /// Whether the database is a file that can give none back; what is free there is used again.
    pub cannot_shrink: bool,
}

/// Something that could not be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// What.
    #[serde(flatten)]
    pub what: Doomed,
    /// Why.
    pub reason: String,
}

/// What would go; nothing is removed.
pub fn gc_preview(config: &GcConfig, removal: Removal) -> Result<Vec<Doomed>, StartError> {
    let store = open_store(config)?;
    Ok(store.read(move |tx| removal::preview(tx, &removal)).wait()?)
}

/// Removes what is marked deleted. Blocking.
pub fn gc(config: &GcConfig, removal: Removal, progress: impl FnMut(GcProgress)) -> Result<GcOutcome, StartError> {
    let store = open_store(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Threads)?;
    runtime.block_on(async {
        let places = Places::open(config)?;
        Ok(run(&store, &places, removal, progress).await?)
    })
}

fn open_store(config: &GcConfig) -> Result<Store, StartError> {
    let artifact_root = ArtifactRoot::Managed(absolute(&config.artifacts_destination)?);
    let options = StoreOptions {
        artifact_root,
        webhook_key: None,
        truncate_long_values: true,
        postgres: PostgresOptions::patient(),
    };
    Ok(Store::open(&config.backend_store_uri, options)?)
}

/// Where artifacts may be removed.
struct Places {
    proxied: ArtifactStore,
    roots: Vec<String>,
}

impl Places {
    fn open(config: &GcConfig) -> Result<Self, StartError> {
        let destination = absolute(&config.artifacts_destination)?;
        let proxied = ArtifactStore::open(&destination)?;
        let mut roots = vec![destination];
        roots.extend(config.default_artifact_root.clone());
        Ok(Self { proxied, roots })
    }

    /// Removes everything below a URI; nothing there is as good. `Ok(false)`: it is not a place to remove from.
    async fn clear(&self, uri: &str) -> Result<bool, ArtifactError> {
        let (store, path) = match location::resolve(Some(&self.proxied), &self.roots, uri) {
            Ok(place) => place,
            Err(
                Unresolved::Failed(ArtifactError::UnsupportedScheme { .. })
                | Unresolved::Outside(_)
                | Unresolved::NotServed,
            ) => return Ok(false),
            // Such as a bucket whose credentials are not there: its artifacts would be left with nothing that leads to them.
            Err(Unresolved::Failed(error)) => return Err(error),
        };
        match store.delete(&path).await {
            Ok(()) | Err(ArtifactError::NotFound(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

async fn run(
    store: &Store,
    places: &Places,
    removal: Removal,
    mut progress: impl FnMut(GcProgress),
) -> Result<GcOutcome, StoreError> {
    let mut outcome = GcOutcome::default();
    let mut begun = None;
    loop {
        let removal = removal.clone();
        begun = store.write(move |tx| removal::begin(tx, &removal, begun)).await?;
        if begun.is_none() {
            break;
        }
    }
    let of = store.read(removal::listed).await?;
    let mut done = 0;
    let mut thinned = BTreeSet::new();
    let mut after: Option<Doomed> = None;
    loop {
        progress(GcProgress { done, of });
        let behind = after.clone();
        let round = store.read(move |tx| removal::next(tx, behind.as_ref(), ROUND)).await?;
        let Some(last) = round.last().cloned() else { break };
        after = Some(last);
        let mut bare = clear_round(places, round, &mut outcome, &mut done).await;
        while !bare.is_empty() {
            let some = bare.clone();
            let removed = store.write(move |tx| removal::remove(tx, &some)).await?;
            for what in bare.drain(..removed.done) {
                done += 1;
                match what.kind {
                    Kind::Run => {
                        outcome.runs += 1;
                        thinned.insert(what.experiment());
                    }
                    Kind::LoggedModel => outcome.logged_models += 1,
                    Kind::Experiment => outcome.experiments += 1,
                }
            }
            outcome.experiments -= removed.kept as u64;
            progress(GcProgress { done, of });
        }
    }
    for experiment in thinned {
        let mut names = store.read(move |tx| column_names::unused(tx, experiment)).await?;
        while !names.is_empty() {
            let some = names.clone();
            let forgotten = store.write(move |tx| column_names::forget(tx, &some)).await?;
            names.drain(..forgotten);
        }
    }
    loop {
        match store.write(shrink).await? {
            Shrinking::Some(bytes) => outcome.freed_bytes += bytes,
            Shrinking::Done => break,
            Shrinking::Impossible => {
                outcome.cannot_shrink = true;
                break;
            }
        }
    }
    Ok(outcome)
}

/// Removes the artifacts of a round; what is left to do are the rows of those that are returned.
async fn clear_round(places: &Places, round: Vec<Doomed>, outcome: &mut GcOutcome, done: &mut u64) -> Vec<Doomed> {
    let cleared: Vec<_> = stream::iter(round)
        .map(|what| async move {
            let cleared = match &what.artifacts {
                Some(uri) => places.clear(uri).await,
                None => Ok(true),
            };
            (what, cleared)
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let mut bare = Vec::with_capacity(cleared.len());
    for (what, cleared) in cleared {
        match cleared {
            Ok(true) => bare.push(what),
            Ok(false) => {
                outcome.artifacts_left.push(what.clone());
                bare.push(what);
            }
            Err(error) => {
                *done += 1;
                outcome.kept.push(Kept { what, reason: format!("its artifacts cannot be removed: {error}") });
            }
        }
    }
    bare
}
