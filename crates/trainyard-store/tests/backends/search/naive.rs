//! Any filter over any runs finds what a plain evaluation in memory finds, in the same order.

use std::cell::Cell;
use std::cmp::Ordering;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::datasets::{Dataset, DatasetInput, LogInputs};
use trainyard_api::runs::{RunStatus, SearchRuns, UpdateRun};
use trainyard_api::{RunId, Tag};

use super::{RunSpec, add_run_of, experiment};
use crate::backend::TestStore;

const KEYS: [&str; 3] = ["a", "b c", "é/x"];
const TEXTS: [&str; 14] = ["x", "X", "x%", "x_", "xy", "é", "É", "", "it's", "1", "-2.50e1", "1e999", "nan", "1 "];
const PATTERNS: [&str; 9] = ["x%", "%y", "_", "X_", "%", "É%", "", "%'%", "x%%_"];
const VALUES: [f64; 7] = [-1.5, 0.0, 1.0, 2.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
const NUMBERS: [&str; 10] =
    ["-1.5", "0", "1.", "+2.5e0", "-25", "3", "1.7976931348623157e308", "1e999", "-1e999", ".5"];
/// Stand for the ids of the runs of a case, of which there are no more, and of their experiment.
const RUN_IDS: [&str; 6] = ["«run 0»", "«run 1»", "«run 2»", "«run 3»", "«run 4»", "«run 5»"];
const EXPERIMENT_ID: &str = "«experiment»";
const USERS: [&str; 3] = ["x", "É", "it's"];
const STATUSES: [RunStatus; 4] = [RunStatus::Running, RunStatus::Scheduled, RunStatus::Finished, RunStatus::Killed];
const ORDER: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

/// A regular expression and what it says.
type Expression = (&'static str, fn(&str) -> bool);
const EXPRESSIONS: [Expression; 6] = [
    ("^x", |text| text.starts_with('x')),
    ("y$|^$", |text| text.is_empty() || text.ends_with('y')),
    ("[A-Z]", |text| text.chars().any(|c| c.is_ascii_uppercase())),
    (r"^\p{L}$", |text| text.chars().count() == 1 && text.chars().all(char::is_alphabetic)),
    ("(?i)É", |text| text.contains(['é', 'É'])),
    ("%", |text| text.contains('%')),
];

/// A run and what else is recorded of it.
#[derive(Debug, Clone)]
struct Run {
    spec: RunSpec,
    /// What stands for its id.
    run_id: &'static str,
    user_id: &'static str,
    status: RunStatus,
    end_time: Option<i64>,
    /// Name, digest, context.
    datasets: Vec<(&'static str, &'static str, Option<&'static str>)>,
}

#[derive(Debug, Clone)]
enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Number(Number, AboutNumber),
    Text(Text, AboutText),
    /// `experiment_id =` or `IN`, or neither: what stands for the id, or others.
    Experiment(Vec<&'static str>, bool),
    /// `IS NULL`, or `IS NOT NULL`.
    Null(Key, bool),
}

#[derive(Debug, Clone)]
enum Key {
    Number(Number),
    Text(Text),
}

/// A key whose values are numbers.
#[derive(Debug, Clone)]
enum Number {
    Metric(&'static str),
    Param(&'static str),
    Start,
    End,
    Duration,
}

/// A key whose values are texts.
#[derive(Debug, Clone)]
enum Text {
    Param(&'static str),
    Tag(&'static str),
    Name,
    RunId,
    User,
    Status,
    Dataset(&'static str),
}

#[derive(Debug, Clone)]
enum AboutNumber {
    Compare(&'static str, &'static str),
    In(Vec<&'static str>, bool),
    Between(&'static str, &'static str, bool),
}

#[derive(Debug, Clone)]
enum AboutText {
    Equal(&'static str, bool),
    Like(&'static str, &'static str, bool),
    Expression(Expression, bool),
    In(Vec<&'static str>, bool),
}

impl Filter {
    fn written(&self) -> String {
        let joined = |filters: &[Self], word: &str| {
            filters.iter().map(|filter| format!("({})", filter.written())).collect::<Vec<_>>().join(word)
        };
        match self {
            Self::And(filters) => joined(filters, " AND "),
            Self::Or(filters) => joined(filters, " or "),
            Self::Not(filter) => format!("NOT ({})", filter.written()),
            Self::Number(key, about) => format!("{} {}", key.written(), about.written()),
            Self::Text(key, about) => format!("{} {}", key.written(), about.written()),
            Self::Experiment(ids, negated) => match ids.as_slice() {
                [id] => format!("experiment_id {} {id}", if *negated { "!=" } else { "=" }),
                ids => format!("attributes.experiment_id {}IN ('{}')", not(*negated), ids.join("', '")),
            },
            Self::Null(Key::Number(key), negated) => format!("{} IS {}NULL", key.written(), not(*negated)),
            Self::Null(Key::Text(key), negated) => format!("{} IS {}NULL", key.written(), not(*negated)),
        }
    }

    fn holds(&self, run: &Run) -> bool {
        match self {
            Self::And(filters) => filters.iter().all(|filter| filter.holds(run)),
            Self::Or(filters) => filters.iter().any(|filter| filter.holds(run)),
            Self::Not(filter) => !filter.holds(run),
            Self::Number(key, about) => key.of(run).is_some_and(|value| about.holds(key, value)),
            Self::Text(key, about) => key.of(run).into_iter().any(|value| about.holds(value)),
            Self::Experiment(ids, negated) => ids.contains(&EXPERIMENT_ID) != *negated,
            Self::Null(Key::Number(key), negated) => key.of(run).is_some() == *negated,
            Self::Null(Key::Text(key), negated) => key.of(run).is_empty() != *negated,
        }
    }
}

impl Number {
    fn written(&self) -> String {
        match self {
            Self::Metric(key) => format!("metrics.`{key}`"),
            Self::Param(key) => format!("params.\"{key}\""),
            Self::Start => "attributes.start_time".to_owned(),
            Self::End => "end_time".to_owned(),
            Self::Duration => "duration".to_owned(),
        }
    }

    fn of(&self, run: &Run) -> Option<f64> {
        match self {
            Self::Metric(key) => metric(&run.spec, key),
            // Those of the texts that are numbers.
            Self::Param(key) => match *Text::Param(key).of(run).first()? {
                "1" => Some(1.0),
                "-2.50e1" => Some(-25.0),
                "1e999" => Some(f64::INFINITY),
                _ => None,
            },
            Self::Start => Some(run.spec.start_time as f64),
            Self::End => run.end_time.map(|time| time as f64),
            Self::Duration => run.end_time.map(|time| (time - run.spec.start_time) as f64),
        }
    }
}

impl Text {
    fn written(&self) -> String {
        match self {
            Self::Param(key) => format!("parameter.`{key}`"),
            Self::Tag(key) => format!("tags.'{key}'"),
            Self::Name => "run_name".to_owned(),
            Self::RunId => "run_id".to_owned(),
            Self::User => "attributes.user_id".to_owned(),
            Self::Status => "status".to_owned(),
            Self::Dataset(column) => format!("dataset.{column}"),
        }
    }

    /// The texts there are; only datasets can be several.
    fn of<'r>(&self, run: &'r Run) -> Vec<&'r str> {
        let under = |pairs: &'r [(String, String)], key: &str| {
            pairs.iter().filter(|(known, _)| known == key).map(|(_, value)| value.as_str()).collect()
        };
        match self {
            Self::Param(key) => under(&run.spec.params, key),
            Self::Tag(key) => under(&run.spec.tags, key),
            Self::Name => vec![&run.spec.name],
            // The other texts and patterns here fit it as little, or as well, as 32 hex digits.
            Self::RunId => vec![run.run_id],
            Self::User => vec![run.user_id],
            Self::Status => vec![run.status.as_str()],
            Self::Dataset("name") => run.datasets.iter().map(|dataset| dataset.0).collect(),
            Self::Dataset("digest") => run.datasets.iter().map(|dataset| dataset.1).collect(),
            Self::Dataset(_) => run.datasets.iter().filter_map(|dataset| dataset.2).collect(),
        }
    }
}

impl AboutNumber {
    fn written(&self) -> String {
        match self {
            Self::Compare(operator, number) => format!("{operator} {number}"),
            Self::In(numbers, negated) => format!("{}IN ({})", not(*negated), numbers.join(" , ")),
            Self::Between(low, high, negated) => format!("{}BETWEEN {low} AND {high}", not(*negated)),
        }
    }

    fn holds(&self, key: &Number, value: f64) -> bool {
        let is_metric = matches!(key, Number::Metric(_));
        let ordering = |number: &str| {
            let number: f64 = number.parse().unwrap();
            if number.is_infinite() {
                // What no double holds lies beyond all values.
                let beyond = if number > 0.0 { Ordering::Less } else { Ordering::Greater };
                return (!value.is_nan()).then_some(beyond);
            }
            // Infinite metrics are answered as the largest number, and found by it.
            let number = if is_metric && number == f64::MAX { f64::INFINITY } else { number };
            value.partial_cmp(&number)
        };
        let compares = |operator, number| match (operator, ordering(number)) {
            ("=", ordering) => ordering == Some(Ordering::Equal),
            ("!=", ordering) => ordering != Some(Ordering::Equal),
            ("<", ordering) => ordering == Some(Ordering::Less),
            ("<=", ordering) => ordering.is_some_and(Ordering::is_le),
            (">", ordering) => ordering == Some(Ordering::Greater),
            (_, ordering) => ordering.is_some_and(Ordering::is_ge),
        };
        match self {
            Self::Compare(operator, number) => compares(*operator, number),
            Self::In(numbers, negated) => numbers.iter().any(|number| compares("=", number)) != *negated,
            Self::Between(low, high, negated) => (compares(">=", low) && compares("<=", high)) != *negated,
        }
    }
}

impl AboutText {
    fn written(&self) -> String {
        match self {
            Self::Equal(text, negated) => format!("{} {}", if *negated { "!=" } else { "=" }, quoted(text)),
            Self::Like(operator, pattern, negated) => format!("{}{operator} {}", not(*negated), quoted(pattern)),
            Self::Expression((pattern, _), negated) => format!("{}RLIKE {}", not(*negated), quoted(pattern)),
            Self::In(texts, negated) => {
                let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                format!("{}IN ({})", not(*negated), texts.join(","))
            }
        }
    }

    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equal(text, negated) => (value == *text) != *negated,
            Self::Like("LIKE", pattern, negated) => like(value, pattern) != *negated,
            Self::Like(_, pattern, negated) => like(&value.to_lowercase(), &pattern.to_lowercase()) != *negated,
            Self::Expression((_, fits), negated) => fits(value) != *negated,
            Self::In(texts, negated) => texts.contains(&value) != *negated,
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

/// In one of the ways there are.
fn quoted(text: &str) -> String {
    match (text.contains('\''), text.len() % 2) {
        (false, 0) => format!("'{text}'"),
        (true, 0) => format!("\"{text}\""),
        _ => format!("E'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
    }
}

fn metric(spec: &RunSpec, key: &str) -> Option<f64> {
    spec.metrics.iter().find(|(known, _)| known == key).map(|(_, value)| *value)
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

fn one_of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> prop::sample::Select<T> {
    prop::sample::select(values.to_vec())
}

fn clauses() -> impl Strategy<Value = Filter> {
    let number_key = prop_oneof![
        3 => one_of(&KEYS).prop_map(Number::Metric),
        3 => one_of(&KEYS).prop_map(Number::Param),
        3 => (0..3_u8).prop_map(|which| [Number::Start, Number::End, Number::Duration][usize::from(which)].clone()),
    ];
    let text_key = prop_oneof![
        3 => one_of(&KEYS).prop_map(Text::Param),
        3 => one_of(&KEYS).prop_map(Text::Tag),
        1 => Just(Text::Name),
        3 => (0..3_u8).prop_map(|which| [Text::RunId, Text::User, Text::Status][usize::from(which)].clone()),
        2 => one_of(&["name", "digest", "context"]).prop_map(Text::Dataset),
    ];
    let nullable = prop_oneof![
        one_of(&KEYS).prop_map(|key| Key::Number(Number::Metric(key))),
        one_of(&[Number::End, Number::Duration].map(Key::Number)),
        one_of(&KEYS).prop_map(|key| Key::Text(Text::Param(key))),
        one_of(&KEYS).prop_map(|key| Key::Text(Text::Tag(key))),
    ];
    let number = || one_of(&NUMBERS);
    let about_number = prop_oneof![
        3 => (one_of(&ORDER), number()).prop_map(|(operator, number)| AboutNumber::Compare(operator, number)),
        1 => (prop::collection::vec(number(), 1..4), any::<bool>())
            .prop_map(|(numbers, negated)| AboutNumber::In(numbers, negated)),
        1 => (number(), number(), any::<bool>())
            .prop_map(|(low, high, negated)| AboutNumber::Between(low, high, negated)),
    ];
    let words = ["n0", "n1", "iris", "1-iris", "train", "RUNNING", "FINISHED", "KILLED", "finished"];
    let texts = move || one_of(&[&TEXTS[..], &words, &RUN_IDS[..2]].concat());
    let about_text = prop_oneof![
        (texts(), any::<bool>()).prop_map(|(text, negated)| AboutText::Equal(text, negated)),
        (one_of(&["LIKE", "ILIKE"]), one_of(&PATTERNS), any::<bool>())
            .prop_map(|(operator, pattern, negated)| AboutText::Like(operator, pattern, negated)),
        ((0..EXPRESSIONS.len()), any::<bool>())
            .prop_map(|(which, negated)| AboutText::Expression(EXPRESSIONS[which], negated)),
        (prop::collection::vec(texts(), 1..4), any::<bool>())
            .prop_map(|(texts, negated)| AboutText::In(texts, negated)),
    ];
    prop_oneof![
        3 => (number_key, about_number).prop_map(|(key, about)| Filter::Number(key, about)),
        3 => (text_key, about_text).prop_map(|(key, about)| Filter::Text(key, about)),
        1 => (prop::collection::vec(one_of(&[EXPERIMENT_ID, "0", "999999"]), 1..3), any::<bool>())
            .prop_map(|(ids, negated)| Filter::Experiment(ids, negated)),
        1 => (nullable, any::<bool>()).prop_map(|(key, negated)| Filter::Null(key, negated)),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    // At most 16 clauses: more could be too many regular expressions.
    clauses().prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn runs() -> impl Strategy<Value = Vec<Run>> {
    let keys = || one_of(&KEYS.map(String::from));
    let texts = || prop::collection::btree_map(keys(), one_of(&TEXTS.map(String::from)), 0..3);
    let metrics = prop::collection::btree_map(keys(), one_of(&VALUES), 0..3);
    let context = prop::option::of(one_of(&["train", "x", ""]));
    let datasets = prop::collection::btree_map(one_of(&["iris", "x", "É"]), context, 0..3);
    let end_time = prop::option::of(0_i64..4);
    let attributes = (0_i64..4, end_time, one_of(&USERS), one_of(&STATUSES));
    let run = (attributes, metrics, texts(), texts(), datasets).prop_map(
        |((start_time, end_time, user_id, status), metrics, params, tags, datasets)| {
            let spec = RunSpec {
                name: String::new(),
                start_time,
                metrics: metrics.into_iter().collect(),
                params: params.into_iter().collect(),
                tags: tags.into_iter().collect(),
            };
            let digest = |name: &str| if name == "iris" { "1-iris" } else { "xy" };
            let datasets = datasets.into_iter().map(|(name, context)| (name, digest(name), context)).collect();
            Run { spec, run_id: "", user_id, status, end_time, datasets }
        },
    );
    prop::collection::vec(run, 1..=RUN_IDS.len()).prop_map(|mut runs| {
        for (index, (run, run_id)) in runs.iter_mut().zip(RUN_IDS).enumerate() {
            run.spec.name = format!("n{index}");
            run.run_id = run_id;
        }
        runs
    })
}

fn add(test: &TestStore, experiment_id: &trainyard_api::ExperimentId, run: &Run) -> RunId {
    let run_id = add_run_of(test, experiment_id, &run.spec, run.user_id);
    let end =
        UpdateRun { run_id: run_id.clone(), status: Some(run.status), end_time: run.end_time, ..UpdateRun::default() };
    test.call(end).unwrap();
    let input = |(name, digest, context): &(&str, &str, Option<&str>)| DatasetInput {
        dataset: Dataset { name: (*name).into(), digest: (*digest).into(), ..Default::default() },
        tags: context.map(|context| Tag::new("mlflow.data.context", context)).into_iter().collect(),
    };
    if !run.datasets.is_empty() {
        let datasets = run.datasets.iter().map(input).collect();
        test.call(LogInputs { run_id: run_id.clone(), datasets, ..Default::default() }).unwrap();
    }
    run_id
}

/// The order that is asked for, then the latest first.
fn in_order(left: &(RunId, Run), right: &(RunId, Run), key: &str, descending: bool) -> Ordering {
    let rank = |value: Option<f64>| match value {
        Some(value) if value.is_nan() => 1,
        Some(_) => 0,
        None => 2,
    };
    let (first, second) = (metric(&left.1.spec, key), metric(&right.1.spec, key));
    let by_value = first.zip(second).and_then(|(first, second)| first.partial_cmp(&second)).unwrap_or(Ordering::Equal);
    rank(first)
        .cmp(&rank(second))
        .then(if descending { by_value.reverse() } else { by_value })
        .then(right.1.spec.start_time.cmp(&left.1.spec.start_time))
        .then(left.0.cmp(&right.0))
}

pub fn any_filter_finds_what_a_plain_evaluation_finds(test: TestStore) {
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let cases = Cell::new(0);
    let filters = prop::collection::vec(filters(), 24);
    let strategy = (runs(), filters, prop::sample::select(KEYS.to_vec()), any::<bool>());
    let outcome = runner.run(&strategy, |(runs, filters, key, descending)| {
        cases.set(cases.get() + 1);
        let experiment_id = experiment(&test, &format!("case {}", cases.get()));
        let mut known: Vec<(RunId, Run)> =
            runs.into_iter().map(|run| (add(&test, &experiment_id, &run), run)).collect();
        known.sort_by(|left, right| in_order(left, right, key, descending));
        for filter in filters {
            let found: Vec<&str> =
                known.iter().filter(|(_, run)| filter.holds(run)).map(|(_, run)| run.spec.name.as_str()).collect();
            let mut written = filter.written().replace(EXPERIMENT_ID, experiment_id.as_str());
            for (run_id, run) in &known {
                written = written.replace(run.run_id, run_id.as_str());
            }
            let request = SearchRuns {
                experiment_ids: vec![experiment_id.clone()],
                filter: written.clone(),
                order_by: vec![format!("metrics.`{key}` {}", if descending { "DESC" } else { "ASC" })],
                ..Default::default()
            };
            prop_assert_eq!(super::run_names(&test, request).unwrap(), found, "{}", written);
        }
        Ok(())
    });
    outcome.unwrap();
}
