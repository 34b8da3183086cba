//! Which way is chosen, and that the database goes it: no walk through a whole table, no sorting of one.

use std::sync::Arc;

use trainyard_api::ViewType;

use super::super::page::Page;
use super::super::parser::parse;
use super::super::runs::{RULES, TIES};
use super::stretches::Stretch;
use super::*;
use crate::{Sources, Store, StoreOptions, Value};

/// Two thousand runs in experiment 1 and as many in experiment 2. Metric `m` of each is its number, NaN for every
/// hundredth, missing for every tenth; param `p` one of 10, tag `t` one of 20, tag `rare` on three runs.
const FILL: &[&str] = &[
    "INSERT INTO experiment VALUES (1, 'a', NULL, 'active', 0, 0), (2, 'b', NULL, 'active', 0, 0)",
    "INSERT INTO run (id, run_id, experiment_id, name, user_id, status, start_time, lifecycle_stage)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
     SELECT i, printf('%032x', i), 1 + i % 2, printf('n%d', i % 100), 'u', 'RUNNING', i / 3, 'active' FROM n",
    "INSERT INTO metric_key VALUES (1, 'm'), (2, 'other')",
    "INSERT INTO metric_summary (run, metric_key, count, latest_step, latest_timestamp, latest_value, latest_is_nan,
                                 first_step, first_timestamp, first_value, first_is_nan)
     SELECT id, k.column1, 1, 0, 0, CASE WHEN id % 100 = 1 THEN 0 ELSE id END, id % 100 = 1, 0, 0, id, 0
     FROM run, (VALUES (1), (2)) AS k WHERE id % 10 <> 0",
    "INSERT INTO param SELECT id, 'p', id % 10 FROM run",
    "INSERT INTO run_tag SELECT id, 't', id % 20 FROM run",
    "INSERT INTO run_tag SELECT id, 'rare', 'x' FROM run WHERE id IN (5, 6, 7)",
];

fn with_runs<T: Send + 'static>(work: impl FnMut(&mut Transaction<'_>) -> T + Send + 'static) -> T {
    with_runs_and(&[], work)
}

fn with_runs_and<T: Send + 'static>(
    more: &'static [&'static str],
    mut work: impl FnMut(&mut Transaction<'_>) -> T + Send + 'static,
) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store_at(&format!("sqlite:///{}", folder.path().join("store.db").display()));
    let filled = store.write(move |tx| {
        for sql in FILL.iter().chain(more) {
            tx.execute(sql, &[])?;
        }
        Ok(())
    });
    filled.wait().expect("runs");
    store.read(move |tx| Ok(work(tx))).wait().expect("an answer")
}

pub(super) fn store_at(uri: &str) -> Store {
    let sources = Sources { now_ms: Arc::new(|| 0), ..Sources::default() };
    Store::open_with(uri, StoreOptions::for_tests(), sources).expect("a store")
}

pub(super) fn search<'f>(tx: &Transaction<'_>, experiments: &[i64], filter: &'f str, order_by: &[&str]) -> Search<'f> {
    let order_by: Vec<String> = order_by.iter().map(|entry| (*entry).to_owned()).collect();
    let order = Order::parse(&RULES, &order_by, &TIES).expect("an order");
    let scope = (experiments.to_vec(), ViewType::ActiveOnly);
    Search::new(tx, &RULES, scope, (parse(filter, &RULES).expect("a filter"), filter), order).expect("a search")
}

/// Where a late page begins: in the middle.
fn late(terms: &[Term]) -> Place {
    let middle = |term: &Term| match term.kind {
        super::super::keyset::Kind::Number => Value::Integer(1000),
        super::super::keyset::Kind::Text => Value::Text("n".to_owned()),
    };
    Place { key: 1, values: terms.iter().map(middle).collect() }
}

/// How SQLite carries out a statement that starts in the middle.
fn explained(tx: &mut Transaction<'_>, statement: Statement, terms: &[Term], fixed: usize) -> Vec<String> {
    statement.explain(tx, terms, fixed, Some(&late(terms))).expect("a plan")
}

/// Asserts that each table is searched by an index, and that nothing is sorted but equals.
fn is_walked(plan: &[String], index: &str) {
    assert!(plan[0].contains(index), "{plan:#?}");
    for line in plan {
        let scans = line.starts_with("SCAN") && !line.contains("VIRTUAL TABLE") && !line.contains("USING");
        assert!(!scans && line != "USE TEMP B-TREE FOR ORDER BY", "{plan:#?}");
    }
}

