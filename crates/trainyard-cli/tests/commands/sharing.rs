//! Two servers and three programs with embedded stores, all on one SQLite file.

use std::thread;

use trainyard::Client;
use trainyard_api::RunId;
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, LogBatch, RunStatus, UpdateRun};

use crate::program::Yard;

const BATCHES: i64 = 20;
const POINTS: i64 = 500;

/// Logs batches to a new run, whose end makes its points worth packing.
fn work(client: &Client) -> RunId {
    let run_id = client.call(CreateRun::default()).unwrap().run.info.run_id;
    for batch in 0..BATCHES {
        let point = |i: i64| {
            let step = batch * POINTS + i;
            Metric { key: "m".into(), step, timestamp: step, value: step as f64, ..Metric::default() }
        };
        let metrics = (0..POINTS).map(point).collect();
        client.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    }
    let status = Some(RunStatus::Finished);
    client.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
    run_id
}

/// Not a test of its own: what the programs with an embedded store do, which are this test binary.
#[test]
fn embedded_program() {
    let Ok(uri) = std::env::var("SHARING_TEST_STORE") else { return };
    let run_id = work(&Client::connect(&uri).unwrap());
    std::fs::write(std::env::var("SHARING_TEST_RUN").unwrap(), run_id.as_str()).unwrap();
}

#[test]
fn two_servers_and_three_programs_work_on_one_file() {
    let yard = Yard::new();
    let servers = [yard.serve(&["--pack-every", "1"]), yard.serve(&["--pack-every", "1"])];
    let programs: Vec<_> = (0..3)
        .map(|number| {
            let told = yard.path().join(format!("run {number}"));
            let process = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "sharing::embedded_program"])
                .env("SHARING_TEST_STORE", format!("sqlite:///{}", yard.database().display()))
                .env("SHARING_TEST_RUN", &told)
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
            (process, told)
        })
        .collect();
    let mut runs: Vec<RunId> = thread::scope(|scope| {
        let served: Vec<_> = servers
            .iter()
            .flat_map(|server| [server.url(), server.url()])
            .map(|url| scope.spawn(move || work(&Client::connect(&url).unwrap())))
            .collect();
        served.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (mut process, told) in programs {
        assert!(process.wait().unwrap().success());
        runs.push(std::fs::read_to_string(told).unwrap().into());
    }
    // Each sees what all have written, packed or not.
    for server in &servers {
        let client = Client::connect(&server.url()).unwrap();
        for run_id in &runs {
            let request =
                GetMetricHistory { run_id: run_id.clone(), metric_key: "m".into(), ..GetMetricHistory::default() };
            let steps: Vec<i64> = client.call(request).unwrap().metrics.iter().map(|metric| metric.step).collect();
            assert_eq!(steps, (0..BATCHES * POINTS).collect::<Vec<_>>());
        }
    }
    for server in servers {
        server.signal("TERM");
        let ended = server.end();
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    }
    yard.ok(&["db", "pack"]);
    yard.ok(&["db", "check"]);
    assert_eq!(yard.json(&["db", "stats"])["rows"], 0);
}
