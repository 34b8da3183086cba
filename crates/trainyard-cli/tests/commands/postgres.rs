//! Several servers on one PostgreSQL database, which is restarted under them.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use trainyard::{Client, Error};
use trainyard_api::ErrorCode;
use trainyard_api::metrics::{GetMetricHistory, LogMetric};
use trainyard_api::runs::{CreateRun, GetRun};

use crate::program::{Server, Yard, wait_until};
use database::Postgres;

// A server of this test's own: others would not like to see theirs restarted.
#[allow(dead_code, reason = "the bench uses more of it")]
#[path = "../../../../xtask/src/postgres.rs"]
pub mod database;

const URL: &str = "TRAINYARD_TEST_POSTGRES_URL";

/// A database server; none, said aloud, where nothing is to be tested on PostgreSQL.
pub fn database() -> Option<Postgres> {
    if std::env::var_os(URL).is_none() {
        let _ = writeln!(std::io::stderr(), "SKIPPED on PostgreSQL: {URL} is not set");
        return None;
    }
    Some(Postgres::start().unwrap())
}

/// Logs one step after the other until it is told to stop; how many were acknowledged.
fn log(client: &Client, run_id: &trainyard_api::RunId, logged: &AtomicI64, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let step = logged.load(Ordering::Relaxed);
        let point = LogMetric {
            run_id: run_id.clone(),
            key: "loss".into(),
            value: Some(step as f64),
            timestamp: Some(1),
            step,
            ..LogMetric::default()
        };
        match client.call(point) {
            Ok(_) => logged.store(step + 1, Ordering::Relaxed),
            Err(Error::Api(error)) => assert_eq!(error.error_code, ErrorCode::TemporarilyUnavailable, "{error}"),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Waits until both have logged something from now on.
fn both_go_on(logged: &[AtomicI64; 2]) {
    let before = logged.each_ref().map(|logged| logged.load(Ordering::Relaxed));
    wait_until("both servers take points", || {
        logged.iter().zip(before).all(|(logged, before)| logged.load(Ordering::Relaxed) >= before + 10)
    });
}

#[test]
fn servers_lose_nothing_when_postgresql_restarts_under_load() {
    let Some(mut postgres) = database() else { return };
    let yard = Yard::new();
    let uri = postgres.url();
    let flags = ["--backend-store-uri", &uri];
    let servers = [yard.serve(&flags), yard.serve(&flags)];
    let clients = servers.each_ref().map(|server| Client::connect(&server.url()).unwrap());
    let run_ids = clients.each_ref().map(|client| client.call(CreateRun::default()).unwrap().run.info.run_id);
    let logged = [const { AtomicI64::new(0) }; 2];
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for index in [0, 1] {
            let (client, run_id, logged, stop) = (&clients[index], &run_ids[index], &logged[index], &stop);
            scope.spawn(move || log(client, run_id, logged, stop));
        }
        for _ in 0..2 {
            both_go_on(&logged);
            postgres.restart().unwrap();
        }
        both_go_on(&logged);
        stop.store(true, Ordering::Relaxed);
    });
    for (index, run_id) in run_ids.iter().enumerate() {
        let acknowledged = logged[index].load(Ordering::Relaxed);
        // Asked of the other server, which holds nothing of its own.
        let client = &clients[1 - index];
        let history =
            GetMetricHistory { run_id: run_id.clone(), metric_key: "loss".into(), ..GetMetricHistory::default() };
        let steps: Vec<i64> = client.call(history).unwrap().metrics.iter().map(|point| point.step).collect();
        assert_eq!(steps, (0..acknowledged).collect::<Vec<_>>());
        let run = client.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run;
        assert_eq!(run.data.metrics[0].step, acknowledged - 1);
    }

    // The same database without a server.
    let listed = yard.json(&["runs", "list", "--tracking-uri", &uri]);
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
    let checked = yard.json(&["db", "check", "--backend-store-uri", &uri]);
    assert_eq!(checked["problems"].as_array().map(Vec::len), Some(0), "{checked}");
    // Where its servers keep artifacts only who runs one knows.
    let ended = Yard::new().run(&["gc", "--backend-store-uri", &uri]);
    let nowhere = "there is no ./yard/artifacts, and nothing says where artifacts are kept";
    assert_eq!(ended.stderr, format!("error: {nowhere}. Name it with --artifacts-destination.\n"));
    assert_eq!(yard.json(&["gc", "--dry-run", "--backend-store-uri", &uri]), serde_json::json!([]));
    for server in servers {
        server.signal("TERM");
        assert_eq!(server.end().code, Some(0));
    }
}

/// A server with a database that has a second host to go on at: every commit is on both before it is acknowledged.
fn with_standby() -> Option<(Postgres, Postgres)> {
    let primary = database()?;
    let standby = primary.standby().unwrap();
    // Not before there is a standby: until then a commit would wait for one.
    primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'").unwrap();
    primary.query("SELECT pg_reload_conf()").unwrap();
    let states = || primary.query("SELECT sync_state FROM pg_stat_replication").unwrap();
    wait_until("the standby takes part in commits", || states() == "sync");
    Some((primary, standby))
}

