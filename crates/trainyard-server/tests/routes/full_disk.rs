//! A disk that fills up while the server runs: a real one, a small memory file system in a mount namespace of its own.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Command;

use serde_json::json;

use crate::TestServer;

const MOUNT: &str = "TRAINYARD_TEST_MOUNT";

#[test]
fn a_full_disk_during_an_upload_is_507_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=2m none \"$TRAINYARD_TEST_MOUNT\"";
    let run =
        |script: &str| Command::new("unshare").args(["-rm", "sh", "-c", script]).env(MOUNT, folder.path()).output();
    if !run(mount).is_ok_and(|output| output.status.success()) {
        // Not `eprintln!`, which the test harness keeps to itself.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED full_disk: this kernel allows no mounts in a namespace of one's own");
        return;
    }
    let program = std::env::current_exe().unwrap();
    let script = format!("{mount} && exec '{}' --exact full_disk::on_two_megabytes --ignored", program.display());
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
