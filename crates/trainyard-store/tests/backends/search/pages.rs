//! Pages of every search: put together they are the whole, whatever is written meanwhile; any token is answered.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::experiments::SearchExperiments;
use trainyard_api::logged_models::{CreateLoggedModel, LoggedModelOrder, SearchLoggedModels};
use trainyard_api::metrics::LogMetric;
use trainyard_api::model_versions::{CreateModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{CreateRegisteredModel, SearchRegisteredModels};
use trainyard_api::runs::{DeleteRun, SearchRuns, SearchRunsResponse, SetTag};
use trainyard_api::{ExperimentId, RunId, ViewType};
use trainyard_store::StoreError;

use super::{RunSpec, add_run, experiment, refused};
use crate::backend::TestStore;

const KEYS: [&str; 2] = ["a", "b c"];
const NUMBERS: [f64; 6] = [-1.5, 0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

/// What runs are ordered by, and whether the greatest come first.
#[derive(Debug, Clone, Copy)]
enum By {
    Metric(&'static str, bool),
    Param(&'static str, bool),
    Tag(&'static str, bool),
    Start(bool),
    Name(bool),
}

impl By {
    fn written(self) -> String {
        let (key, descending) = match self {
            Self::Metric(key, descending) => (format!("metrics.`{key}`"), descending),
            Self::Param(key, descending) => (format!("params.`{key}`"), descending),
            Self::Tag(key, descending) => (format!("tags.`{key}`"), descending),
            Self::Start(descending) => ("attributes.start_time".to_owned(), descending),
            Self::Name(descending) => ("run_name".to_owned(), descending),
        };
        format!("{key} {}", if descending { "DESC" } else { "ASC" })
    }

    fn compare(self, left: &RunSpec, right: &RunSpec) -> Ordering {
        let turned = |ordering: Ordering, descending| if descending { ordering.reverse() } else { ordering };
        // What is missing comes last either way, and NaN before it.
        let ranked = |left: (u8, f64), right: (u8, f64), descending| {
            left.0.cmp(&right.0).then(turned(left.1.partial_cmp(&right.1).unwrap(), descending))
        };
        let texts = |left: Option<&String>, right: Option<&String>, descending| {
            left.is_none().cmp(&right.is_none()).then(turned(left.cmp(&right), descending))
        };
        match self {
            Self::Metric(key, descending) => {
                let rank = |run: &RunSpec| match value(&run.metrics, key) {
                    Some(number) if number.is_nan() => (1, 0.0),
                    Some(number) => (0, *number),
                    None => (2, 0.0),
                };
                ranked(rank(left), rank(right), descending)
            }
            Self::Param(key, descending) => texts(value(&left.params, key), value(&right.params, key), descending),
            Self::Tag(key, descending) => texts(value(&left.tags, key), value(&right.tags, key), descending),
            Self::Start(descending) => turned(left.start_time.cmp(&right.start_time), descending),
            Self::Name(descending) => turned(left.name.cmp(&right.name), descending),
        }
    }
}

fn value<'p, T>(pairs: &'p [(String, T)], key: &str) -> Option<&'p T> {
    pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

fn orders() -> impl Strategy<Value = Vec<By>> {
    let keys = || prop::sample::select(KEYS.to_vec());
    let by = prop_oneof![
        3 => (keys(), any::<bool>()).prop_map(|(key, descending)| By::Metric(key, descending)),
        1 => (keys(), any::<bool>()).prop_map(|(key, descending)| By::Param(key, descending)),
        1 => (keys(), any::<bool>()).prop_map(|(key, descending)| By::Tag(key, descending)),
        1 => any::<bool>().prop_map(By::Start),
        1 => any::<bool>().prop_map(By::Name),
    ];
    prop::collection::vec(by, 0..4).prop_map(|mut order| {
        // Each key once: what comes twice is refused.
        let mut seen = HashSet::new();
        order.retain(|by| seen.insert(by.written().rsplit_once(' ').unwrap().0.to_owned()));
        order
    })
}

fn runs() -> impl Strategy<Value = Vec<RunSpec>> {
    // The long ones differ only at their end, and do not fit into a token.
    let texts =
        ["", "x", "y", "é", &format!("{}1", "l".repeat(3000)), &format!("{}2", "l".repeat(3000))].map(str::to_owned);
    let pairs = move || {
        let keys = prop::sample::select(KEYS.map(String::from).to_vec());
        prop::collection::btree_map(keys, prop::sample::select(texts.to_vec()), 0..3)
    };
    let metrics = prop::collection::btree_map(
        prop::sample::select(KEYS.map(String::from).to_vec()),
        prop::sample::select(NUMBERS.to_vec()),
        0..3,
    );
    let name = prop::sample::select(vec!["n0", "n1", "n2"]);
    let run =
        (0_i64..3, name, metrics, pairs(), pairs()).prop_map(|(start_time, name, metrics, params, tags)| RunSpec {
            name: name.to_owned(),
            start_time,
            metrics: metrics.into_iter().collect(),
            params: params.into_iter().collect(),
            tags: tags.into_iter().collect(),
        });
    prop::collection::vec(run, 0..14)
}

fn filters() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        "metrics.a > -1",
        "metrics.a != 0",
        "metrics.a = 1 AND tags.a = 'x'",
        "metrics.a <= 1 AND metrics.`b c` >= 0",
        "tags.a = 'x' AND params.a = 'y'",
        "tags.a = 'x' AND params.a = 'y' AND metrics.a < 1e999",
        "tags.a IS NULL",
        "tags.a IS NOT NULL AND run_name LIKE 'n%'",
        "params.a != 'x'",
        "run_name = 'n1'",
        "start_time >= 1 AND status = 'RUNNING'",
        "run_id IN ('no such run')",
        "metrics.never > 0",
    ])
}

fn ids(found: &SearchRunsResponse) -> Vec<RunId> {
    found.runs.iter().map(|run| run.info.run_id.clone()).collect()
}

pub fn pages_put_together_are_the_whole(test: TestStore) {
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let cases = Cell::new(0);
    let asked = (orders(), filters(), prop::collection::vec(1_i64..6, 1..4), any::<bool>(), any::<bool>());
    let strategy = (runs(), runs(), prop::collection::vec(asked, 8));
    let outcome = runner.run(&strategy, |(first, second, searches)| {
        cases.set(cases.get() + 1);
        let experiments = [1, 2].map(|number| experiment(&test, &format!("case {} {number}", cases.get())));
        let mut known: Vec<(RunId, RunSpec)> = Vec::new();
        for (experiment_id, specs) in experiments.iter().zip([first, second]) {
            known.extend(specs.into_iter().map(|spec| (add_run(&test, experiment_id, &spec), spec)));
        }
        for (order, filter, sizes, all_stages, both) in searches {
            let request = SearchRuns {
                experiment_ids: experiments[..if both { 2 } else { 1 }].to_vec(),
                filter: filter.to_owned(),
                order_by: order.iter().map(|by| by.written()).collect(),
                run_view_type: if all_stages { ViewType::All } else { ViewType::ActiveOnly },
                ..Default::default()
            };
            let whole = ids(&test.call(request.clone()).unwrap());
            let mut expected: Vec<&(RunId, RunSpec)> = known.iter().filter(|(id, _)| whole.contains(id)).collect();
            expected.sort_by(|left, right| {
                order
                    .iter()
                    .map(|by| by.compare(&left.1, &right.1))
                    .find(|ordering| ordering.is_ne())
                    .unwrap_or(Ordering::Equal)
                    .then(right.1.start_time.cmp(&left.1.start_time))
                    .then(left.0.cmp(&right.0))
            });
            let expected: Vec<RunId> = expected.into_iter().map(|(id, _)| id.clone()).collect();
            prop_assert_eq!(&whole, &expected, "{:?}", request);

            let mut together = Vec::new();
            let mut page = request.clone();
            for size in sizes.iter().cycle() {
                page.max_results = Some(*size);
                let found = test.call(page.clone()).unwrap();
                prop_assert!(found.runs.len() as i64 <= *size);
                together.extend(ids(&found));
                if found.next_page_token.is_empty() {
                    break;
                }
                prop_assert_eq!(found.runs.len() as i64, *size);
                page.page_token = found.next_page_token;
            }
            prop_assert_eq!(together, whole, "{:?}", request);
        }
        Ok(())
    });
    outcome.unwrap();
}

pub fn rows_that_come_and_go_meanwhile_shift_nothing(test: TestStore) {
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let cases = Cell::new(0);
    let strategy = (runs(), runs(), orders(), 1_i64..4, prop::collection::vec(any::<prop::sample::Index>(), 14));
    let outcome = runner.run(&strategy, |(old, new, order, size, deletions)| {
        cases.set(cases.get() + 1);
        let experiment_id = experiment(&test, &format!("case {}", cases.get()));
        let mut stay: Vec<RunId> = old.iter().map(|spec| add_run(&test, &experiment_id, spec)).collect();
        let mut request = SearchRuns {
            experiment_ids: vec![experiment_id.clone()],
            order_by: order.iter().map(|by| by.written()).collect(),
            ..Default::default()
        };
        let mut wanted = ids(&test.call(request.clone()).unwrap());
        request.max_results = Some(size);
        let (mut new, mut deletions) = (new.iter(), deletions.iter());
        let mut found = Vec::new();
        loop {
            let page = test.call(request.clone()).unwrap();
            found.extend(ids(&page));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
            if let Some(spec) = new.next() {
                add_run(&test, &experiment_id, spec);
            }
            if let Some(index) = deletions.next().filter(|_| !stay.is_empty()) {
                let run_id = stay.swap_remove(index.index(stay.len()));
                test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
                wanted.retain(|id| *id != run_id);
            }
        }
        let once: HashSet<&RunId> = found.iter().collect();
        prop_assert_eq!(once.len(), found.len(), "nothing comes twice");
        found.retain(|id| wanted.contains(id));
        prop_assert_eq!(found, wanted, "what was there and stays is found, in its order");
        Ok(())
    });
    outcome.unwrap();
}

/// Puts pages together; `ask` answers a page and the next token.
fn together(mut ask: impl FnMut(String) -> (Vec<String>, String)) -> Vec<String> {
    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let (page, next) = ask(token);
        assert!(page.len() <= 2);
        found.extend(page);
        if next.is_empty() {
            return found;
        }
        token = next;
    }
}

