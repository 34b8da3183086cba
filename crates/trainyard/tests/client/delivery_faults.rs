//! Deliveries in trouble: stores that are away, busy or silent, passwords that are wrong, disks that are full.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use trainyard::asynchronous;
use trainyard::internals::journal::{self, Context, FlushState, NewRun, RunLog};
use trainyard::{Client, Dataset, Error, Offline, Run};
use trainyard_api::experiments::GetExperimentByName;
use trainyard_api::runs::CreateRun;
use trainyard_api::{ErrorCode, Tag};

use crate::home::{at_home, at_home_with, journals, journals_go};
use crate::script::{Script, answer};
use crate::tracking::Yard;

fn on_threads<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is too busy for a second, and the times at which it was asked.
fn busy(headers: &'static str) -> (Client, Arc<Mutex<Vec<Instant>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let began = Instant::now();
    let uri = Script::answering(move |_| {
        log.lock().unwrap().push(Instant::now());
        match began.elapsed() < Duration::from_secs(1) {
            true => answer("503 Service Unavailable", headers, "busy"),
            false => answer("200 OK", "", "{}"),
        }
    });
    (Client::connect(&uri).unwrap(), asked)
}

fn one_point(client: &Client) -> RunLog {
    let log = RunLog::new(client, "r", false).unwrap();
    log.log_metric("loss", 0.5, 1, None, &Context::default()).unwrap();
    log
}

#[test]
fn whoever_waits_for_a_busy_store_asks_it_a_few_times_only() {
    at_home("delivery_faults::whoever_waits_for_a_busy_store_asks_it_a_few_times_only", |_| {
        let (client, asked) = busy("");
        assert_eq!(one_point(&client).wait(PATIENCE).unwrap(), FlushState::Done);
        let asked = asked.lock().unwrap();
        assert!((3..=8).contains(&asked.len()), "{} requests", asked.len());
        let in_the_first_second = asked.iter().filter(|at| at.duration_since(asked[0]) < Duration::from_secs(1));
        assert!(in_the_first_second.count() <= 6);
    });
}

#[test]
fn the_pause_that_a_store_asks_for_is_kept() {
    at_home("delivery_faults::the_pause_that_a_store_asks_for_is_kept", |_| {
        let (client, asked) = busy("Retry-After: 2\r\n");
        let log = one_point(&client);
        // A wait that is over before that does not make it shorter, nor does a second one.
        assert!(matches!(
            log.wait(Duration::from_millis(300)).unwrap(),
            FlushState::Waiting | FlushState::Failing { .. }
        ));
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 2);
        assert!(asked[1].duration_since(asked[0]) >= Duration::from_millis(1900));
    });
}

/// An address at which nobody answers, not even with a refusal: its queue of connections is full.
fn silent() -> (String, TcpListener, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        queue.push(stream);
        assert!(queue.len() < 100_000, "the queue has no end");
    }
    (format!("http://{address}"), listener, queue)
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_is_silent_holds_up_no_training() {
    at_home_with(
        "delivery_faults::a_server_that_is_silent_holds_up_no_training",
        &[("TRAINYARD_END_RUN_TIMEOUT", "0.1")],
        |_| {
            let (uri, _listener, _queue) = silent();
            for start in [
                |client: &Client| client.call(GetExperimentByName { experiment_name: "iris".to_owned() }).map(drop),
                |client: &Client| journal::look_for_run(client, "r").map(drop),
                |client: &Client| journal::try_start(client, &mut CreateRun::default()).map(drop),
            ] {
                let client = Client::connect(&uri).unwrap();
                let began = Instant::now();
                let _ = start(&client);
                assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
            }
            let began = Instant::now();
            let builder = Run::builder().tracking_uri(&uri).experiment("iris").offline(Offline::WhenUnreachable);
            let run = builder.start().unwrap();
            run.log_metric("loss", 0.5, 0).unwrap();
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
            // A child is of the same kind.
            let child = Run::builder().parent(&run).name("child").start().unwrap();
            assert!(matches!(child.finish(), Err(Error::Undelivered { .. })));
            assert!(matches!(run.finish(), Err(Error::Undelivered { .. })));
        },
    );
}

