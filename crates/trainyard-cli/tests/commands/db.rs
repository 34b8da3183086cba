//! `trainyard db`, and what becomes of a database whose packing or migration is killed.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use trainyard::Client;
use trainyard_api::RunId;
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, LogBatch, RunStatus, UpdateRun};

use crate::program::{Ended, Yard, killed, random, wait_until};

fn points(range: std::ops::Range<i64>) -> Vec<Metric> {
    let value = |i: i64| 1.0 / (i + 1) as f64;
    let point = |i| Metric { key: "loss".into(), step: i, timestamp: 1000 + i, value: value(i), ..Metric::default() };
    range.map(point).collect()
}

/// Logs points few at a time, so that they are rows.
fn log(client: &Client, run_id: &RunId, metrics: &[Metric]) {
    log_in_parts(client, run_id, metrics, 63);
}

fn log_in_parts(client: &Client, run_id: &RunId, metrics: &[Metric], size: usize) {
    for metrics in metrics.chunks(size) {
        let batch = LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() };
        client.call(batch).unwrap();
    }
}

/// A run with `count` points.
fn run_with(client: &Client, count: i64) -> RunId {
    let run_id = client.call(CreateRun::default()).unwrap().run.info.run_id;
    log(client, &run_id, &points(0..count));
    run_id
}

fn finish(client: &Client, run_id: &RunId) {
    let status = Some(RunStatus::Finished);
    client.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
}

fn history(client: &Client, run_id: &RunId) -> Vec<(i64, f64)> {
    let request = GetMetricHistory { run_id: run_id.clone(), metric_key: "loss".into(), ..GetMetricHistory::default() };
    client.call(request).unwrap().metrics.into_iter().map(|metric| (metric.step, metric.value)).collect()
}

#[test]
fn a_database_is_packed_and_says_how_large_it_is() {
    let yard = Yard::new();
    let (run_id, before) = {
        let client = yard.client();
        let run_id = run_with(&client, 20_000);
        finish(&client, &run_id);
        let before = history(&client, &run_id);
        (run_id, before)
    };
    let stats = yard.json(&["db", "stats"]);
    assert_eq!((&stats["points"], &stats["rows"], &stats["blocks"]), (&20_000.into(), &20_000.into(), &0.into()));
    let size = || std::fs::metadata(yard.database()).unwrap().len();
    let unpacked = size();
    assert_eq!(yard.ok(&["db", "pack"]), "Packed 20000 points of 1 metrics.\n");
    assert!(size() < unpacked / 2, "{} bytes of {unpacked} are left", size());
    let stats = yard.json(&["db", "stats"]);
    assert_eq!((&stats["points"], &stats["rows"], &stats["blocks"]), (&20_000.into(), &0.into(), &5.into()));
    assert!(stats["bytes_per_point"].as_f64().unwrap() < 12.0, "{stats}");
    let text = yard.ok(&["db", "stats"]);
    assert!(text.contains("20000 in 5 blocks") && text.contains("metric_block"), "{text}");
    assert_eq!(history(&yard.client(), &run_id), before);
    assert_eq!(yard.ok(&["db", "check"]), "Checked 20000 points of 1 metrics, 5 blocks among them.\n");
    assert_eq!(yard.json(&["db", "pack"]), serde_json::json!({"series": 0, "points": 0}));
}

