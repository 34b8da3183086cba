//! A server that goes away in the middle: the error says what and where, nothing is half-registered, and nothing is lost.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use trainyard::flavors::Json;
use trainyard::{Client, Error, ModelOptions, Run};
use trainyard_api::logged_models::LoggedModelStatus;
use trainyard_api::runs::RunStatus;
use trainyard_api::{ErrorCode, Param};

use crate::home::at_home_with;
use crate::log_model::made;
use crate::script::Script;
use crate::tracking::Yard;

const PATIENCE: Duration = Duration::from_secs(60);
/// One attempt for each request, and no waiting at the end of a run.
const AT_ONCE: [(&str, &str); 2] = [("TRAINYARD_HTTP_REQUEST_MAX_RETRIES", "0"), ("TRAINYARD_END_RUN_TIMEOUT", "0.2")];
const WEIGHTS: [f64; 2] = [0.5, -1.25];

fn is_unreachable(error: &Error, server: &str) {
    assert!(matches!(error, Error::Unreachable { uri, .. } if uri.starts_with(server)), "{error:?}");
    assert_eq!(error.code(), ErrorCode::TemporarilyUnavailable);
    assert!(error.to_string().contains(server), "{error}");
}

/// A way to the server that is cut where a request begins so, and with it all further ones, for as long as it is cut.
fn cut_at(server: &str, beginning: &'static str) -> (Client, Arc<AtomicBool>) {
    let is_cut = Arc::new(AtomicBool::new(false));
    let cut = is_cut.clone();
    let (uri, _) = Script::before(server, move |asked| {
        if asked.line.starts_with(beginning) {
            cut.store(true, Ordering::SeqCst);
        }
        // A connection that ends without an answer.
        cut.load(Ordering::SeqCst).then(Vec::new)
    });
    (Client::connect(&uri).unwrap(), is_cut)
}

#[test]
fn what_is_logged_while_the_server_is_away_is_kept_and_delivered_when_it_is_back() {
    let name = "unreachable::what_is_logged_while_the_server_is_away_is_kept_and_delivered_when_it_is_back";
    at_home_with(name, &AT_ONCE, |journals| {
        let mut yard = Yard::served();
        let server = yard.client.tracking_uri().to_owned();
        let run = yard.client.start_run("iris", "").unwrap();
        let id = run.id().clone();
        run.log_param("depth", 5).unwrap();
        run.flush(PATIENCE).unwrap();

        yard.stop();
        for step in 0..100 {
            run.log_metric("loss", 0.5, step).unwrap();
        }
        run.set_tag("stage", "late").unwrap();
        // Files are not for the journal.
        is_unreachable(&run.log_text("notes.txt", "x").unwrap_err(), &server);
        let error = run.flush(Duration::ZERO).unwrap_err();
        assert!(matches!(&error, Error::Undelivered { reason, .. } if reason.contains(&server)), "{error:?}");
        let error = run.finish().unwrap_err();
        let Error::Undelivered { run_id, journals: kept_in, .. } = &error else { panic!("{error:?}") };
        assert_eq!((run_id.as_str(), kept_in.as_path()), (id.as_str(), journals));
        assert!(error.to_string().contains(&server), "{error}");

        yard.start_again();
        // The delivery goes on by itself, and so does the next run.
        let next = yard.client.start_run("iris", "next").unwrap();
        next.log_metric("loss", 1.0, 0).unwrap();
        next.flush(PATIENCE).unwrap();
        next.finish().unwrap();
        let points = yard.client.metric_history(id.clone(), "loss");
        assert_eq!(
            points.into_iter().map(|point| point.unwrap().step).collect::<Vec<_>>(),
            (0..100).collect::<Vec<_>>()
        );
        let stored = yard.client.get_run(id).unwrap();
        assert_eq!((stored.info.status, stored.data.params), (RunStatus::Finished, vec![Param::new("depth", "5")]));
        assert!(stored.data.tags.iter().any(|tag| tag.key == "stage" && tag.value == "late"));
    });
}

#[test]
fn a_run_is_not_gone_on_with_on_a_server_that_is_away() {
    let name = "unreachable::a_run_is_not_gone_on_with_on_a_server_that_is_away";
    at_home_with(name, &AT_ONCE, |_| {
        let mut yard = Yard::served();
        let server = yard.client.tracking_uri().to_owned();
        let run = yard.client.start_run("iris", "").unwrap();
        let id = run.id().clone();
        run.finish().unwrap();
        yard.stop();
        let error = Run::builder().tracking_uri(&server).resume(id.clone()).start().unwrap_err();
        is_unreachable(&error, &server);
        yard.start_again();
        assert_eq!(yard.client.get_run(id).unwrap().info.status, RunStatus::Finished);
    });
}

