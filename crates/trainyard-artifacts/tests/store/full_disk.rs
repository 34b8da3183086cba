//! A disk that fills up during an upload: a real one, a small memory file system in a mount namespace of its own.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Command;

use futures_util::stream;

use super::*;

const MOUNT: &str = "TRAINYARD_TEST_MOUNT";

#[test]
fn a_full_disk_is_reported_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=1m none \"$TRAINYARD_TEST_MOUNT\"";
    let available =
        |script: &str| Command::new("unshare").args(["-rm", "sh", "-c", script]).env(MOUNT, folder.path()).output();
    if !available(mount).is_ok_and(|output| output.status.success()) {
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
    let script = format!("{mount} && exec '{}' --exact full_disk::on_one_megabyte --ignored", program.display());
    let output = available(&script).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
#[ignore = "run by a_full_disk_is_reported_and_leaves_nothing"]
async fn on_one_megabyte() {
    let folder = std::env::var(MOUNT).unwrap();
    let store = ArtifactStore::open(&folder).unwrap();
    let chunks = std::iter::repeat_with(|| Ok::<_, BoxError>(Bytes::from(vec![0; 64 << 10]))).take(64);
    let error = store.put(&path("run/big"), stream::iter(chunks)).await.unwrap_err();
    assert!(matches!(error, ArtifactError::OutOfSpace(_)), "{error}");
    assert_eq!(std::fs::read_dir(format!("{folder}/run")).unwrap().count(), 0);
    store.put(&path("run/small"), body("fits")).await.unwrap();
}
