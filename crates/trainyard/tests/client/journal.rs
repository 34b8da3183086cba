//! Logging by way of the journal, to the embedded store and to a real server.
//!
//! Journals lie below `TRAINYARD_HOME`, so every test runs in a process with a home of its own.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trainyard::internals::journal::{self, Context, FlushState, NewRun, RunLog};
use trainyard::{Client, Error};
use trainyard_api::ingest::Ingest;
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, DeleteRun, GetRun, LogParam, Run, RunStatus};
use trainyard_api::{Param, RunId, Tag};

use crate::home::{at_home, journals, journals_go};
use crate::script::{Script, answer};
use crate::tracking::Yard;

const PATIENCE: Duration = Duration::from_secs(60);

fn started(yard: &Yard) -> RunId {
    yard.client.call(CreateRun::default()).unwrap().run.info.run_id
}

fn stored(yard: &Yard, run_id: &str) -> Run {
    yard.client.call(GetRun { run_id: run_id.into(), ..Default::default() }).unwrap().run
}

fn history(yard: &Yard, run_id: &str, key: &str) -> Vec<Metric> {
    let request = GetMetricHistory { run_id: run_id.into(), metric_key: key.to_owned(), ..Default::default() };
    yard.client.call(request).unwrap().metrics
}

#[test]
fn what_is_logged_arrives_and_the_journal_goes() {
    at_home("journal::what_is_logged_arrives_and_the_journal_goes", |folder| {
        for yard in Yard::both() {
            let run_id = started(&yard).to_string();
            let log = RunLog::new(&yard.client, &run_id, false).unwrap();
            for step in 0..2500 {
                log.log_metric("loss", 1.0 / step as f64, step, Some(step), &Context::default()).unwrap();
            }
            log.log_metric("accuracy", f64::NAN, 0, None, &Context::default()).unwrap();
            log.log_param("depth", "5").unwrap();
            log.log_param("depth", "5").unwrap();
            for value in 0..300 {
                log.set_tag("progress", &value.to_string()).unwrap();
            }
            log.end(RunStatus::Failed, Some(7)).unwrap();
            assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);

            let run = stored(&yard, &run_id);
            assert_eq!((run.info.status, run.info.end_time), (RunStatus::Failed, Some(7)));
            assert_eq!(run.data.params, [Param::new("depth", "5")]);
            assert!(run.data.tags.contains(&Tag::new("progress", "299")), "the last value of a tag holds");
            let accuracy = &history(&yard, &run_id, "accuracy")[0];
            assert!(accuracy.value.is_nan() && accuracy.timestamp > 1_700_000_000_000);
            let mut steps: Vec<_> = history(&yard, &run_id, "loss").iter().map(|point| point.step).collect();
            steps.sort_unstable();
            assert_eq!(steps, (0..2500).collect::<Vec<_>>());
            journals_go(folder);
        }
    });
}

