use trainyard_api::experiments::DeleteExperiment;
use trainyard_api::logged_models::*;
use trainyard_api::metrics::{LogMetric, Metric};
use trainyard_api::runs::LogBatch;
use trainyard_api::{ModelId, Param, Tag};

use super::{absent, get as get_run, invalid, missing, refused};
use crate::backend::TestStore;

fn create(test: &TestStore) -> ModelId {
    let request = CreateLoggedModel { experiment_id: "0".into(), name: "iris".to_owned(), ..Default::default() };
    test.call(request).unwrap().model.info.model_id
}

fn get(test: &TestStore, model_id: &ModelId) -> LoggedModel {
    test.call(GetLoggedModel { model_id: model_id.clone(), allow_deleted: false }).unwrap().model
}

pub fn a_model_is_answered_as_it_was_created(test: TestStore) {
    let run_id = super::run(&test);
    let request = CreateLoggedModel {
        experiment_id: "0".into(),
        name: "iris".to_owned(),
        model_type: "classifier".to_owned(),
        source_run_id: run_id.clone(),
        params: vec![Param::new("p", "1")],
        tags: vec![Tag::new("t", "1")],
    };
    let model = test.call(request).unwrap().model;
    let model_id = model.info.model_id.clone();
    assert!(model_id.as_str().starts_with("m-") && model_id.as_str().len() == 34, "{model_id}");
    assert_eq!(
        model.info,
        LoggedModelInfo {
            model_id: model_id.clone(),
            experiment_id: "0".into(),
            name: "iris".to_owned(),
            creation_timestamp_ms: test.now_ms(),
            last_updated_timestamp_ms: test.now_ms(),
            artifact_uri: format!("mlflow-artifacts:/0/models/{model_id}/artifacts"),
            status: LoggedModelStatus::Pending,
            model_type: "classifier".to_owned(),
            source_run_id: run_id,
            tags: vec![Tag::new("t", "1")],
            ..LoggedModelInfo::default()
        }
    );
    assert_eq!(model.data.params, [Param::new("p", "1")]);
    assert_eq!(get(&test, &model_id), model);
}

pub fn names_are_checked_or_made_up(test: TestStore) {
    let create = |experiment_id: &str, name: &str| {
        let name = name.to_owned();
        test.call(CreateLoggedModel { experiment_id: experiment_id.into(), name, ..Default::default() })
    };
    assert_eq!(create("0", "").unwrap().model.info.name.split('-').count(), 3);
    for name in ["a/b", "a:b", "a.b", "a%b", "a\"b", "a'b"] {
        let (_, message) = refused(create("0", name));
        assert!(message.starts_with(&format!("Invalid model name ('{name}') provided.")), "{message}");
    }
    assert_eq!(refused(create("", "a")), missing("experiment_id"));
    assert_eq!(refused(create("99", "a")), absent("No Experiment with id=99 exists"));
    test.call(DeleteExperiment { experiment_id: "0".into() }).unwrap();
    assert_eq!(
        refused(create("0", "a")),
        invalid("The experiment 0 must be in the 'active' state. Current state is deleted.")
    );
}

pub fn finalizing_sets_the_status(test: TestStore) {
    let model_id = create(&test);
    test.advance_ms(3);
    let finalize = |status| test.call(FinalizeLoggedModel { model_id: model_id.clone(), status });
    let info = finalize(LoggedModelStatus::Ready).unwrap().model.info;
    assert_eq!(info.status, LoggedModelStatus::Ready);
    assert_eq!(info.last_updated_timestamp_ms, info.creation_timestamp_ms + 3);
    assert_eq!(refused(finalize(LoggedModelStatus::Unspecified)), missing("status"));
    assert_eq!(get(&test, &model_id).info, info);
}

