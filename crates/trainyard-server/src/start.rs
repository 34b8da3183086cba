//! Why a server cannot start: one sentence each, for the person who started it.

use std::io;

use trainyard_artifacts::ArtifactError;
use trainyard_store::StoreError;

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("port {port} of {host} is already in use; choose another with --port, or stop the program that has it")]
    PortInUse {
        /// The name or address asked for.
        host: String,
        /// The port asked for.
        port: u16,
    },
    /// The address is not this machine's, or listening there is not allowed.
    #[error("cannot listen on {host}:{port}: {source}")]
    CannotListen {
        /// The name or address asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// The system's words.
        source: io::Error,
    },
    /// The backend store cannot be opened.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The artifacts cannot be kept where they should be.
    #[error("{0}")]
    Artifacts(#[from] ArtifactError),
    /// The folder named for the UI holds none.
    #[error("there is no MLflow UI in {folder}: {reason}")]
    Ui {
        /// The folder.
        folder: String,
        /// What is missing there.
        reason: String,
    },
    /// A prefix that is not the beginning of a path.
    #[error("the static prefix '{0}' has to begin with '/' and may hold neither '{{' nor '}}' nor a final '/'")]
    StaticPrefix(String),
    /// The system gives no threads.
    #[error("cannot start the server's threads: {0}")]
    Threads(io::Error),
}

impl StartError {
    pub(crate) fn listen(host: &str, port: u16, source: io::Error) -> Self {
        let host = host.to_owned();
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::PortInUse { host, port },
            _ => Self::CannotListen { host, port, source },
        }
    }
}