#[test]
fn the_newest_password_is_the_one_that_delivers() {
    at_home("delivery_faults::the_newest_password_is_the_one_that_delivers", |_| {
        let uri = Script::answering(|asked| match asked.header("Authorization") {
            // ann:right
            Some("Basic YW5uOnJpZ2h0") => answer("200 OK", "", "{}"),
            _ => answer("401 Unauthorized", "", r#"{"error_code": "UNAUTHENTICATED", "message": "wrong password"}"#),
        });
        let with = |password: &str| Client::connect(&uri.replace("//", &format!("//ann:{password}@"))).unwrap();
        let log = one_point(&with("wrong"));
        assert!(matches!(
            log.wait(Duration::from_millis(300)).unwrap(),
            FlushState::Waiting | FlushState::Failing { .. }
        ));
        let right = RunLog::new(&with("right"), "r", false).unwrap();
        assert_eq!(right.wait(PATIENCE).unwrap(), FlushState::Done);
    });
}

#[test]
fn what_was_refused_is_told_where_it_cannot_be_kept() {
    at_home("delivery_faults::what_was_refused_is_told_where_it_cannot_be_kept", |folder| {
        let yard = Yard::embedded();
        let run_id = yard.client.call(CreateRun::default()).unwrap().run.info.run_id.to_string();
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("rejected"), "in the way of the folder").unwrap();
        let log = RunLog::new(&yard.client, &run_id, false).unwrap();
        log.log_param("depth", "5").unwrap();
        log.wait(PATIENCE).unwrap();
        log.close();
        // The next journal does not know of the first value.
        log.log_param("depth", "6").unwrap();
        let error = log.wait(PATIENCE).unwrap_err();
        assert!(matches!(error, Error::Rejected(_)), "{error}");
        assert!(error.to_string().contains("it could not be kept in"), "{error}");
    });
}

/// Makes the folder of the only journal one in which no file can be made, or gives it back.
fn set_writable(folder: &Path, writable: bool) {
    let mut journal = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let journal = journal.find(|path| path.join("head").is_file()).unwrap();
    // Root may write anywhere, so the name of the next segment is taken in place of the right to make it.
    let next = journal.join("00000002.segment");
    match writable {
        false => fs::create_dir(next).unwrap(),
        true => fs::remove_dir(next).unwrap(),
    }
}

#[test]
fn a_batch_that_finds_no_room_is_not_logged_in_parts() {
    at_home_with(
        "delivery_faults::a_batch_that_finds_no_room_is_not_logged_in_parts",
        &[("TRAINYARD_OFFLINE", "1")],
        |folder| {
            let client = Client::connect("http://127.0.0.1:9").unwrap();
            let log = RunLog::start_offline(&client, NewRun::default()).unwrap();
            set_writable(folder, false);
            let long = "v".repeat(8000);
            let tags: Vec<Tag> = (0..100).map(|number| Tag::new(format!("t{number}"), long.as_str())).collect();
            let refused = log.log_batch(&[], &[], &tags).unwrap_err();
            assert!(matches!(refused, Error::Journal { .. }), "{refused}");
            set_writable(folder, true);
            let contents = || journal::leftovers().unwrap().0[0].contents().unwrap();
            assert_eq!(contents().tags, 0);
            log.log_batch(&[], &[], &tags).unwrap();
            assert_eq!(contents().tags, 100);
        },
    );
}