pub fn pages_of_every_entity_put_together_are_the_whole(test: TestStore) {
    for number in 0..7 {
        test.advance_ms(number % 2);
        let name = format!("e{}", (number * 3) % 7);
        experiment(&test, &name);
        test.call(CreateRegisteredModel { name: name.clone(), ..Default::default() }).unwrap();
        for _ in 0..=number % 2 {
            let source = "s3://bucket/model".into();
            test.call(CreateModelVersion { name: name.clone(), source, ..Default::default() }).unwrap();
        }
    }
    for order in
        [&[][..], &["name DESC"], &["creation_time", "name"], &["experiment_id DESC"], &["last_update_time DESC"]]
    {
        let ask = |max_results, page_token| {
            let order_by = order.iter().map(|entry| (*entry).into()).collect();
            let request =
                SearchExperiments { max_results: Some(max_results), order_by, page_token, ..Default::default() };
            let found = test.call(request).unwrap();
            (found.experiments.into_iter().map(|found| found.name).collect::<Vec<_>>(), found.next_page_token)
        };
        assert_eq!(together(|token| ask(2, token)), ask(100, String::new()).0, "{order:?}");
    }
    for order in [&[][..], &["name DESC"], &["timestamp", "name DESC"], &["creation_timestamp DESC"]] {
        let ask = |max_results, page_token| {
            let order_by = order.iter().map(|entry| (*entry).into()).collect();
            let request =
                SearchRegisteredModels { max_results: Some(max_results), order_by, page_token, ..Default::default() };
            let found = test.call(request).unwrap();
            (found.registered_models.into_iter().map(|found| found.name).collect::<Vec<_>>(), found.next_page_token)
        };
        assert_eq!(together(|token| ask(2, token)), ask(100, String::new()).0, "{order:?}");
    }
    for order in [&[][..], &["name DESC"], &["version_number DESC", "name"], &["creation_timestamp"]] {
        let ask = |max_results, page_token| {
            let order_by = order.iter().map(|entry| (*entry).into()).collect();
            let request =
                SearchModelVersions { max_results: Some(max_results), order_by, page_token, ..Default::default() };
            let found = test.call(request).unwrap();
            let names = found.model_versions.into_iter().map(|found| found.name + &found.version);
            (names.collect::<Vec<_>>(), found.next_page_token)
        };
        assert_eq!(together(|token| ask(2, token)), ask(100, String::new()).0, "{order:?}");
    }
}

