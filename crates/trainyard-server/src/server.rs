//! Listening, answering connection by connection, and stopping without losing what is in flight.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, header};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::Service;
use trainyard_api::{ApiError, ErrorCode};

use crate::app::App;
use crate::failure::Failure;
use crate::guard::Guard;
use crate::packing::Packing;
use crate::patience::{PATIENCE, Patient};
use crate::webhooks::Courier;
use crate::{ServerConfig, StartError, WebhookConfig, routes};

/// How long a connection may stay idle or take to send its headers.
const HEADERS: Duration = Duration::from_secs(60);
/// Bytes of request line and headers together.
const HEADER_BYTES: usize = 64 * 1024;
/// How long requests in flight may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// A server that has its port and its stores, and answers once it is [`run`](Self::run).
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    host: String,
    shared: Arc<Shared>,
    webhooks: WebhookConfig,
    pack_every: Option<Duration>,
}

struct Shared {
    app: App,
    router: Router,
    guard: Guard,
}

impl Server {
    /// Takes the port and opens the stores.
    pub async fn bind(config: ServerConfig) -> Result<Self, StartError> {
        let prefix = &config.static_prefix;
        if !prefix.is_empty() && (!prefix.starts_with('/') || prefix.ends_with('/') || prefix.contains(['{', '}'])) {
            return Err(StartError::StaticPrefix(prefix.clone()));
        }
        // The port first: a second server started by mistake leaves the first one's files alone.
        let failed = |source| StartError::listen(&config.host, config.port, source);
        let host = config.host.trim_start_matches('[').trim_end_matches(']');
        let listener = TcpListener::bind((host, config.port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let app = App::open(&config).await?;
        let router = routes::router(app.clone());
        let guard = Guard::new(&config);
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let shared = Arc::new(Shared { app, router, guard });
        let ServerConfig { webhooks, pack_every, .. } = config;
        Ok(Self { listener, address, host, shared, webhooks, pack_every })
    }

    /// The address that clients use, with the port that was really taken.
    pub fn url(&self) -> String {
        // The address of "all interfaces" is none that a client can call.
        let host = match self.host.as_str() {
            "0.0.0.0" => "127.0.0.1",
            "[::]" => "[::1]",
            host => host,
        };
        format!("http://{host}:{}{}", self.address.port(), self.shared.app.static_prefix)
    }

    /// Answers until `stop` is done; then takes no more connections, finishes what is in flight and closes the store.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let connections = GracefulShutdown::new();
        let deliveries = Courier::start(self.shared.app.clone(), self.webhooks);
        let packing = Packing::start(self.shared.app.store.clone(), self.pack_every);
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    let answered = answer_connection(stream, self.shared.clone(), connections.watcher());
                    tokio::spawn(answered);
                }
                // Out of file handles, most likely: others have to end before this one can begin.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(self.listener);
        self.shared.app.stopping.store(true, Ordering::Relaxed);
        let in_flight = connections.count();
        tracing::info!(connections = in_flight, "stopping");
        if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
            tracing::warn!(seconds = DRAIN.as_secs(), "some requests did not end in time and were cut off");
        }
        packing.stop().await;
        deliveries.stop().await;
    }
}

/// Runs a server on threads of its own until SIGTERM or Ctrl-C; a second signal ends it at once.
///
/// `ready` is called with the URL as soon as requests are answered. When this returns everything is on disk.
pub fn serve(config: ServerConfig, ready: impl FnOnce(&str)) -> Result<(), StartError> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(2, 8))
        .thread_name("trainyard-http")
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;
    let served = runtime.block_on(async {
        let server = Server::bind(config).await?;
        let mut signals = Signals::listen().map_err(StartError::Threads)?;
        ready(&server.url());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let running = server.run(async {
            let _ = stopped.await;
        });
        let signalled = async {
            signals.next().await;
            let _ = stop.send(());
            signals.next().await;
        };
        tokio::select! {
            () = running => {}
            () = signalled => tracing::warn!("stopped at once by a second signal"),
        }
        Ok(())
    });
    // Tasks still running hold the store; it is flushed when the last of them is gone.
    runtime.shutdown_timeout(Duration::from_secs(5));
    served
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

