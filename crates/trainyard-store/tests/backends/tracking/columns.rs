use trainyard_api::columns::*;
use trainyard_api::datasets::{Dataset, DatasetInput, LogInputs};
use trainyard_api::experiments::DeleteExperiment;
use trainyard_api::run_groups::GroupKind;
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, SetTag};
use trainyard_api::{ExperimentId, Param, Tag};

use super::{invalid, missing, refused};
use crate::backend::TestStore;
use crate::search::{RunSpec, add_run, experiment};

fn ask(test: &TestStore, experiments: &[&ExperimentId], kind: ColumnKind, contains: &str) -> ListColumnsResponse {
    let experiment_ids = experiments.iter().map(|&id| id.clone()).collect();
    let request = ListColumns { experiment_ids, kind: Some(kind), contains: contains.into(), ..ListColumns::default() };
    test.call(request).unwrap()
}

/// Names with numbers of runs and of different values.
fn shown(answer: &ListColumnsResponse) -> Vec<(&str, i64, i64)> {
    answer.columns.iter().map(|column| (column.key.as_str(), column.runs, column.distinct)).collect()
}

pub fn columns_tell_what_the_values_of_an_experiment_are_like(test: TestStore) {
    let (first, second) = (experiment(&test, "first"), experiment(&test, "second"));
    let text = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    let run = |experiment_id, loss: f64, lr: &str| {
        let metrics = vec![("loss".into(), loss), ("acc".into(), 0.5)];
        let spec = RunSpec { metrics, params: text(&[("lr", lr)]), tags: text(&[("team", "a")]), ..RunSpec::default() };
        add_run(&test, experiment_id, &spec)
    };
    run(&first, 3.0, "0.1");
    run(&first, f64::NAN, "0.1");
    run(&first, -1.0, "0.2");
    run(&second, 8.0, "0.3");
    let answer = ask(&test, &[&first], ColumnKind::Metric, "");
    assert_eq!((answer.runs, shown(&answer)), (3, vec![("acc", 3, 1), ("loss", 3, 2)]));
    assert_eq!((answer.columns[1].min, answer.columns[1].max), (Some(-1.0), Some(3.0)));
    let answer = ask(&test, &[&first, &second], ColumnKind::Metric, "LOSS");
    assert_eq!((answer.runs, shown(&answer)), (4, vec![("loss", 4, 3)]));
    assert_eq!(shown(&ask(&test, &[&first], ColumnKind::Param, "")), [("lr", 3, 2)]);
    let tags = ask(&test, &[&first], ColumnKind::Tag, "");
    assert_eq!(shown(&tags)[1], ("team", 3, 1));
    assert_eq!(tags.columns[1].min, None);
    assert!(ask(&test, &[&"99".into()], ColumnKind::Metric, "").columns.is_empty());
}

pub fn names_of_every_kind_of_write_are_columns(test: TestStore) {
    let experiment_id = experiment(&test, "e");
    let names = |kind| -> Vec<String> {
        ask(&test, &[&experiment_id], kind, "").columns.into_iter().map(|column| column.key).collect()
    };
    let tags = vec![Tag::new("created", "1")];
    let request = CreateRun { experiment_id: experiment_id.clone(), tags, ..CreateRun::default() };
    let run_id = test.call(request).unwrap().run.info.run_id;
    assert_eq!(names(ColumnKind::Tag), ["created", "mlflow.runName"]);
    test.call(SetTag { run_id: run_id.clone(), key: "set".into(), value: "v".into(), ..SetTag::default() }).unwrap();
    let param = trainyard_api::runs::LogParam { run_id: run_id.clone(), key: "p".into(), ..Default::default() };
    test.call(param).unwrap();
    let metric = trainyard_api::metrics::LogMetric {
        run_id: run_id.clone(),
        key: "m".into(),
        value: Some(1.0),
        timestamp: Some(1),
        ..Default::default()
    };
    test.call(metric).unwrap();
    assert_eq!(names(ColumnKind::Tag), ["created", "mlflow.runName", "set"]);
    assert_eq!((names(ColumnKind::Param), names(ColumnKind::Metric)), (vec!["p".to_owned()], vec!["m".to_owned()]));
    // The names of deleted runs are still there, with no run that is looked at.
    test.call(DeleteRun { run_id }).unwrap();
    let answer = ask(&test, &[&experiment_id], ColumnKind::Metric, "");
    assert_eq!((answer.runs, shown(&answer)), (0, vec![("m", 0, 0)]));
    test.call(DeleteExperiment { experiment_id: experiment_id.clone() }).unwrap();
    assert_eq!(names(ColumnKind::Metric), ["m"]);
}

