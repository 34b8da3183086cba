//! Any filter over any runs finds what a plain evaluation in memory finds, in the same order.

use std::cell::Cell;
use std::cmp::Ordering;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::RunId;
use trainyard_api::runs::SearchRuns;

use super::{RunSpec, add_run, experiment};
use crate::backend::TestStore;

const KEYS: [&str; 3] = ["a", "b c", "é/x"];
const TEXTS: [&str; 9] = ["x", "X", "x%", "x_", "xy", "é", "É", "", "it's"];
const PATTERNS: [&str; 9] = ["x%", "%y", "_", "X_", "%", "É%", "", "%'%", "x%%_"];
const NUMBERS: [f64; 7] = [-1.5, 0.0, 1.0, 2.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

#[derive(Debug, Clone)]
enum Clause {
    Metric(&'static str, &'static str, f64),
    /// Of a param, or else of a tag.
    Text(bool, &'static str, &'static str, &'static str),
    Null(bool, &'static str, bool),
    Name(bool, Vec<&'static str>),
    Start(&'static str, i64),
}

impl Clause {
    fn written(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let family = |params: bool| if params { "params" } else { "tags" };
        match self {
            Self::Metric(key, operator, value) => format!("metrics.`{key}` {operator} {value:e}"),
            Self::Text(params, key, operator, text) => {
                format!("{}.\"{key}\" {operator} {}", family(*params), quoted(text))
            }
            Self::Null(params, key, negated) => {
                format!("{}.`{key}` IS {}NULL", family(*params), if *negated { "NOT " } else { "" })
            }
            Self::Name(equal, names) => {
                let names: Vec<String> = names
                    .iter()
                    .map(|name| format!("attributes.run_name {} {}", if *equal { "=" } else { "!=" }, quoted(name)))
                    .collect();
                names.join(" and ")
            }
            Self::Start(operator, time) => format!("start_time {operator} {time}"),
        }
    }

    fn holds(&self, run: &RunSpec) -> bool {
        let text = |params: bool, key: &str| {
            let pairs = if params { &run.params } else { &run.tags };
            pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
        };
        match self {
            Self::Metric(key, operator, wanted) => {
                metric(run, key).is_some_and(|value| compares(value.partial_cmp(wanted), operator))
            }
            Self::Text(params, key, operator, wanted) => text(*params, key).is_some_and(|value| match *operator {
                "LIKE" => like(value, wanted),
                "ILIKE" => like(&value.to_lowercase(), &wanted.to_lowercase()),
                operator => compares(Some(value.cmp(wanted)), operator),
            }),
            Self::Null(params, key, negated) => text(*params, key).is_some() == *negated,
            Self::Name(equal, names) => names.iter().all(|name| (run.name == *name) == *equal),
            Self::Start(operator, time) => compares(Some(run.start_time.cmp(time)), operator),
        }
    }
}

fn metric(run: &RunSpec, key: &str) -> Option<f64> {
    run.metrics.iter().find(|(known, _)| known == key).map(|(_, value)| *value)
}

fn compares(ordering: Option<Ordering>, operator: &str) -> bool {
    match operator {
        "=" => ordering == Some(Ordering::Equal),
        "!=" => ordering != Some(Ordering::Equal),
        "<" => ordering == Some(Ordering::Less),
        "<=" => ordering.is_some_and(Ordering::is_le),
        ">" => ordering == Some(Ordering::Greater),
        _ => ordering.is_some_and(Ordering::is_ge),
    }
}

fn like(text: &str, pattern: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('%') => {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| like(&text[at..], &pattern[1..]))
        }
        Some(first) => match text.chars().next() {
            Some(next) if first == '_' || first == next => like(&text[next.len_utf8()..], &pattern[first.len_utf8()..]),
            _ => false,
        },
    }
}

fn clauses() -> impl Strategy<Value = Clause> {
    let key = || prop::sample::select(KEYS.to_vec());
    let order = || prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let equality = prop::sample::select(vec!["=", "!="]);
    let finite = prop::sample::select(NUMBERS[..4].to_vec());
    prop_oneof![
        (key(), order(), finite).prop_map(|(key, operator, value)| Clause::Metric(key, operator, value)),
        (any::<bool>(), key(), equality, prop::sample::select(TEXTS.to_vec()))
            .prop_map(|(params, key, operator, text)| Clause::Text(params, key, operator, text)),
        (any::<bool>(), key(), prop::sample::select(vec!["LIKE", "ILIKE"]), prop::sample::select(PATTERNS.to_vec()))
            .prop_map(|(params, key, operator, text)| Clause::Text(params, key, operator, text)),
        (any::<bool>(), key(), any::<bool>()).prop_map(|(params, key, negated)| Clause::Null(params, key, negated)),
        (any::<bool>(), prop::collection::vec(prop::sample::select(vec!["n0", "n1", "n2"]), 1..3))
            .prop_map(|(equal, names)| Clause::Name(equal, names)),
        (order(), 0_i64..4).prop_map(|(operator, time)| Clause::Start(operator, time)),
    ]
}

fn runs() -> impl Strategy<Value = Vec<RunSpec>> {
    let texts = || {
        prop::collection::btree_map(
            prop::sample::select(KEYS.map(String::from).to_vec()),
            prop::sample::select(TEXTS.map(String::from).to_vec()),
            0..3,
        )
    };
    let metrics = prop::collection::btree_map(
        prop::sample::select(KEYS.map(String::from).to_vec()),
        prop::sample::select(NUMBERS.to_vec()),
        0..3,
    );
    let run = (0_i64..4, metrics, texts(), texts()).prop_map(|(start_time, metrics, params, tags)| RunSpec {
        name: String::new(),
        start_time,
        metrics: metrics.into_iter().collect(),
        params: params.into_iter().collect(),
        tags: tags.into_iter().collect(),
    });
    prop::collection::vec(run, 1..7).prop_map(|mut runs| {
        for (index, run) in runs.iter_mut().enumerate() {
            run.name = format!("n{index}");
        }
        runs
    })
}

/// The order that is asked for, then the latest first.
fn in_order(left: &(RunId, RunSpec), right: &(RunId, RunSpec), key: &str, descending: bool) -> Ordering {
    let rank = |value: Option<f64>| match value {
        Some(value) if value.is_nan() => 1,
        Some(_) => 0,
        None => 2,
    };
    let (first, second) = (metric(&left.1, key), metric(&right.1, key));
    let by_value = first.zip(second).and_then(|(first, second)| first.partial_cmp(&second)).unwrap_or(Ordering::Equal);
    rank(first)
        .cmp(&rank(second))
        .then(if descending { by_value.reverse() } else { by_value })
        .then(right.1.start_time.cmp(&left.1.start_time))
        .then(left.0.cmp(&right.0))
}

pub fn any_filter_finds_what_a_plain_evaluation_finds(test: TestStore) {
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let cases = Cell::new(0);
    let filters = prop::collection::vec(prop::collection::vec(clauses(), 0..4), 12);
    let strategy = (runs(), filters, prop::sample::select(KEYS.to_vec()), any::<bool>());
    let outcome = runner.run(&strategy, |(specs, filters, key, descending)| {
        cases.set(cases.get() + 1);
        let experiment_id = experiment(&test, &format!("case {}", cases.get()));
        let mut known: Vec<(RunId, RunSpec)> =
            specs.into_iter().map(|spec| (add_run(&test, &experiment_id, &spec), spec)).collect();
        known.sort_by(|left, right| in_order(left, right, key, descending));
        for clauses in filters {
            let filter = clauses.iter().map(Clause::written).collect::<Vec<_>>().join(" AND ");
            let expected: Vec<&str> = known
                .iter()
                .filter(|(_, run)| clauses.iter().all(|clause| clause.holds(run)))
                .map(|(_, run)| run.name.as_str())
                .collect();
            let request = SearchRuns {
                experiment_ids: vec![experiment_id.clone()],
                filter: filter.clone(),
                order_by: vec![format!("metrics.`{key}` {}", if descending { "DESC" } else { "ASC" })],
                ..Default::default()
            };
            prop_assert_eq!(super::run_names(&test, request).unwrap(), expected, "{}", filter);
        }
        Ok(())
    });
    outcome.unwrap();
}
