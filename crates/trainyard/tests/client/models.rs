//! Model directories: what stock MLflow wrote is read, what is written is checked.

use std::fs;

use serde_json::{Value, json};
use trainyard::internals::models::{self, Environment, Mlmodel, Signature};
use trainyard_api::ErrorCode;

/// Written by `mlflow.sklearn.save_model` of MLflow 3.18.0.
const STOCK: &str = include_str!("fixtures/stock_MLmodel.yaml");

#[test]
fn a_stock_description_is_read_whole_and_written_back_the_same() {
    let model = Mlmodel::parse(STOCK).unwrap();
    assert_eq!(model.mlflow_version, "3.18.0");
    assert_eq!((model.model_id.as_deref(), model.model_size_bytes), (None, Some(10704)));
    assert_eq!(model.flavors["sklearn"]["pickled_model"], "model.skops");
    let signature = model.signature.clone().unwrap();
    let inputs: Value = serde_json::from_str(&signature.inputs.unwrap()).unwrap();
    assert_eq!(inputs[1]["name"], "it's: b");
    let metadata = model.metadata.clone().unwrap();
    assert_eq!((&metadata["yes"], &metadata["multi"], &metadata["x"]), (&json!("no"), &json!("a\nb"), &json!(1e20)));
    assert!(model.other.is_empty());

    let written = model.to_yaml();
    assert_eq!(Mlmodel::parse(&written).unwrap(), model);
    let keys = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.is_empty() && !line.starts_with([' ', '-']))
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(keys(&written), keys(STOCK));
}

#[test]
fn keys_that_are_not_known_are_kept() {
    let text = "auth_policy:\n  user: x\nflavors: {}\nresources:\n- a\nutc_time_created: 2026-01-01 00:00:00\n";
    let model = Mlmodel::parse(text).unwrap();
    assert_eq!(model.utc_time_created, "2026-01-01 00:00:00");
    let again = Mlmodel::parse(&model.to_yaml()).unwrap();
    assert_eq!((&again.other["auth_policy"], &again.other["resources"]), (&json!({"user": "x"}), &json!(["a"])));
}

#[test]
fn a_description_that_is_broken_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("MLmodel");
    for (text, part) in [("flavors: [", "line"), ("- a\n- b", "invalid type"), ("flavors: 3", "map"), ("", "")] {
        fs::write(&path, text).unwrap();
        let message = match Mlmodel::read(folder.path()) {
            Err(error) => error.to_string(),
            Ok(model) => panic!("{text:?} was read as {model:?}"),
        };
        assert!(message.contains("MLmodel") && message.contains(part), "{message}");
    }
    fs::remove_file(&path).unwrap();
    assert!(Mlmodel::read(folder.path()).unwrap_err().to_string().contains("MLmodel"));
}

#[test]
fn a_directory_without_a_description_is_no_model() {
    let folder = tempfile::tempdir().unwrap();
    for place in [folder.path().to_owned(), folder.path().join("missing")] {
        let error = Mlmodel::read(&place).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ResourceDoesNotExist);
        assert_eq!(error.message(), format!("no model at '{}': there is no file MLmodel", place.display()));
    }
}