pub fn a_page_of_models_has_a_hundred_of_them_unless_asked_otherwise(test: TestStore) {
    let experiment_id = experiment(&test, "many");
    for number in 0..101 {
        test.call(CreateRegisteredModel { name: format!("r{number}"), ..Default::default() }).unwrap();
        let experiment_id = experiment_id.clone();
        test.call(CreateLoggedModel { experiment_id, name: "m".into(), ..Default::default() }).unwrap();
    }
    let registered = test.call(SearchRegisteredModels::default()).unwrap();
    assert_eq!((registered.registered_models.len(), registered.next_page_token.is_empty()), (100, false));
    let request = SearchLoggedModels { experiment_ids: vec![experiment_id], ..Default::default() };
    let logged = test.call(request).unwrap();
    assert_eq!((logged.models.len(), logged.next_page_token.is_empty()), (100, false));
}

pub fn pages_of_logged_models_put_together_are_the_whole(test: TestStore) {
    let experiment_id = experiment(&test, "models");
    let run_id = add_run(&test, &experiment_id, &RunSpec::default());
    for (number, accuracy) in
        [Some(1.0), None, Some(f64::NAN), Some(1.0), Some(-2.0), None, Some(f64::NAN)].iter().enumerate()
    {
        test.advance_ms(number as i64 % 2);
        let request = CreateLoggedModel {
            experiment_id: experiment_id.clone(),
            name: format!("m{}", number % 3),
            model_type: if number % 2 == 0 { String::new() } else { "agent".into() },
            ..Default::default()
        };
        let model_id = test.call(request).unwrap().model.info.model_id;
        let point = |value| LogMetric {
            run_id: run_id.clone(),
            key: "acc".into(),
            value: Some(value),
            timestamp: Some(1),
            model_id: model_id.clone(),
            ..Default::default()
        };
        if let Some(value) = accuracy {
            test.call(point(*value)).unwrap();
        }
    }
    for fields in [&[][..], &["metrics.acc"], &["name", "metrics.acc"], &["model_type"], &["creation_time", "model_id"]]
    {
        for ascending in [true, false] {
            let ask = |max_results, page_token| {
                let entry =
                    |field: &&str| LoggedModelOrder { field_name: (*field).into(), ascending, ..Default::default() };
                let request = SearchLoggedModels {
                    experiment_ids: vec![experiment_id.clone()],
                    order_by: fields.iter().map(entry).collect(),
                    max_results: Some(max_results),
                    page_token,
                    ..Default::default()
                };
                let found = test.call(request).unwrap();
                let models = found.models.into_iter().map(|model| model.info.model_id.to_string());
                (models.collect::<Vec<_>>(), found.next_page_token)
            };
            let whole = ask(100, String::new()).0;
            assert_eq!(whole.len(), 7);
            assert_eq!(together(|token| ask(2, token)), whole, "{fields:?} {ascending}");
        }
    }
}

