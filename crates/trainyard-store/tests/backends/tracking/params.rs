use trainyard_api::runs::LogParam;
use trainyard_api::{Param, RunId};

use super::{absent, get, invalid, missing, refused};
use crate::backend::TestStore;

fn param(run_id: &RunId, key: &str, value: &str) -> LogParam {
    LogParam { run_id: run_id.clone(), key: key.to_owned(), value: value.to_owned(), ..LogParam::default() }
}

pub fn a_param_is_written_once(test: TestStore) {
    let run_id = super::run(&test);
    test.call(param(&run_id, "a", "1")).unwrap();
    test.call(param(&run_id, "a", "1")).unwrap();
    assert_eq!(
        refused(test.call(param(&run_id, "a", "2"))),
        invalid(&format!(
            "Changing param values is not allowed. Param with key='a' was already logged with value='1' for run \
             ID='{run_id}'. Attempted logging new value '2'."
        ))
    );
    assert_eq!(get(&test, &run_id).data.params, [Param::new("a", "1")]);
}

pub fn an_empty_value_is_a_value(test: TestStore) {
    let run_id = super::run(&test);
    test.call(param(&run_id, "a", "")).unwrap();
    assert_eq!(get(&test, &run_id).data.params, [Param::new("a", "")]);
    test.call(param(&run_id, "a", "x")).unwrap_err();
}

pub fn a_long_value_is_cut_by_characters(test: TestStore) {
    let run_id = super::run(&test);
    test.call(param(&run_id, "a", &"é".repeat(6001))).unwrap();
    // Equal after the cut, so not a change.
    test.call(param(&run_id, "a", &"é".repeat(7000))).unwrap();
    assert_eq!(get(&test, &run_id).data.params, [Param::new("a", "é".repeat(6000))]);
}

pub fn keys_and_runs_are_checked(test: TestStore) {
    let run_id = super::run(&test);
    assert_eq!(refused(test.call(param(&run_id, "", "v"))), missing("key"));
    assert_eq!(refused(test.call(param(&"".into(), "k", "v"))), missing("run_id"));
    assert_eq!(refused(test.call(param(&"nope".into(), "k", "v"))), absent("Run with id=nope not found"));
    assert_eq!(
        refused(test.call(param(&run_id, &"k".repeat(251), "v"))),
        invalid("'Param key' exceeds the maximum length of 250 characters")
    );
    assert_eq!(
        refused(test.call(param(&run_id, "../a", "v"))),
        invalid(
            "Invalid value \"../a\" for parameter 'key' supplied: Names may be treated as files in certain cases, and \
             must not resolve to other names when treated as such. This name would resolve to '../a'"
        )
    );
}
