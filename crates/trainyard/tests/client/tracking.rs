//! The same calls against the embedded store and the real server.

use std::path::Path;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::model_uri::log_model;
use tempfile::TempDir;
use tokio::sync::oneshot;
use trainyard::Client;
use trainyard_api::ErrorCode;
use trainyard_api::experiments::{CreateExperiment, GetExperiment};
use trainyard_api::logged_models::DeleteLoggedModel;
use trainyard_api::model_versions::{DeleteModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{DeleteRegisteredModelAlias, SetRegisteredModelAlias, UpdateRegisteredModel};
use trainyard_api::runs::GetRun;
use trainyard_server::{Server, ServerConfig};

/// A data folder with a client on it: embedded, or by way of a server.
pub struct Yard {
    pub client: Client,
    pub folder: TempDir,
    pub server: Option<Running>,
}

pub struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Yard {
    pub fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::connect(&database(folder.path())).unwrap();
        Self { client, folder, server: None }
    }

    pub fn served() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, server) = serve(folder.path(), 0);
        Self { client: Client::connect(&url).unwrap(), folder, server: Some(server) }
    }

    /// Ends the server, and waits for its end: from then on connections are refused.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// A server on the same folder, at the address of the one that was stopped.
    pub fn start_again(&mut self) {
        let (_, port) = self.client.tracking_uri().rsplit_once(':').unwrap();
        self.server = Some(serve(self.folder.path(), port.parse().unwrap()).1);
    }

    pub fn both() -> [Self; 2] {
        [Self::embedded(), Self::served()]
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().unwrap().join();
        assert!(ended.is_ok() || thread::panicking());
    }
}

fn serve(folder: &Path, port: u16) -> (String, Running) {
    let config = ServerConfig {
        port,
        backend_store_uri: database(folder),
        artifacts_destination: folder.join("artifacts").display().to_string(),
        ..Default::default()
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::bind(config).await.unwrap();
            tell.send(server.url()).unwrap();
            server.run(async { drop(stopped.await) }).await;
        });
    });
    (told.recv().unwrap(), Running { stop: Some(stop), thread: Some(thread) })
}

fn database(folder: &Path) -> String {
    format!("sqlite:///{}/yard.db", folder.display())
}

#[test]
fn requests_are_answered_alike_with_and_without_a_server() {
    for yard in Yard::both() {
        let created = yard.client.call(CreateExperiment { name: "iris".to_owned(), ..Default::default() }).unwrap();
        let found = yard.client.call(GetExperiment { experiment_id: created.experiment_id.clone() }).unwrap();
        assert_eq!(found.experiment.name, "iris");
        let missing = GetRun { run_id: "0123".into(), ..Default::default() };
        let error = yard.client.call(missing).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ResourceDoesNotExist, "{error}");
        assert!(error.message().contains("0123"), "{error}");
    }
}

#[test]
fn connecting_makes_no_file_and_the_first_call_does() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("deep/er");
    let client = Client::connect(&database(&inside)).unwrap();
    assert!(!inside.exists());
    client.call(GetExperiment { experiment_id: "0".into() }).unwrap();
    assert!(inside.join("yard.db").is_file());
}

#[test]
fn a_server_and_an_embedded_client_share_one_folder() {
    let yard = Yard::served();
    let served = yard.client.start_run("iris", "").unwrap();
    served.artifacts().unwrap().write("a.txt", b"hello").unwrap();
    let embedded = Client::connect(&database(yard.folder.path())).unwrap();
    let run = embedded.call(GetRun { run_id: served.id().clone(), ..Default::default() }).unwrap().run;
    assert_eq!(embedded.artifacts(&run.info.artifact_uri).unwrap().read("a.txt").unwrap(), b"hello");
}

#[test]
fn an_embedded_store_is_closed_around_a_fork_and_opened_again() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("iris", "").unwrap();
    trainyard::fork::before();
    // A checkpoint at closing leaves no log behind.
    let log = yard.folder.path().join("yard.db-wal");
    assert!(!log.exists());
    let client = yard.client.clone();
    let id = run.id().clone();
    let waiting = thread::spawn(move || client.call(GetRun { run_id: id, ..Default::default() }).unwrap());
    trainyard::fork::after();
    assert_eq!(waiting.join().unwrap().run.info.run_id, *run.id());
    run.log_param("a", 1).unwrap();
}

#[test]
fn many_threads_share_a_client() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        thread::scope(|scope| {
            for worker in 0..8 {
                let run = &run;
                scope.spawn(move || {
                    for step in 0..10 {
                        run.log_metric(&format!("loss{worker}"), 1.0, step).unwrap();
                    }
                });
            }
        });
        run.flush(Duration::from_secs(60)).unwrap();
        let request = GetRun { run_id: run.id().clone(), ..Default::default() };
        assert_eq!(yard.client.call(request).unwrap().run.data.metrics.len(), 8);
    }
}

#[test]
fn requests_of_every_method_arrive() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let model_id = log_model(&yard, &run, "net", "x", 0);
        let version = yard.client.register_model(&format!("models:/{model_id}"), "iris", &[]).unwrap();
        let alias = |version: String| SetRegisteredModelAlias {
            name: "iris".to_owned(),
            alias: "champion".to_owned(),
            version,
        };
        yard.client.call(alias(version.version.clone())).unwrap();
        let alias = DeleteRegisteredModelAlias { name: "iris".to_owned(), alias: "champion".to_owned() };
        yard.client.call(alias).unwrap();
        let update = UpdateRegisteredModel { name: "iris".to_owned(), description: Some("flowers".to_owned()) };
        assert_eq!(yard.client.call(update).unwrap().registered_model.description, "flowers");
        yard.client.call(DeleteModelVersion { name: "iris".to_owned(), version: version.version }).unwrap();
        let search = SearchModelVersions { filter: "name = 'iris'".to_owned(), ..Default::default() };
        assert!(yard.client.call(search).unwrap().model_versions.is_empty());
        yard.client.call(DeleteLoggedModel { model_id: model_id.clone() }).unwrap();
        assert!(yard.client.resolve_model(&format!("models:/{model_id}")).is_err());
    }
}
