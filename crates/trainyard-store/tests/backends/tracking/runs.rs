use trainyard_api::datasets::RunOutputs;
use trainyard_api::experiments::CreateExperiment;
use trainyard_api::runs::*;
use trainyard_api::{LifecycleStage, RunId, Tag};

use super::{absent, get, invalid, missing, refused};
use crate::backend::TestStore;

fn tag(key: &str, value: &str) -> Tag {
    Tag::new(key, value)
}

pub fn a_run_is_answered_as_it_was_created(test: TestStore) {
    let request = CreateRun {
        user_id: "ada".to_owned(),
        run_name: "first".to_owned(),
        start_time: Some(5),
        tags: vec![tag("mlflow.user", "ada")],
        ..CreateRun::default()
    };
    let run = test.call(request).unwrap().run;
    let run_id = RunId::from("00000000000040008000000000000001");
    assert_eq!(
        run.info,
        RunInfo {
            run_id: run_id.clone(),
            run_uuid: run_id.clone(),
            run_name: "first".to_owned(),
            experiment_id: "0".into(),
            user_id: "ada".to_owned(),
            status: RunStatus::Running,
            start_time: 5,
            end_time: None,
            artifact_uri: format!("mlflow-artifacts:/0/{run_id}/artifacts"),
            lifecycle_stage: LifecycleStage::Active,
        }
    );
    assert_eq!(run.data.tags, [tag("mlflow.runName", "first"), tag("mlflow.user", "ada")]);
    assert_eq!(run.outputs, None);
    let run = Run { outputs: Some(RunOutputs::default()), ..run };
    assert_eq!(get(&test, &run_id), run);
    let by_uuid = GetRun { run_uuid: run_id, ..GetRun::default() };
    assert_eq!(test.call(by_uuid).unwrap().run, run);
}

pub fn a_chosen_id_is_of_one_experiment_whoever_comes_first(test: TestStore) {
    let other = test.call(CreateExperiment { name: "other".to_owned(), ..Default::default() }).unwrap().experiment_id;
    let elsewhere = test.another();
    for i in 0..40 {
        let run_id = RunId::from(format!("{i:032x}"));
        let request = CreateRun { run_id, experiment_id: "0".into(), ..CreateRun::default() };
        let there = CreateRun { experiment_id: other.clone(), ..request.clone() };
        let both = [test.store.execute(request), elsewhere.execute(there)].map(|pending| pending.wait());
        for (made, wanted) in both.iter().zip(["0", other.as_str()]) {
            if let Ok(made) = made {
                assert_eq!(made.run.info.experiment_id.as_str(), wanted);
            }
        }
        assert_eq!(both.iter().filter(|made| made.is_ok()).count(), 1, "{both:?}");
    }
}

pub fn a_client_may_choose_the_id_of_a_run_and_say_so_twice(test: TestStore) {
    let request = CreateRun {
        run_id: "0123456789abcdef0123456789abcdef".into(),
        run_name: "offline".to_owned(),
        ..CreateRun::default()
    };
    let run = test.call(request.clone()).unwrap().run;
    assert_eq!(run.info.run_id, request.run_id);
    assert_eq!(test.call(CreateRun { run_name: "repeated".to_owned(), ..request.clone() }).unwrap().run, run);

    let experiment_id = test.call(CreateExperiment { name: "other".to_owned(), ..Default::default() }).unwrap();
    let elsewhere = CreateRun { experiment_id: experiment_id.experiment_id, ..request };
    assert_eq!(
        refused(test.call(elsewhere)),
        invalid("The run 0123456789abcdef0123456789abcdef is in another experiment")
    );
    for bad in ["..", "0123456789abcdef0123456789abcde/", "0123456789ABCDEF0123456789ABCDEF"] {
        assert_eq!(
            refused(test.call(CreateRun { run_id: bad.into(), ..CreateRun::default() })),
            invalid(&format!(
                "Invalid value '{bad}' for parameter 'run_id' supplied: expected 32 lower-case hex digits"
            ))
        );
    }
}

pub fn a_run_without_name_and_time_gets_them(test: TestStore) {
    let run = test.call(CreateRun::default()).unwrap().run;
    assert_eq!(run.info.start_time, test.now_ms());
    assert_eq!(run.info.run_name.split('-').count(), 3, "{}", run.info.run_name);
    assert_eq!(run.data.tags, [tag("mlflow.runName", &run.info.run_name)]);
}