#[test]
fn paths_that_leave_the_directory_are_refused_in_every_field() {
    let outside = ["../x", "/etc/passwd", "a/../../x", "..\\x", "%2e%2e/x", "file:///etc/passwd"];
    for path in outside {
        let flavors = [
            json!({"sklearn": {"pickled_model": path}}),
            json!({"python_function": {"model_path": path}}),
            json!({"python_function": {"data": path}}),
            json!({"pytorch": {"model_data": path}}),
            json!({"keras": {"code": path}}),
            json!({"tensorflow": {"saved_model_dir": path}}),
            json!({"python_function": {"python_model": path}}),
            json!({"python_function": {"env": path}}),
            json!({"python_function": {"env": {"conda": path}}}),
            json!({"python_function": {"artifacts": {"a": {"path": path, "uri": "/anywhere"}}}}),
        ];
        for flavor in flavors {
            let model = Mlmodel::from_json(json!({"flavors": flavor.clone()})).unwrap();
            let message = model.check_paths().unwrap_err();
            assert!(message.contains(path) && message.starts_with("flavors."), "{flavor}: {message}");
            assert!(Mlmodel::parse(&model.to_yaml()).is_err(), "{flavor}");
            assert!(model.write(&std::env::temp_dir().join("never")).is_err());
        }
        let example = json!({"flavors": {}, "saved_input_example_info": {"artifact_path": path}});
        assert!(Mlmodel::from_json(example).unwrap().check_paths().is_err());
    }
    let inside = json!({"flavors": {"python_function": {
        "env": {"conda": "conda.yaml"}, "data": "data/model.ubj", "code": "./code", "model_path": ".",
        "model_code_path": "/home/author/model.py", "loader_module": "mlflow.sklearn",
        "artifacts": {"a": {"path": "artifacts/a", "uri": "/home/author/a"}}}}});
    Mlmodel::from_json(inside).unwrap().check_paths().unwrap();
}

fn saved() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/model.bin"), "weights").unwrap();
    fs::write(folder.path().join("readme"), "").unwrap();
    let mut model = Mlmodel::new();
    model.model_size_bytes = Some(models::size_bytes(folder.path()).unwrap());
    model.signature = Some(Signature { inputs: Some("[]".to_owned()), ..Default::default() });
    let environment = Environment {
        python_version: "3.11.7".to_owned(),
        pip_version: None,
        setuptools_version: None,
        wheel_version: None,
        requirements: vec!["numpy==2.4.6".to_owned()],
        constraints: vec!["scipy<2".to_owned()],
        conda_yaml: None,
    };
    environment.write(folder.path()).unwrap();
    models::finish(folder.path(), &mut model).unwrap();
    folder
}

#[test]
fn a_finished_directory_holds_sizes_digests_and_environment() {
    let folder = saved();
    assert_eq!(
        models::files_below(folder.path()).unwrap(),
        ["MLmodel", "conda.yaml", "constraints.txt", "data/model.bin", "python_env.yaml", "readme", "requirements.txt"]
    );
    let requirements = fs::read_to_string(folder.path().join("requirements.txt")).unwrap();
    assert_eq!(requirements, "mlflow==3.18.0\nnumpy==2.4.6\n-c constraints.txt");
    let model = Mlmodel::read(folder.path()).unwrap();
    assert_eq!((model.model_size_bytes, model.model_uuid.len()), (Some(7), 32));
    // sha256 of "weights"
    assert_eq!(
        model.other["trainyard"]["sha256"]["data/model.bin"],
        "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"
    );
    models::verify(folder.path()).unwrap();
}

#[test]
fn changed_and_missing_files_are_named_and_added_ones_allowed() {
    let folder = saved();
    fs::write(folder.path().join("registered_model_meta"), "added by a stock client").unwrap();
    models::verify(folder.path()).unwrap();
    fs::write(folder.path().join("data/model.bin"), "Weights").unwrap();
    let message = models::verify(folder.path()).unwrap_err().to_string();
    assert!(message.contains("data/model.bin") && message.contains("SHA-256 differs"), "{message}");
    fs::remove_file(folder.path().join("data/model.bin")).unwrap();
    let message = models::verify(folder.path()).unwrap_err().to_string();
    assert!(message.contains("data/model.bin") && message.contains("missing"), "{message}");
}

#[test]
fn digests_cannot_be_used_to_read_other_files() {
    let folder = saved();
    let mut model = Mlmodel::read(folder.path()).unwrap();
    model.other["trainyard"]["sha256"]["../../etc/passwd"] = json!("00");
    model.write(folder.path()).unwrap();
    assert!(models::verify(folder.path()).unwrap_err().to_string().contains("../../etc/passwd"));
}

#[test]
fn a_directory_of_stock_mlflow_without_digests_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("MLmodel"), STOCK).unwrap();
    models::verify(folder.path()).unwrap();
}
