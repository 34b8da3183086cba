//! Stages of versions.

use trainyard_api::ErrorCode;
use trainyard_api::model_versions::TransitionModelVersionStage;
use trainyard_api::registered_models::{GetLatestVersions, ListLatestVersions};
use trainyard_store::StoreError;

use super::{add_version, register, told};
use crate::backend::TestStore;

fn transition(test: &TestStore, version: &str, stage: &str, archive: bool) -> Result<String, StoreError> {
    let request = TransitionModelVersionStage {
        name: "iris".into(),
        version: version.into(),
        stage: stage.into(),
        archive_existing_versions: archive,
    };
    test.call(request).map(|answer| answer.model_version.current_stage)
}

fn latest(test: &TestStore, stages: &[&str]) -> Vec<(String, String)> {
    let stages = stages.iter().map(|stage| (*stage).to_owned()).collect();
    let answer = test.call(GetLatestVersions { name: "iris".into(), stages }).unwrap();
    answer.model_versions.into_iter().map(|version| (version.version, version.current_stage)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(version, stage)| ((*version).to_owned(), (*stage).to_owned())).collect()
}

pub fn the_latest_version_of_each_stage_is_listed(test: TestStore) {
    register(&test, "iris");
    for _ in 0..4 {
        add_version(&test, "iris");
    }
    assert_eq!(transition(&test, "1", "production", false).unwrap(), "Production");
    assert_eq!(transition(&test, "2", "Staging", false).unwrap(), "Staging");
    assert_eq!(latest(&test, &[]), pairs(&[("1", "Production"), ("2", "Staging"), ("4", "None")]));
    assert_eq!(latest(&test, &["staging", "Archived"]), pairs(&[("2", "Staging")]));
    let as_get = ListLatestVersions(GetLatestVersions { name: "iris".into(), stages: vec!["None".into()] });
    assert_eq!(test.call(as_get).unwrap().model_versions[0].version, "4");
}

pub fn a_transition_can_archive_the_versions_before(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    add_version(&test, "iris");
    transition(&test, "1", "Production", true).unwrap();
    transition(&test, "2", "Production", true).unwrap();
    assert_eq!(latest(&test, &[]), pairs(&[("1", "Archived"), ("2", "Production")]));
    assert_eq!(told(transition(&test, "1", "None", true)).0, ErrorCode::InvalidParameterValue);
}

pub fn an_unknown_stage_or_version_is_refused(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    let (code, message) = told(transition(&test, "1", "live", false));
    assert_eq!(code, ErrorCode::InvalidParameterValue);
    assert_eq!(message, "Invalid Model Version stage: live. Value must be one of None, Staging, Production, Archived.");
    assert_eq!(told(transition(&test, "1", "", false)).0, ErrorCode::InvalidParameterValue);
    assert_eq!(told(transition(&test, "9", "Staging", false)).0, ErrorCode::ResourceDoesNotExist);
    let outcome = test.call(GetLatestVersions { name: "iris".into(), stages: vec!["live".into()] });
    assert_eq!(told(outcome).0, ErrorCode::InvalidParameterValue);
}