async fn answer_connection(stream: TcpStream, shared: Arc<Shared>, watcher: hyper_util::server::graceful::Watcher) {
    // Answers are small; without this each would wait for the client's acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, std::convert::Infallible>(answer(&shared, request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_header_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(Patient::new(stream, PATIENCE)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer<B>(shared: &Shared, request: Request<B>) -> Response
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let logged = tracing::enabled!(target: "trainyard::access", tracing::Level::INFO)
        .then(|| (Instant::now(), request.method().clone(), request.uri().path().to_owned()));
    let origin = request.headers().get(header::ORIGIN).cloned();
    let host = origin.as_ref().and_then(|_| request.headers().get(header::HOST).cloned());
    let mut response = match shared.guard.check(&request) {
        Some(refusal) => refusal,
        None => {
            let mut router = shared.router.clone();
            let routed = AssertUnwindSafe(async move { router.call(request.map(Body::new)).await }).catch_unwind();
            match routed.await {
                Ok(Ok(response)) => response,
                Err(_) => {
                    let message = "an internal error occurred; the server's log has its cause";
                    Failure::from(ApiError::new(ErrorCode::InternalError, message)).into_response()
                }
            }
        }
    };
    shared.guard.seal(origin.as_ref(), host.as_ref(), &mut response);
    if let Some((start, method, path)) = logged {
        let status = response.status().as_u16();
        let duration_ms = start.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(target: "trainyard::access", %method, path, status, duration_ms);
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn shared(folder: &std::path::Path, router: Router) -> Shared {
        let config = ServerConfig {
            backend_store_uri: format!("sqlite:///{}", folder.join("yard.db").display()),
            artifacts_destination: folder.join("artifacts").to_str().unwrap().to_owned(),
            ..ServerConfig::default()
        };
        Shared { app: App::open(&config).await.unwrap(), router, guard: Guard::new(&config) }
    }

    fn request(target: &str) -> Request<Body> {
        Request::builder().uri(target).header(header::HOST, "localhost").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_like_any_other_error() {
        let folder = tempfile::tempdir().unwrap();
        let handler = axum::routing::get(async || -> &'static str { panic!("a mistake in a handler") });
        let shared = shared(folder.path(), Router::new().route("/panic", handler)).await;
        let response = answer(&shared, request("/panic")).await;
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        insta::assert_snapshot!(String::from_utf8_lossy(&body), @r#"{"error_code":"INTERNAL_ERROR","message":"an internal error occurred; the server's log has its cause"}"#);
    }

    #[tokio::test]
    async fn small_answers_do_not_wait_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let shared = Arc::new(shared(folder.path(), Router::new()).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let stream = listener.accept().await.unwrap().0.into_std().unwrap();
        // The same socket by another name: what is set on one is set on both.
        let seen = stream.try_clone().unwrap();
        assert!(!seen.nodelay().unwrap(), "set by itself, nothing would be shown");
        // Connections end when it is dropped.
        let shutdown = GracefulShutdown::new();
        let stream = TcpStream::from_std(stream).unwrap();
        let answered = tokio::spawn(answer_connection(stream, shared, shutdown.watcher()));
        let request = b"GET /a HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut client, request).await.unwrap();
        let mut answer = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut client, &mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 404"), "{}", String::from_utf8_lossy(&answer));
        assert!(seen.nodelay().unwrap());
        answered.await.unwrap();
    }

    #[tokio::test]
    async fn every_request_is_a_line_in_the_access_log_and_keeps_its_query_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let shared = shared(folder.path(), Router::new()).await;
        let (mut lines, writer) = std::io::pipe().unwrap();
        let subscriber =
            tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::sync::Mutex::new(writer)).finish();
        let logging = tracing::subscriber::set_default(subscriber);
        answer(&shared, request("/a/path?secret=1")).await;
        drop(logging);
        let mut line = String::new();
        std::io::Read::read_to_string(&mut lines, &mut line).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["target"], "trainyard::access");
        assert_eq!((&line["method"], &line["path"], &line["status"]), (&"GET".into(), &"/a/path".into(), &404.into()));
        assert!(line["duration_ms"].as_f64().is_some());
    }
}
