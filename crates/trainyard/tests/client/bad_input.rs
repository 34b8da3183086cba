//! What is wrong is refused with an error that says what and where, and leaves nothing half-made.

use std::collections::BTreeMap;
use std::time::Duration;

use trainyard::flavors::Json;
use trainyard::{Client, Error, Offline, Run};
use trainyard_api::experiments::{DeleteExperiment, GetExperimentByName};
use trainyard_api::runs::{DeleteRun, LogParam, RunStatus};
use trainyard_api::{ErrorCode, Param};

use crate::home::{at_home, at_home_with};
use crate::tracking::Yard;

const PATIENCE: Duration = Duration::from_secs(60);
/// Nobody listens at this port of the test's machine.
const NOBODY: &str = "http://ann:s3cret@127.0.0.1:9";

#[test]
fn a_server_that_cannot_be_reached_is_named_and_nothing_is_left_behind() {
    at_home("bad_input::a_server_that_cannot_be_reached_is_named_and_nothing_is_left_behind", |folder| {
        let client = Client::connect(NOBODY).unwrap();
        let error = client.start_run("iris", "").unwrap_err();
        assert!(matches!(&error, Error::Unreachable { uri, .. } if uri == "http://127.0.0.1:9"), "{error}");
        assert_eq!(error.code(), ErrorCode::TemporarilyUnavailable);
        assert!(!error.to_string().contains("s3cret"));
        assert!(!folder.exists(), "there is no journal of a run that does not exist");
    });
}

#[test]
fn a_training_may_go_on_without_its_server_and_says_at_the_end_what_is_missing() {
    let name = "bad_input::a_training_may_go_on_without_its_server_and_says_at_the_end_what_is_missing";
    at_home_with(name, &[("TRAINYARD_END_RUN_TIMEOUT", "0.2")], |folder| {
        let client = Client::connect(NOBODY).unwrap();
        let run = Run::builder().client(&client).experiment("iris").offline(Offline::WhenUnreachable).start().unwrap();
        run.log_metric("loss", 0.5, 0).unwrap();
        let id = run.id().to_string();
        let error = run.finish().unwrap_err();
        let Error::Undelivered { run_id, journals, .. } = &error else { panic!("{error}") };
        assert_eq!((run_id, journals.as_path()), (&id, folder));
        assert!(error.to_string().contains("`trainyard sync`"), "{error}");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "the journal is kept");
    });
}

