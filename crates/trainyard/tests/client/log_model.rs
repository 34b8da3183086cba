//! Models from Rust: logged, found in the store as stock clients write it, loaded back, and what is refused.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;
use trainyard::flavors::{Json, Lightgbm, SaveWith, Xgboost};
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
fn made(yard: &Yard) -> (Vec<LoggedModel>, usize) {
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
        assert_eq!(copy.exists(), yard._server.is_none(), "a fetched copy is removed, a model in place is not");
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
