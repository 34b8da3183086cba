use trainyard_api::experiments::*;
use trainyard_api::runs::{CreateRun, DeleteRun};
use trainyard_api::{ErrorCode, LifecycleStage, Tag};

use super::{absent, get, invalid, missing, refused};
use crate::backend::TestStore;

fn create(test: &TestStore, name: &str) -> trainyard_api::ExperimentId {
    test.call(CreateExperiment { name: name.to_owned(), ..CreateExperiment::default() }).unwrap().experiment_id
}

fn by_id(test: &TestStore, id: &str) -> Experiment {
    test.call(GetExperiment { experiment_id: id.into() }).unwrap().experiment
}

pub fn an_experiment_is_found_by_id_and_by_name(test: TestStore) {
    let tags = vec![Tag::new("team", "vision"), Tag::new("a", "b")];
    let request = CreateExperiment { name: "iris".to_owned(), tags, ..CreateExperiment::default() };
    let id = test.call(request).unwrap().experiment_id;
    let experiment = by_id(&test, id.as_str());
    assert_eq!(
        experiment,
        Experiment {
            experiment_id: "1".into(),
            name: "iris".to_owned(),
            artifact_location: "mlflow-artifacts:/1".to_owned(),
            lifecycle_stage: LifecycleStage::Active,
            creation_time: test.now_ms(),
            last_update_time: test.now_ms(),
            tags: vec![Tag::new("a", "b"), Tag::new("team", "vision")],
        }
    );
    let by_name = GetExperimentByName { experiment_name: "iris".to_owned() };
    assert_eq!(test.call(by_name).unwrap().experiment, experiment);
    assert_eq!(by_id(&test, " 01"), experiment);
}

pub fn what_is_not_there_is_said_as_mlflow_says_it(test: TestStore) {
    let get = |id: &str| refused(test.call(GetExperiment { experiment_id: id.into() }));
    assert_eq!(get(""), missing("experiment_id"));
    assert_eq!(get("99"), absent("No Experiment with id=99 exists"));
    assert_eq!(get("-1"), absent("No Experiment with id=-1 exists"));
    let long = "9".repeat(30);
    assert_eq!(get(&long), absent(&format!("No Experiment with id={long} exists")));
    assert_eq!(get("abc"), invalid("Invalid experiment ID 'abc'. Experiment ID must be a valid integer."));
    let by_name = |name: &str| refused(test.call(GetExperimentByName { experiment_name: name.to_owned() }));
    assert_eq!(by_name("nope"), absent("Could not find experiment with name 'nope'"));
    assert_eq!(by_name(""), missing("experiment_name"));
}

pub fn names_are_unique_also_among_deleted(test: TestStore) {
    let id = create(&test, "iris");
    create(&test, "other");
    let again = || refused(test.call(CreateExperiment { name: "iris".to_owned(), ..CreateExperiment::default() }));
    assert_eq!(again(), (ErrorCode::ResourceAlreadyExists, "Experiment(name=iris) already exists".to_owned()));
    let rename = UpdateExperiment { experiment_id: "2".into(), new_name: "iris".to_owned() };
    assert_eq!(refused(test.call(rename)).0, ErrorCode::ResourceAlreadyExists);
    test.call(DeleteExperiment { experiment_id: id }).unwrap();
    let (code, message) = again();
    assert_eq!(code, ErrorCode::ResourceAlreadyExists);
    assert!(message.contains("deleted state"), "{message}");
}

pub fn limits_of_names_and_tags(test: TestStore) {
    let create = |name: String| refused(test.call(CreateExperiment { name, ..CreateExperiment::default() }));
    assert_eq!(create(String::new()), missing("name"));
    assert_eq!(create(" \t".to_owned()), invalid("Invalid experiment name: ' \t'"));
    assert_eq!(create("é".repeat(501)), invalid("'name' exceeds the maximum length of 500 characters"));
    let tag = |key: String, value: String| SetExperimentTag { experiment_id: "0".into(), key, value };
    assert_eq!(refused(test.call(tag(String::new(), String::new()))), missing("key"));
    assert_eq!(
        refused(test.call(tag("k".repeat(251), String::new()))),
        invalid("'key' exceeds the maximum length of 250 characters")
    );
    assert_eq!(
        refused(test.call(tag("k".to_owned(), "v".repeat(20_001)))),
        invalid("'value' exceeds the maximum length of 20000 characters")
    );
    test.call(tag("k".repeat(250), "é".repeat(20_000))).unwrap();
}

pub fn tags_are_set_and_deleted(test: TestStore) {
    let set = |value: &str| SetExperimentTag { experiment_id: "0".into(), key: "k".into(), value: value.into() };
    let delete = || DeleteExperimentTag { experiment_id: "0".into(), key: "k".to_owned() };
    test.call(set("1")).unwrap();
    test.call(set("2")).unwrap();
    assert_eq!(by_id(&test, "0").tags, [Tag::new("k", "2")]);
    test.call(delete()).unwrap();
    assert_eq!(refused(test.call(delete())), absent("No tag with name: k in experiment with id 0"));
}