pub fn columns_come_page_by_page_across_experiments(test: TestStore) {
    let experiments = [experiment(&test, "a"), experiment(&test, "b")];
    for (index, experiment_id) in experiments.iter().enumerate() {
        let metrics = (0..30).map(|i| (format!("m{:02}", i * (index + 1)), 1.0)).collect();
        add_run(&test, experiment_id, &RunSpec { metrics, ..RunSpec::default() });
    }
    let mut expected: Vec<String> = (0..30).flat_map(|i| [format!("m{i:02}"), format!("m{:02}", i * 2)]).collect();
    expected.sort_unstable();
    expected.dedup();
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let (experiment_ids, kind) = (experiments.to_vec(), Some(ColumnKind::Metric));
        let request = ListColumns { experiment_ids, kind, max_results: Some(7), page_token, ..ListColumns::default() };
        let page = test.call(request).unwrap();
        assert!(page.columns.len() <= 7);
        seen.extend(page.columns.into_iter().map(|column| column.key));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, expected);
}

pub fn an_experiment_that_is_named_twice_counts_once(test: TestStore) {
    let experiment_id = experiment(&test, "e");
    let params = vec![("lr".into(), "1".into())];
    add_run(&test, &experiment_id, &RunSpec { params, ..RunSpec::default() });
    let answer = ask(&test, &[&experiment_id, &experiment_id], ColumnKind::Param, "");
    assert_eq!((answer.runs, shown(&answer)), (1, vec![("lr", 1, 1)]));
}

pub fn names_of_what_was_undone_are_no_columns(test: TestStore) {
    let experiment_id = experiment(&test, "e");
    let request = CreateRun { experiment_id: experiment_id.clone(), ..CreateRun::default() };
    let run_id = test.call(request).unwrap().run.info.run_id;
    let params = |pairs: &[(&str, &str)]| LogBatch {
        run_id: run_id.clone(),
        params: pairs.iter().map(|(key, value)| Param::new(*key, *value)).collect(),
        ..LogBatch::default()
    };
    test.call(params(&[("kept", "1")])).unwrap();
    // Refused after the others have been written, by itself and among others that are not.
    assert!(test.call(params(&[("refused", "1"), ("kept", "2")])).is_err());
    let (bad, good) = (params(&[("refused too", "1"), ("kept", "2")]), params(&[("good", "1")]));
    let together: Vec<_> =
        (0..40).map(|i| test.store.execute(if i % 2 == 0 { bad.clone() } else { good.clone() })).collect();
    for (index, pending) in together.into_iter().enumerate() {
        assert_eq!(pending.wait().is_err(), index % 2 == 0);
    }
    let names: Vec<String> =
        ask(&test, &[&experiment_id], ColumnKind::Param, "").columns.into_iter().map(|column| column.key).collect();
    assert_eq!(names, ["good", "kept"]);
}

pub fn bad_questions_about_columns(test: TestStore) {
    let ask = |experiments: usize, kind| {
        let experiment_ids = vec!["0".into(); experiments];
        refused(test.call(ListColumns { experiment_ids, kind, ..ListColumns::default() }))
    };
    assert_eq!(ask(1, None), missing("kind"));
    assert_eq!(ask(0, Some(ColumnKind::Tag)), missing("experiment_id"));
    assert_eq!(
        ask(101, Some(ColumnKind::Tag)),
        invalid("Invalid value for parameter 'experiment_id': 101 experiments are named, 100 at most can be")
    );
}

