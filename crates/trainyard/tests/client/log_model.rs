//! Models from Rust: logged, found in the store as stock clients write it, loaded back, and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt;
use trainyard::flavors::{Json, Lightgbm, LoadWith, SaveWith, Xgboost};
use trainyard::internals::models::Mlmodel;
use trainyard::{
    BoxError, Error, Flavor, InputExample, LoadModel, ModelFolder, ModelOptions, SaveModel, SavedModel, Signature,
    save_model,
};
use trainyard_api::experiments::SearchExperiments;
use trainyard_api::logged_models::{GetLoggedModel, LoggedModel, LoggedModelStatus, SearchLoggedModels};
use trainyard_api::model_versions::GetModelVersion;
use trainyard_api::registered_models::{SearchRegisteredModels, SetRegisteredModelAlias};
use trainyard_api::runs::GetRun;
use trainyard_api::{ErrorCode, ModelId, Param};

use crate::home::{at_home, at_home_with};
use crate::script::{Script, answer};
use crate::tracing_layer::Warnings;
use crate::tracking::Yard;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    slope: f64,
    intercept: f64,
}

const LINE: Line = Line { slope: 0.1 + 0.2, intercept: -1.0 / 3.0 };

fn logged(yard: &Yard, model_id: &ModelId) -> LoggedModel {
    yard.client.call(GetLoggedModel { model_id: model_id.clone(), allow_deleted: false }).unwrap().model
}

/// Everything that logging could have made.
pub fn made(yard: &Yard) -> (Vec<LoggedModel>, usize) {
    let experiments =
        yard.client.call(SearchExperiments { max_results: Some(100), ..Default::default() }).unwrap().experiments;
    let experiment_ids = experiments.into_iter().map(|experiment| experiment.experiment_id).collect();
    let models = yard.client.call(SearchLoggedModels { experiment_ids, ..Default::default() }).unwrap().models;
    (models, yard.client.call(SearchRegisteredModels::default()).unwrap().registered_models.len())
}

#[test]
fn a_logged_model_is_complete_registered_and_loads_back_by_every_uri() {
    for yard in Yard::both() {
        let run = yard.client.start_run("lines", "").unwrap();
        run.log_param("alpha", 0.5).unwrap();
        run.log_metric("loss", 2.0, 3).unwrap();
        run.log_metric("loss", 1.0, 4).unwrap();
        run.log_metric("accuracy", 0.9, 3).unwrap();
        let options = ModelOptions::new()
            .registered_model_name("line")
            .signature(Signature::of(&[[1.0]], &[1.0]).unwrap())
            .input_example(InputExample::tensor(&[[1.5], [2.5]]).unwrap())
            .param("order", 1)
            .tag("stage", "nightly")
            .metadata("note", json!({"deep": [1, 2]}))
            .unwrap()
            .model_type("regressor")
            .step(3);
        let info = run.log_model_with("line", &Json(&LINE), &options).unwrap();
        assert_eq!(info.registered_model_version.as_deref(), Some("1"));

        let model = logged(&yard, &info.model_id);
        assert_eq!((model.info.name.as_str(), model.info.status), ("line", LoggedModelStatus::Ready));
        assert_eq!((&model.info.source_run_id, model.info.model_type.as_str()), (run.id(), "regressor"));
        assert_eq!(model.data.params, [Param::new("alpha", "0.5"), Param::new("order", "1")]);
        assert!(model.info.tags.iter().any(|tag| tag.key == "stage" && tag.value == "nightly"));
        let mut points: Vec<(String, f64)> = model.data.metrics.iter().map(|m| (m.key.clone(), m.value)).collect();
        points.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(points, [("accuracy".to_owned(), 0.9), ("loss".to_owned(), 2.0)]);
        let stored = yard.client.call(GetRun { run_id: run.id().clone(), ..Default::default() }).unwrap().run;
        let outputs = &stored.outputs.unwrap().model_outputs;
        assert_eq!((&outputs[0].model_id, outputs[0].step), (&info.model_id, 3));
        let version = GetModelVersion { name: "line".to_owned(), version: "1".to_owned() };
        assert_eq!(yard.client.call(version).unwrap().model_version.model_id, info.model_id);

        let alias =
            SetRegisteredModelAlias { name: "line".to_owned(), alias: "champion".to_owned(), version: "1".to_owned() };
        yard.client.call(alias).unwrap();
        let by_run = format!("runs:/{}/line", run.id());
        for uri in [&info.model_uri, "models:/line@champion", "models:/line/1", "models:/line/latest", &by_run] {
            assert_eq!(yard.client.load_model::<Json<Line>>(uri).unwrap(), Json(LINE), "{uri}");
        }
        let saved = yard.client.fetch_model(&info.model_uri).unwrap();
        let copy = saved.path().to_owned();
        assert_eq!(yard.client.load_model::<Json<Line>>(copy.to_str().unwrap()).unwrap(), Json(LINE));
        assert_eq!(saved.signature().unwrap(), Some(Signature::of(&[[1.0]], &[1.0]).unwrap()));
        assert_eq!((saved.model_id(), saved.run_id()), (Some(info.model_id.as_str()), Some(run.id().as_str())));
        let description = Mlmodel::read(saved.path()).unwrap();
        assert_eq!(description.artifact_path.as_deref(), Some(info.artifact_uri.as_str()));
        assert_eq!(description.metadata.unwrap()["note"], json!({"deep": [1, 2]}));
        let example = description.saved_input_example_info.unwrap();
        assert_eq!(saved.read(example["artifact_path"].as_str().unwrap()).unwrap(), b"[[1.5], [2.5]]");
        let flavor = saved.flavor("rust_serde").unwrap();
        assert_eq!(flavor.get::<String>("rust_type").unwrap(), std::any::type_name::<Line>());
        assert!(flavor.get::<String>("rustc_version").unwrap().starts_with("1."));
        drop(saved);
        assert_eq!(copy.exists(), yard.server.is_none(), "a fetched copy is removed, a model in place is not");
        run.finish().unwrap();
    }
}

