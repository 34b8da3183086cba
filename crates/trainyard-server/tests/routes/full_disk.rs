//! A disk that fills up while the server runs: a real one, a small memory file system in a mount namespace of its own.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Command;

use serde_json::json;

use crate::TestServer;

const MOUNT: &str = "TRAINYARD_TEST_MOUNT";

#[test]
fn a_full_disk_during_an_upload_is_507_and_the_server_goes_on() {
    run_on_a_small_disk("2m", "on_two_megabytes");
}

#[test]
fn a_full_disk_under_the_database_is_507_and_the_store_stays_whole() {
    run_on_a_small_disk("8m", "on_eight_megabytes");
}

/// Runs an ignored test of this file on a disk of this size, whose folder is in the variable [`MOUNT`].
fn run_on_a_small_disk(size: &str, test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size={size} none \"${MOUNT}\"");
    let run =
        |script: &str| Command::new("unshare").args(["-rm", "sh", "-c", script]).env(MOUNT, folder.path()).output();
    if !run(&mount).is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("CI").is_none(),
            "full_disk: `unshare -rm` may not mount a small disk here, so nothing was tested; allow unprivileged user \
             namespaces on this machine, or unset CI to skip this test"
        );
        // Not `eprintln!`, which the test harness keeps to itself.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED full_disk: this kernel allows no mounts in a namespace of one's own");
        return;
    }
    let program = std::env::current_exe().unwrap();
    let script = format!("{mount} && exec '{}' --exact full_disk::{test} --ignored", program.display());
    let output = run(&script).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "run by a_full_disk_during_an_upload_is_507_and_the_server_goes_on"]
fn on_two_megabytes() {
    let mount = std::env::var(MOUNT).unwrap();
    let server = TestServer::start_with(|config| config.artifacts_destination = mount.clone());
    let mut connection = server.connect();
    let root = "/api/2.0/mlflow-artifacts/artifacts";
    let answer = connection.request("PUT", &format!("{root}/run/big"), &[], &vec![0; 8 << 20]);
    assert_eq!(
        answer.snapshot(),
        "507 {\"error_code\":\"RESOURCE_EXHAUSTED\",\"message\":\"No space left in the artifact store; 'run/big' was not stored\"}"
    );
    assert_eq!(std::fs::read_dir(format!("{mount}/run")).unwrap().count(), 0);
    // The same connection, the store and smaller files still work.
    assert_eq!(connection.request("PUT", &format!("{root}/run/small"), &[], b"fits").snapshot(), "200 {}");
    assert_eq!(server.post("/runs/search", json!({"experiment_ids": ["0"]})).status, 200);
}

#[test]
#[ignore = "run by a_full_disk_under_the_database_is_507_and_the_store_stays_whole"]
fn on_eight_megabytes() {
    let mount = std::path::PathBuf::from(std::env::var(MOUNT).unwrap());
    let uri = format!("sqlite:///{}", mount.join("yard.db").display());
    let server = TestServer::start_with(|config| config.backend_store_uri = uri.clone());
    let run_id = server.run();
    let filler = mount.join("filler");
    std::fs::write(&filler, vec![0; 5 << 20]).unwrap();
    let batch = |number: i64| {
        let point = |i: i64| json!({"key": "m", "value": i, "step": number * 1000 + i, "timestamp": number * 1000 + i});
        json!({"run_id": run_id, "metrics": (0..1000).map(point).collect::<Vec<_>>()})
    };
    let mut stored = 0;
    let refused = loop {
        let answer = server.post("/runs/log-batch", batch(stored));
        if answer.status != 200 {
            break answer;
        }
        stored += 1;
        assert!(stored < 1000, "the disk never fills up");
    };
    assert_eq!(
        refused.snapshot(),
        "507 {\"error_code\":\"RESOURCE_EXHAUSTED\",\"message\":\"the disk that holds the database is full\"}"
    );
    let points = |server: &TestServer| {
        let path = format!("/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m");
        let answer = server.get(&path);
        assert_eq!(answer.status, 200);
        answer.json()["metrics"].as_array().map_or(0, Vec::len) as i64
    };
    assert_eq!(points(&server), stored * 1000, "reading goes on, and what was acknowledged is there");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(server.post("/runs/log-batch", batch(stored)).status, 200, "with room it writes again");
    assert_eq!(points(&server), (stored + 1) * 1000);
    drop(server);
    let store = trainyard_store::Store::open(
        &uri,
        trainyard_store::StoreOptions {
            artifact_root: trainyard_store::ArtifactRoot::Managed("mlflow-artifacts:/".to_owned()),
            webhook_key: None,
            truncate_long_values: true,
            postgres: trainyard_store::PostgresOptions::default(),
        },
    )
    .unwrap();
    assert_eq!(trainyard_store::maintenance::check(&store, |_| {}).unwrap().problems, []);
}