pub fn name_and_name_tag_must_agree(test: TestStore) {
    let create = |run_name: &str, tagged: &str| {
        let tags = vec![tag("mlflow.runName", tagged)];
        test.call(CreateRun { run_name: run_name.to_owned(), tags, ..CreateRun::default() })
    };
    assert_eq!(create("", "tagged").unwrap().run.info.run_name, "tagged");
    assert_eq!(create("same", "same").unwrap().run.info.run_name, "same");
    assert_eq!(
        refused(create("a", "b")),
        invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values \
             (run_name='a', mlflow.runName='b')."
        )
    );
}

pub fn an_unknown_experiment_or_run_is_not_found(test: TestStore) {
    let create = CreateRun { experiment_id: "99".into(), ..CreateRun::default() };
    assert_eq!(refused(test.call(create)), absent("No Experiment with id=99 exists"));
    let get = |id: &str| refused(test.call(GetRun { run_id: id.into(), ..GetRun::default() }));
    assert_eq!(get("zz"), absent("Run with id=zz not found"));
    assert_eq!(get("../etc"), absent("Run with id=../etc not found"));
    assert_eq!(get(""), missing("run_id"));
}

pub fn updating_changes_only_what_is_given(test: TestStore) {
    let run_id = super::run(&test);
    let name = get(&test, &run_id).info.run_name;
    let update = |update: UpdateRun| test.call(UpdateRun { run_id: run_id.clone(), ..update }).unwrap().run_info;
    let info = update(UpdateRun { status: Some(RunStatus::Finished), end_time: Some(77), ..UpdateRun::default() });
    assert_eq!((info.status, info.end_time, &info.run_name), (RunStatus::Finished, Some(77), &name));
    let info = update(UpdateRun { run_name: "new".to_owned(), ..UpdateRun::default() });
    assert_eq!((info.status, info.end_time, info.run_name.as_str()), (RunStatus::Finished, Some(77), "new"));
    let info = update(UpdateRun { status: Some(RunStatus::Running), ..UpdateRun::default() });
    assert_eq!((info.status, info.end_time, info.run_name.as_str()), (RunStatus::Running, Some(77), "new"));
    assert_eq!(get(&test, &run_id).data.tags, [tag("mlflow.runName", "new")]);
}

pub fn a_deleted_run_is_read_but_not_written(test: TestStore) {
    let run_id = super::run(&test);
    let delete = || test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
    delete();
    delete();
    assert_eq!(get(&test, &run_id).info.lifecycle_stage, LifecycleStage::Deleted);

    let inactive = invalid(&format!("The run {run_id} must be in the 'active' state. Current state is deleted."));
    let id = || run_id.clone();
    let key = || "k".to_owned();
    assert_eq!(refused(test.call(SetTag { run_id: id(), key: key(), ..SetTag::default() })), inactive);
    assert_eq!(refused(test.call(DeleteTag { run_id: id(), key: key() })), inactive);
    assert_eq!(refused(test.call(LogParam { run_id: id(), key: key(), ..LogParam::default() })), inactive);
    assert_eq!(refused(test.call(LogBatch { run_id: id(), ..LogBatch::default() })), inactive);
    assert_eq!(refused(test.call(UpdateRun { run_id: id(), ..UpdateRun::default() })), inactive);
    let metric = trainyard_api::metrics::LogMetric {
        run_id: id(),
        key: key(),
        value: Some(1.0),
        timestamp: Some(1),
        ..Default::default()
    };
    assert_eq!(refused(test.call(metric)), inactive);
    use trainyard_api::datasets::{LogInputs, LogOutputs};
    assert_eq!(refused(test.call(LogInputs { run_id: id(), ..LogInputs::default() })), inactive);
    assert_eq!(refused(test.call(LogOutputs { run_id: id(), ..LogOutputs::default() })), inactive);

    test.call(RestoreRun { run_id: id() }).unwrap();
    test.call(SetTag { run_id: id(), key: key(), ..SetTag::default() }).unwrap();
}

pub fn tags_of_a_new_run_are_cut_and_keys_checked(test: TestStore) {
    let create = |key: &str, value: &str| {
        test.call(CreateRun { tags: vec![tag(key, value)], ..CreateRun::default() }).map(|answer| answer.run)
    };
    let run = create("long", &"é".repeat(8001)).unwrap();
    assert_eq!(run.data.tags[0], tag("long", &"é".repeat(8000)));
    assert_eq!(refused(create("", "v")), missing("tags[0].key"));
    assert_eq!(refused(create(&"k".repeat(251), "v")), invalid("'key' exceeds the maximum length of 250 characters"));
}