#[test]
fn an_end_that_finds_no_room_can_be_asked_for_again() {
    let test = "delivery_faults::an_end_that_finds_no_room_can_be_asked_for_again";
    at_home_with(test, &[("TRAINYARD_OFFLINE", "1")], |folder| {
        on_threads(async {
            let run = asynchronous::start(Run::builder().tracking_uri("http://127.0.0.1:9")).await.unwrap();
            let other = run.clone();
            set_writable(folder, false);
            // Until not even the end finds room.
            while run.set_tag("filler", "v".repeat(100)).is_ok() {}
            while run.set_tag("f", "").is_ok() {}
            assert!(matches!(run.finish().await, Err(Error::Journal { .. })));
            let updates = || journal::leftovers().unwrap().0[0].contents().unwrap().updates;
            set_writable(folder, true);
            assert_eq!(updates(), 0);
            other.finish().await.unwrap();
            assert_eq!(updates(), 1);
        });
    });
}

#[test]
fn nothing_is_logged_to_a_run_that_has_ended() {
    at_home("delivery_faults::nothing_is_logged_to_a_run_that_has_ended", |folder| {
        let yard = Yard::embedded();
        on_threads(async {
            let run = asynchronous::start(Run::builder().client(&yard.client).experiment("iris")).await.unwrap();
            let other = run.clone();
            run.finish().await.unwrap();
            let refused = other.log_metric("late", 1.0, 0).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::InvalidState);
            assert!(refused.to_string().contains("has ended"), "{refused}");
        });
        journals_go(folder);
    });
}

