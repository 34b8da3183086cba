use trainyard_api::run_changes::*;
use trainyard_api::runs::DeleteRun;
use trainyard_api::{LifecycleStage, RunId};

use super::{absent, get, invalid, missing, refused, run};
use crate::backend::TestStore;

fn change(
    test: &TestStore,
    run_ids: &[&RunId],
    action: RunAction,
    key: &str,
    value: &str,
) -> Result<(), (trainyard_api::ErrorCode, String)> {
    let run_ids = run_ids.iter().map(|&id| id.clone()).collect();
    let request = ChangeRuns { run_ids, action: Some(action), key: key.into(), value: value.into() };
    test.call(request).map(drop).map_err(|error| refused::<()>(Err(error)))
}

fn tag(test: &TestStore, run_id: &RunId, key: &str) -> Option<String> {
    get(test, run_id).data.tags.into_iter().find(|tag| tag.key == key).map(|tag| tag.value)
}

pub fn many_runs_are_deleted_and_restored(test: TestStore) {
    let (first, second) = (run(&test), run(&test));
    let stages = || [&first, &second].map(|run_id| get(&test, run_id).info.lifecycle_stage);
    change(&test, &[&second, &first, &second], RunAction::Delete, "", "").unwrap();
    assert_eq!(stages(), [LifecycleStage::Deleted; 2]);
    change(&test, &[&first], RunAction::Restore, "", "").unwrap();
    assert_eq!(stages(), [LifecycleStage::Active, LifecycleStage::Deleted]);
}

pub fn tags_of_many_runs_are_set_and_deleted(test: TestStore) {
    let (first, second) = (run(&test), run(&test));
    change(&test, &[&first, &second], RunAction::SetTag, "team", "blue").unwrap();
    assert_eq!([&first, &second].map(|run_id| tag(&test, run_id, "team")), [Some("blue".into()), Some("blue".into())]);
    change(&test, &[&first], RunAction::DeleteTag, "team", "").unwrap();
    // One that has none is no reason to refuse the others.
    change(&test, &[&first, &second], RunAction::DeleteTag, "team", "").unwrap();
    assert_eq!(tag(&test, &second, "team"), None);
    change(&test, &[&first], RunAction::SetTag, "mlflow.runName", "new name").unwrap();
    assert_eq!(get(&test, &first).info.run_name, "new name");
}

pub fn all_runs_are_changed_or_none(test: TestStore) {
    let (first, second) = (run(&test), run(&test));
    let unknown = RunId::from("unknown");
    assert_eq!(
        change(&test, &[&first, &unknown], RunAction::Delete, "", ""),
        Err(absent("Run with id=unknown not found"))
    );
    assert_eq!(get(&test, &first).info.lifecycle_stage, LifecycleStage::Active);
    test.call(DeleteRun { run_id: second.clone() }).unwrap();
    let message = format!("The run {second} must be in the 'active' state. Current state is deleted.");
    assert_eq!(change(&test, &[&first, &second], RunAction::SetTag, "k", "v"), Err(invalid(&message)));
    assert_eq!(tag(&test, &first, "k"), None);
    assert_eq!(change(&test, &[], RunAction::Delete, "", ""), Err(missing("run_ids")));
    assert_eq!(change(&test, &[&first], RunAction::SetTag, "", "v"), Err(missing("key")));
    assert_eq!(
        refused(test.call(ChangeRuns { run_ids: vec![first.clone()], ..ChangeRuns::default() })),
        missing("action")
    );
    assert_eq!(
        change(&test, &[&first], RunAction::DeleteTag, "mlflow.runName", ""),
        Err(invalid("Invalid value 'mlflow.runName' for parameter 'key': a run is never without a name"))
    );
}
