//! What the filter language has beyond MLflow's, over runs.

use trainyard_api::runs::{RunStatus, SearchRuns, UpdateRun};
use trainyard_api::{ExperimentId, RunId};
use trainyard_store::StoreError;

use super::{RunSpec, add_run, experiment, refused, run_names};
use crate::backend::TestStore;

/// Runs A to F, found in this order. A has ended.
fn six_runs(test: &TestStore) -> ExperimentId {
    let experiment_id = experiment(test, "language");
    let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    let run = |name: &str, metric: Option<f64>, lr: Option<&str>, tags: &[(&str, &str)]| -> RunId {
        let spec = RunSpec {
            name: name.into(),
            start_time: 1000 - i64::from(name.as_bytes()[0]),
            metrics: metric.map(|value| ("m".into(), value)).into_iter().collect(),
            params: lr.map(|value| ("lr".into(), value.into())).into_iter().collect(),
            tags: texts(tags),
        };
        add_run(test, &experiment_id, &spec)
    };
    let first = run("A", Some(1.0), Some("0.1"), &[("t", "Hello")]);
    run("B", Some(f64::NAN), Some("1e-1"), &[("t", "hello world")]);
    run("C", Some(2.5), Some("0.10000"), &[]);
    run("D", Some(f64::INFINITY), Some("auto"), &[("t", "")]);
    run("E", None, Some("-3"), &[("t", "Grüße\nan alle")]);
    run("F", None, None, &[]);
    let ended = UpdateRun {
        run_id: first,
        status: Some(RunStatus::Finished),
        end_time: Some(1000 - i64::from(b'A') + 500),
        ..Default::default()
    };
    test.call(ended).unwrap();
    experiment_id
}

fn search(test: &TestStore, experiment_id: &ExperimentId, filter: &str) -> Result<String, StoreError> {
    let request =
        SearchRuns { experiment_ids: vec![experiment_id.clone()], filter: filter.into(), ..Default::default() };
    run_names(test, request).map(|names| names.concat())
}

fn finds(test: &TestStore, experiment_id: &ExperimentId, cases: &[(&str, &str)]) {
    for (filter, found) in cases {
        let mut names: Vec<char> = search(test, experiment_id, filter).expect(filter).chars().collect();
        names.sort_unstable();
        assert_eq!(names.into_iter().collect::<String>(), *found, "{filter}");
    }
}

pub fn clauses_are_joined_with_or_not_and_parentheses(test: TestStore) {
    let experiment_id = six_runs(&test);
    finds(
        &test,
        &experiment_id,
        &[
            ("run_name = 'A' OR run_name = 'B'", "AB"),
            ("run_name = 'A' or run_name = 'B' and metrics.m = 5", "A"),
            ("(run_name = 'A' OR run_name = 'B') AND metrics.m = 1", "A"),
            ("run_name = 'A' OR (run_name = 'B' OR (run_name = 'C'))", "ABC"),
            ("NOT run_name = 'A'", "BCDEF"),
            ("not (run_name = 'A' OR run_name = 'B') run_name != 'C'", "DEF"),
            ("NOT NOT run_name = 'A'", "A"),
            ("AND (run_name = 'A' AND AND status = 'FINISHED')", "A"),
            ("metrics.m > 2 OR tags.t = 'Hello' OR params.lr = '-3'", "ACDE"),
        ],
    );
}

pub fn comparators_of_ours_find_what_they_say(test: TestStore) {
    let experiment_id = six_runs(&test);
    finds(
        &test,
        &experiment_id,
        &[
            ("run_name IN ('A', \"C\",)", "AC"),
            ("run_name NOT IN ('A', 'C')", "BDEF"),
            ("status IN ('FINISHED')", "A"),
            ("tags.t IN ('Hello', '')", "AD"),
            ("tags.t NOT IN ('Hello', '')", "BE"),
            ("metrics.m IN (1, 2.5, 99)", "AC"),
            ("metrics.m NOT IN (1, 2.5)", "BD"),
            ("metrics.m IN (1.7976931348623157e308, 1e999)", "D"),
            ("start_time IN (935, 934.0)", "AB"),
            ("metrics.m BETWEEN 1 AND 2.5", "AC"),
            ("metrics.m NOT BETWEEN 1 AND 2.5", "BD"),
            ("metrics.m BETWEEN -1e999 AND 1e999", "ACD"),
            ("metrics.m BETWEEN 2.5 AND 1", ""),
            ("metrics.m IS NULL", "EF"),
            ("metrics.m IS NOT NULL", "ABCD"),
            ("tags.t NOT LIKE 'H%'", "BDE"),
            ("tags.t NOT ILIKE 'H%'", "DE"),
            ("tags.t RLIKE 'ello'", "AB"),
            ("tags.t RLIKE '^Hello$'", "A"),
            ("tags.t RLIKE '(?i)^HELLO|ü'", "ABE"),
            ("tags.t RLIKE '\\p{Lu}'", "AE"),
            ("tags.t RLIKE ''", "ABDE"),
            ("tags.t NOT RLIKE '[a-z]'", "D"),
            ("run_name RLIKE '[B-D]' AND user_id RLIKE 'one$'", "BCD"),
            ("duration = 500", "A"),
            ("duration < 1000 AND duration BETWEEN 1 AND 1e3", "A"),
            ("duration IS NULL AND end_time IS NULL", "BCDEF"),
            ("experiment_id = '1'", "ABCDEF"),
            ("experiment_id IN (1, '2')", "ABCDEF"),
            ("experiment_id != 1", ""),
        ],
    );
    let order_by = vec!["duration DESC".to_owned(), "experiment_id".to_owned(), "run_name DESC".to_owned()];
    let request = SearchRuns { experiment_ids: vec![experiment_id.clone()], order_by, ..Default::default() };
    assert_eq!(run_names(&test, request).unwrap().concat(), "AFEDCB");
    let pattern = "a".repeat(1001);
    let message = refused(search(&test, &experiment_id, &format!("tags.t RLIKE '{pattern}'")));
    assert!(message.ends_with("tags.`t`: the regular expression is longer than 1000 bytes"), "{message}");
    let message = refused(search(&test, &experiment_id, "tags.t RLIKE '((a{100}){100}){100}'"));
    assert!(message.ends_with("the regular expression is too large; repeat less"), "{message}");
}

