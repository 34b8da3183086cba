//! A server on a free port with an empty data folder.

use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trainyard_server::{Server, ServerConfig};

use crate::{Answer, Connection};

pub struct TestServer {
    pub address: String,
    pub folder: PathBuf,
    url: String,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    guard: Option<tempfile::TempDir>,
}

impl TestServer {
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub fn start_with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config_in(folder.path());
        change(&mut config);
        Self::start_on(folder, config)
    }

    /// A server with this configuration; the folder is removed after it.
    pub fn start_on(guard: tempfile::TempDir, config: ServerConfig) -> Self {
        let folder = guard.path().to_owned();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let server = runtime.block_on(Server::bind(config)).unwrap();
        let url = server.url();
        let address = url["http://".len()..].split('/').next().unwrap().to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = runtime.spawn(server.run(async {
            let _ = stopped.await;
        }));
        let (runtime, guard) = (Some(runtime), Some(guard));
        Self { address, folder, url, runtime, stop: Some(stop), running: Some(running), guard }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn connect(&self) -> Connection {
        Connection::open(&self.address)
    }

    pub fn get(&self, target: &str) -> Answer {
        self.connect().request("GET", target, &[], b"")
    }

    pub fn send(&self, method: &str, target: &str, body: &[u8]) -> Answer {
        self.connect().request(method, target, &[("content-type", "application/json")], body)
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", &format!("/api/2.0/mlflow{path}"), body.to_string().as_bytes())
    }

    /// Makes a run in the default experiment and answers its id.
    pub fn run(&self) -> String {
        let answer = self.post("/runs/create", json!({"experiment_id": "0", "run_name": "r", "start_time": 1}));
        answer.json()["run"]["info"]["run_id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
    }

    /// Asks the server to stop, without waiting for it.
    pub fn begin_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has stopped.
    pub fn wait(&mut self) {
        if let (Some(running), Some(runtime)) = (self.running.take(), &self.runtime) {
            runtime.block_on(running).unwrap();
        }
    }

    /// Stops the server and hands over its folder.
    pub fn stop(mut self) -> tempfile::TempDir {
        self.begin_stop();
        self.wait();
        self.guard.take().unwrap()
    }

    /// Ends every task where it stands, as a crash would, and hands over the folder.
    pub fn die(mut self) -> tempfile::TempDir {
        self.running.take();
        self.runtime.take().unwrap().shutdown_background();
        self.guard.take().unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.begin_stop();
        self.wait();
    }
}

pub fn config_in(folder: &std::path::Path) -> ServerConfig {
    ServerConfig {
        port: 0,
        backend_store_uri: format!("sqlite:///{}", folder.join("yard.db").display()),
        artifacts_destination: folder.join("artifacts").to_str().unwrap().to_owned(),
        ..ServerConfig::default()
    }
}