#[test]
fn a_server_that_is_away_before_a_model_is_sent_has_nothing_of_it() {
    let name = "unreachable::a_server_that_is_away_before_a_model_is_sent_has_nothing_of_it";
    at_home_with(name, &AT_ONCE, |_| {
        let mut yard = Yard::served();
        let server = yard.client.tracking_uri().to_owned();
        let run = yard.client.start_run("iris", "").unwrap();
        let options = ModelOptions::new().registered_model_name("weights");
        yard.stop();
        is_unreachable(&run.log_model_with("weights", &Json(WEIGHTS), &options).unwrap_err(), &server);
        yard.start_again();
        assert_eq!(made(&yard), (Vec::new(), 0));
        let info = run.log_model_with("weights", &Json(WEIGHTS), &options).unwrap();
        assert_eq!(info.registered_model_version.as_deref(), Some("1"));
        run.flush(PATIENCE).unwrap();
        run.finish().unwrap();
    });
}

#[test]
fn a_model_whose_server_goes_away_while_it_is_sent_is_not_registered_and_not_found() {
    let name = "unreachable::a_model_whose_server_goes_away_while_it_is_sent_is_not_registered_and_not_found";
    at_home_with(name, &AT_ONCE, |_| {
        let yard = Yard::served();
        let (client, is_cut) = cut_at(yard.client.tracking_uri(), "PUT ");
        let run = client.start_run("iris", "").unwrap();
        let options = ModelOptions::new().registered_model_name("weights");
        let error = run.log_model_with("weights", &Json(WEIGHTS), &options).unwrap_err();
        is_unreachable(&error, client.tracking_uri());
        let (models, registered) = made(&yard);
        assert_eq!(registered, 0);
        // Nobody could tell the server that it is not to be waited for.
        assert_eq!(models.iter().map(|model| model.info.status).collect::<Vec<_>>(), [LoggedModelStatus::Pending]);
        let uri = format!("models:/{}", models[0].info.model_id);
        let error = yard.client.load_model::<Json<[f64; 2]>>(&uri).unwrap_err();
        assert!(error.to_string().contains("MLmodel"), "{error}");

        is_cut.store(false, Ordering::SeqCst);
        run.log_metric("loss", 0.5, 0).unwrap();
        let id = run.id().clone();
        run.flush(PATIENCE).unwrap();
        run.finish().unwrap();
        assert_eq!(yard.client.get_run(id).unwrap().data.metrics.len(), 1);
    });
}

#[test]
fn a_model_is_not_loaded_from_a_server_that_is_away_and_leaves_no_file() {
    let name = "unreachable::a_model_is_not_loaded_from_a_server_that_is_away_and_leaves_no_file";
    let temporary = tempfile::tempdir().unwrap();
    let variables = [AT_ONCE[0], ("TMPDIR", temporary.path().to_str().unwrap())];
    at_home_with(name, &variables, |_| {
        let left =
            || fs::read_dir(std::env::temp_dir()).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let mut yard = Yard::served();
        let server = yard.client.tracking_uri().to_owned();
        let run = yard.client.start_run("iris", "").unwrap();
        let options = ModelOptions::new().registered_model_name("weights");
        let info = run.log_model_with("weights", &Json(WEIGHTS), &options).unwrap();
        let by_run = format!("runs:/{}/weights", run.id());
        run.finish().unwrap();
        let before = left();
        let uris = [info.model_uri.as_str(), "models:/weights/1", &by_run];

        // Its place is told, and then there is no more answer.
        for uri in uris {
            let (client, _) = cut_at(&server, "GET /api/2.0/mlflow-artifacts");
            is_unreachable(&client.load_model::<Json<[f64; 2]>>(uri).unwrap_err(), client.tracking_uri());
        }
        assert_eq!(left(), before);
        yard.stop();
        for uri in uris {
            is_unreachable(&yard.client.load_model::<Json<[f64; 2]>>(uri).unwrap_err(), &server);
        }
        assert_eq!(left(), before);
        yard.start_again();
        assert_eq!(yard.client.load_model::<Json<[f64; 2]>>(uris[1]).unwrap(), Json(WEIGHTS));
    });
}