#[test]
fn a_model_is_saved_without_a_run_into_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/model");
    save_model(&path, &Json(&LINE), &ModelOptions::new()).unwrap();
    assert_eq!(SavedModel::open(&path).unwrap().load::<Json<Line>>().unwrap(), Json(LINE));
    let error = save_model(&path, &Json(&LINE), &ModelOptions::new()).unwrap_err();
    assert!(error.to_string().contains("not empty"), "{error}");
    assert!(trainyard::load_model::<Json<Line>>(path.to_str().unwrap()).is_ok());
}

/// Fails after it has written a file.
struct Broken;

impl SaveModel for Broken {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        folder.write("weights.bin", b"half")?;
        folder.add_flavor(Flavor::new("broken"));
        Err("out of numbers".into())
    }
}

#[test]
fn what_fails_before_it_is_saved_leaves_nothing_behind() {
    for yard in Yard::both() {
        let run = yard.client.start_run("lines", "").unwrap();
        let refused = |name: &str, model: &dyn SaveModel, registered: Option<&str>| {
            let mut options = ModelOptions::new();
            if let Some(registered) = registered {
                options = options.registered_model_name(registered);
            }
            let error = run.log_model_with(name, model, &options).unwrap_err();
            assert_eq!(made(&yard), (Vec::new(), 0), "{error}");
            error
        };
        let error = refused("line", &Broken, Some("line"));
        assert!(matches!(error, Error::SaveModel { .. }), "{error:?}");
        assert!(error.to_string().contains("out of numbers"), "{error}");
        for name in ["a/b", "", "a:b", "a.b", "it's"] {
            let error = refused(name, &Json(&LINE), Some("line"));
            assert!(
                matches!(&error, Error::InvalidModel { field: "model name", value, .. } if value == name),
                "{error:?}"
            );
            assert_eq!(error.code(), ErrorCode::InvalidParameterValue);
        }
        for name in ["a/b", " ", "a:b", "..", ""] {
            let error = refused("line", &Json(&LINE), Some(name));
            assert!(matches!(&error, Error::InvalidModel { field: "registered model name", .. }), "{error:?}");
        }
        for (options, named) in [
            (ModelOptions::new().tag("a?", "x"), r#""a?""#),
            (ModelOptions::new().tag("good", "x").tag("", "x"), "'key'"),
            (ModelOptions::new().tag("long", "x".repeat(100_001)), "100000"),
            (ModelOptions::new().param("alpha", f64::NAN), "'alpha' cannot be logged: its value is NaN"),
            (ModelOptions::new().param("deep", BTreeMap::from([("rate", f64::INFINITY)])), "'deep.rate'"),
            (ModelOptions::new().param("a?", 1), r#""a?""#),
        ] {
            let options = options.registered_model_name("line");
            let error = run.log_model_with("line", &Json(&LINE), &options).unwrap_err();
            assert_eq!(made(&yard), (Vec::new(), 0), "{error}");
            assert_eq!(error.code(), ErrorCode::InvalidParameterValue, "{error:?}");
            assert!(error.to_string().contains(named), "{error} does not name {named}");
        }
        let error = refused("line", &Json(Line { slope: f64::NAN, intercept: 0.0 }), Some("line"));
        assert!(error.to_string().contains("NaN") && error.to_string().contains("CBOR"), "{error}");
        let nothing = SaveWith::new("x", |_: &Path| Err::<(), _>("no room"));
        assert!(refused("line", &nothing, None).to_string().contains("no room"));
        let outside =
            SaveWith::of(Flavor::new("x").set("data", "../../etc/passwd").unwrap(), |_: &Path| Ok::<(), BoxError>(()));
        assert!(refused("line", &outside, None).to_string().contains("../../etc/passwd"));
    }
}

/// Saves well, but its files are gone when they are to be sent.
struct Vanishing;

impl SaveModel for Vanishing {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        folder.write("model:1?.bin", b"weights")?;
        folder.add_flavor(Flavor::new("vanishing"));
        Ok(())
    }
}

#[test]
fn a_model_that_cannot_be_sent_is_marked_as_failed_and_not_registered() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("lines", "").unwrap();
    // The place of the models is taken by a file.
    let models = yard.folder.path().join(format!("artifacts/{}", run.info().experiment_id));
    fs::create_dir_all(&models).unwrap();
    fs::write(models.join("models"), "in the way").unwrap();
    let options = ModelOptions::new().registered_model_name("line");
    run.log_model_with("line", &Vanishing, &options).unwrap_err();
    let (models, registered) = made(&yard);
    assert_eq!(registered, 0);
    assert_eq!(models.iter().map(|model| model.info.status).collect::<Vec<_>>(), [LoggedModelStatus::UploadFailed]);
}

