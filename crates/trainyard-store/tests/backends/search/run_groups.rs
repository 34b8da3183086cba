//! `runs/groups`: what is in which group, and what its numbers are.

use trainyard_api::datasets::{Dataset, DatasetInput, LogInputs};
use trainyard_api::run_groups::*;
use trainyard_api::runs::{RunStatus, UpdateRun};
use trainyard_api::{ExperimentId, RunId};

use super::{RunSpec, add_run, experiment, refused};
use crate::backend::TestStore;

fn run(
    test: &TestStore,
    experiment_id: &ExperimentId,
    lr: Option<&str>,
    team: Option<&str>,
    loss: Option<f64>,
) -> RunId {
    let pairs = |key: &str, value: Option<&str>| value.map(|value| (key.into(), value.into())).into_iter().collect();
    let spec = RunSpec {
        start_time: 1000 + loss.unwrap_or(0.0) as i64,
        metrics: loss.map(|loss| ("loss".into(), loss)).into_iter().collect(),
        params: pairs("lr", lr),
        tags: pairs("team", team),
        ..RunSpec::default()
    };
    add_run(test, experiment_id, &spec)
}

fn key(kind: GroupKind, key: &str) -> GroupKey {
    GroupKey { kind, key: key.into() }
}

fn request(experiment_id: &ExperimentId, group_by: &[GroupKey]) -> GroupRuns {
    GroupRuns {
        experiment_ids: vec![experiment_id.clone()],
        group_by: group_by.to_vec(),
        metrics: vec!["loss".into(), "none".into()],
        ..GroupRuns::default()
    }
}

/// Values, numbers of runs, and of the first metric count and mean.
fn shown(answer: &GroupRunsResponse) -> Vec<(String, i64, i64, Option<f64>)> {
    let group = |group: &RunGroup| {
        let values: Vec<&str> = group.values.iter().map(|value| value.as_deref().unwrap_or("-")).collect();
        (values.join(","), group.runs, group.metrics[0].count, group.metrics[0].mean)
    };
    answer.groups.iter().map(group).collect()
}

pub fn runs_are_grouped_by_what_they_have_in_common(test: TestStore) {
    let experiment_id = experiment(&test, "sweep");
    run(&test, &experiment_id, Some("0.1"), Some("a"), Some(1.0));
    let ended = run(&test, &experiment_id, Some("0.1"), Some("b"), Some(3.0));
    run(&test, &experiment_id, Some("10"), Some("a"), Some(5.0));
    run(&test, &experiment_id, Some("2"), None, Some(f64::NAN));
    run(&test, &experiment_id, None, Some("a"), None);
    run(&test, &experiment_id, Some("high"), Some("a"), Some(7.0));
    run(&test, &experiment(&test, "other"), Some("0.1"), Some("a"), Some(100.0));
    test.call(UpdateRun { run_id: ended, status: Some(RunStatus::Finished), ..UpdateRun::default() }).unwrap();

    let lr = key(GroupKind::Param, "lr");
    let answer = test.call(request(&experiment_id, std::slice::from_ref(&lr))).unwrap();
    let expected: Vec<(String, i64, i64, Option<f64>)> = [
        ("0.1", 2, 2, Some(2.0)),
        ("2", 1, 0, None),
        ("10", 1, 1, Some(5.0)),
        ("high", 1, 1, Some(7.0)),
        ("-", 1, 0, None),
    ]
    .map(|(values, runs, count, mean)| (values.to_owned(), runs, count, mean))
    .to_vec();
    assert_eq!((shown(&answer), answer.total), (expected, 5));
    let first = &answer.groups[0];
    assert_eq!((first.running, first.latest_start_time), (1, 1003));
    let loss = &first.metrics[0];
    assert_eq!((loss.min, loss.max, loss.std), (Some(1.0), Some(3.0), Some(2_f64.sqrt())));
    assert_eq!((first.metrics[1].key.as_str(), first.metrics[1].count), ("none", 0));
    assert_eq!(answer.groups[2].metrics[0].std, None);

    let both = test.call(request(&experiment_id, &[key(GroupKind::Tag, "team"), lr.clone()])).unwrap();
    let values: Vec<String> = shown(&both).into_iter().map(|group| group.0).collect();
    assert_eq!(values, ["a,0.1", "a,10", "a,high", "a,-", "b,0.1", "-,2"]);
    let filtered = GroupRuns { filter: "params.lr = '0.1'".into(), ..request(&experiment_id, &[lr]) };
    assert_eq!(shown(&test.call(filtered).unwrap()), [("0.1".to_owned(), 2, 2, Some(2.0))]);
    let status = test.call(request(&experiment_id, &[key(GroupKind::Attribute, "status")])).unwrap();
    let counts: Vec<_> = shown(&status).into_iter().map(|group| (group.0, group.1)).collect();
    assert_eq!(counts, [("FINISHED".to_owned(), 1), ("RUNNING".to_owned(), 5)]);
}