#[test]
fn a_server_that_names_an_offline_run_itself_gets_its_files_and_datasets() {
    at_home("delivery_faults::a_server_that_names_an_offline_run_itself_gets_its_files_and_datasets", |_| {
        let away = Arc::new(AtomicBool::new(true));
        let is_away = away.clone();
        let inputs = Arc::new(AtomicUsize::new(0));
        let counted = inputs.clone();
        let starts = Arc::new(Mutex::new(Vec::new()));
        let started = starts.clone();
        let run = r#"{"run": {"info": {"run_id": "made-there", "artifact_uri": "mlflow-artifacts:/0/made-there/artifacts"}, "data": {}}}"#;
        let uri = Script::answering(move |asked| {
            let path = asked.line.split(['?', ' ']).nth(1).unwrap().rsplit('/').next().unwrap().to_owned();
            let ours = asked.line.contains("made-there") || String::from_utf8_lossy(&asked.body).contains("made-there");
            match path.as_str() {
                _ if is_away.load(Ordering::SeqCst) => answer("503 Service Unavailable", "", "starting"),
                "create" => {
                    started.lock().unwrap().push(serde_json::from_slice::<CreateRun>(&asked.body).unwrap());
                    answer("200 OK", "", run)
                }
                "get" if ours => answer("200 OK", "", run),
                "log-inputs" if ours => {
                    counted.fetch_add(1, Ordering::SeqCst);
                    answer("200 OK", "", "{}")
                }
                "update" if ours => answer("200 OK", "", r#"{"run_info": {}}"#),
                "log-batch" if ours => answer("200 OK", "", "{}"),
                _ => answer(
                    "404 Not Found",
                    "",
                    r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such run"}"#,
                ),
            }
        });
        let builder = Run::builder().tracking_uri(&uri).experiment_id("0").offline(Offline::WhenUnreachable);
        let run = builder.start().unwrap();
        let began = Instant::now();
        run.log_input(&Dataset::from_rows("iris", [(5.1, 0)]).unwrap(), "training").unwrap();
        assert!(began.elapsed() < Duration::from_secs(1), "nothing waits for the server: {:?}", began.elapsed());
        assert_eq!(inputs.load(Ordering::SeqCst), 0);
        away.store(false, Ordering::SeqCst);
        run.flush(PATIENCE).unwrap();
        assert_eq!(inputs.load(Ordering::SeqCst), 1);
        // Who knows the run by the id that it was started with finds it.
        assert_eq!(run.client().get_run(run.id().clone()).unwrap().info.run_id.as_str(), "made-there");
        let (client, id) = (run.client().clone(), run.id().clone());
        run.finish().unwrap();

        let again = Run::builder().client(&client).resume(id.as_str()).start().unwrap();
        assert_eq!(again.id().as_str(), "made-there");
        again.log_metric("loss", 0.5, 0).unwrap();
        again.finish().unwrap();
        // A child that the server starts itself is below the run that the server has.
        Run::builder().client(&client).experiment_id("0").parent_id(id).start().unwrap().finish().unwrap();
        let starts = starts.lock().unwrap();
        let parents = starts[1].tags.iter().filter(|tag| tag.key == "mlflow.parentRunId");
        assert_eq!(parents.map(|tag| tag.value.as_str()).collect::<Vec<_>>(), ["made-there"]);
    });
}

#[test]
fn what_was_left_over_is_tried_again_after_an_error_that_passes() {
    at_home("delivery_faults::what_was_left_over_is_tried_again_after_an_error_that_passes", |folder| {
        let attempts = Arc::new(AtomicUsize::new(0));
        let counted = attempts.clone();
        let uri = Script::answering(move |asked| match asked.line.split(['?', ' ']).nth(1).unwrap() {
            path if path.ends_with("/runs/create") => match counted.fetch_add(1, Ordering::SeqCst) {
                0 => answer("500 Internal Server Error", "", "a moment of trouble"),
                _ => answer("200 OK", "", r#"{"run": {"info": {"run_id": "made-there"}, "data": {}}}"#),
            },
            path if path.ends_with("/runs/update") => answer("200 OK", "", r#"{"run_info": {}}"#),
            path if path.ends_with("/runs/search") => answer("200 OK", "", r#"{"runs": []}"#),
            path if path.ends_with("/runs/get") => {
                answer("404 Not Found", "", r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such run"}"#)
            }
            _ => answer("200 OK", "", "{}"),
        });
        let client = Client::connect(&uri).unwrap();
        let left = Run::builder().client(&client).experiment_id("0").offline(Offline::Always).start().unwrap();
        left.log_metric("loss", 0.5, 0).unwrap();
        left.finish().unwrap();
        // A program that goes on for days.
        let log = RunLog::new(&client, "r", false).unwrap();
        let until = Instant::now() + PATIENCE;
        for step in 0.. {
            log.log_metric("loss", 0.5, step, None, &Context::default()).unwrap();
            assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
            if journals(folder).len() == 1 {
                break;
            }
            assert!(Instant::now() < until, "after {} attempts it is not delivered", attempts.load(Ordering::SeqCst));
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(attempts.load(Ordering::SeqCst), 2, "it is not tried with every round");
    });
}

#[test]
fn the_run_of_the_environment_is_gone_on_with_once() {
    let named = "0123456789abcdef0123456789abcdef";
    let test = "delivery_faults::the_run_of_the_environment_is_gone_on_with_once";
    at_home_with(test, &[("MLFLOW_RUN_ID", named)], |_| {
        let yard = Yard::embedded();
        yard.client.call(CreateRun { run_id: named.into(), ..CreateRun::default() }).unwrap();
        let first = yard.client.start_run("iris", "").unwrap();
        assert_eq!(first.id().as_str(), named);
        first.finish().unwrap();
        let second = yard.client.start_run("iris", "").unwrap();
        assert_ne!(second.id().as_str(), named);
        second.finish().unwrap();
    });
}

#[test]
fn wrong_settings_of_system_metrics_leave_no_run_behind() {
    let variables =
        [("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true"), ("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "often")];
    at_home_with("delivery_faults::wrong_settings_of_system_metrics_leave_no_run_behind", &variables, |_| {
        let yard = Yard::embedded();
        assert!(matches!(yard.client.start_run("iris", "").unwrap_err(), Error::Setting { .. }));
        let found = yard.client.call(GetExperimentByName { experiment_name: "iris".to_owned() });
        assert_eq!(found.unwrap_err().code(), ErrorCode::ResourceDoesNotExist);
    });
}
