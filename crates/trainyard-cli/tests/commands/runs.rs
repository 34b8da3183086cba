use std::io::Read;
use std::process::Stdio;

use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, RunStatus, UpdateRun};
use trainyard_api::{Param, RunId, Tag};

use crate::program::Yard;

/// A finished run with a param, a metric and a tag in the experiment `Default`.
fn record(yard: &Yard, name: &str, accuracy: f64) -> RunId {
    let client = yard.client();
    let run = CreateRun { run_name: name.to_owned(), start_time: Some(1_700_000_000_000), ..CreateRun::default() };
    let run_id = client.call(run).unwrap().run.info.run_id;
    client
        .call(LogBatch {
            run_id: run_id.clone(),
            metrics: vec![Metric { key: "accuracy".into(), value: accuracy, step: 3, ..Metric::default() }],
            params: vec![Param::new("max_depth", "5")],
            tags: vec![Tag::new("team", "botany")],
        })
        .unwrap();
    client
        .call(UpdateRun {
            run_id: run_id.clone(),
            status: Some(RunStatus::Finished),
            end_time: Some(1_700_000_003_100),
            ..UpdateRun::default()
        })
        .unwrap();
    run_id
}

#[test]
fn runs_are_listed_by_experiment_filter_and_order() {
    let yard = Yard::new();
    let worse = record(&yard, "worse", 0.8);
    let better = record(&yard, "better", 0.9);
    let ids = |args: &[&str]| -> Vec<String> {
        let listed = yard.json(&[&["runs", "list"], args].concat());
        let ids = listed.as_array().unwrap().iter().map(|run| run["info"]["run_id"].as_str().unwrap().to_owned());
        ids.collect()
    };
    let by_accuracy = ["--order-by", "metrics.accuracy DESC"];
    assert_eq!(ids(&by_accuracy), [better.as_str(), worse.as_str()]);
    assert_eq!(ids(&["--experiment", "Default", "--order-by", "metrics.accuracy"]), [worse.as_str(), better.as_str()]);
    assert_eq!(ids(&["--experiment", "0", "--filter", "metrics.accuracy > 0.85"]), [better.as_str()]);
    assert_eq!(ids(&["--view", "deleted"]), [""; 0]);
    yard.client().call(DeleteRun { run_id: worse.clone() }).unwrap();
    assert_eq!(ids(&[]), [better.as_str()]);
    assert_eq!(ids(&["--view", "deleted"]), [worse.as_str()]);
    assert_eq!(ids(&[&["--view", "all"][..], &by_accuracy].concat()), [better.as_str(), worse.as_str()]);
}

#[test]
fn the_table_shows_state_duration_and_metrics() {
    let yard = Yard::new();
    let run_id = record(&yard, "first", 2.0 / 3.0);
    let table = yard.ok(&["runs", "list"]);
    let row = table.lines().nth(1).unwrap();
    for word in [run_id.as_str(), "first", "Default", "FINISHED", "3.1 s", "accuracy=0.666667"] {
        assert!(row.contains(word), "no {word:?} in {row:?}");
    }
}

#[test]
fn what_was_logged_does_not_steer_the_terminal() {
    let yard = Yard::new();
    let run_id = record(&yard, "red \u{1b}[31m and a\u{7}bell", 0.5);
    for args in [&["runs", "list"][..], &["runs", "show", run_id.as_str()]] {
        let shown = yard.ok(args);
        assert!(shown.contains(r"red \u{1b}[31m and a\u{7}bell"), "{shown}");
    }
}

#[test]
fn a_run_is_shown_with_all_that_was_logged() {
    let yard = Yard::new();
    let run_id = record(&yard, "first", 0.5);
    let shown = yard.ok(&["runs", "show", run_id.as_str()]);
    for word in ["first", "Default (id 0)", "FINISHED", "metrics", "accuracy", "params", "max_depth", "tags", "botany"]
    {
        assert!(shown.contains(word), "no {word:?} in {shown}");
    }
    let json = yard.json(&["runs", "show", run_id.as_str()]);
    assert_eq!(json["data"]["params"], serde_json::json!([{ "key": "max_depth", "value": "5" }]));
}

#[test]
fn an_unknown_run_or_experiment_says_how_to_find_those_there_are() {
    let yard = Yard::new();
    record(&yard, "first", 0.5);
    let run = yard.run(&["runs", "show", "0123456789abcdef0123456789abcdef"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("trainyard runs list"), "{}", run.stderr);
    let experiment = yard.run(&["runs", "list", "--experiment", "nope"]);
    assert_eq!(experiment.code, Some(1));
    assert!(
        experiment.stderr.contains("nope") && experiment.stderr.contains("experiments list"),
        "{}",
        experiment.stderr
    );
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let yard = Yard::new();
    let client = yard.client();
    // More than a pipe holds, so that writing meets the closed end.
    let tags: Vec<Tag> = (0..100).map(|n| Tag::new(format!("tag{n}"), "x".repeat(4000))).collect();
    client.call(CreateRun { tags, ..CreateRun::default() }).unwrap();
    let mut command = yard.command(&["runs", "list", "--json"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let mut stderr = String::new();
    process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((process.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}
