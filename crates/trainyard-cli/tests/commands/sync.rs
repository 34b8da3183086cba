//! `trainyard sync`, on journals that a program has left.

use std::process::Command;

use serde_json::{Value, json};
use trainyard::Client;
use trainyard::internals::journal::{Context, NewRun, RunLog};
use trainyard_api::metrics::GetMetricHistory;

use crate::program::{Ended, Yard};

const HOME: &str = "TRAINYARD_HOME";
const STORE: &str = "TRAINYARD_TEST_STORE";

/// The program with the journals of this folder.
fn sync(yard: &Yard, args: &[&str]) -> Ended {
    let mut command = yard.command(&[&["sync"], args].concat());
    Ended::from(command.env(HOME, yard.path().join("home")).output().unwrap())
}

fn outcomes(yard: &Yard, args: &[&str]) -> (Option<i32>, Value) {
    let ended = sync(yard, &[args, &["--json"]].concat());
    (ended.code, serde_json::from_str(&ended.stdout).unwrap())
}

/// Logs a run in a process that is not allowed to deliver it; returns its id.
fn leave_a_run(yard: &Yard, store: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sync::offline_program", "--ignored", "--nocapture"])
        .env(HOME, yard.path().join("home"))
        .env(STORE, store)
        .env("TRAINYARD_OFFLINE", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, rest) = text.split_once("run ").unwrap_or_else(|| panic!("{text}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

#[test]
#[ignore = "run by leave_a_run"]
#[expect(clippy::print_stdout, reason = "tells the test the id of the run")]
fn offline_program() {
    let client = Client::connect(&std::env::var(STORE).unwrap()).unwrap();
    let log = RunLog::start_offline(&client, NewRun::default()).unwrap();
    for step in 0..10 {
        log.log_metric("loss", 0.5, step, None, &Context::default()).unwrap();
    }
    log.log_param("depth", "5").unwrap();
    println!("run {}", log.run_id());
}

#[test]
fn what_a_program_left_is_shown_then_delivered() {
    let yard = Yard::new();
    let store = format!("sqlite:///{}", yard.database().display());
    let run_id = leave_a_run(&yard, &store);

    let waiting = json!([{
        "run_id": run_id, "tracking_uri": store, "state": "waiting", "records": 12, "refused": 0,
        "message": "a new run, 10 metric points, 1 param",
    }]);
    assert_eq!(outcomes(&yard, &["--dry-run"]), (Some(0), waiting));
    assert!(!yard.database().exists(), "--dry-run delivers nothing");

    let delivered = sync(&yard, &[]);
    assert_eq!((delivered.code, delivered.stderr.as_str()), (Some(0), ""));
    assert!(delivered.stdout.contains(&run_id) && delivered.stdout.contains("delivered"), "{}", delivered.stdout);
    let request =
        GetMetricHistory { run_id: run_id.as_str().into(), metric_key: "loss".to_owned(), ..Default::default() };
    assert_eq!(yard.client().call(request).unwrap().metrics.len(), 10);
    assert_eq!(sync(&yard, &[]).stdout, "Everything that was logged has been delivered.\n");
    assert_eq!(outcomes(&yard, &[]), (Some(0), json!([])));
}

#[test]
fn a_store_that_is_away_is_a_failure_that_does_not_stop_the_rest() {
    let yard = Yard::new();
    let store = format!("sqlite:///{}", yard.database().display());
    let away = leave_a_run(&yard, "http://127.0.0.1:9");
    let run_id = leave_a_run(&yard, &store);
    let (code, found) = outcomes(&yard, &[]);
    assert_eq!(code, Some(1));
    assert_eq!((&found[0]["run_id"], &found[0]["state"]), (&json!(away), &json!("failed")));
    assert_eq!((&found[1]["run_id"], &found[1]["state"]), (&json!(run_id), &json!("delivered")));
    let reason = found[0]["message"].as_str().unwrap();
    assert!(reason.starts_with("12 records left: no answer from http://127.0.0.1:9"), "{reason}");

    let ended = sync(&yard, &["--tracking-uri", &store]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "what was logged to others is not touched");
    assert_eq!(ended.stdout, "Of what was asked for everything has been delivered.\n");
    let ended = sync(&yard, &["--run-id", &away]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("not everything could be delivered"), "{}", ended.stderr);
}

#[test]
fn a_journal_that_cannot_be_read_is_named() {
    let yard = Yard::new();
    let journal = yard.path().join("home/journal/broken-1");
    std::fs::create_dir_all(&journal).unwrap();
    std::fs::write(journal.join("head"), vec![7; 10_000]).unwrap();
    let ended = sync(&yard, &[]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("broken-1") && ended.stderr.contains("not the head of a journal"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_damaged_journal_is_delivered_up_to_the_damage_and_kept() {
    let yard = Yard::new();
    let store = format!("sqlite:///{}", yard.database().display());
    let run_id = leave_a_run(&yard, &store);
    let journals = std::fs::read_dir(yard.path().join("home/journal")).unwrap();
    let folder = journals.map(|entry| entry.unwrap().path()).find(|path| path.join("head").is_file()).unwrap();
    let segment = folder.join("00000001.segment");
    let mut bytes = std::fs::read(&segment).unwrap();
    // In the last points: their frames and payloads take 37 bytes each, and the param stands behind them.
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[used - 3 * 37] ^= 1;
    std::fs::write(&segment, bytes).unwrap();

    for delivered_before in [false, true] {
        let (code, found) = outcomes(&yard, &[]);
        assert_eq!((code, &found[0]["state"]), (Some(1), &json!("failed")), "{found}");
        let records = found[0]["records"].as_u64().unwrap();
        assert!(if delivered_before { records == 0 } else { (6..10).contains(&records) }, "{found}");
        let message = found[0]["message"].as_str().unwrap();
        assert!(message.contains("is damaged: segment 1, byte") && message.contains("the folder is kept"), "{message}");
        let request =
            GetMetricHistory { run_id: run_id.as_str().into(), metric_key: "loss".to_owned(), ..Default::default() };
        let stored = yard.client().call(request).unwrap().metrics.len();
        assert!((5..9).contains(&stored), "{stored} of 10 points");
        assert!(segment.exists());
    }
}