#[test]
fn packing_waits_for_another_process_that_packs() {
    let yard = Yard::new();
    {
        let client = yard.client();
        let run_id = run_with(&client, 5000);
        finish(&client, &run_id);
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let until = now.as_millis() as i64 + 59_000;
    let other = Connection::open(yard.database()).unwrap();
    other.busy_timeout(Duration::from_secs(60)).unwrap();
    other.execute("INSERT INTO lease VALUES ('packing', 'another', ?1)", [until]).unwrap();
    let mut packing = yard.command(&["db", "pack"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut messages = BufReader::new(packing.stderr.take().unwrap());
    let mut told = String::new();
    messages.read_line(&mut told).unwrap();
    assert_eq!(told, "Another process is packing this database; waiting for it.\n");
    other.execute("DELETE FROM lease", []).unwrap();
    let ended = packing.wait_with_output().unwrap();
    assert!(ended.status.success());
    assert_eq!(String::from_utf8(ended.stdout).unwrap(), "Packed 5000 points of 1 metrics.\n");
}

#[test]
fn a_server_packs_by_itself() {
    let yard = Yard::new();
    let server = yard.serve(&["--pack-every", "1"]);
    let client = Client::connect(&server.url()).unwrap();
    let run_id = run_with(&client, 9000);
    finish(&client, &run_id);
    let reader = Connection::open(yard.database()).unwrap();
    let rows = || reader.query_row("SELECT COUNT(*) FROM metric_point", [], |row| row.get::<_, i64>(0)).unwrap();
    wait_until("all points are packed", || rows() == 0);
    assert_eq!(history(&client, &run_id).len(), 9000);
    log(&client, &run_id, &points(8000..9100));
    assert_eq!(history(&client, &run_id).len(), 9100);
    // Whether they are rows still depends on how fast the server is.
    wait_until("what came after the end is packed, too", || rows() == 0);
    assert_eq!(history(&client, &run_id).len(), 9100);
}

#[test]
fn a_database_that_is_not_there_is_not_made() {
    let yard = Yard::new();
    for command in ["stats", "pack", "check"] {
        let ended = yard.run(&["db", command]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert_eq!(
            ended.stderr,
            "error: there is no database at sqlite:///yard/yard.db. Name another with --backend-store-uri.\n"
        );
    }
    assert!(!yard.path().join("yard").exists());
}

#[test]
fn a_corrupted_page_is_reported_and_no_crash() {
    let yard = Yard::new();
    {
        let client = yard.client();
        for _ in 0..3 {
            run_with(&client, 5000);
        }
    }
    let path = yard.database();
    let whole = std::fs::read(&path).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 50);
    // Any page but the first, without which a file is no database.
    for page in (1..pages).step_by(pages / 12) {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        let Ended { code, stderr, .. } = yard.run(&["db", "check"]);
        assert_eq!(code, Some(1), "page {page}: {stderr}");
        assert!(stderr.contains("error: ") && !stderr.contains("panicked"), "page {page}: {stderr}");
    }
    std::fs::write(&path, whole).unwrap();
    yard.ok(&["db", "check"]);
}

#[test]
fn packing_killed_with_9_loses_nothing_and_goes_on() {
    let yard = Yard::new();
    let (runs, before): (Vec<_>, Vec<_>) = {
        let client = yard.client();
        let runs: Vec<RunId> = (0..3).map(|_| run_with(&client, 15_000)).collect();
        // Rows as well as loose blocks.
        runs.iter().for_each(|run_id| log_in_parts(&client, run_id, &points(15_000..30_000), 300));
        runs.iter().for_each(|run_id| finish(&client, run_id));
        let before = runs.iter().map(|run_id| history(&client, run_id)).collect();
        (runs, before)
    };
    yard.killed_at_work(&["db", "pack"], |yard| {
        yard.ok(&["db", "check"]);
        // The dead one's lease is given up, since none of us waits a minute for it.
        Connection::open(yard.database()).unwrap().execute("DELETE FROM lease", []).unwrap();
    });
    yard.ok(&["db", "pack"]);
    let stats = yard.json(&["db", "stats"]);
    assert_eq!((&stats["points"], &stats["rows"]), (&90_000.into(), &0.into()));
    yard.ok(&["db", "check"]);
    let client = yard.client();
    for (run_id, before) in runs.iter().zip(before) {
        assert_eq!(history(&client, run_id), before);
    }
}

#[test]
fn a_migration_killed_with_9_leaves_the_old_database_or_the_new() {
    let yard = Yard::new();
    let run_id = {
        let client = yard.client();
        let run_id = run_with(&client, 1000);
        for i in 0..200 {
            let metrics = points(0..63).into_iter().map(|point| Metric { key: format!("m{i}"), ..point }).collect();
            client.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
        }
        run_id
    };
    // Back to how it was before blocks.
    let old = Connection::open(yard.database()).unwrap();
    old.execute_batch(
        "DROP TABLE metric_block; DROP TABLE metric_packing; DROP TABLE lease; DROP TABLE removal;
         DROP TABLE saved_view; DROP TABLE experiment_column; DROP INDEX run_running; DROP INDEX run_by_end_time;
         DROP INDEX logged_model_metric_by_run; DROP INDEX run_model_input_by_model; DROP INDEX run_model_output_by_model;
         ALTER TABLE metric_series DROP COLUMN packed_count; ALTER TABLE metric_series DROP COLUMN packed_until;
         DELETE FROM migration WHERE number >= 7;",
    )
    .unwrap();
    drop(old);
    let old = std::fs::read(yard.database()).unwrap();
    let begin_anew = || {
        for behind in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{behind}", yard.database().display()));
        }
        std::fs::write(yard.database(), &old).unwrap();
    };
    let migrated = || -> i64 {
        let database = Connection::open(yard.database()).unwrap();
        database.query_row("SELECT MAX(number) FROM migration", [], |row| row.get(0)).unwrap()
    };
    let whole = Instant::now();
    yard.ok(&["db", "stats"]);
    let (whole, newest) = (whole.elapsed(), migrated());
    let mut at_work = 0;
    for _ in 0..20 {
        begin_anew();
        let ended = killed(yard.command(&["db", "stats"]), whole.mul_f64((random() % 1000) as f64 / 1000.0));
        let number = migrated();
        assert!((6..=newest).contains(&number), "{number}");
        at_work += u32::from(!ended && number < newest);
        yard.ok(&["db", "check"]);
        assert_eq!(migrated(), newest);
        assert_eq!(history(&yard.client(), &run_id).len(), 1000);
    }
    assert!(at_work > 0, "the migration was never killed");
}