pub fn a_deleted_experiment_is_read_but_not_written(test: TestStore) {
    let id = create(&test, "iris");
    test.advance_ms(10);
    test.call(DeleteExperiment { experiment_id: id.clone() }).unwrap();
    let experiment = by_id(&test, "1");
    assert_eq!(experiment.lifecycle_stage, LifecycleStage::Deleted);
    assert_eq!(experiment.last_update_time, experiment.creation_time + 10);

    let inactive = invalid("The experiment 1 must be in the 'active' state. Current state is deleted.");
    let run = CreateRun { experiment_id: id.clone(), ..CreateRun::default() };
    assert_eq!(refused(test.call(run)), inactive);
    let tag = SetExperimentTag { experiment_id: id.clone(), key: "k".to_owned(), value: String::new() };
    assert_eq!(refused(test.call(tag)), inactive);
    let rename = UpdateExperiment { experiment_id: id.clone(), new_name: "b".to_owned() };
    assert_eq!(refused(test.call(rename)), inactive);
    assert_eq!(refused(test.call(DeleteExperiment { experiment_id: id })), absent("No Experiment with id=1 exists"));
}

pub fn deleting_takes_the_runs_along_and_restoring_brings_them_back(test: TestStore) {
    let id = create(&test, "iris");
    let run = || {
        let request = CreateRun { experiment_id: id.clone(), ..CreateRun::default() };
        test.call(request).unwrap().run.info.run_id
    };
    let (kept, deleted_before) = (run(), run());
    test.call(DeleteRun { run_id: deleted_before.clone() }).unwrap();
    test.advance_ms(1);
    test.call(DeleteExperiment { experiment_id: id.clone() }).unwrap();
    assert_eq!(get(&test, &kept).info.lifecycle_stage, LifecycleStage::Deleted);
    test.advance_ms(1);
    test.call(RestoreExperiment { experiment_id: id.clone() }).unwrap();
    assert_eq!(by_id(&test, "1").lifecycle_stage, LifecycleStage::Active);
    assert_eq!(get(&test, &kept).info.lifecycle_stage, LifecycleStage::Active);
    assert_eq!(get(&test, &deleted_before).info.lifecycle_stage, LifecycleStage::Deleted);
    assert_eq!(refused(test.call(RestoreExperiment { experiment_id: id })), absent("No Experiment with id=1 exists"));
}

pub fn a_run_that_was_deleted_just_before_its_experiment_stays_deleted(test: TestStore) {
    let id = create(&test, "iris");
    let run = || {
        let request = CreateRun { experiment_id: id.clone(), ..CreateRun::default() };
        test.call(request).unwrap().run.info.run_id
    };
    // In the same millisecond, and by a clock that is set back meanwhile.
    for later in [0, -5000] {
        let (kept, deleted_before) = (run(), run());
        test.call(DeleteRun { run_id: deleted_before.clone() }).unwrap();
        test.advance_ms(later);
        test.call(DeleteExperiment { experiment_id: id.clone() }).unwrap();
        test.call(RestoreExperiment { experiment_id: id.clone() }).unwrap();
        assert_eq!(get(&test, &kept).info.lifecycle_stage, LifecycleStage::Active);
        assert_eq!(get(&test, &deleted_before).info.lifecycle_stage, LifecycleStage::Deleted);
    }
}

pub fn renaming_keeps_the_rest(test: TestStore) {
    create(&test, "iris");
    test.advance_ms(7);
    let rename = |name: &str| UpdateExperiment { experiment_id: "1".into(), new_name: name.to_owned() };
    test.call(rename("flowers")).unwrap();
    let experiment = by_id(&test, "1");
    assert_eq!(experiment.name, "flowers");
    assert_eq!(experiment.last_update_time, experiment.creation_time + 7);
    assert_eq!(refused(test.call(rename(""))), missing("new_name"));
}

pub fn locations_are_kept_as_given_and_local_ones_made_absolute(test: TestStore) {
    let create = |name: &str, location: &str| {
        test.call(CreateExperiment {
            name: name.to_owned(),
            artifact_location: location.to_owned(),
            ..CreateExperiment::default()
        })
    };
    let located = |name: &str, location: &str| {
        let id = create(name, location).unwrap().experiment_id;
        let run = CreateRun { experiment_id: id.clone(), ..CreateRun::default() };
        (by_id(&test, id.as_str()).artifact_location, test.call(run).unwrap().run.info)
    };
    let (location, run) = located("bucket", "s3://bucket/x/");
    assert_eq!(location, "s3://bucket/x/");
    assert_eq!(run.artifact_uri, format!("s3://bucket/x/{}/artifacts", run.run_id));
    let (_, run) = located("query", "s3://bucket/x?k=v");
    assert_eq!(run.artifact_uri, format!("s3://bucket/x/{}/artifacts?k=v", run.run_id));
    let (location, _) = located("local", "some/where");
    assert_eq!(location, std::env::current_dir().unwrap().join("some/where").to_str().unwrap());
    assert_eq!(refused(create("fragment", "s3://bucket/x#y")).0, ErrorCode::InvalidParameterValue);
}