#[test]
fn an_order_is_walked_along_its_index() {
    with_runs(|tx| {
        let filter = "metrics.other > 5 AND params.p = '3' AND tags.t LIKE '1%'";
        let by_value = "USING COVERING INDEX metric_summary_by_value (metric_key=? AND latest_is_nan=?";
        let by_experiment = "run_by_experiment (experiment_id=? AND lifecycle_stage=?";
        for (experiments, order, stretch, index) in [
            (&[1][..], &["metrics.m"][..], Stretch::Numbers, by_value),
            (&[1, 2], &["metrics.m DESC"], Stretch::Numbers, by_value),
            (&[1], &["metrics.m DESC", "metrics.other"], Stretch::Numbers, by_value),
            (&[1], &["params.p DESC"], Stretch::Present, "USING COVERING INDEX param_by_key (key=?"),
            (&[1, 2], &["tags.t"], Stretch::Present, "USING COVERING INDEX run_tag_by_key (key=?"),
            (&[1], &[], Stretch::Column, by_experiment),
            (&[1], &["start_time DESC"], Stretch::Column, by_experiment),
            (&[1], &["start_time ASC"], Stretch::Column, by_experiment),
            (&[1, 2], &[], Stretch::Column, "run_by_start_time"),
            (&[1, 2], &["start_time DESC"], Stretch::Column, "run_by_start_time"),
            (&[1], &["run_name"], Stretch::Column, "run_by_name"),
            (&[1], &["metrics.m"], Stretch::Absent, by_experiment),
            (&[1, 2], &["params.p"], Stretch::Absent, "run_by_start_time"),
        ] {
            for filter in ["", filter] {
                let search = search(tx, experiments, filter, order);
                let (terms, fixed) = search.terms_in(stretch);
                let statement = search.stretch(tx, stretch).expect("a statement");
                is_walked(&explained(tx, statement, &terms, fixed), index);
            }
        }
    });
}

#[test]
fn a_range_of_what_is_ordered_by_bounds_the_walk() {
    with_runs(|tx| {
        let search = search(tx, &[1], "metrics.m < 100", &["metrics.m DESC"]);
        let statement = search.stretch(tx, Stretch::Numbers).expect("a statement");
        let plan = statement.explain(tx, &search.terms_in(Stretch::Numbers).0, 1, None).expect("a plan");
        is_walked(&plan, "metric_summary_by_value (metric_key=? AND latest_is_nan=? AND latest_value<?");
        assert!(!search.may_hold(Stretch::Nan) && !search.may_hold(Stretch::Absent));
    });
}

#[test]
fn listings_are_brought_together_without_looking_at_every_run() {
    with_runs(|tx| {
        let filter = "metrics.other > 5 AND params.p = '3' AND tags.t = '3'";
        let mut search = search(tx, &[1, 2], filter, &["metrics.m DESC"]);
        assert_eq!(search.plan(tx, 100).expect("a plan"), Plan::Listed(vec![2, 1]));
        let statement = search.listed(tx, &[2, 1]).expect("a statement");
        let plan = explained(tx, statement, &search.order.terms(), 0).join("\n");
        assert!(plan.contains("MERGE (INTERSECT)"), "{plan}");
        for index in
            ["param_by_key (key=? AND value=?", "run_tag_by_key (key=? AND value=?", "x USING INTEGER PRIMARY KEY"]
        {
            assert!(plan.contains(index), "{plan}");
        }
    });
}

#[test]
fn runs_that_a_filter_does_not_hold_for_are_not_read() {
    with_runs(|tx| {
        let mut search = search(tx, &[1], "metrics.other > 5 AND params.p = '3'", &["metrics.m"]);
        search.plan(tx, 100).expect("a plan");
        assert_eq!(search.looked_at, [1, 0], "what one run of ten has is looked at before what nine have");
        let (terms, fixed) = search.terms_in(Stretch::Numbers);
        let ordered = search.stretch(tx, Stretch::Numbers).expect("a statement");
        let listed = search.listed(tx, &[1]).expect("a statement");
        for plan in [explained(tx, ordered, &terms, fixed), explained(tx, listed, &search.order.terms(), 0)] {
            let place = |text| plan.iter().position(|line| line.contains(text)).expect(text);
            let (metric, run) = (place("SEARCH s USING PRIMARY KEY"), place("SEARCH x USING INTEGER PRIMARY KEY"));
            assert!(metric < run, "{plan:#?}");
        }
    });
}

#[test]
fn a_sample_is_spread_over_all_runs() {
    for greatest in [1, 2, 100, 4000, i64::from(u32::MAX)] {
        let ids = cheapest::spread(greatest);
        assert!(ids.iter().all(|id| (1..=greatest).contains(id)), "{greatest}");
        for part in 0..10 {
            let of_part = ids.iter().filter(|id| (**id - 1) as i128 * 10 / i128::from(greatest) == part).count();
            let expected = ids.len() / 10;
            assert!(greatest < 100 || of_part.abs_diff(expected) <= 5, "{of_part} of {} in {part}", ids.len());
        }
    }
}