#[test]
fn a_model_that_cannot_be_registered_is_named_and_leaves_no_registered_model() {
    let yard = Yard::served();
    let (uri, _) = Script::before(yard.client.tracking_uri(), |asked| {
        let refusal = r#"{"error_code": "PERMISSION_DENIED", "message": "no versions today"}"#;
        asked.line.contains("/model-versions/create").then(|| answer("403 Forbidden", "", refusal))
    });
    let client = trainyard::Client::connect(&uri).unwrap();
    let run = client.start_run("lines", "").unwrap();
    let options = ModelOptions::new().registered_model_name("line");
    let error = run.log_model_with("line", &Json(&LINE), &options).unwrap_err();
    let (models, registered) = made(&yard);
    assert_eq!(registered, 0, "the registered model that was made for it is still there");
    let Error::NotRegistered { model_uri, name, .. } = &error else { panic!("{error:?}") };
    assert_eq!((model_uri, name.as_str()), (&format!("models:/{}", models[0].info.model_id), "line"));
    assert!(error.to_string().contains("no versions today"), "{error}");
    assert_eq!(client.load_model::<Json<Line>>(model_uri).unwrap(), Json(LINE));

    // One that was there before stays.
    yard.client.register_model("s3://bucket/line", "line", &[]).unwrap();
    run.log_model_with("line", &Json(&LINE), &options).unwrap_err();
    assert_eq!(made(&yard).1, 1);
}

