//! Making, changing and deleting versions.

use trainyard_api::model_versions::*;
use trainyard_api::registered_models::SetRegisteredModelAlias;
use trainyard_api::{ErrorCode, Tag};

use super::{add_version, model, register, told};
use crate::backend::TestStore;

fn get(test: &TestStore, version: &str) -> Result<ModelVersion, trainyard_store::StoreError> {
    let request = GetModelVersion { name: "iris".into(), version: version.into() };
    test.call(request).map(|answer| answer.model_version)
}

pub fn a_version_is_read_back_whole(test: TestStore) {
    register(&test, "iris");
    test.advance_ms(5);
    let request = CreateModelVersion {
        name: "iris".into(),
        source: "s3://bucket/path".into(),
        run_id: "any".into(),
        tags: vec![Tag::new("k", "v")],
        run_link: "https://example.org".into(),
        description: "first".into(),
        ..Default::default()
    };
    let created = test.call(request).unwrap().model_version;
    let expected = ModelVersion {
        name: "iris".into(),
        version: "1".into(),
        creation_timestamp: test.now_ms(),
        last_updated_timestamp: test.now_ms(),
        current_stage: "None".into(),
        description: "first".into(),
        source: "s3://bucket/path".into(),
        run_id: "any".into(),
        tags: vec![Tag::new("k", "v")],
        run_link: "https://example.org".into(),
        ..Default::default()
    };
    assert_eq!(created, expected);
    assert_eq!(get(&test, "1").unwrap(), expected);
    assert_eq!(get(&test, "01").unwrap(), expected);
    let registered = model(&test, "iris");
    assert_eq!(registered.latest_versions, [expected]);
    assert_eq!(registered.last_updated_timestamp, test.now_ms());
}

pub fn numbers_of_deleted_versions_do_not_come_back(test: TestStore) {
    register(&test, "iris");
    for number in ["1", "2", "3"] {
        assert_eq!(add_version(&test, "iris").version, number);
    }
    let alias = SetRegisteredModelAlias { name: "iris".into(), alias: "champ".into(), version: "3".into() };
    test.call(alias).unwrap();
    let delete = || test.call(DeleteModelVersion { name: "iris".into(), version: "3".into() });
    delete().unwrap();
    let (code, message) = told(delete());
    assert_eq!(code, ErrorCode::ResourceDoesNotExist);
    assert_eq!(message, "Model Version (name=iris, version=3) not found");
    assert_eq!(add_version(&test, "iris").version, "4");
    assert_eq!(model(&test, "iris").aliases, [], "the alias went with its version");
}

pub fn a_version_is_found_by_its_number_only(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    for version in ["2", "0", "-1"] {
        assert_eq!(told(get(&test, version)).0, ErrorCode::ResourceDoesNotExist, "{version}");
    }
    for version in ["", "abc", "1.5", "99999999999999999999"] {
        assert_eq!(told(get(&test, version)).0, ErrorCode::InvalidParameterValue, "{version}");
    }
    assert_eq!(told(get(&test, "abc")).1, "Parameter 'version' must be an integer, got 'abc'.");
}

pub fn a_version_needs_a_registered_model(test: TestStore) {
    let create = |name: &str, source: &str| {
        test.call(CreateModelVersion { name: name.into(), source: source.into(), ..Default::default() })
    };
    assert_eq!(told(create("iris", "s3://b/p")).0, ErrorCode::ResourceDoesNotExist);
    assert_eq!(told(create("", "s3://b/p")).0, ErrorCode::InvalidParameterValue);
    assert_eq!(told(create("iris", "")).0, ErrorCode::InvalidParameterValue);
}

pub fn a_bad_tag_uses_up_no_number(test: TestStore) {
    register(&test, "iris");
    let request = CreateModelVersion {
        name: "iris".into(),
        source: "s3://b/p".into(),
        tags: vec![Tag::new("a$", "v")],
        ..Default::default()
    };
    assert_eq!(told(test.call(request)).0, ErrorCode::InvalidParameterValue);
    assert_eq!(add_version(&test, "iris").version, "1");
}

pub fn descriptions_and_tags_of_versions_change(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    test.advance_ms(5);
    let (name, version) = (String::from("iris"), String::from("1"));
    let request =
        UpdateModelVersion { name: name.clone(), version: version.clone(), description: Some("better".into()) };
    let updated = test.call(request).unwrap().model_version;
    assert_eq!((updated.description.as_str(), updated.last_updated_timestamp), ("better", test.now_ms()));
    let set = SetModelVersionTag { name: name.clone(), version: version.clone(), key: "k".into(), value: "v".into() };
    test.call(set).unwrap();
    assert_eq!(get(&test, "1").unwrap().tags, [Tag::new("k", "v")]);
    test.call(DeleteModelVersionTag { name, version, key: "k".into() }).unwrap();
    assert_eq!(get(&test, "1").unwrap().tags, []);
}
