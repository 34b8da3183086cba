//! What versions can be made from, and where their files are then.

use trainyard_api::ErrorCode;
use trainyard_api::model_versions::{CreateModelVersion, GetModelVersionDownloadUri, ModelVersion};
use trainyard_api::registered_models::SetRegisteredModelAlias;
use trainyard_store::StoreError;

use super::{add_version, register, told};
use crate::backend::TestStore;

fn create(test: &TestStore, source: &str) -> Result<ModelVersion, StoreError> {
    let request = CreateModelVersion { name: "iris".into(), source: source.into(), ..Default::default() };
    test.call(request).map(|answer| answer.model_version)
}

fn location(test: &TestStore, version: &ModelVersion) -> String {
    let request = GetModelVersionDownloadUri { name: version.name.clone(), version: version.version.clone() };
    test.call(request).unwrap().artifact_uri
}

pub fn a_version_can_be_copied(test: TestStore) {
    register(&test, "other");
    register(&test, "iris");
    add_version(&test, "other");
    let alias = SetRegisteredModelAlias { name: "other".into(), alias: "champ".into(), version: "1".into() };
    test.call(alias).unwrap();
    for source in ["models:/other/1", "models:/other/latest", "models:/other@champ", "models:/other/None"] {
        let copy = create(&test, source).unwrap();
        assert_eq!(copy.source, "models:/other/1", "{source}");
        assert_eq!(location(&test, &copy), "s3://bucket/path", "{source}");
    }
    assert_eq!(told(create(&test, "models:/nope/1")).0, ErrorCode::ResourceDoesNotExist);
    assert_eq!(told(create(&test, "models:/other/2")).0, ErrorCode::ResourceDoesNotExist);
    assert_eq!(told(create(&test, "models:/other@nope")).0, ErrorCode::InvalidParameterValue);
}

pub fn a_source_cannot_reach_what_its_sender_may_not_name(test: TestStore) {
    register(&test, "iris");
    for source in [
        "/etc/passwd",
        "../x",
        "relative/path",
        "file:///etc/passwd",
        "FILE:/etc",
        "c:/x",
        "\\\\host\\x",
        "mlflow-artifacts:/1/run/artifacts/m",
        "mlflow-artifacts://host/x",
        "runs:/0123456789abcdef0123456789abcdef/m",
        "models:/m-0123456789abcdef0123456789abcdef",
        "models:/",
        "http://host/x",
        "s3://b/../p",
        "s3://b/%2e%2e/p",
        "s3://b/p#../..",
        "s3://b",
    ] {
        assert_eq!(told(create(&test, source)).0, ErrorCode::InvalidParameterValue, "{source}");
    }
    for source in ["s3://b/p", "s3://b/p?x=/etc", "dbfs:/x", "gs://b/p", "abfss://c@a/p"] {
        let version = create(&test, source).unwrap();
        assert_eq!(location(&test, &version), source);
    }
}

pub fn a_source_within_the_named_run_or_model_is_accepted(test: TestStore) {
    use trainyard_api::logged_models::{CreateLoggedModel, GetLoggedModel};
    use trainyard_api::runs::CreateRun;

    register(&test, "iris");
    let run = test.call(CreateRun { experiment_id: "0".into(), ..Default::default() }).unwrap().run.info;
    let logged = CreateLoggedModel {
        experiment_id: "0".into(),
        source_run_id: run.run_id.clone(),
        params: vec![trainyard_api::Param::new("depth", "5")],
        ..Default::default()
    };
    let logged = test.call(logged).unwrap().model.info;
    let create = |source: &str, of_run: bool, of_model: bool| {
        let request = CreateModelVersion {
            name: "iris".into(),
            source: source.into(),
            run_id: if of_run { run.run_id.clone() } else { Default::default() },
            model_id: if of_model { logged.model_id.clone() } else { Default::default() },
            ..Default::default()
        };
        test.call(request).map(|answer| answer.model_version)
    };
    let in_run = format!("{}/m", run.artifact_uri);
    assert_eq!(location(&test, &create(&in_run, true, false).unwrap()), in_run);
    let runs = format!("runs:/{}/m", run.run_id);
    assert_eq!(location(&test, &create(&runs, true, false).unwrap()), runs);
    for (source, of_run, of_model) in [
        (in_run.as_str(), false, false),
        (&runs, false, false),
        (&format!("{}x/m", run.artifact_uri), true, false),
        (&logged.artifact_uri, true, false),
        (&format!("models:/{}", logged.model_id), true, false),
        ("/etc/passwd", true, true),
    ] {
        assert_eq!(told(create(source, of_run, of_model)).0, ErrorCode::InvalidParameterValue, "{source}");
    }

    let version = create(&format!("models:/{}", logged.model_id), false, true).unwrap();
    assert_eq!((&version.model_id, &version.run_id), (&logged.model_id, &run.run_id));
    assert_eq!(version.model_params[0].value, "5");
    assert_eq!(location(&test, &version), logged.artifact_uri);
    let tags =
        test.call(GetLoggedModel { model_id: logged.model_id.clone(), allow_deleted: false }).unwrap().model.info.tags;
    assert_eq!(tags[0].key, "mlflow.modelVersions");
    assert_eq!(tags[0].value, r#"[{"name":"iris","version":3}]"#);

    let unknown = CreateModelVersion {
        name: "iris".into(),
        source: "models:/m-none".into(),
        model_id: "m-none".into(),
        ..Default::default()
    };
    assert_eq!(told(test.call(unknown)).0, ErrorCode::ResourceDoesNotExist);
}