#[test]
fn a_version_that_was_made_is_answered_although_the_model_cannot_list_it() {
    let yard = Yard::served();
    let (uri, lines) = Script::before(yard.client.tracking_uri(), |asked| {
        let refusal = r#"{"error_code": "PERMISSION_DENIED", "message": "no tags today"}"#;
        let lists = asked.line.starts_with("GET") && asked.line.contains("/logged-models/m-");
        lists.then(|| answer("403 Forbidden", "", refusal))
    });
    let client = trainyard::Client::connect(&uri).unwrap();
    let run = client.start_run("lines", "").unwrap();
    let options = ModelOptions::new().registered_model_name("line");
    let info = run.log_model_with("line", &Json(&LINE), &options).unwrap();
    assert_eq!(info.registered_model_version.as_deref(), Some("1"));
    assert!(lines.lock().unwrap().iter().any(|line| line.starts_with("GET") && line.contains("/logged-models/m-")));
    let version = yard.client.model_version("line", "1").unwrap();
    assert_eq!((version.source, version.model_id), (info.model_uri, info.model_id));
    run.finish().unwrap();
}

#[test]
fn points_of_the_models_step_are_linked_without_reading_whole_histories_at_once() {
    at_home("log_model::points_of_the_models_step_are_linked_without_reading_whole_histories_at_once", |_| {
        let yard = Yard::served();
        let (uri, lines) = Script::before(yard.client.tracking_uri(), |_| None);
        let client = trainyard::Client::connect(&uri).unwrap();
        let run = client.start_run("lines", "").unwrap();
        for step in 0..5 {
            run.log_metric("loss", 10.0 - step as f64, step).unwrap();
        }
        run.log_metric("late", 1.0, 2).unwrap();
        let linked = |step: i64| {
            lines.lock().unwrap().clear();
            let info = run.log_model_with("line", &Json(&LINE), &ModelOptions::new().step(step)).unwrap();
            let model = logged(&yard, &info.model_id);
            let points: Vec<_> = model.data.metrics.iter().map(|m| (m.key.clone(), m.step, m.value)).collect();
            let asked = lines.lock().unwrap().clone();
            let histories: Vec<_> = asked.into_iter().filter(|line| line.contains("/metrics/get-history")).collect();
            (points, histories)
        };
        let (points, histories) = linked(0);
        assert_eq!(points, [("loss".to_owned(), 0, 10.0)]);
        assert_eq!(histories, [] as [String; 0]);
        let (points, histories) = linked(3);
        assert_eq!(points, [("loss".to_owned(), 3, 7.0)]);
        assert!(histories.len() == 1 && histories[0].contains("max_results="), "{histories:?}");
        run.finish().unwrap();
    });
}

#[test]
fn a_model_is_not_given_the_points_of_another_model() {
    at_home("log_model::a_model_is_not_given_the_points_of_another_model", |_| {
        for yard in Yard::both() {
            let run = yard.client.start_run("lines", "").unwrap();
            let first = run.log_model("first", &Json(&LINE)).unwrap();
            run.log_model_metrics(&first.model_id, None, [("accuracy", 0.75), ("f1", 0.5)], 0).unwrap();
            run.log_metric("f1", 0.25, 0).unwrap();
            run.log_model_metrics(&first.model_id, None, [("accuracy", 0.875), ("f1", 0.625)], 4).unwrap();
            run.log_metric_at("recall", 0.25, 4, 5).unwrap();
            run.log_model_metrics(&first.model_id, None, [("recall", 0.125)], 4).unwrap();
            let linked = |name: &str, step: i64| {
                let info = run.log_model_with(name, &Json(&LINE), &ModelOptions::new().step(step)).unwrap();
                let mut points: Vec<_> =
                    logged(&yard, &info.model_id).data.metrics.into_iter().map(|m| (m.key, m.step, m.value)).collect();
                points.sort_by(|one, other| one.0.cmp(&other.0));
                points
            };
            assert_eq!(linked("second", 0), [("f1".to_owned(), 0, 0.25)]);
            assert_eq!(linked("third", 4), [("recall".to_owned(), 4, 0.25)]);
            run.finish().unwrap();
        }
    });
}

#[cfg(unix)]
#[test]
fn a_model_is_fetched_into_a_temporary_folder_behind_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    fs::create_dir(folder.path().join("real")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("real"), &link).unwrap();
    let name = "log_model::a_model_is_fetched_into_a_temporary_folder_behind_a_link";
    at_home_with(name, &[("TMPDIR", link.to_str().unwrap())], |_| {
        let yard = Yard::served();
        let run = yard.client.start_run("lines", "").unwrap();
        let info = run.log_model("line", &Json(&LINE)).unwrap();
        assert_eq!(yard.client.load_model::<Json<Line>>(&info.model_uri).unwrap(), Json(LINE));
        let saved = yard.client.fetch_model(&info.model_uri).unwrap();
        let copy = saved.path().to_owned();
        assert!(copy.is_dir());
        drop(saved);
        assert!(!copy.exists());
        run.finish().unwrap();
    });
}

