//! Making, changing and deleting registered models.

use trainyard_api::registered_models::*;
use trainyard_api::{ErrorCode, Tag};

use super::{add_version, model, register, told};
use crate::backend::TestStore;

pub fn a_registered_model_is_read_back_whole(test: TestStore) {
    let request = CreateRegisteredModel {
        name: "iris".into(),
        description: "flowers".into(),
        tags: vec![Tag::new("b", "1"), Tag::new("a", "1"), Tag::new("a", "2")],
    };
    let created = test.call(request).unwrap().registered_model;
    assert_eq!(created, model(&test, "iris"));
    let now = test.now_ms();
    let expected = RegisteredModel {
        name: "iris".into(),
        description: "flowers".into(),
        creation_timestamp: now,
        last_updated_timestamp: now,
        tags: vec![Tag::new("a", "2"), Tag::new("b", "1")],
        ..Default::default()
    };
    assert_eq!(created, expected);
}

pub fn models_and_prompts_share_their_names(test: TestStore) {
    let create = |name: &str, prompt: bool| {
        let tags = if prompt { vec![Tag::new("mlflow.prompt.is_prompt", "true")] } else { Vec::new() };
        test.call(CreateRegisteredModel { name: name.into(), tags, ..Default::default() })
    };
    create("model", false).unwrap();
    create("prompt", true).unwrap();
    let (code, message) = told(create("model", false));
    assert_eq!(code, ErrorCode::ResourceAlreadyExists);
    assert_eq!(message, "Registered Model (name=model) already exists.");
    let (code, message) = told(create("prompt", false));
    assert_eq!(code, ErrorCode::ResourceAlreadyExists);
    assert!(message.starts_with(
        "Tried to create a registered model with name 'prompt', but the name is already taken by a prompt."
    ));
    assert_eq!(told(create("model", true)).0, ErrorCode::ResourceAlreadyExists);
}

pub fn a_bad_name_or_tag_registers_nothing(test: TestStore) {
    for name in ["", " ", "a/b", "a:b", "..", "nul\0"] {
        let outcome = test.call(CreateRegisteredModel { name: name.into(), ..Default::default() });
        assert_eq!(told(outcome).0, ErrorCode::InvalidParameterValue, "{name}");
    }
    let (long_key, long_value) = ("k".repeat(251), "v".repeat(100_001));
    for (key, value) in [("", "v"), ("a//b", "v"), ("a$", "v"), (&long_key, "v"), ("k", &long_value)] {
        let tags = vec![Tag::new("good", "v"), Tag::new(key, value)];
        let outcome = test.call(CreateRegisteredModel { name: "iris".into(), tags, ..Default::default() });
        assert_eq!(told(outcome).0, ErrorCode::InvalidParameterValue, "{key:.10}");
    }
    let (code, message) = told(test.call(GetRegisteredModel { name: "iris".into() }));
    assert_eq!(
        (code, message.as_str()),
        (ErrorCode::ResourceDoesNotExist, "Registered Model with name=iris not found")
    );
}

pub fn a_rename_takes_the_versions_along(test: TestStore) {
    register(&test, "old");
    register(&test, "taken");
    add_version(&test, "old");
    let rename = |new_name: &str| test.call(RenameRegisteredModel { name: "old".into(), new_name: new_name.into() });
    assert_eq!(told(rename("taken")).0, ErrorCode::ResourceAlreadyExists);
    assert_eq!(told(rename("a/b")).0, ErrorCode::InvalidParameterValue);
    assert_eq!(told(rename("")).1, told::<()>(Err(trainyard_store::StoreError::missing("new_name"))).1);
    test.advance_ms(5);
    let renamed = rename("new").unwrap().registered_model;
    assert_eq!((renamed.name.as_str(), renamed.last_updated_timestamp), ("new", test.now_ms()));
    assert_eq!(renamed.latest_versions[0].name, "new");
    assert_eq!(told(test.call(GetRegisteredModel { name: "old".into() })).0, ErrorCode::ResourceDoesNotExist);
}

pub fn an_update_changes_or_clears_the_description(test: TestStore) {
    register(&test, "iris");
    let update = |description: Option<&str>| {
        let request = UpdateRegisteredModel { name: "iris".into(), description: description.map(Into::into) };
        test.call(request).unwrap().registered_model.description
    };
    assert_eq!(update(Some("flowers")), "flowers");
    assert_eq!(update(None), "");
}

pub fn tags_are_set_and_removed(test: TestStore) {
    register(&test, "iris");
    let set = |key: &str, value: &str| {
        test.call(SetRegisteredModelTag { name: "iris".into(), key: key.into(), value: value.into() })
    };
    let remove = |key: &str| test.call(DeleteRegisteredModelTag { name: "iris".into(), key: key.into() });
    set("a", "1").unwrap();
    set("a", "2").unwrap();
    set("b", "").unwrap();
    assert_eq!(model(&test, "iris").tags, [Tag::new("a", "2"), Tag::new("b", "")]);
    remove("a").unwrap();
    remove("a").unwrap();
    assert_eq!(model(&test, "iris").tags, [Tag::new("b", "")]);
    assert_eq!(told(remove("")).0, ErrorCode::InvalidParameterValue);
    let outcome = test.call(SetRegisteredModelTag { name: "nope".into(), key: "k".into(), value: "v".into() });
    assert_eq!(told(outcome).0, ErrorCode::ResourceDoesNotExist);
}

pub fn deleting_a_model_deletes_its_versions(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    test.call(DeleteRegisteredModel { name: "iris".into() }).unwrap();
    let outcome = test.call(DeleteRegisteredModel { name: "iris".into() });
    assert_eq!(told(outcome).0, ErrorCode::ResourceDoesNotExist);
    register(&test, "iris");
    assert_eq!(model(&test, "iris").latest_versions, []);
}