#[test]
fn a_server_goes_on_at_the_standby_when_the_primary_is_lost() {
    let Some((mut primary, standby)) = with_standby() else { return };
    let yard = Yard::new();
    // The standby stands first: it answers, and it must not be taken for the one that writes.
    let uri = format!("postgresql://yard@127.0.0.1:{},127.0.0.1:{}/postgres", standby.port(), primary.port());
    let server: Server = yard.serve(&["--backend-store-uri", &uri]);
    let client = Client::connect(&server.url()).unwrap();
    let run_id = client.call(CreateRun::default()).unwrap().run.info.run_id;
    let (logged, stop) = (AtomicI64::new(0), AtomicBool::new(false));
    let goes_on = || {
        let before = logged.load(Ordering::Relaxed);
        wait_until("the server takes points", || logged.load(Ordering::Relaxed) >= before + 10);
    };
    thread::scope(|scope| {
        scope.spawn(|| log(&client, &run_id, &logged, &stop));
        goes_on();
        primary.crash();
        // Requests meet nothing but the standby for a while.
        thread::sleep(Duration::from_secs(1));
        standby.promote().unwrap();
        goes_on();
        stop.store(true, Ordering::Relaxed);
    });
    let acknowledged = logged.load(Ordering::Relaxed);
    let history = GetMetricHistory { run_id, metric_key: "loss".into(), ..GetMetricHistory::default() };
    let steps: Vec<i64> = client.call(history).unwrap().metrics.iter().map(|point| point.step).collect();
    assert_eq!(steps, (0..acknowledged).collect::<Vec<_>>());
    let checked = yard.json(&["db", "check", "--backend-store-uri", &uri]);
    assert_eq!(checked["problems"].as_array().map(Vec::len), Some(0), "{checked}");
}

/// Where nobody answers, not even that there is nobody; for as long as the result lives.
fn silent_host() -> (SocketAddr, Silence) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _inside = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap().into_std().unwrap();
    let address = listener.local_addr().unwrap();
    // Connections that nobody takes; once the queue is full, others are not even refused.
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(300));
    let waiting: Vec<TcpStream> = std::iter::from_fn(|| connect().ok()).take(100).collect();
    assert!(waiting.len() < 100, "the queue of a listener has no end");
    (address, Silence { _listener: listener, _waiting: waiting })
}

struct Silence {
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

#[test]
fn a_host_that_has_vanished_leaves_time_for_the_next() {
    let Some(postgres) = database() else { return };
    let (silent, _silence) = silent_host();
    let yard = Yard::new();
    let uri = format!("postgresql://yard@{silent},127.0.0.1:{}/postgres", postgres.port());
    let server = yard.serve(&["--backend-store-uri", &uri, "--database-connect-timeout", "2"]);
    let client = Client::connect(&server.url()).unwrap();
    client.call(CreateRun::default()).unwrap();
}

/// An authority, its certificate in a file, and what it issues for a host.
fn authority(folder: &std::path::Path, name: &str) -> (CertifiedIssuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, authority.pem()).unwrap();
    (authority, path.display().to_string())
}

#[test]
fn a_server_is_verified_by_its_certificate() {
    let Some(mut postgres) = database() else { return };
    let yard = Yard::new();
    let (authority_of_server, trusted) = authority(yard.path(), "authority.pem");
    let (_, other) = authority(yard.path(), "other.pem");
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &authority_of_server).unwrap();
    postgres.give("server.crt", &certificate.pem()).unwrap();
    postgres.give("server.key", &key.serialize_pem()).unwrap();
    postgres.query("ALTER SYSTEM SET ssl = on").unwrap();
    postgres.give("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n").unwrap();
    postgres.restart().unwrap();

    let connect = |host: &str, mode: &str, root: &str| {
        let root = if root.is_empty() { String::new() } else { format!("&sslrootcert={root}") };
        let uri = format!("postgresql://yard@{host}:{}/postgres?sslmode={mode}{root}", postgres.port());
        Client::connect(&uri).and_then(|client| client.call(CreateRun::default())).map_err(|error| error.to_string())
    };
    for (host, mode, root) in [
        ("localhost", "verify-full", trusted.as_str()),
        ("localhost", "verify-ca", &trusted),
        ("127.0.0.1", "verify-ca", &trusted),
        ("127.0.0.1", "require", ""),
        ("127.0.0.1", "prefer", ""),
    ] {
        connect(host, mode, root).unwrap_or_else(|error| panic!("{host} {mode} {root}: {error}"));
    }
    for (host, mode, root, reason) in [
        ("127.0.0.1", "verify-full", trusted.as_str(), "not valid for name"),
        ("localhost", "verify-full", &other, "invalid peer certificate"),
        ("127.0.0.1", "verify-ca", &other, "invalid peer certificate"),
        ("localhost", "disable", "", "no pg_hba.conf entry"),
    ] {
        let error = connect(host, mode, root).unwrap_err();
        assert!(error.contains(reason), "{host} {mode} {root}: {error}");
    }
}