#[test]
fn a_refused_record_is_set_aside_and_the_ones_behind_it_arrive() {
    at_home("journal::a_refused_record_is_set_aside_and_the_ones_behind_it_arrive", |folder| {
        for yard in Yard::both() {
            let run_id = started(&yard).to_string();
            let elsewhere = LogParam {
                run_id: run_id.as_str().into(),
                key: "depth".to_owned(),
                value: "5".to_owned(),
                ..LogParam::default()
            };
            yard.client.call(elsewhere).unwrap();
            let log = RunLog::new(&yard.client, &run_id, false).unwrap();
            for number in 0..50 {
                log.log_param(&format!("p{number}"), "x").unwrap();
                log.log_metric("loss", 0.5, number, None, &Context::default()).unwrap();
                log.set_tag(&format!("t{number}"), "x").unwrap();
            }
            log.log_param("depth", "6").unwrap();
            log.log_param("behind", "x").unwrap();
            let error = log.wait(PATIENCE).unwrap_err();
            let Error::Rejected(rejections) = &error else { panic!("{error}") };
            assert_eq!((rejections.count, rejections.list[0].what.as_str()), (1, "param 'depth'"));
            let message = error.to_string();
            assert!(message.contains("Changing param values is not allowed") && message.contains(&run_id), "{message}");
            let kept = fs::read_to_string(&rejections.file).unwrap();
            assert!(kept.contains(r#"{"key":"depth","value":"6"}"#), "{kept}");
            assert!(rejections.file.starts_with(folder.join("rejected")));

            let run = stored(&yard, &run_id);
            let params: Vec<_> = run.data.params.iter().map(|param| param.key.as_str()).collect();
            assert_eq!(params.len(), 52);
            assert!(params.contains(&"behind"));
            assert_eq!(history(&yard, &run_id, "loss").len(), 50);
            assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done, "a refusal is told once");
        }
    });
}

#[test]
fn a_run_that_refuses_everything_is_asked_once_and_not_for_every_record() {
    at_home("journal::a_run_that_refuses_everything_is_asked_once_and_not_for_every_record", |_| {
        let yard = Yard::served();
        let run_id = started(&yard).to_string();
        yard.client.call(DeleteRun { run_id: run_id.as_str().into() }).unwrap();
        let log = RunLog::new(&yard.client, &run_id, false).unwrap();
        for step in 0..900 {
            log.log_metric("loss", 0.5, step, None, &Context::default()).unwrap();
        }
        let Err(Error::Rejected(rejections)) = log.wait(PATIENCE) else { panic!("refused") };
        assert_eq!(rejections.list[0].what, "900 metric points, the first of them 'loss'");
        assert!(rejections.list[0].message.contains("must be in the 'active' state"), "{rejections}");
    });
}

#[test]
fn what_can_be_known_to_be_wrong_is_refused_at_the_call() {
    at_home("journal::what_can_be_known_to_be_wrong_is_refused_at_the_call", |_| {
        let yard = Yard::embedded();
        let run_id = started(&yard).to_string();
        let log = RunLog::new(&yard.client, &run_id, false).unwrap();
        let none = Context::default();
        let half = Context { dataset_name: "iris".to_owned(), ..Context::default() };
        let long = "k".repeat(251);
        log.log_param("depth", "5").unwrap();
        for (refused, reason) in [
            (log.log_metric("", 1.0, 0, None, &none), "Missing value for required parameter 'key'"),
            (log.log_metric("a?", 1.0, 0, None, &none), "Names may only contain"),
            (log.log_metric(&long, 1.0, 0, None, &none), "exceeds the maximum length of 250"),
            (log.log_metric("a", 1.0, 0, Some(-1), &none), "Timestamp must be a nonnegative long"),
            (log.log_metric("a", 1.0, 0, None, &half), "Both dataset_name and dataset_digest"),
            (log.log_param("../up", "x"), "must not resolve to other names"),
            (log.log_param("depth", "6"), "was already logged with value='5'"),
            (log.set_tag("a?", "x"), "Names may only contain"),
            (
                log.log_batch(&[], &[Param::new("a", "1"), Param::new("b?", "1")], &[Tag::new("t", "x")]),
                "'params[1].key'",
            ),
        ] {
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
        let run = stored(&yard, &run_id);
        assert_eq!(run.data.params, [Param::new("depth", "5")], "a batch with a mistake in it leaves nothing");
        assert!(run.data.metrics.is_empty());
    });
}

#[test]
fn a_run_started_without_a_store_has_its_id_there_too() {
    at_home("journal::a_run_started_without_a_store_has_its_id_there_too", |folder| {
        for yard in Yard::both() {
            let request = CreateRun { run_name: "first".to_owned(), start_time: Some(5), ..CreateRun::default() };
            let new = NewRun { experiment_name: "made later".to_owned(), request };
            let log = RunLog::start_offline(&yard.client, new).unwrap();
            log.log_metric("loss", 0.5, 1, None, &Context::default()).unwrap();
            log.end(RunStatus::Finished, None).unwrap();
            assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
            let run = stored(&yard, log.run_id());
            assert_eq!((run.info.run_name.as_str(), run.info.start_time), ("first", 5));
            assert_eq!(run.info.status, RunStatus::Finished);
            assert_ne!(run.info.experiment_id.as_str(), "0");
            assert_eq!(history(&yard, log.run_id(), "loss").len(), 1);
            journals_go(folder);
        }
    });
}

#[test]
fn a_run_whose_making_was_not_answered_is_looked_for_before_it_is_made_again() {
    at_home("journal::a_run_whose_making_was_not_answered_is_looked_for_before_it_is_made_again", |_| {
        let missing = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such run"}"#;
        let script = Script::start(vec![
            // The server that makes ids of its own has made the run, and dies before it can say so.
            Vec::new(),
            answer("404 Not Found", "", missing),
            answer("200 OK", "", r#"{"runs": [{"info": {"run_id": "made-there"}}]}"#),
            answer("200 OK", "", "{}"),
        ]);
        let client = trainyard::Client::connect(&script.uri).unwrap();
        let log = RunLog::start_offline(&client, NewRun::default()).unwrap();
        log.log_metric("loss", 0.5, 1, None, &Context::default()).unwrap();
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
        let asked = script.requests();
        let lines: Vec<_> = asked.iter().map(|asked| asked.line.split(['?', ' ']).nth(1).unwrap()).collect();
        let root = "/api/2.0/mlflow/runs";
        let expected = ["create", "get", "search", "log-batch"].map(|name| format!("{root}/{name}"));
        assert_eq!(lines, expected);
        let batch = String::from_utf8_lossy(&asked[3].body).into_owned();
        assert!(batch.contains(r#""run_id":"made-there""#), "{batch}");
    });
}

/// The way that a point came, and its step.
type Kept = Arc<Mutex<Vec<(&'static str, i64)>>>;

/// A server of the interface that keeps nothing but the steps of the points it is sent, and says by which way they came.
fn counting(has_ingest: impl Fn() -> bool + Send + 'static) -> (Client, Kept) {
    let kept = Kept::default();
    let keep = kept.clone();
    let uri = Script::answering(move |asked| {
        let path = asked.line.split(' ').nth(1).unwrap();
        let mut keep = keep.lock().unwrap();
        match path {
            "/api/3.0/mlflow/server-info" if has_ingest() => answer("200 OK", "", r#"{"ingest_version": 1}"#),
            "/api/3.0/mlflow/server-info" => answer("200 OK", "", r#"{"store_type": "SqlStore"}"#),
            "/api/trainyard/v1/ingest" if has_ingest() => {
                let request = Ingest::decode(asked.body.clone().into()).unwrap();
                for series in request.runs().flat_map(|run| run.series().collect::<Vec<_>>()) {
                    keep.extend(series.points().map(|(step, _, _)| ("ingest", step)));
                }
                answer("200 OK", "", r#"{"runs": [{"run_id": "r", "status": "accepted"}]}"#)
            }
            "/api/2.0/mlflow/runs/log-batch" => {
                let batch: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
                let metrics = batch["metrics"].as_array().unwrap();
                assert!(metrics.len() <= 1000, "a log-batch request has at most 1000 points");
                keep.extend(metrics.iter().map(|metric| ("log-batch", metric["step"].as_i64().unwrap())));
                answer("200 OK", "", "{}")
            }
            _ => answer("404 Not Found", "Content-Type: text/html\r\n", "<html>Not Found</html>"),
        }
    });
    (Client::connect(&uri).unwrap(), kept)
}

fn log_steps(log: &RunLog, steps: std::ops::Range<i64>) {
    let point = |step| Metric { key: "loss".to_owned(), value: 0.5, timestamp: step, step, ..Metric::default() };
    log.log_batch(&steps.map(point).collect::<Vec<_>>(), &[], &[]).unwrap();
    assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
}

#[test]
fn a_server_without_ingest_is_sent_log_batches() {
    at_home("journal::a_server_without_ingest_is_sent_log_batches", |_| {
        let (client, kept) = counting(|| false);
        let log = RunLog::new(&client, "r", false).unwrap();
        log_steps(&log, 0..5000);
        let expected: Vec<_> = (0..5000).map(|step| ("log-batch", step)).collect();
        assert_eq!(*kept.lock().unwrap(), expected);
    });
}

#[test]
fn a_server_that_is_replaced_by_an_older_one_is_sent_log_batches_from_then_on() {
    at_home("journal::a_server_that_is_replaced_by_an_older_one_is_sent_log_batches_from_then_on", |_| {
        let replaced = Arc::new(AtomicBool::new(false));
        let asked = replaced.clone();
        let (client, kept) = counting(move || !asked.load(Ordering::SeqCst));
        let log = RunLog::new(&client, "r", false).unwrap();
        log_steps(&log, 0..3000);
        assert!(kept.lock().unwrap().contains(&("ingest", 2999)), "the server has ingest, so it is used");
        replaced.store(true, Ordering::SeqCst);
        log_steps(&log, 3000..9000);
        let kept = kept.lock().unwrap();
        assert_eq!(kept.iter().map(|(_, step)| *step).collect::<Vec<_>>(), (0..9000).collect::<Vec<_>>());
        assert!(kept.iter().all(|(way, step)| *way == "log-batch" || *step < 3000));
    });
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_journal_and_no_password_is_in_it() {
    use std::os::unix::fs::PermissionsExt;

    at_home("journal::nobody_else_can_read_a_journal_and_no_password_is_in_it", |folder| {
        let client = trainyard::Client::connect("http://ann:s3cret@127.0.0.1:9/").unwrap();
        let log = RunLog::start_offline(&client, NewRun::default()).unwrap();
        log.log_metric("loss", 0.5, 1, None, &Context::default()).unwrap();
        let found = journals(folder);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder), found.len(), mode(&found[0])), (0o700, 1, 0o700));
        for file in fs::read_dir(&found[0]).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"s3cret"), "{}", path.display());
        }
        let (left, _) = journal::leftovers().unwrap();
        assert_eq!((left[0].run_id(), left[0].in_use), (log.run_id(), true));
        assert_eq!(left[0].tracking_uri(), "http://ann:***@127.0.0.1:9/");
    });
}