/// As deep as a linked list is long.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Deep(Option<Box<Deep>>, u8);

fn deep(levels: usize) -> Deep {
    (0..levels).fold(Deep(None, 0), |inner, _| Deep(Some(Box::new(inner)), 0))
}

#[test]
fn a_model_that_is_too_deep_to_be_read_is_refused_when_it_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let error = save_model(&path, &Json(deep(130)), &ModelOptions::new()).unwrap_err();
    assert!(matches!(error, Error::SaveModel { .. }), "{error:?}");
    assert!(error.to_string().contains("131 levels deep"), "{error}");
    assert!(!path.exists());
    save_model(&path, &Json(deep(126)), &ModelOptions::new()).unwrap();
    assert_eq!(SavedModel::open(&path).unwrap().load::<Json<Deep>>().unwrap(), Json(deep(126)));
}

#[test]
fn a_model_of_an_incompatible_version_of_its_crate_is_refused_where_versions_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    save_model(&path, &Json(&LINE).made_by("lines", "0.3.1"), &ModelOptions::new()).unwrap();
    let saved = || SavedModel::open(&path).unwrap();
    assert_eq!(saved().check_made_by("lines", "0.3.9").unwrap().load::<Json<Line>>().unwrap(), Json(LINE));
    for (name, version) in [("lines", "0.4.0"), ("circles", "0.3.1")] {
        let error = saved().check_made_by(name, version).unwrap_err().to_string();
        assert!(error.contains("saved by lines 0.3.1") && error.contains(&format!("by {name} {version}")), "{error}");
    }
    let plain = folder.path().join("plain");
    save_model(&plain, &Json(&LINE), &ModelOptions::new()).unwrap();
    let error = SavedModel::open(&plain).unwrap().check_made_by("lines", "0.3.1").unwrap_err().to_string();
    assert!(error.contains("crate_version: it is missing"), "{error}");
    let flavor = SavedModel::open(&plain).unwrap().flavor("rust_serde").unwrap();
    assert_eq!(flavor.get::<String>("crate_name").unwrap(), "client", "the crate of this test");
}

#[test]
fn a_closure_loads_what_a_closure_has_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let model = SaveWith::new("text", |folder: &Path| fs::write(folder.join("text"), "0.5")).made_by("lines", "1.2.0");
    save_model(&path, &model, &ModelOptions::new()).unwrap();
    let saved = SavedModel::open(&path).unwrap();
    let read = |folder: &Path| -> Result<f64, BoxError> { Ok(fs::read_to_string(folder.join("text"))?.parse()?) };
    assert_eq!(LoadWith::new("text", read).load(&saved).unwrap(), 0.5);
    assert_eq!(LoadWith::new("text", read).made_by("lines", "1.0.0").load(&saved).unwrap(), 0.5);
    let error = LoadWith::new("text", read).made_by("lines", "2.0.0").load(&saved).unwrap_err().to_string();
    assert!(error.contains("saved by lines 1.2.0"), "{error}");
    let error = LoadWith::new("other", read).load(&saved).unwrap_err().to_string();
    assert!(error.contains("no flavor 'other'"), "{error}");
    let broken = LoadWith::new("text", |_: &Path| Err::<(), _>("no such layer")).load(&saved).unwrap_err();
    assert!(matches!(broken, Error::LoadModel { .. }), "{broken:?}");
    let flavor = saved.flavor("text").unwrap();
    assert!(flavor.get::<String>("rust_type").unwrap().contains("closure"));
    assert!(flavor.get::<String>("rustc_version").unwrap().starts_with("1."));
}

