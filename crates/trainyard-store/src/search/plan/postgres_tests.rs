//! That PostgreSQL, which is left its choice, goes the way that was chosen.

use super::stretches::Stretch;
use super::tests::{search, store_at};
use super::*;
use crate::Value;
use crate::search::keyset::Kind;
use crate::testing::Schema;

/// Runs in experiments 1 to 4.
const FILL: &str = include_str!("../../../tests/backends/search/many_runs.sql");

/// Shows a reader of a store with runs to `work`, where a database for tests is named.
fn with_runs(name: &str, work: fn(&mut Transaction<'_>)) {
    let Some(schema) = Schema::create(&format!("plan_{name}")) else { return };
    // Of a disk that turns it thinks that tables of this size are read faster as a whole.
    let store = store_at(&format!("{}%20-crandom_page_cost%3D1.1", schema.uri()));
    schema.execute(&[FILL, "VACUUM (ANALYZE) run, param, run_tag, metric_summary, metric_key, experiment"]);
    let outcome = store.read(move |tx| Ok(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(tx))))).wait();
    if let Err(panic) = outcome.expect("an answer") {
        std::panic::resume_unwind(panic);
    }
}

/// Where a late page begins, as tokens say it: the values of an order by start time, by a text, or by a metric.
fn late(terms: &[Term], by_metric: bool) -> Place {
    let value = |(index, term): (usize, &Term)| match term.kind {
        Kind::Number if by_metric && index == 0 => Value::Integer(Stretch::Numbers.rank()),
        Kind::Number if by_metric && index == 1 => Value::Real(0.5),
        Kind::Number => Value::Integer(1000),
        Kind::Text => Value::Text("5".to_owned()),
    };
    Place { key: 1, values: terms.iter().enumerate().map(value).collect() }
}

/// Asserts that no table is walked through that grows with the runs, and that an index is used.
fn is_looked_up(plan: &[String], index: &str) {
    let plan = plan.join("\n");
    for table in ["run", "param", "run_tag", "metric_summary"] {
        assert!(!plan.contains(&format!("Seq Scan on {table} ")), "{plan}");
        assert!(!plan.contains(&format!("Seq Scan on {table}_")), "{plan}");
    }
    assert!(plan.contains(index), "no {index} in\n{plan}");
}

#[test]
fn an_order_is_walked_along_its_index() {
    with_runs("order", |tx| {
        // Partitions name their indexes by the columns.
        let by_value = "metric_key_latest_is_nan_latest_value_run_idx";
        for (experiments, order, stretch, index) in [
            (&[2][..], &["metrics.m"][..], Stretch::Numbers, by_value),
            (&[1, 2], &["metrics.m DESC"], Stretch::Numbers, by_value),
            (&[2], &["metrics.m DESC", "metrics.other2"], Stretch::Numbers, by_value),
            (&[2], &["params.p DESC"], Stretch::Present, "param_"),
            (&[1, 2], &["tags.t"], Stretch::Present, "run_tag_"),
            (&[2], &[], Stretch::Column, "run_by_"),
            (&[2], &["start_time ASC"], Stretch::Column, "run_by_"),
            (&[1, 2], &[], Stretch::Column, "run_by_"),
        ] {
            let search = search(tx, experiments, "", order);
            let (terms, fixed) = search.terms_in(stretch);
            for place in [None, Some(late(&terms, stretch == Stretch::Numbers))] {
                let statement = search.stretch(tx, stretch).expect("a statement");
                is_looked_up(&statement.explain(tx, &terms, fixed, place.as_ref()).expect("a plan"), index);
            }
        }
    });
}

#[test]
fn a_filter_is_looked_up_in_indexes() {
    with_runs("filter", |tx| {
        let filter = "metrics.m > 0.3 AND params.p = '3' AND tags.t = '7'";
        let mut search = search(tx, &[2], filter, &["metrics.m DESC"]);
        let Plan::Listed(listed) = search.plan(tx, 100).expect("a plan") else {
            panic!("a filter that finds few runs")
        };
        let terms = search.order.terms();
        for place in [None, Some(late(&terms, true))] {
            let statement = search.listed(tx, &listed).expect("a statement");
            is_looked_up(&statement.explain(tx, &terms, 0, place.as_ref()).expect("a plan"), "run_tag_by_key");
            let (terms, fixed) = search.terms_in(Stretch::Numbers);
            let statement = search.stretch(tx, Stretch::Numbers).expect("a statement");
            is_looked_up(&statement.explain(tx, &terms, fixed, place.as_ref()).expect("a plan"), "_pkey");
        }
    });
}
