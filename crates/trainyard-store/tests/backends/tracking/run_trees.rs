use trainyard_api::run_trees::*;
use trainyard_api::runs::{CreateRun, DeleteRun, SearchRuns};
use trainyard_api::{ExperimentId, RunId, Tag, ViewType};

use super::{invalid, missing, refused};
use crate::backend::TestStore;
use crate::search::experiment;

fn child(test: &TestStore, experiment_id: &ExperimentId, name: &str, parent: Option<&RunId>) -> RunId {
    let tags = parent.map(|parent| Tag::new("mlflow.parentRunId", parent.to_string())).into_iter().collect();
    let request = CreateRun {
        experiment_id: experiment_id.clone(),
        run_name: name.into(),
        start_time: Some(1000 + i64::from(name.as_bytes()[0])),
        tags,
        ..CreateRun::default()
    };
    test.call(request).unwrap().run.info.run_id
}

fn delete(test: &TestStore, run_id: &RunId) {
    test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
}

pub fn children_that_live_in_the_experiment_are_counted(test: TestStore) {
    let (here, elsewhere) = (experiment(&test, "here"), experiment(&test, "elsewhere"));
    let parent = child(&test, &here, "p", None);
    let first = child(&test, &here, "a", Some(&parent));
    child(&test, &here, "b", Some(&parent));
    child(&test, &elsewhere, "c", Some(&parent));
    child(&test, &here, "d", Some(&first));
    delete(&test, &child(&test, &here, "e", Some(&parent)));
    let run_ids = vec![parent.clone(), "unknown".into(), first.clone(), parent.clone()];
    let counts = test.call(CountRunChildren { run_ids }).unwrap().counts;
    let count = |run_id: &RunId, children| RunChildren { run_id: run_id.clone(), children };
    assert_eq!(counts, [count(&parent, 2), count(&"unknown".into(), 0), count(&first, 1), count(&parent, 2)]);
}

pub fn roots_have_no_parent_among_the_runs_that_are_shown(test: TestStore) {
    let (here, elsewhere) = (experiment(&test, "here"), experiment(&test, "elsewhere"));
    let parent = child(&test, &here, "p", None);
    let middle = child(&test, &here, "m", Some(&parent));
    child(&test, &here, "a", Some(&middle));
    let gone = child(&test, &here, "g", None);
    child(&test, &here, "o", Some(&gone));
    child(&test, &here, "u", Some(&"unknown".into()));
    child(&test, &elsewhere, "e", Some(&parent));
    delete(&test, &gone);
    let roots = |experiments: &[&ExperimentId], run_view_type, filter: &str, max_results| {
        let experiment_ids: Vec<ExperimentId> = experiments.iter().map(|&id| id.clone()).collect();
        let (mut names, mut page_token) = (String::new(), String::new());
        loop {
            let request = SearchRuns {
                experiment_ids: experiment_ids.clone(),
                run_view_type,
                filter: filter.into(),
                max_results,
                roots_only: true,
                order_by: vec!["attributes.run_name".into()],
                page_token,
                ..SearchRuns::default()
            };
            let page = test.call(request).unwrap();
            names.extend(page.runs.into_iter().map(|run| run.info.run_name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return names;
            }
        }
    };
    for max_results in [None, Some(1)] {
        let ask = |experiments: &[&ExperimentId], view, filter| roots(experiments, view, filter, max_results);
        assert_eq!(ask(&[&here], ViewType::ActiveOnly, ""), "opu");
        assert_eq!(ask(&[&here, &elsewhere], ViewType::ActiveOnly, ""), "opu");
        assert_eq!(ask(&[&elsewhere], ViewType::ActiveOnly, ""), "e");
        assert_eq!(ask(&[&here], ViewType::DeletedOnly, ""), "g");
        assert_eq!(ask(&[&here], ViewType::All, ""), "gpu");
        assert_eq!(ask(&[&here], ViewType::ActiveOnly, "attributes.run_name != 'p'"), "ou");
        assert_eq!(ask(&[&here], ViewType::ActiveOnly, "tags.`mlflow.parentRunId` = 'unknown'"), "u");
    }
    // Whoever names itself as its parent is still seen.
    let own = child(&test, &here, "z", Some(&"00000000000000000000000000000000".into()));
    test.call(trainyard_api::runs::SetTag {
        run_id: own.clone(),
        key: "mlflow.parentRunId".into(),
        value: own.to_string(),
        ..Default::default()
    })
    .unwrap();
    assert_eq!(roots(&[&here], ViewType::ActiveOnly, "", None), "opuz");
    assert_eq!(test.call(CountRunChildren { run_ids: vec![own] }).unwrap().counts[0].children, 0);
}

pub fn bad_lists_of_runs_are_refused(test: TestStore) {
    let ask = |run_ids| refused(test.call(CountRunChildren { run_ids }));
    assert_eq!(ask(Vec::new()), missing("run_ids"));
    let message = "Invalid value for parameter 'run_ids': 1001 runs are named, 1000 at most can be";
    assert_eq!(ask(vec!["r".into(); 1001]), invalid(message));
}