pub fn a_deleted_model_is_gone(test: TestStore) {
    let model_id = create(&test);
    let delete = || test.call(DeleteLoggedModel { model_id: model_id.clone() });
    delete().unwrap();
    delete().unwrap();
    let gone = absent(&format!("Logged model with ID '{model_id}' not found."));
    let get = |allow_deleted| test.call(GetLoggedModel { model_id: model_id.clone(), allow_deleted });
    assert_eq!(refused(get(false)), gone);
    assert_eq!(get(true).unwrap().model.info.model_id, model_id);
    let tags = vec![Tag::new("a", "b")];
    assert_eq!(refused(test.call(SetLoggedModelTags { model_id: model_id.clone(), tags })), gone);
    let unknown = DeleteLoggedModel { model_id: "m-nope".into() };
    assert_eq!(refused(test.call(unknown)), absent("Logged model with ID 'm-nope' not found."));
}

pub fn tags_are_set_and_deleted(test: TestStore) {
    let model_id = create(&test);
    let set = |tags: Vec<Tag>| test.call(SetLoggedModelTags { model_id: model_id.clone(), tags });
    set(vec![Tag::new("a", "1"), Tag::new("b", "1")]).unwrap();
    set(vec![Tag::new("a", "2"), Tag::new("a", "3")]).unwrap();
    assert_eq!(get(&test, &model_id).info.tags, [Tag::new("a", "3"), Tag::new("b", "1")]);
    assert_eq!(refused(set(vec![Tag::new("", "1")])), missing("tags[0].key"));
    let delete = || test.call(DeleteLoggedModelTag { model_id: model_id.clone(), tag_key: "b".to_owned() });
    delete().unwrap();
    assert_eq!(refused(delete()), absent(&format!("No tag with key 'b' found for model with ID '{model_id}'.")));
}

pub fn params_are_added_and_written_once(test: TestStore) {
    let model_id = create(&test);
    let log = |params: Vec<Param>| test.call(LogLoggedModelParams { model_id: model_id.clone(), params });
    log(vec![Param::new("a", "1")]).unwrap();
    log(vec![Param::new("a", "1"), Param::new("b", "2")]).unwrap();
    assert_eq!(
        refused(log(vec![Param::new("c", "3"), Param::new("a", "9")])),
        invalid(&format!(
            "Changing param values is not allowed. Param with key='a' was already logged with value='1' for model \
             ID='{model_id}'. Attempted logging new value '9'."
        ))
    );
    assert_eq!(get(&test, &model_id).data.params, [Param::new("a", "1"), Param::new("b", "2")]);
}

pub fn points_with_a_model_go_to_the_run_and_the_model(test: TestStore) {
    let run_id = super::run(&test);
    let model_id = create(&test);
    let point = |value: f64, step: i64| Metric {
        key: "acc".to_owned(),
        value,
        timestamp: step,
        step,
        model_id: model_id.clone(),
        ..Metric::default()
    };
    let on_dataset = Metric { dataset_name: "iris".into(), dataset_digest: "d1".into(), ..point(0.5, 1) };
    let metrics = vec![on_dataset.clone(), point(f64::INFINITY, 2), Metric { model_id: "".into(), ..point(0.7, 3) }];
    for _ in 0..2 {
        let metrics = metrics.clone();
        test.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    }
    let of_run = |metric: Metric| Metric { run_id: run_id.clone(), ..metric };
    assert_eq!(get(&test, &model_id).data.metrics, [of_run(on_dataset), of_run(point(f64::MAX, 2))]);
    let latest = get_run(&test, &run_id).data.metrics;
    assert_eq!(latest, [Metric { model_id: "".into(), ..point(0.7, 3) }]);
}

pub fn a_point_with_an_unknown_model_is_not_stored(test: TestStore) {
    let run_id = super::run(&test);
    let metric = LogMetric {
        run_id: run_id.clone(),
        key: "acc".to_owned(),
        value: Some(1.0),
        timestamp: Some(1),
        model_id: "m-nope".into(),
        ..LogMetric::default()
    };
    assert_eq!(refused(test.call(metric)), absent("Logged model with ID 'm-nope' not found."));
    assert_eq!(get_run(&test, &run_id).data.metrics, []);
}