pub fn values_of_the_newest_runs_are_told_with_those_of_most_runs_first(test: TestStore) {
    let (first, second) = (experiment(&test, "first"), experiment(&test, "second"));
    let long = "x".repeat(501);
    for (experiment_id, name, optimizer) in [
        (&first, "one", "sgd"),
        (&first, "two", "Adam"),
        (&first, "three", "adamw"),
        (&first, "four", "Adam"),
        (&first, "five", long.as_str()),
        (&second, "six", "adagrad"),
    ] {
        let pairs = vec![("optimizer".to_owned(), optimizer.to_owned())];
        let spec = RunSpec { name: name.into(), params: pairs.clone(), tags: pairs, ..RunSpec::default() };
        add_run(&test, experiment_id, &spec);
    }
    let ask = |kind, key: &str, contains: &str, max_results| {
        let request = ListColumnValues {
            experiment_ids: vec![first.clone()],
            kind: Some(kind),
            key: key.into(),
            contains: contains.into(),
            max_results,
        };
        let answer = test.call(request).unwrap();
        assert_eq!(answer.runs, 5);
        answer.values.into_iter().map(|one| (one.value, one.runs)).collect::<Vec<_>>()
    };
    let value = |value: &str, runs| (value.to_owned(), runs);
    for kind in [GroupKind::Param, GroupKind::Tag] {
        assert_eq!(ask(kind, "optimizer", "", None), [value("Adam", 2), value("adamw", 1), value("sgd", 1)]);
        assert_eq!(ask(kind, "optimizer", "ADAM", None), [value("Adam", 2), value("adamw", 1)]);
        assert_eq!(ask(kind, "optimizer", "%", None), []);
        assert_eq!(ask(kind, "optimizer", "", Some(1)), [value("Adam", 2)]);
        assert_eq!(ask(kind, "other", "", None), []);
    }
    assert_eq!(ask(GroupKind::Attribute, "user_id", "", None), [value("someone", 5)]);
    assert_eq!(ask(GroupKind::Attribute, "status", "", None), [value("RUNNING", 5)]);
    assert_eq!(ask(GroupKind::Attribute, "run_name", "o", None), [value("four", 1), value("one", 1), value("two", 1)]);
    assert_eq!(ask(GroupKind::Dataset, "", "", None), []);
    let run = test.call(CreateRun { experiment_id: first.clone(), ..CreateRun::default() }).unwrap().run;
    let dataset = |digest: &str| DatasetInput {
        dataset: Dataset { name: "train".into(), digest: digest.into(), source: "s".into(), ..Dataset::default() },
        ..DatasetInput::default()
    };
    let datasets = vec![dataset("a"), dataset("b")];
    test.call(LogInputs { run_id: run.info.run_id.clone(), datasets, ..LogInputs::default() }).unwrap();
    let request =
        ListColumnValues { experiment_ids: vec![first], kind: Some(GroupKind::Dataset), ..ListColumnValues::default() };
    assert_eq!(test.call(request).unwrap().values, [ColumnValue { value: "train".into(), runs: 1 }]);
}

pub fn bad_questions_about_values(test: TestStore) {
    let ask = |kind, key: &str, max_results| {
        let experiment_ids = vec!["0".into()];
        let request =
            ListColumnValues { experiment_ids, kind, key: key.into(), max_results, ..ListColumnValues::default() };
        refused(test.call(request))
    };
    assert_eq!(ask(None, "lr", None), missing("kind"));
    assert_eq!(ask(Some(GroupKind::Param), "", None), missing("key"));
    assert_eq!(
        ask(Some(GroupKind::Attribute), "start_time", None),
        invalid("Invalid value for parameter 'key': 'start_time' is none of status, user_id and run_name")
    );
    assert!(ask(Some(GroupKind::Param), "lr", Some(1001)).1.contains("1001"));
    assert_eq!(
        refused(test.call(ListColumnValues { kind: Some(GroupKind::Dataset), ..ListColumnValues::default() })),
        missing("experiment_id")
    );
}