#[test]
fn the_cheaper_way_is_chosen() {
    with_runs(|tx| {
        for (filter, order, limit, plan) in [
            ("", &["metrics.m"][..], 10, Plan::Ordered),
            ("", &[], 10, Plan::Ordered),
            ("", &["end_time"], 10, Plan::All),
            ("metrics.other != 3 AND params.p != '1'", &["metrics.m"], 10, Plan::Ordered),
            ("tags.rare = 'x'", &["metrics.m"], 10, Plan::Listed(vec![0])),
            ("params.p != '1' AND tags.rare LIKE 'x%'", &["metrics.m"], 10, Plan::Listed(vec![1])),
            ("metrics.other > 3998", &[], 10, Plan::Listed(vec![0])),
            ("metrics.other > 3998 AND metrics.other < 1e9", &["end_time"], 10, Plan::Listed(vec![0])),
            ("params.p = 'no such value'", &[], 10, Plan::Listed(vec![0])),
            ("params.p != '1' AND run_id = 'x'", &["metrics.m"], 10, Plan::Listed(vec![1])),
        ] {
            let mut search = search(tx, &[1], filter, order);
            assert_eq!(search.plan(tx, limit).expect("a plan"), plan, "{filter} {order:?}");
        }
    });
}

#[test]
fn an_index_of_just_the_wanted_runs_is_walked_without_counting() {
    with_runs(|tx| {
        // As many as there are: to sort them all seemed cheaper than to walk.
        for (experiments, order, plan) in [
            (&[1][..], &[][..], Plan::Ordered),
            (&[1], &["start_time ASC"], Plan::Ordered),
            (&[1, 2], &["start_time ASC"], Plan::All),
            (&[1], &["end_time"], Plan::All),
        ] {
            let mut search = search(tx, experiments, "", order);
            assert_eq!(search.plan(tx, 5000).expect("a plan"), plan, "{experiments:?} {order:?}");
        }
        let mut filtered = search(tx, &[1], "params.p = 'no such value'", &[]);
        assert_eq!(filtered.plan(tx, 5000).expect("a plan"), Plan::Listed(vec![0]));
    });
}

#[test]
fn runs_of_one_experiment_only_are_not_sampled() {
    const ALL_IN_ONE: &str = "UPDATE run SET experiment_id = 1";
    const ONE_DELETED: &str = "UPDATE run SET lifecycle_stage = 'deleted' WHERE id = 9";
    let of_experiments = |tx: &mut Transaction<'_>, filter: &str| {
        search(tx, &[1], filter, &["metrics.m"]).known(tx, 4000).expect("counts").of_experiments
    };
    with_runs_and(&[ALL_IN_ONE], move |tx| {
        assert_eq!(of_experiments(tx, ""), 4000.0, "all there are, which no sample says");
        assert!(of_experiments(tx, "params.p = '3'") < 4000.0, "a sample says how many a filter holds for");
    });
    with_runs_and(&[ALL_IN_ONE, ONE_DELETED], move |tx| assert!(of_experiments(tx, "") < 4000.0));
    with_runs(move |tx| assert!(of_experiments(tx, "") < 2500.0));
}

#[test]
fn few_roots_do_not_make_a_look_at_all_runs_seem_cheap() {
    // All but three runs of experiment 1 have a parent in it.
    const PARENTS: &str = "INSERT INTO run_tag SELECT id, 'mlflow.parentRunId', printf('%032x', 2) FROM run
                           WHERE experiment_id = 1 AND id > 6";
    with_runs_and(&[PARENTS], |tx| {
        for (roots_only, order, plan) in
            [(false, &[][..], Plan::Ordered), (true, &[], Plan::Ordered), (true, &["end_time"], Plan::All)]
        {
            let mut search = Search { roots_only, ..search(tx, &[1], "", order) };
            assert_eq!(search.plan(tx, 10).expect("a plan"), plan, "{order:?}");
            let page = Page::of(&"query", "", 10);
            let found = search.page(tx, &page).expect("runs").0.len();
            assert_eq!(found, if roots_only { 3 } else { 10 });
        }
    });
}

#[test]
fn every_way_finds_the_same_runs() {
    with_runs(|tx| {
        let filter = "metrics.m > 20 AND metrics.other > 5 AND params.p = '3' AND tags.t = '3'";
        for order in [&["metrics.m"][..], &["metrics.m DESC"], &["tags.rare", "metrics.m"], &[], &["start_time"]] {
            let search = search(tx, &[1, 2], filter, order);
            let terms = search.order.terms();
            let page = Page::of(&"query", "", 1000);
            let found = [
                search.read(tx, Plan::Ordered, &page, &terms, None),
                search.read(tx, Plan::Listed(vec![2, 3]), &page, &terms, None),
                search.read(tx, Plan::Listed(vec![1]), &page, &terms, None),
                search.read(tx, Plan::All, &page, &terms, None),
            ]
            .map(|found| found.expect("runs").keys);
            assert_eq!(found[0].len(), 199);
            assert!(found.iter().all(|keys| *keys == found[0]), "{order:?}");
        }
    });
}