#[test]
fn another_compiler_is_told_and_not_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    save_model(&path, &Json(&LINE), &ModelOptions::new()).unwrap();
    let mut description = Mlmodel::read(&path).unwrap();
    description.flavors.get_mut("rust_serde").unwrap()["rustc_version"] = "1.0.0".into();
    description.write(&path).unwrap();
    let warnings = Warnings::default();
    let loaded = tracing::subscriber::with_default(tracing_subscriber::registry().with(warnings.clone()), || {
        SavedModel::open(&path).unwrap().load::<Json<Line>>()
    });
    assert_eq!(loaded.unwrap(), Json(LINE));
    assert_eq!(warnings.texts(), ["the model was saved by another rustc"]);
}

#[test]
fn another_type_a_changed_file_and_another_flavor_are_refused_by_name() {
    for yard in Yard::both() {
        let run = yard.client.start_run("lines", "").unwrap();
        let info = run.log_model("line", &Json(&LINE)).unwrap();
        let error = yard.client.load_model::<Json<Vec<f64>>>(&info.model_uri).unwrap_err();
        assert!(
            matches!(&error, Error::ModelType { saved, wanted, .. }
                if saved == std::any::type_name::<Line>() && wanted == "alloc::vec::Vec<f64>"),
            "{error:?}"
        );
        let error = yard.client.load_model::<Xgboost>(&info.model_uri).unwrap_err().to_string();
        assert!(error.contains("no flavor 'xgboost'") && error.contains("rust_serde"), "{error}");

        let artifacts = yard.client.artifacts(&info.artifact_uri).unwrap();
        artifacts.write("model.json", br#"{"slope": 9.0, "intercept": 0.0}"#).unwrap();
        let error = yard.client.load_model::<Json<Line>>(&info.model_uri).unwrap_err();
        assert!(matches!(&error, Error::Model { path, .. } if path.ends_with("model.json")), "{error:?}");
        assert!(error.to_string().contains("SHA-256 differs"), "{error}");
    }
}

#[test]
fn a_loader_of_ones_own_says_what_went_wrong_with_the_folder() {
    #[derive(Debug)]
    struct Own;
    impl LoadModel for Own {
        fn load(saved: &SavedModel) -> Result<Self, BoxError> {
            saved.flavor("rust_serde")?.check_made_by("someone", "1.0.0")?;
            Ok(Self)
        }
    }
    #[derive(Debug)]
    struct Unlucky;
    impl LoadModel for Unlucky {
        fn load(_: &SavedModel) -> Result<Self, BoxError> {
            Err("no such layer".into())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    save_model(&path, &Json(&LINE), &ModelOptions::new()).unwrap();
    let saved = SavedModel::open(&path).unwrap();
    let error = saved.load::<Own>().unwrap_err().to_string();
    assert!(error.contains("MLmodel") && error.contains("crate_version"), "{error}");
    let error = saved.load::<Unlucky>().unwrap_err();
    assert!(matches!(error, Error::LoadModel { .. }), "{error:?}");
    assert!(error.to_string().contains("no such layer") && error.to_string().contains("model"), "{error}");
}

#[test]
fn boosters_are_written_as_mlflows_flavors() {
    let folder = tempfile::tempdir().unwrap();
    let booster = Xgboost::from_bytes(b"{L\0\0".to_vec(), "3.2.0").unwrap();
    save_model(&folder.path().join("xgb"), &booster, &ModelOptions::new()).unwrap();
    let saved = SavedModel::open(&folder.path().join("xgb")).unwrap();
    assert_eq!(saved.load::<Xgboost>().unwrap(), booster);
    assert_eq!(saved.flavor("xgboost").unwrap().get::<String>("data").unwrap(), "model.ubj");
    let python = saved.flavor("python_function").unwrap();
    assert_eq!(python.get::<String>("loader_module").unwrap(), "mlflow.xgboost");
    assert_eq!(saved.read("requirements.txt").unwrap(), b"mlflow==3.18.0\nxgboost==3.2.0");

    let booster = Lightgbm::from_text("tree\nversion=v4\nnum_class=1\n", "4.7.0").unwrap();
    save_model(&folder.path().join("lgb"), &booster, &ModelOptions::new()).unwrap();
    let saved = SavedModel::open(&folder.path().join("lgb")).unwrap();
    assert_eq!(saved.load::<Lightgbm>().unwrap(), booster);
    assert_eq!(saved.flavor("lightgbm").unwrap().get::<String>("data").unwrap(), "model.lgb");
}
