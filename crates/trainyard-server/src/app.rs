//! What every request can reach.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::Semaphore;
use trainyard_artifacts::{ArtifactError, ArtifactStore};
use trainyard_store::webhooks::SecretKey;
use trainyard_store::{ArtifactRoot, Store, StoreOptions};

use crate::operations::export;
use crate::routes::stock_ui;
use crate::webhooks::Sender;
use crate::{EventConfig, ServerConfig, StartError, Ui};

/// The state shared by all requests. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct App(Arc<State>);

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Store,
    /// The artifact proxy's files; absent with `--no-serve-artifacts`.
    pub(crate) artifacts: Option<ArtifactStore>,
    /// Whether clients are told of the addresses that its bucket has for parts of files, and for files.
    pub(crate) multipart_uploads: bool,
    pub(crate) multipart_downloads: bool,
    /// Locations outside of the proxy that the operator named, below which local files may be read.
    pub(crate) artifact_roots: Vec<String>,
    pub(crate) static_prefix: String,
    /// Calls registry webhooks.
    pub(crate) webhooks: Sender,
    pub(crate) ui: ServedUi,
    /// Turns of exports.
    pub(crate) exports: Arc<Semaphore>,
    /// What streams of events may take.
    pub(crate) events: EventConfig,
    /// Streams of events that may still be opened.
    pub(crate) streams: Arc<Semaphore>,
    /// Whether the server is stopping: what goes on for as long as a client listens ends then.
    pub(crate) stopping: AtomicBool,
}

/// What is served to people.
#[derive(Debug)]
pub(crate) enum ServedUi {
    /// Our own UI.
    Trainyard,
    /// The files of MLflow's.
    Mlflow(ArtifactStore),
    /// A plain page.
    None,
}

impl std::ops::Deref for App {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl App {
    /// Opens the stores. Blocks while the database is made or migrated.
    pub(crate) async fn open(config: &ServerConfig) -> Result<Self, StartError> {
        let destination = absolute(&config.artifacts_destination)?;
        let artifacts = if config.serve_artifacts {
            let artifacts = ArtifactStore::open(&destination)?;
            artifacts.prepare().await?;
            Some(artifacts)
        } else {
            None
        };
        let artifact_root = match &config.default_artifact_root {
            Some(root) => ArtifactRoot::Pinned(root.clone()),
            None if config.serve_artifacts => ArtifactRoot::Managed("mlflow-artifacts:/".to_owned()),
            None => ArtifactRoot::Managed(destination.clone()),
        };
        let webhook_key = config.webhooks.secret_key.as_ref().map(|key| SecretKey::parse(&key.0)).transpose()?;
        let (uri, postgres) = (config.backend_store_uri.clone(), config.postgres.clone());
        let readers = postgres.readers();
        let truncate_long_values = config.truncate_long_values;
        let options = StoreOptions { artifact_root, webhook_key, truncate_long_values, postgres };
        let opened = tokio::task::spawn_blocking(move || Store::open(&uri, options)).await;
        let store = opened.map_err(|error| StartError::Threads(error.into()))??;
        let ui = match &config.ui {
            Ui::Trainyard => ServedUi::Trainyard,
            Ui::Mlflow(folder) => ServedUi::Mlflow(stock_ui::open(&absolute(folder)?).await?),
            Ui::None => ServedUi::None,
        };
        let mut artifact_roots = vec![destination];
        artifact_roots.extend(config.default_artifact_root.clone());
        let has_addresses = artifacts.as_ref().is_some_and(ArtifactStore::has_addresses);
        let webhooks = Sender::new(&config.webhooks);
        let static_prefix = config.static_prefix.clone();
        // Whatever they take, somebody is left to read the rest.
        let exports = Arc::new(Semaphore::new(export::AT_ONCE.min(readers - 1).max(1)));
        let events = config.events;
        let (streams, stopping) = (Arc::new(Semaphore::new(events.streams)), AtomicBool::new(false));
        Ok(Self(Arc::new(State {
            store,
            artifacts,
            multipart_uploads: has_addresses && config.proxy_multipart_upload,
            multipart_downloads: has_addresses && config.proxy_multipart_download,
            artifact_roots,
            static_prefix,
            webhooks,
            ui,
            exports,
            events,
            streams,
            stopping,
        })))
    }
}

/// A folder as an absolute path, because clients and experiments keep the text; URIs stay as they are.
pub(crate) fn absolute(location: &str) -> Result<String, ArtifactError> {
    if location.split_once(':').is_some_and(|(scheme, _)| scheme.len() > 1) {
        return Ok(location.to_owned());
    }
    let invalid = |reason: String| ArtifactError::InvalidLocation { uri: location.to_owned(), reason };
    // `.` in the middle of a path stays in the texts of experiments, so it goes.
    let path = std::path::absolute(location).map_err(|error| invalid(error.to_string()))?;
    path.into_os_string().into_string().map_err(|_| invalid("it is not UTF-8".to_owned()))
}