pub fn a_run_is_in_the_group_of_each_of_its_datasets(test: TestStore) {
    let experiment_id = experiment(&test, "data");
    let use_datasets = |names: &[&str], loss| {
        let run_id = run(&test, &experiment_id, None, None, Some(loss));
        let input = |name: &&str| DatasetInput {
            dataset: Dataset {
                name: (*name).into(),
                digest: "d".into(),
                source_type: "local".into(),
                source: "{}".into(),
                ..Dataset::default()
            },
            ..DatasetInput::default()
        };
        let datasets = names.iter().map(input).collect();
        test.call(LogInputs { run_id, datasets, ..LogInputs::default() }).unwrap();
    };
    use_datasets(&["train", "test"], 1.0);
    use_datasets(&["train"], 3.0);
    run(&test, &experiment_id, None, None, Some(8.0));
    let answer = test.call(request(&experiment_id, &[key(GroupKind::Dataset, "")])).unwrap();
    let group = |name: &str, runs, count, mean| (name.to_owned(), runs, count, Some(mean));
    assert_eq!(shown(&answer), [group("test", 1, 1, 1.0), group("train", 2, 2, 2.0), group("-", 1, 1, 8.0)]);
}

pub fn a_run_with_many_datasets_is_in_few_groups_beside_other_keys(test: TestStore) {
    let experiment_id = experiment(&test, "data");
    let run_id = run(&test, &experiment_id, Some("1"), Some("a"), Some(2.0));
    let input = |i: usize| DatasetInput {
        dataset: Dataset {
            name: format!("d{:03}", i / 2),
            // Two versions of each.
            digest: i.to_string(),
            source_type: "local".into(),
            source: "{}".into(),
            ..Dataset::default()
        },
        ..DatasetInput::default()
    };
    test.call(LogInputs { run_id, datasets: (0..1000).map(input).collect(), ..LogInputs::default() }).unwrap();
    let keys = [key(GroupKind::Param, "lr"), key(GroupKind::Dataset, ""), key(GroupKind::Tag, "team")];
    let answer = test.call(GroupRuns { max_results: Some(2), ..request(&experiment_id, &keys) }).unwrap();
    assert_eq!(answer.total, 500);
    let group = |name: &str| (format!("1,{name},a"), 1, 1, Some(2.0));
    assert_eq!(shown(&answer), [group("d000"), group("d001")]);
    let (max_results, page_token) = (Some(2), answer.next_page_token);
    let answer = test.call(GroupRuns { max_results, page_token, ..request(&experiment_id, &keys) }).unwrap();
    assert_eq!(shown(&answer), [group("d002"), group("d003")]);
}