/// Pages of one run each, ordered by a tag of 8000 characters.
fn ordered_by_long_tags(test: &TestStore) -> (ExperimentId, Vec<RunId>, SearchRuns) {
    let experiment_id = experiment(test, "long");
    let runs = ["1", "2", "3"].map(|end| {
        let tags = vec![("t".to_owned(), "é".repeat(7999) + end)];
        add_run(test, &experiment_id, &RunSpec { tags, ..Default::default() })
    });
    let request = SearchRuns {
        experiment_ids: vec![experiment_id.clone()],
        order_by: vec!["tags.t".into()],
        max_results: Some(1),
        ..Default::default()
    };
    (experiment_id, runs.to_vec(), request)
}

pub fn a_long_text_does_not_make_a_long_token(test: TestStore) {
    let (_, runs, mut request) = ordered_by_long_tags(&test);
    for (index, run_id) in runs.iter().enumerate() {
        let found = test.call(request.clone()).unwrap();
        assert_eq!(ids(&found), std::slice::from_ref(run_id));
        assert_eq!(found.next_page_token.is_empty(), index == 2);
        assert!(found.next_page_token.len() < 400, "{}", found.next_page_token.len());
        // A deleted run still says where its page ended.
        test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
        request.page_token = found.next_page_token;
    }
}

