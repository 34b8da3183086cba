use trainyard_api::runs::{DeleteTag, SetTag};
use trainyard_api::{RunId, Tag};

use super::{absent, get, invalid, missing, refused};
use crate::backend::TestStore;

fn set(run_id: &RunId, key: &str, value: &str) -> SetTag {
    SetTag { run_id: run_id.clone(), key: key.to_owned(), value: value.to_owned(), ..SetTag::default() }
}

pub fn the_last_value_of_a_tag_holds(test: TestStore) {
    let run_id = super::run(&test);
    test.call(set(&run_id, "a", "1")).unwrap();
    test.call(set(&run_id, "a", "2")).unwrap();
    assert_eq!(get(&test, &run_id).data.tags[0], Tag::new("a", "2"));
}

pub fn the_name_tag_is_the_name(test: TestStore) {
    let run_id = super::run(&test);
    test.call(set(&run_id, "mlflow.runName", "by tag")).unwrap();
    test.call(set(&run_id, "mlflow.runName", "")).unwrap();
    let run = get(&test, &run_id);
    assert_eq!(
        (run.info.run_name.as_str(), &run.data.tags[..]),
        ("by tag", &[Tag::new("mlflow.runName", "by tag")][..])
    );
    test.call(DeleteTag { run_id: run_id.clone(), key: "mlflow.runName".to_owned() }).unwrap();
    let run = get(&test, &run_id);
    assert_eq!((run.info.run_name.as_str(), run.data.tags.len()), ("by tag", 0));
}

pub fn deleting_an_absent_tag_is_not_found(test: TestStore) {
    let run_id = super::run(&test);
    let delete = |key: &str| test.call(DeleteTag { run_id: run_id.clone(), key: key.to_owned() });
    test.call(set(&run_id, "a", "1")).unwrap();
    delete("a").unwrap();
    assert_eq!(refused(delete("a")), absent(&format!("No tag with name: a in run with id {run_id}")));
    assert_eq!(refused(delete("")), missing("key"));
}

pub fn long_values_are_cut_and_long_keys_refused(test: TestStore) {
    let run_id = super::run(&test);
    test.call(set(&run_id, "a", &"é".repeat(8001))).unwrap();
    assert_eq!(get(&test, &run_id).data.tags[0].value.chars().count(), 8000);
    assert_eq!(
        refused(test.call(set(&run_id, &"k".repeat(251), ""))),
        invalid("'key' exceeds the maximum length of 250 characters")
    );
    assert_eq!(refused(test.call(set(&run_id, "", ""))), missing("key"));
}