pub fn groups_of_runs_that_an_index_lists_are_the_same(test: TestStore) {
    let experiment_id = experiment(&test, "many");
    for i in 0..300 {
        let team = if i % 100 == 0 { "rare" } else { "usual" };
        run(&test, &experiment_id, Some(&(i % 3).to_string()), Some(team), Some(f64::from(i)));
    }
    let lr = [key(GroupKind::Param, "lr")];
    let found =
        |filter: &str| shown(&test.call(GroupRuns { filter: filter.into(), ..request(&experiment_id, &lr) }).unwrap());
    let group = |value: &str, mean| (value.to_owned(), 1, 1, Some(mean));
    let expected = [group("0", 0.0), group("1", 100.0), group("2", 200.0)];
    // Listed by the tag, by both clauses, and found among all runs.
    assert_eq!(found("tags.team = 'rare'"), expected);
    assert_eq!(found("tags.team = 'rare' AND params.lr IN ('0', '1', '2')"), expected);
    assert_eq!(found("tags.team != 'usual'"), expected);
}

pub fn more_runs_than_are_looked_up_are_grouped_the_same(test: TestStore) {
    let experiment_id = experiment(&test, "many");
    // Straight into the tables: a run at a time would take minutes.
    let key = experiment_id.as_str().parse::<i64>().unwrap();
    run(&test, &experiment_id, Some("0"), None, Some(0.0));
    let fill = test.store.write(move |tx| {
        let runs = (1..=3000_i64).map(|i| {
            [
                (10_000 + i).into(),
                format!("run{i}").into(),
                key.into(),
                "r".into(),
                "u".into(),
                "FINISHED".into(),
                i.into(),
                "active".into(),
            ]
        });
        let columns = ["id", "run_id", "experiment_id", "name", "user_id", "status", "start_time", "lifecycle_stage"];
        tx.insert_many("run", columns, "", runs)?;
        let params = (1..=3000_i64).map(|i| [(10_000 + i).into(), "lr".into(), (i % 10).to_string().into()]);
        tx.insert_many("param", ["run", "key", "value"], "", params)?;
        tx.execute(
            "INSERT INTO metric_summary (run, metric_key, count, latest_step, latest_timestamp, latest_value, latest_is_nan,
                first_step, first_timestamp, first_value, first_is_nan, min_value, max_value)
             SELECT run.id, (SELECT id FROM metric_key WHERE key = 'loss'), 1, 0, 0, run.id, 0, 0, 0, 1, 0, 1, 1
             FROM run WHERE run.id > 10000",
            &[],
        )?;
        Ok(())
    });
    fill.wait().unwrap();
    let answer = test.call(request(&experiment_id, &[self::key(GroupKind::Param, "lr")])).unwrap();
    assert_eq!(answer.total, 10);
    let seven = &answer.groups[7];
    let values: Vec<f64> = (1..=3000_i64).filter(|i| i % 10 == 7).map(|i| (10_000 + i) as f64).collect();
    assert_eq!((seven.runs, seven.metrics[0].count), (300, 300));
    let mean = seven.metrics[0].mean.unwrap();
    assert!((mean - values.iter().sum::<f64>() / 300.0).abs() < 1e-6, "{mean}");
    assert_eq!((seven.metrics[0].min, seven.metrics[0].max), (Some(10_007.0), Some(12_997.0)));
}

pub fn pages_of_groups_follow_each_other(test: TestStore) {
    let experiment_id = experiment(&test, "pages");
    for i in 0..11 {
        run(&test, &experiment_id, (i > 0).then(|| i.to_string()).as_deref(), None, Some(1.0));
    }
    let lr = [key(GroupKind::Param, "lr")];
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = GroupRuns { max_results: Some(4), page_token, ..request(&experiment_id, &lr) };
        let page = test.call(request).unwrap();
        assert_eq!(page.total, 11);
        seen.extend(shown(&page).into_iter().map(|group| group.0));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "-"]);
}

