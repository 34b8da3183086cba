//! `runs/search`: what each kind of clause finds, orders, pages.

use trainyard_api::datasets::{Dataset, DatasetInput, LogInputs, LogOutputs, ModelOutput};
use trainyard_api::logged_models::CreateLoggedModel;
use trainyard_api::runs::{DeleteRun, RunColumns, SearchRuns};
use trainyard_api::{ExperimentId, Param, RunId, Tag, ViewType};
use trainyard_store::StoreError;

use super::{RunSpec, add_run, experiment, refused, run_names};
use crate::backend::TestStore;

/// Six runs whose metrics are 1, NaN, 2.5, ∞, -∞ and none.
fn six_runs(test: &TestStore) -> (ExperimentId, Vec<RunId>) {
    let experiment_id = experiment(test, "six");
    let run = |name: &str, start_time, metrics: &[(&str, f64)], params: &[(&str, &str)], tags: &[(&str, &str)]| {
        let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let metrics = metrics.iter().map(|(key, value)| ((*key).into(), *value)).collect();
        let spec = RunSpec { name: name.into(), start_time, metrics, params: texts(params), tags: texts(tags) };
        add_run(test, &experiment_id, &spec)
    };
    let runs = vec![
        run("A", 100, &[("m", 1.0), ("a b", 3.0)], &[("lr", "0.1"), ("Café", "Éa")], &[("t", "Hello"), ("a.b c", "x")]),
        run("B", 200, &[("m", f64::NAN)], &[("lr", "0.2")], &[("t", "hello")]),
        run("C", 200, &[("m", 2.5)], &[("lr", "a%b")], &[("t", "it's")]),
        run("D", 50, &[("m", f64::INFINITY)], &[], &[]),
        run("E", 300, &[("m", f64::NEG_INFINITY)], &[], &[]),
        run("F", 400, &[], &[("lr", r"a_b\")], &[("t", "")]),
    ];
    (experiment_id, runs)
}

fn search(test: &TestStore, experiment_id: &ExperimentId, filter: &str) -> Result<String, StoreError> {
    let request =
        SearchRuns { experiment_ids: vec![experiment_id.clone()], filter: filter.into(), ..Default::default() };
    run_names(test, request).map(|names| names.concat())
}

pub fn clauses_find_what_mlflow_finds(test: TestStore) {
    let (experiment_id, runs) = six_runs(&test);
    let (first, second) = (&runs[0], &runs[1]);
    for (filter, found) in [
        ("", "FEBCAD"),
        ("metrics.m > 1", "CD"),
        ("metric.m >= 1.0", "CAD"),
        ("metrics.`a b` = 3", "A"),
        ("metrics.\"a b\" = 3e0", "A"),
        ("metrics.m != 1", "EBCD"),
        ("metrics.m < 3", "ECA"),
        ("metrics.m = 0", ""),
        ("metrics.m = 1.7976931348623157e308", "D"),
        ("metrics.m <= 1e400", "ECAD"),
        ("metrics.m < 1e400", "ECAD"),
        ("metrics.m > -1e400", "ECAD"),
        ("metrics.m = 1e400", ""),
        ("metrics.m > 1e400", ""),
        ("metrics.m != 1e400", "EBCAD"),
        ("metrics.m > 1. AND metrics.m < 03", "C"),
        ("metrics.nope > 0", ""),
        ("params.lr = '0.1'", "A"),
        ("param.lr != \"0.1\"", "FBC"),
        ("parameter.lr LIKE 'a_b%'", "FC"),
        ("parameters.lr like 'A%'", ""),
        ("params.lr ILIKE 'A%'", "FC"),
        ("params.lr LIKE '%\\'", "F"),
        ("params.lr IS NULL", "ED"),
        ("params.lr is not null", "FBCA"),
        ("params.Café ILIKE 'éA'", "A"),
        ("tags.t = 'Hello'", "A"),
        ("tag.t ILIKE 'HELLO'", "BA"),
        ("tags.t = \"it's\" AND tags.t = E'it\\'s'", "C"),
        ("tags.t = 'it''s'", ""),
        ("tags.t = ''", "F"),
        ("tags.`a.b c` = 'x'", "A"),
        ("tags.mlflow.runName = 'A'", "A"),
        ("run_name = 'A'", "A"),
        ("attributes.`Run name` ILIKE 'a'", "A"),
        ("status = 'RUNNING'", "FEBCAD"),
        ("attr.status = 'running'", ""),
        ("user_id LIKE 'some%'", "FEBCAD"),
        ("run.start_time = 2e2", "BC"),
        ("created > 150.5", "FEBC"),
        ("start_time < 99999999999999999999", "FEBCAD"),
        ("end_time != 1", ""),
        (&format!("run_id IN ('{first}', \"{second}\",)"), "BA"),
        (&format!("run_id NOT IN ('{first}')"), "FEBCD"),
        (&format!("artifact_uri = 'mlflow-artifacts:/{experiment_id}/{first}/artifacts'"), "A"),
        ("metrics.m > 1 and params.lr = 'a%b'", "C"),
        ("params.lr = 'a' AND params.lr = 'b'", ""),
    ] {
        assert_eq!(search(&test, &experiment_id, filter).as_deref(), Ok(found), "{filter}");
    }
}

/// Indexes of PostgreSQL hold 250 characters of a text. Among so many runs it is by an index that the few are found.
pub fn texts_that_begin_alike_are_told_apart_however_long(test: TestStore) {
    let experiment_id = experiment(&test, "long");
    let run = |name: String, value: String| {
        let pairs = || vec![("long".to_owned(), value.clone())];
        let spec = RunSpec { name, start_time: 1, metrics: Vec::new(), params: pairs(), tags: pairs() };
        add_run(&test, &experiment_id, &spec);
    };
    let values = [249, 250, 251, 252].map(|length| "é".repeat(length));
    for (index, value) in values.iter().enumerate() {
        run(format!("{index}"), value.clone());
    }
    for other in 0..60 {
        run("x".to_owned(), format!("other {other}"));
    }
    for key in ["params.long", "tags.long"] {
        for (index, value) in values.iter().enumerate() {
            let found = search(&test, &experiment_id, &format!("{key} = '{value}'"));
            assert_eq!(found, Ok(index.to_string()), "{key} of {} characters", value.chars().count());
        }
        let found = search(&test, &experiment_id, &format!("{key} IN ('{}', '{}')", values[0], values[2])).unwrap();
        assert!(["02", "20"].contains(&found.as_str()), "{found}");
    }
    let both = format!("params.long = '{0}' AND tags.long = '{0}'", values[3]);
    assert_eq!(search(&test, &experiment_id, &both).as_deref(), Ok("3"));
}

pub fn dataset_clauses_look_at_the_datasets_of_a_run(test: TestStore) {
    let (experiment_id, runs) = six_runs(&test);
    let input = |name: &str, context: Option<&str>| DatasetInput {
        dataset: Dataset { name: name.into(), digest: format!("{name}-1"), ..Default::default() },
        tags: context.map(|context| Tag::new("mlflow.data.context", context)).into_iter().collect(),
    };
    let log = |run_id: &RunId, datasets| {
        test.call(LogInputs { run_id: run_id.clone(), datasets, ..Default::default() }).unwrap();
    };
    log(&runs[0], vec![input("iris", Some("train")), input("wine", Some("test"))]);
    log(&runs[1], vec![input("iris", None)]);
    for (filter, found) in [
        ("dataset.name = 'iris'", "BA"),
        ("datasets.digest = 'iris-1'", "BA"),
        ("dataset.context = 'train'", "A"),
        ("dataset.context != 'train'", "A"),
        ("dataset.name != 'iris'", "A"),
        ("dataset.name IN ('iris', 'x')", "BA"),
        ("dataset.name NOT IN ('iris')", "A"),
        ("dataset.name = 'iris' AND dataset.context = 'test'", "A"),
        ("dataset.name LIKE 'IR%'", ""),
        ("dataset.name ILIKE 'IR%'", "BA"),
    ] {
        assert_eq!(search(&test, &experiment_id, filter).as_deref(), Ok(found), "{filter}");
    }
}

pub fn a_refused_filter_is_told_where_and_why(test: TestStore) {
    let (experiment_id, _) = six_runs(&test);
    for (filter, message) in [
        ("foo.bar = '1'", "Invalid filter at character 1, near \"foo.bar = '1'\": unknown prefix 'foo' for runs"),
        ("metrics.m > 1 AND lifecycle_stage = 'a'", "Invalid filter at character 19, near \"lifecycle_stage = 'a'\""),
        ("metrics.m > '1'", "metrics.`m`: expected a number without quotes, not '1'"),
        (
            "metrics.m LIKE 'a'",
            "near \"LIKE 'a'\": metrics.`m` cannot be compared with LIKE; expected one of =, !=, <, <=, >, >=, BETWEEN, \
             NOT BETWEEN, IN, NOT IN, IS NULL, IS NOT NULL",
        ),
        ("params.lr > '0.1'", "near \"'0.1'\": params.`lr`: expected a number without quotes, not '0.1'"),
        ("params.lr IN (1, '0.1')", "near \"'0.1')\": params.`lr`: expected a number without quotes, not '0.1'"),
        ("params.lr LIKE 1", "near \"1\": params.`lr`: expected a text in quotes, not 1"),
        (
            "params.lr = auto",
            "near \"auto\": params.`lr`: expected a text in quotes or a number; texts need quotes: 'auto'",
        ),
        ("tags.t = 1", "tags.`t`: expected a text in quotes, not 1"),
        ("tags.t > 1", "tags.`t` cannot be compared with >; expected one of =, !=, LIKE, ILIKE, RLIKE, NOT LIKE"),
        ("tags.t RLIKE 'é('", "not a regular expression at character 2 of the pattern: unclosed group"),
        ("run_name IS NULL", "near \"IS NULL\": `run_name` cannot be compared with IS NULL"),
        ("status = RUNNING", "texts need quotes: 'RUNNING'"),
        ("metrics.m = metrics.n", "near \"metrics.n\": metrics.`m`: expected a number, not metrics.n"),
        ("experiment_id = 'x'", "`experiment_id`: expected a whole number, not 'x'"),
        ("tag.t = 'a' OR metric.m SINCE 1", "near \"SINCE 1\": expected one of =, !=, <, <=, >, >=, BETWEEN"),
        ("startime > 1", "end_time, duration, experiment_id; did you mean 'start_time'?"),
        ("metrcs.m > 1", "did you mean 'metrics'?"),
        ("start_time > '150'", "expected a number"),
        ("dataset.foo = 'x'", "datasets have no 'foo'; expected one of name, digest, context"),
        ("Params.lr = '0.1'", "unknown prefix 'Params'"),
    ] {
        let refusal = refused(search(&test, &experiment_id, filter));
        assert!(refusal.contains(message), "{filter}: {refusal}");
    }
    let long = "x".repeat(20_000);
    assert!(refused(search(&test, &experiment_id, &format!("tags.t LIKE '{long}'"))).contains("the pattern is longer"));
    assert_eq!(search(&test, &experiment_id, &format!("tags.t = '{long}'")).as_deref(), Ok(""));
    assert!(refused(search(&test, &experiment_id, &format!("{long}.a = 1"))).len() < 1200);
    assert_eq!(
        refused(search(&test, &experiment_id, "NOT loss > 1")),
        "Invalid filter at character 5, near \"loss > 1\": runs cannot be searched by attribute 'loss'; \
         expected one of run_id, run_name, status, user_id, artifact_uri, start_time, end_time, duration, experiment_id; \
         or with a prefix: metrics.`loss`, params.`loss`, tags.`loss`"
    );
}

pub fn what_is_missing_comes_last_and_nan_before_it(test: TestStore) {
    let (experiment_id, _) = six_runs(&test);
    let ordered = |order: &[&str]| {
        let order_by = order.iter().map(|entry| (*entry).into()).collect();
        let request = SearchRuns { experiment_ids: vec![experiment_id.clone()], order_by, ..Default::default() };
        run_names(&test, request).map(|names| names.concat())
    };
    for (order, found) in [
        (&["metrics.m"][..], "EACDBF"),
        (&["metrics.m DESC"], "DCAEBF"),
        (&["metrics.`a b` dEsc"], "AFEBCD"),
        (&["params.lr"], "ABCFED"),
        (&["params.lr DESC"], "FCBAED"),
        (&["tags.t ASC"], "FABCED"),
        (&["start_time"], "DABCEF"),
        (&["attributes.start_time ASC", "metrics.m"], "DACBEF"),
        (&["end_time DESC", "run_name DESC"], "FEDCBA"),
        (&["metrics.nope"], "FEBCAD"),
        (&["artifact_uri"], "ABCDEF"),
    ] {
        assert_eq!(ordered(order).as_deref(), Ok(found), "{order:?}");
    }
    for order in [&["foo"][..], &["dataset.name"], &[""], &["metrics.m FOO"], &["created", "start_time DESC"]] {
        refused(ordered(order));
    }
    assert_eq!(
        refused(ordered(&["start_time", "start_time DESC"])),
        "`order_by` contains duplicate fields: [\"start_time\", \"start_time DESC\"]"
    );
    refused(ordered(&["metrics.x"; 33]));
}

pub fn runs_are_ordered_by_models_and_datasets(test: TestStore) {
    let experiment_id = experiment(&test, "ordered");
    for (start_time, (name, models, datasets)) in
        (1..).zip([("A", 2, &["wine"][..]), ("B", 0, &["zebra", "iris"]), ("C", 1, &[]), ("D", 10, &["wine", "car"])])
    {
        let spec = RunSpec { name: name.into(), start_time, ..RunSpec::default() };
        let run_id = add_run(&test, &experiment_id, &spec);
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
        if !datasets.is_empty() {
            let datasets = datasets.iter().map(input).collect();
            test.call(LogInputs { run_id: run_id.clone(), datasets, ..LogInputs::default() }).unwrap();
        }
        let made = |_| {
            let request = CreateLoggedModel { experiment_id: experiment_id.clone(), ..CreateLoggedModel::default() };
            ModelOutput { model_id: test.call(request).unwrap().model.info.model_id, step: 0 }
        };
        if models > 0 {
            let models = (0..models).map(made).collect();
            test.call(LogOutputs { run_id, models }).unwrap();
        }
    }
    for (order, found) in
        [("models", "CADB"), ("models DESC", "DACB"), ("attributes.datasets", "DBAC"), ("datasets DESC", "ABDC")]
    {
        // A page at a time, so that places in this order are found again.
        let (mut names, mut page_token) = (String::new(), String::new());
        loop {
            let request = SearchRuns {
                experiment_ids: vec![experiment_id.clone()],
                order_by: vec![order.into()],
                max_results: Some(1),
                page_token,
                ..SearchRuns::default()
            };
            let page = test.call(request).unwrap();
            names.extend(page.runs.into_iter().map(|run| run.info.run_name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(names, found, "{order}");
    }
    let filter = |filter: &str| {
        let (experiment_ids, filter) = (vec![experiment_id.clone()], filter.to_owned());
        refused(run_names(&test, SearchRuns { experiment_ids, filter, ..SearchRuns::default() }))
    };
    assert!(filter("models > 1").contains("runs cannot be searched by attribute 'models'"));
}

pub fn pages_follow_each_other_without_gap_or_overlap(test: TestStore) {
    let (experiment_id, _) = six_runs(&test);
    let page = |filter: &str, page_token: &str, max_results| {
        let request = SearchRuns {
            experiment_ids: vec![experiment_id.clone()],
            filter: filter.into(),
            order_by: vec!["run_name".into()],
            page_token: page_token.into(),
            max_results,
            ..Default::default()
        };
        test.call(request)
    };
    let (mut names, mut token) = (String::new(), String::new());
    for _ in 0..3 {
        let found = page("", &token, Some(2)).unwrap();
        assert_eq!(found.runs.len(), 2);
        names.extend(found.runs.into_iter().map(|run| run.info.run_name));
        token = found.next_page_token;
    }
    assert_eq!((names.as_str(), token.as_str()), ("ABCDEF", ""));
    let token = page("", "", Some(2)).unwrap().next_page_token;
    assert!(refused(page("metrics.m > 1", &token, Some(2))).contains("another filter or order"));
    for max_results in [0, -1, 50_001] {
        assert!(refused(page("", "", Some(max_results))).contains(&format!("Invalid value {max_results} for")));
    }
}

pub fn a_search_sees_the_wanted_stages_and_experiments_only(test: TestStore) {
    let (experiment_id, runs) = six_runs(&test);
    let other = experiment(&test, "other");
    add_run(&test, &other, &RunSpec { name: "G".into(), start_time: 1, ..Default::default() });
    test.call(DeleteRun { run_id: runs[0].clone() }).unwrap();
    let found = |ids: &[&str], run_view_type| {
        let experiment_ids = ids.iter().map(|id| (*id).into()).collect();
        run_names(&test, SearchRuns { experiment_ids, run_view_type, ..Default::default() }).map(|names| names.concat())
    };
    let (first, other) = (experiment_id.as_str(), other.as_str());
    assert_eq!(found(&[first, other], ViewType::ActiveOnly).as_deref(), Ok("FEBCDG"));
    assert_eq!(found(&[first], ViewType::DeletedOnly).as_deref(), Ok("A"));
    assert_eq!(found(&[first], ViewType::All).as_deref(), Ok("FEBCAD"));
    assert_eq!(found(&["999", "99999999999999999999"], ViewType::All).as_deref(), Ok(""));
    assert_eq!(found(&[], ViewType::All).as_deref(), Ok(""));
    assert!(refused(found(&["abc"], ViewType::All)).contains("Experiment ID must be a valid integer"));
}

pub fn runs_come_with_what_is_asked_for(test: TestStore) {
    let (experiment_id, runs) = six_runs(&test);
    let dataset = Dataset {
        name: "train".into(),
        digest: "d".into(),
        source_type: "local".into(),
        source: "{}".into(),
        schema: "{\"columns\": []}".into(),
        profile: "{}".into(),
    };
    let datasets = vec![DatasetInput { tags: vec![Tag::new("mlflow.data.context", "train")], dataset }];
    test.call(LogInputs { run_id: runs[0].clone(), datasets, ..LogInputs::default() }).unwrap();
    let mut page_token = String::new();
    let ask = |columns: Option<RunColumns>, page_token: &mut String| {
        let request = SearchRuns {
            experiment_ids: vec![experiment_id.clone()],
            filter: "params.lr != '0.2'".into(),
            order_by: vec!["metrics.m".into()],
            max_results: Some(1),
            columns,
            page_token: page_token.clone(),
            ..SearchRuns::default()
        };
        let mut found = test.call(request).unwrap();
        *page_token = found.next_page_token;
        found.runs.remove(0)
    };
    let keys = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>();
    let some =
        RunColumns { metrics: keys(&["a b", "none"]), tags: keys(&["t"]), datasets: true, ..RunColumns::default() };
    let run = ask(Some(some), &mut page_token);
    assert_eq!(run.info.run_name, "A");
    assert_eq!(run.data.metrics.iter().map(|one| (one.key.as_str(), one.value)).collect::<Vec<_>>(), [("a b", 3.0)]);
    assert_eq!((run.data.params, run.data.tags), (vec![], vec![Tag::new("t", "Hello")]));
    let named = Dataset { name: "train".into(), digest: "d".into(), source_type: "local".into(), ..Dataset::default() };
    assert_eq!(run.inputs.dataset_inputs, [DatasetInput { tags: vec![], dataset: named }]);
    // The next page is another page of the same search, whatever its runs come with.
    let run = ask(Some(RunColumns { params: keys(&["lr"]), ..RunColumns::default() }), &mut page_token);
    assert_eq!((run.info.run_name.as_str(), run.data.metrics.len(), run.data.tags.len()), ("C", 0, 0));
    assert_eq!(run.data.params, [Param::new("lr", "a%b")]);
    let run = ask(None, &mut page_token);
    assert_eq!((run.info.run_name.as_str(), run.data.params.len(), run.data.tags.len()), ("F", 1, 2));

    let columns =
        Some(RunColumns { params: vec!["p".into(); 600], tags: vec!["t".into(); 401], ..RunColumns::default() });
    assert_eq!(
        refused(test.call(SearchRuns { columns, ..SearchRuns::default() })),
        "Invalid value for parameter 'columns': 1001 keys are named, 1000 at most can be; leave it out for all"
    );
}