pub fn a_place_that_is_lost_is_said_to_be(test: TestStore) {
    let (_, runs, mut request) = ordered_by_long_tags(&test);
    request.page_token = test.call(request.clone()).unwrap().next_page_token;
    test.call(SetTag { run_id: runs[0].clone(), key: "t".into(), value: "other".into(), ..Default::default() })
        .unwrap();
    assert!(refused(test.call(request)).ends_with("the entry that the page before ended with has changed since"));
}

pub fn tokens_of_no_page_are_refused(test: TestStore) {
    let (_, _, request) = ordered_by_long_tags(&test);
    let token = test.call(request.clone()).unwrap().next_page_token;
    let ask = |page_token: &str| refused(test.call(SearchRuns { page_token: page_token.into(), ..request.clone() }));
    for page_token in ["xyz", "@@@", "eyJvZmZzZXQiOiAyfQ==", "eyJvZmZzZXQiOjJ9"] {
        assert_eq!(ask(page_token), format!("Invalid page token '{page_token}': it was not made by this server"));
    }
    let json = String::from_utf8(URL_SAFE_NO_PAD.decode(&token).unwrap()).unwrap();
    for (from, to) in [("\"v\":[", "\"v\":[\"n\","), ("{\"h\":", "{\"i\":"), ("\"k\":", "\"x\":")] {
        assert!(json.contains(from), "{json}");
        let forged = URL_SAFE_NO_PAD.encode(json.replacen(from, to, 1));
        assert!(ask(&forged).ends_with("it was not made by this server"), "{to}");
    }
}

pub fn any_token_is_answered(test: TestStore) {
    let (experiment_id, ..) = ordered_by_long_tags(&test);
    let specs = NUMBERS.map(|number| RunSpec { metrics: vec![("a".into(), number)], ..Default::default() });
    for spec in &specs {
        add_run(&test, &experiment_id, spec);
    }
    let request = SearchRuns {
        experiment_ids: vec![experiment_id],
        order_by: vec!["metrics.a DESC".into(), "run_name".into()],
        max_results: Some(2),
        ..Default::default()
    };
    let token = test.call(request.clone()).unwrap().next_page_token;
    let own = URL_SAFE_NO_PAD.decode(&token).unwrap();
    let json = String::from_utf8(own.clone()).unwrap();
    let (before, _) = json.split_once("\"v\":").unwrap();
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let changed = (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| {
        let mut bytes = own.clone();
        bytes[at.index(own.len())] = byte;
        bytes
    });
    let stored = prop_oneof![
        Just("\"n\"".to_owned()),
        any::<i64>().prop_map(|number| format!("{{\"i\":{number}}}")),
        any::<u64>().prop_map(|bits| format!("{{\"r\":{bits}}}")),
        any::<String>().prop_map(|text| format!("{{\"t\":{}}}", serde_json::Value::from(text))),
        any::<u64>().prop_map(|hash| format!("{{\"h\":{hash}}}")),
    ];
    let forged = prop::collection::vec(stored, 5)
        .prop_map(|values| format!("{before}\"v\":[{}]}}", values.join(",")).into_bytes());
    let tokens = prop_oneof![
        changed.prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        forged.prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        prop::collection::vec(any::<u8>(), 0..60).prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        any::<String>(),
    ];
    let outcome = runner.run(&tokens, |page_token| match test.call(SearchRuns { page_token, ..request.clone() }) {
        Ok(_) | Err(StoreError::InvalidParameter { .. }) => Ok(()),
        Err(error) => Err(TestCaseError::fail(format!("{error:?}"))),
    });
    outcome.unwrap();
}