/// A sweep whose groups differ in everything that groups are ordered by.
fn sweep(test: &TestStore) -> (ExperimentId, [GroupKey; 2]) {
    let experiment_id = experiment(test, "ordered");
    for (lr, team, losses) in [
        ("0.1", Some("a"), &[3.0, 5.0][..]),
        ("0.1", Some("b"), &[-2.0]),
        ("0.2", None, &[f64::NAN]),
        ("0.2", Some("a"), &[-7.0, 9.0, 1.0]),
        ("10", Some("c"), &[4.0]),
        ("high", Some("b"), &[100.0]),
    ] {
        for loss in losses {
            run(test, &experiment_id, Some(lr), team, Some(*loss));
        }
    }
    (experiment_id, [key(GroupKind::Param, "lr"), key(GroupKind::Tag, "team")])
}

fn by_metric(aggregate: GroupAggregate, descending: bool) -> GroupOrder {
    GroupOrder { by: GroupOrderBy::Metric, key: "loss".into(), aggregate, descending, ..GroupOrder::default() }
}

pub fn groups_are_ordered_by_what_is_asked_for_and_what_is_missing_is_last(test: TestStore) {
    let (experiment_id, keys) = sweep(&test);
    let ordered = |order: GroupOrder| {
        // Not among the metrics that are answered: that does not matter.
        let metrics = vec!["none".to_owned()];
        let request = GroupRuns { metrics, order_by: Some(order), ..request(&experiment_id, &keys) };
        let found = shown(&test.call(request).unwrap());
        found.into_iter().map(|group| group.0).collect::<Vec<_>>().join(" ")
    };
    use GroupAggregate::{Count, Max, Mean, Min, Std};
    for (aggregate, descending, found) in [
        (Mean, false, "0.1,b 0.2,a 0.1,a 10,c high,b 0.2,-"),
        (Mean, true, "high,b 0.1,a 10,c 0.2,a 0.1,b 0.2,-"),
        (Min, false, "0.2,a 0.1,b 0.1,a 10,c high,b 0.2,-"),
        (Max, true, "high,b 0.2,a 0.1,a 10,c 0.1,b 0.2,-"),
        (Std, true, "0.2,a 0.1,a 0.1,b 0.2,- 10,c high,b"),
        (Count, true, "0.2,a 0.1,a 0.1,b 10,c high,b 0.2,-"),
    ] {
        assert_eq!(ordered(by_metric(aggregate, descending)), found, "{aggregate:?} {descending}");
    }
    let by = |by, index, descending| ordered(GroupOrder { by, index, descending, ..GroupOrder::default() });
    assert_eq!(by(GroupOrderBy::Value, 0, true), "high,b 10,c 0.2,a 0.2,- 0.1,a 0.1,b");
    assert_eq!(by(GroupOrderBy::Value, 1, false), "0.1,a 0.2,a 0.1,b high,b 10,c 0.2,-");
    assert_eq!(by(GroupOrderBy::Value, 1, true), "10,c 0.1,b high,b 0.1,a 0.2,a 0.2,-");
    assert_eq!(by(GroupOrderBy::Runs, 0, true), "0.2,a 0.1,a 0.1,b 0.2,- 10,c high,b");
    // Of a run's loss they make its start.
    assert_eq!(by(GroupOrderBy::LatestStartTime, 0, true).split(' ').nth(1), Some("0.2,a"));
}

