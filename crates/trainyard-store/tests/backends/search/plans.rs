//! How much PostgreSQL reads for a search of runs, all of its statements together. The plans of single statements are tested
//! where these are made, in `search/plan`; on SQLite they are all that there is, since nothing counts what was read.

use trainyard_api::runs::SearchRuns;
use trainyard_store::{Operation, Store, StoreError, Transaction};

use crate::backend::{TestStore, options};

/// Runs in experiments 1 to 4.
const FILL: &str = include_str!("many_runs.sql");

/// The tables that grow with what runs have. Runs themselves are counted, up to two thousand, in whichever way the planner
/// takes for the best.
const LARGE: &str = "^(param|run_tag|metric_summary.*)$";

/// More often than PostgreSQL plans a prepared statement for its values, before it may keep one plan for all of them.
const TIMES: usize = 8;

fn search(filter: &str, order_by: &[&str]) -> SearchRuns {
    SearchRuns {
        experiment_ids: vec!["2".into()],
        filter: filter.to_owned(),
        order_by: order_by.iter().map(|entry| (*entry).to_owned()).collect(),
        max_results: Some(100),
        ..SearchRuns::default()
    }
}

/// A store with runs, of which the planner knows the statistics, as it does soon after they were written. It is told of a
/// solid-state disk, as docs/deployment.md advises: of one that turns it thinks that a table of this size is read faster as
/// a whole, and comes to the same plans when there are some times as many runs.
fn filled(test: &TestStore) -> Store {
    let schema = test.schema().unwrap();
    schema.execute(FILL);
    schema.execute("VACUUM (ANALYZE) run, param, run_tag, metric_summary, metric_key, experiment");
    Store::open(&format!("{}%20-crandom_page_cost%3D1.1", test.uri()), options()).unwrap()
}

/// What was read so far: rows by walking through large tables, with the names of these, and entries of the index of metrics'
/// values. A connection counts on from one transaction to the next, until it tells the server once in a while.
#[derive(Debug, PartialEq, Eq)]
struct Reads {
    walked: Vec<(String, i64)>,
    by_value: i64,
}

impl Reads {
    fn so_far(tx: &mut Transaction<'_>) -> Result<Self, StoreError> {
        let walked = tx.query(
            "SELECT relname::TEXT, seq_tup_read FROM pg_stat_xact_user_tables
             WHERE schemaname = current_schema() AND relname ~ $1 AND seq_tup_read > 0 ORDER BY 1",
            &[LARGE.into()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let by_value = tx.query_one(
            "SELECT CAST(SUM(pg_stat_get_xact_tuples_returned(indexrelid)) AS BIGINT) FROM pg_index
             JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_attribute AS first ON first.attrelid = index.oid
             WHERE index.relnamespace = current_schema()::REGNAMESPACE AND index.relkind = 'i'
               AND first.attnum = 3 AND first.attname = 'latest_value'",
            &[],
            |row| row.get(0),
        )?;
        Ok(Self { walked, by_value: by_value.unwrap_or_default() })
    }

    /// What was read since.
    fn since(mut self, before: &Self) -> Self {
        self.walked.retain(|table| !before.walked.contains(table));
        self.by_value -= before.by_value;
        self
    }
}

/// Carries a search out as often as makes a difference; asserts that it fills its page and that no large table is walked
/// through, and returns how many entries of the index of values it has read each time.
fn carried_out(store: &Store, request: SearchRuns) -> i64 {
    let shown = format!("{:?} {:?}", request.filter, request.order_by);
    let (found, reads) = store
        .read(move |tx| {
            let before = Reads::so_far(tx)?;
            let mut found = 0;
            for _ in 0..TIMES {
                found = request.clone().execute(tx)?.runs.len();
            }
            Ok((found, Reads::so_far(tx)?.since(&before)))
        })
        .wait()
        .unwrap();
    assert_eq!((found, reads.walked), (100, Vec::new()), "{shown}");
    reads.by_value / TIMES as i64
}

/// The same search, some pages later.
fn late(store: &Store, request: &SearchRuns) -> SearchRuns {
    let ahead = SearchRuns { max_results: Some(2500), ..request.clone() };
    let page_token = store.execute(ahead).wait().unwrap().next_page_token;
    assert!(!page_token.is_empty());
    SearchRuns { page_token, ..request.clone() }
}

pub fn a_page_along_an_index_reads_little_more_than_itself(test: TestStore) {
    let store = filled(&test);
    for order_by in ["metrics.m", "metrics.m DESC"] {
        let request = search("", &[order_by]);
        for request in [late(&store, &request), request] {
            let entries = carried_out(&store, request);
            // One run of four is of this experiment. All of them would be eighteen thousand.
            assert!((100..3000).contains(&entries), "{order_by}: {entries} entries read");
        }
    }
    for order_by in [&[][..], &["start_time ASC"], &["params.p DESC"], &["tags.t", "metrics.m"]] {
        let request = search("", order_by);
        carried_out(&store, late(&store, &request));
        carried_out(&store, request);
    }
}

pub fn a_filter_is_looked_up_in_indexes(test: TestStore) {
    let store = filled(&test);
    for (filter, order_by) in [
        ("metrics.m > 0.3 AND params.p = '3' AND tags.t != '7'", "metrics.m DESC"),
        ("metrics.m > 0.3 AND params.p IN ('3', '5') AND tags.t LIKE '1%'", "metrics.m"),
        ("metrics.other2 < 0.9 AND (params.p = '3' OR params.p = '4')", "start_time DESC"),
        ("tags.t = '7'", "metrics.m DESC"),
    ] {
        carried_out(&store, search(filter, &[order_by]));
    }
    let request = search("metrics.m > 0.01 AND params.q != 'x' AND tags.u != 'x'", &["metrics.m DESC"]);
    let entries = carried_out(&store, late(&store, &request));
    assert!(entries < 8_000, "{entries} entries read, of which the count takes two thousand");
}