#[test]
fn names_that_are_not_allowed_are_refused_at_the_call_and_nothing_is_logged() {
    at_home("bad_input::names_that_are_not_allowed_are_refused_at_the_call_and_nothing_is_logged", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        run.log_param("depth", 5).unwrap();
        let nested = BTreeMap::from([("good", BTreeMap::from([("a?", 1)]))]);
        for (refused, named) in [
            (run.log_metric("a?", 1.0, 0), r#""a?""#),
            (run.log_metric("", 1.0, 0), "'key'"),
            (run.log_metric_at("a", 1.0, 0, -1), "'timestamp'"),
            (run.log_metrics([("good", 1.0), ("a//b", 2.0)], 0), "'metrics[1].name'"),
            (run.log_param("../up", 1), r#""../up""#),
            (run.log_params(&nested), r#""good.a?""#),
            (run.log_params([("good", 1), ("good", 2)]), "Duplicate parameter keys"),
            (run.log_params([("new", 1), ("depth", 6)]), "already logged with value='5'"),
            (run.set_tag("a?", "x"), r#""a?""#),
            (run.set_tags([("good", "x"), ("", "y")]), "'tags[1].key'"),
            (run.log_image("a?", &trainyard::Image::gray(1, 1, &[0]).unwrap(), 0), "'a?'"),
            (run.log_text("../notes.txt", "x"), "'../notes.txt'"),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameterValue, "{error}");
            assert!(error.to_string().contains(named), "{error} does not name {named}");
        }
        run.flush(PATIENCE).unwrap();
        let stored = yard.client.get_run(run.id().clone()).unwrap();
        assert_eq!(stored.data.params, [Param::new("depth", "5")]);
        assert_eq!(stored.data.metrics.len(), 0);
        assert!(stored.data.tags.iter().all(|tag| tag.key.starts_with("mlflow.")), "{:?}", stored.data.tags);
        assert_eq!(run.artifacts().unwrap().list("").unwrap(), []);
    });
}

#[test]
fn a_param_that_is_no_number_is_named_and_none_of_its_batch_is_logged() {
    at_home("bad_input::a_param_that_is_no_number_is_named_and_none_of_its_batch_is_logged", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        let optimizer = BTreeMap::from([("momentum", 0.9), ("rate", f64::NAN)]);
        let error = run.log_params(BTreeMap::from([("optimizer", optimizer)])).unwrap_err();
        assert!(matches!(&error, Error::Param { key, .. } if key == "optimizer.rate"), "{error}");
        let error = run.log_param_pairs([("a", 1.0), ("b", f64::INFINITY)]).unwrap_err();
        assert!(error.to_string().starts_with("the param 'b' cannot be logged: its value is inf"), "{error}");
        run.flush(PATIENCE).unwrap();
        assert_eq!(yard.client.get_run(run.id().clone()).unwrap().data.params, []);
    });
}

#[test]
fn a_run_that_cannot_be_started_leaves_no_experiment_and_no_journal() {
    at_home("bad_input::a_run_that_cannot_be_started_leaves_no_experiment_and_no_journal", |folder| {
        for yard in Yard::both() {
            let builder = || Run::builder().client(&yard.client);
            let error = builder().experiment("new").tag("a?", "x").start().unwrap_err();
            assert!(error.to_string().contains(r#""a?""#), "{error}");
            let missing = yard.client.call(GetExperimentByName { experiment_name: "new".to_owned() });
            assert_eq!(missing.unwrap_err().code(), ErrorCode::ResourceDoesNotExist);

            let gone = yard.client.experiment("gone").unwrap();
            yard.client.call(DeleteExperiment { experiment_id: gone.clone() }).unwrap();
            for builder in [builder().experiment("gone"), builder().experiment_id(gone)] {
                let error = builder.start().unwrap_err();
                assert_eq!(error.code(), ErrorCode::InvalidParameterValue);
                assert!(error.to_string().contains("must be in the 'active' state"), "{error}");
            }
            let error = builder().experiment_id("404").start().unwrap_err();
            assert_eq!(error.code(), ErrorCode::ResourceDoesNotExist, "{error}");
            let error = builder().resume("0123456789abcdef0123456789abcdef").start().unwrap_err();
            assert!(error.to_string().contains("0123456789abcdef0123456789abcdef"), "{error}");
            assert_eq!(yard.client.search_runs().into_iter().map(Result::unwrap).count(), 0);
            assert!(!folder.exists());
        }
    });
}

#[test]
fn a_deleted_run_is_not_gone_on_with_and_refuses_what_is_still_under_way() {
    at_home("bad_input::a_deleted_run_is_not_gone_on_with_and_refuses_what_is_still_under_way", |_| {
        for yard in Yard::both() {
            let run = yard.client.start_run("iris", "").unwrap();
            let id = run.id().clone();
            yard.client.call(DeleteRun { run_id: id.clone() }).unwrap();
            run.log_metric("loss", 0.5, 0).unwrap();
            let error = run.finish().unwrap_err();
            let Error::Rejected(rejections) = &error else { panic!("{error}") };
            assert_eq!(rejections.list[0].what, "metric point 'loss'");
            assert!(error.to_string().contains(id.as_str()), "{error}");
            let error = Run::builder().client(&yard.client).resume(id).start().unwrap_err();
            assert!(error.to_string().contains("in the deleted state"), "{error}");
        }
    });
}

#[test]
fn a_param_that_somebody_else_has_logged_otherwise_is_told_at_the_end() {
    at_home("bad_input::a_param_that_somebody_else_has_logged_otherwise_is_told_at_the_end", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        let id = run.id().clone();
        let (run_id, key, value) = (id.clone(), "depth".to_owned(), "5".to_owned());
        yard.client.call(LogParam { run_id, key, value, ..LogParam::default() }).unwrap();
        run.log_param("depth", 6).unwrap();
        run.log_metric("loss", 0.5, 0).unwrap();
        let error = run.finish().unwrap_err();
        assert!(error.to_string().contains("param 'depth'"), "{error}");
        let stored = yard.client.get_run(id).unwrap();
        assert_eq!(stored.info.status, RunStatus::Finished, "the run has ended all the same");
        assert_eq!(stored.data.metrics.len(), 1);
    });
}

#[test]
fn a_model_is_logged_whatever_else_of_the_run_was_refused() {
    at_home("bad_input::a_model_is_logged_whatever_else_of_the_run_was_refused", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        let (run_id, key, value) = (run.id().clone(), "depth".to_owned(), "5".to_owned());
        yard.client.call(LogParam { run_id, key, value, ..LogParam::default() }).unwrap();
        run.log_param("depth", 6).unwrap();
        let info = run.log_model("weights", &Json(vec![0.5, -1.25])).unwrap();
        let Json(weights) = yard.client.load_model::<Json<Vec<f64>>>(&info.model_uri).unwrap();
        assert_eq!(weights, [0.5, -1.25]);
        let error = run.finish().unwrap_err();
        assert!(matches!(&error, Error::Rejected(_)), "{error:?}");
        assert!(error.to_string().contains("param 'depth'"), "{error}");
    });
}

#[test]
fn a_tracking_uri_of_another_kind_is_refused_by_name() {
    let error = Run::builder().tracking_uri("mysql://host/db").start().unwrap_err();
    assert!(matches!(&error, Error::Uri { uri, .. } if uri == "mysql://host/db"), "{error}");
}

#[test]
fn two_files_for_one_place_are_refused_before_any_is_stored() {
    at_home("bad_input::two_files_for_one_place_are_refused_before_any_is_stored", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        let (a, b) = (yard.folder.path().join("a"), yard.folder.path().join("b"));
        for folder in [&a, &b] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("x"), folder.display().to_string()).unwrap();
        }
        for files in [[a.join("x"), b.join("x")], [a.clone(), b.join("x")], [a.clone(), b.clone()]] {
            let error = run.log_artifacts(&files, "texts", &()).unwrap_err();
            assert!(matches!(&error, Error::ArtifactContent { path, .. } if path.ends_with("b/x")), "{error:?}");
            assert!(error.to_string().contains("'texts/x' would be the place of"), "{error}");
            assert!(error.to_string().contains(&a.join("x").display().to_string()), "{error}");
        }
        assert_eq!(run.artifacts().unwrap().list("").unwrap(), []);
    });
}