pub fn pages_of_groups_in_any_order_put_together_are_the_whole(test: TestStore) {
    let (experiment_id, keys) = sweep(&test);
    let orders = [false, true].into_iter().flat_map(|descending| {
        let by = move |by, index| GroupOrder { by, index, descending, ..GroupOrder::default() };
        let aggregates = [GroupAggregate::Mean, GroupAggregate::Std, GroupAggregate::Count];
        let metrics = aggregates.map(move |aggregate| by_metric(aggregate, descending));
        let rest = [(GroupOrderBy::Value, 0), (GroupOrderBy::Value, 1), (GroupOrderBy::Runs, 0)];
        metrics.into_iter().chain(rest.map(move |(what, index)| by(what, index)))
    });
    for order in orders {
        let ask = |max_results, page_token: String, metric: &str| {
            let (metrics, order_by) = (vec![metric.to_owned()], Some(order.clone()));
            test.call(GroupRuns { metrics, order_by, max_results, page_token, ..request(&experiment_id, &keys) })
        };
        let whole: Vec<_> = ask(None, String::new(), "loss").unwrap().groups;
        let (mut groups, mut page_token) = (Vec::new(), String::new());
        loop {
            // With other metrics it is the same page.
            let other = ask(Some(1), page_token.clone(), "none").unwrap();
            let page = ask(Some(1), page_token, "loss").unwrap();
            assert_eq!(
                (&other.groups[0].values, &other.next_page_token),
                (&page.groups[0].values, &page.next_page_token)
            );
            groups.extend(page.groups);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(groups.len(), 6);
        // NaN is not equal to itself.
        assert_eq!(format!("{groups:?}"), format!("{whole:?}"), "{order:?}");
    }
    let first = GroupRuns { max_results: Some(1), ..request(&experiment_id, &keys) };
    let page_token = test.call(first).unwrap().next_page_token;
    let order_by = Some(by_metric(GroupAggregate::Mean, true));
    let message = refused(test.call(GroupRuns { order_by, page_token, ..request(&experiment_id, &keys) }));
    assert!(message.contains("it belongs to another query"), "{message}");
}

pub fn bad_questions_about_groups(test: TestStore) {
    let ask = |group_by: &[GroupKey], metrics: usize, filter: &str| {
        let metrics = vec!["m".to_owned(); metrics];
        refused(test.call(GroupRuns { metrics, filter: filter.into(), ..request(&"0".into(), group_by) }))
    };
    let lr = key(GroupKind::Param, "lr");
    assert!(ask(&[], 0, "").contains("'group_by'"));
    let order = |order_by| {
        let order_by = Some(order_by);
        refused(test.call(GroupRuns { order_by, ..request(&"0".into(), std::slice::from_ref(&lr)) }))
    };
    for index in [1, -1] {
        let message =
            format!("Invalid value for parameter 'order_by.index': {index} is the place of no key; 'group_by' has 1");
        assert_eq!(order(GroupOrder { index, ..GroupOrder::default() }), message);
    }
    assert!(order(GroupOrder { by: GroupOrderBy::Metric, ..GroupOrder::default() }).contains("'order_by.key'"));
    assert_eq!(
        ask(&vec![lr.clone(); 4], 0, ""),
        "Invalid value for parameter 'group_by': 4 keys are named, 3 at most can be"
    );
    assert!(ask(&[key(GroupKind::Tag, "")], 0, "").contains("'group_by[0].key'"));
    assert_eq!(
        ask(&[lr.clone(), key(GroupKind::Attribute, "end_time")], 0, ""),
        "Invalid value for parameter 'group_by[1].key': 'end_time' is none of status, user_id and run_name"
    );
    assert_eq!(
        ask(std::slice::from_ref(&lr), 21, ""),
        "Invalid value for parameter 'metrics': 21 metrics are named, 20 at most can be"
    );
    assert!(ask(std::slice::from_ref(&lr), 0, "params.lr =").contains("at its end"));
    assert_eq!(
        ask(&[key(GroupKind::Tag, "lr"), lr.clone(), lr], 0, ""),
        "Invalid value for parameter 'group_by[2]': it is the same key as group_by[1]"
    );
    // What a dataset is called does not matter: no two keys can have several values of a run.
    assert_eq!(
        ask(&[key(GroupKind::Dataset, "a"), key(GroupKind::Dataset, "b")], 0, ""),
        "Invalid value for parameter 'group_by[1]': it is the same key as group_by[0]"
    );
}