pub fn any_start_time_has_a_duration(test: TestStore) {
    let experiment_id = experiment(&test, "durations");
    for (name, start_time) in [("A", i64::MIN), ("B", 0), ("C", i64::MAX)] {
        let spec = RunSpec { name: name.into(), start_time, ..RunSpec::default() };
        let run_id = add_run(&test, &experiment_id, &spec);
        let end_time = Some(if start_time > 0 { i64::MIN } else { 1000 });
        test.call(UpdateRun { run_id, end_time, ..UpdateRun::default() }).unwrap();
    }
    finds(&test, &experiment_id, &[("duration > 1e18", "A"), ("duration = 1000", "B"), ("duration < -1e19", "C")]);
    let (mut names, mut page_token) = (String::new(), String::new());
    loop {
        let (experiment_ids, order_by) = (vec![experiment_id.clone()], vec!["duration".to_owned()]);
        let request = SearchRuns { experiment_ids, order_by, max_results: Some(1), page_token, ..Default::default() };
        let page = test.call(request).unwrap();
        names.extend(page.runs.into_iter().map(|run| run.info.run_name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(names, "CBA");
}

pub fn params_are_compared_as_numbers(test: TestStore) {
    let experiment_id = six_runs(&test);
    finds(
        &test,
        &experiment_id,
        &[
            ("params.lr = 0.1", "ABC"),
            ("params.lr = '0.1'", "A"),
            ("params.lr != 0.1", "E"),
            ("params.lr != '0.1'", "BCDE"),
            ("params.lr > -3", "ABC"),
            ("params.lr >= -3.0", "ABCE"),
            ("params.lr < 0", "E"),
            ("params.lr BETWEEN 0 AND 1", "ABC"),
            ("params.lr NOT BETWEEN 0 AND 1", "E"),
            ("params.lr IN (0.1, -3)", "ABCE"),
            ("params.lr NOT IN (0.1)", "E"),
            ("params.lr IN ('0.1', '-3')", "AE"),
            ("params.lr < 1e999", "ABCE"),
            ("params.lr != 1e999", "ABCE"),
            ("NOT params.lr > 0", "DEF"),
        ],
    );
}

pub fn not_finds_what_the_clause_does_not(test: TestStore) {
    let experiment_id = six_runs(&test);
    for clause in [
        "metrics.m > 1",
        "metrics.m != 1",
        "metrics.m NOT BETWEEN 1 AND 2",
        "metrics.m IS NULL",
        "params.lr = '0.1'",
        "params.lr NOT IN (1)",
        "tags.t NOT LIKE 'H%'",
        "tags.nope != 'x'",
        "end_time > 5",
        "duration NOT IN (5)",
        "dataset.name != 'x'",
        "run_name = 'A' AND end_time > 5",
        "end_time > 5 OR duration > 5",
    ] {
        let found = search(&test, &experiment_id, clause).unwrap();
        let rest: String = "ABCDEF".chars().filter(|name| !found.contains(*name)).collect();
        finds(
            &test,
            &experiment_id,
            &[(&format!("NOT ({clause})"), &rest), (&format!("{clause} OR NOT ({clause})"), "ABCDEF")],
        );
    }
}

pub fn the_largest_filters_are_answered(test: TestStore) {
    let experiment_id = six_runs(&test);
    let clauses = [
        "metrics.m > 1",
        "params.lr > 1",
        "tags.t NOT ILIKE 'x'",
        "dataset.name = 'x'",
        "dataset.context NOT IN ('x')",
        "artifact_uri LIKE 'x'",
        "duration BETWEEN 1 AND 2",
    ];
    for word in [" AND ", " OR "] {
        for clause in clauses {
            search(&test, &experiment_id, &vec![clause; 200].join(word)).expect(clause);
        }
    }
    let expressions = vec![r"tags.t RLIKE '\w{1,15}'"; 16].join(" OR ");
    finds(&test, &experiment_id, &[(&expressions, "ABE")]);
    let mut nested = "metrics.m > 1".to_owned();
    for depth in 0..32 {
        let clause = clauses[depth % clauses.len()];
        nested = format!("{clause} AND {clause} OR NOT ({clause} OR {nested} AND {clause})");
    }
    search(&test, &experiment_id, &nested).unwrap();
    let deep = format!("{}metrics.m > 1{}", "NOT (".repeat(32), ")".repeat(32));
    assert_eq!(search(&test, &experiment_id, &deep), search(&test, &experiment_id, "metrics.m > 1"));
    let names: Vec<String> = (0..50_000).map(|number| format!("'{number}'")).collect();
    assert_eq!(search(&test, &experiment_id, &format!("run_name IN ({})", names.join(","))).unwrap(), "");
}
