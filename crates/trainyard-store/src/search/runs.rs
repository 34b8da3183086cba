//! `runs/search`.

use trainyard_api::limits::{RUN_COLUMNS, SEARCH_MAX_RESULTS};
use trainyard_api::runs::{RunColumns, SearchRuns, SearchRunsResponse};

use super::keyset::{Kind, Term};
use super::order::{Order, Tie};
use super::page::{self, Page};
use super::plan::Search;
use super::rules::{
    Attribute, EQUALITY, Family, KeyValues, Metrics, NUMBER, NUMBER_OR_NULL, PARAM, Rules, TEXT, TEXT_OR_NULL,
};
use super::sql::Statement;
use super::values::Values;
use super::{experiment_keys, parse};
use crate::tracking::runs;
use crate::{Access, Operation, StoreError, Transaction};

const TAGS: Family =
    Family::KeyValue(KeyValues { table: "run_tag", owner: "run", operators: TEXT_OR_NULL, values: Values::Text });
const PARAMS: Family =
    Family::KeyValue(KeyValues { table: "param", owner: "run", operators: PARAM, values: Values::TextOrNumber });

pub(super) const RULES: Rules = Rules {
    entity: "runs",
    prefixes: &[
        ("metrics", Family::Metric),
        ("metric", Family::Metric),
        ("params", PARAMS),
        ("param", PARAMS),
        ("parameters", PARAMS),
        ("parameter", PARAMS),
        ("tags", TAGS),
        ("tag", TAGS),
        ("attributes", Family::Attribute),
        ("attribute", Family::Attribute),
        ("attr", Family::Attribute),
        ("run", Family::Attribute),
        ("datasets", Family::Dataset),
        ("dataset", Family::Dataset),
    ],
    attributes: &[
        Attribute {
            names: &["run_id"],
            column: "x.run_id",
            values: Values::Text,
            operators: TEXT,
            order_names: &["run_id"],
        },
        Attribute {
            names: &["run_name", "run name", "Run name", "Run Name"],
            column: "x.name",
            values: Values::Text,
            operators: TEXT,
            order_names: &["run_name"],
        },
        Attribute {
            names: &["status"],
            column: "x.status",
            values: Values::Text,
            operators: TEXT,
            order_names: &["status"],
        },
        Attribute {
            names: &["user_id"],
            column: "x.user_id",
            values: Values::Text,
            operators: TEXT,
            order_names: &["user_id"],
        },
        Attribute {
            names: &["artifact_uri"],
            column: "(SELECT RTRIM(COALESCE(e.artifact_location, {root} || '/' || e.id), '/') || '/' || x.run_id || '/artifacts' \
                     FROM experiment e WHERE e.id = x.experiment_id)",
            values: Values::Text,
            operators: TEXT,
            order_names: &["artifact_uri"],
        },
        Attribute {
            names: &["start_time", "created", "Created"],
            column: "x.start_time",
            values: Values::Number,
            operators: NUMBER,
            order_names: &["start_time", "created", "Created"],
        },
        Attribute {
            names: &["end_time"],
            column: "x.end_time",
            values: Values::Number,
            operators: NUMBER_OR_NULL,
            order_names: &["end_time"],
        },
        Attribute {
            names: &["duration"],
            // As doubles: the difference of two integers may be none.
            column: "(CAST(x.end_time AS DOUBLE PRECISION) - CAST(x.start_time AS DOUBLE PRECISION))",
            values: Values::Number,
            operators: NUMBER_OR_NULL,
            order_names: &["duration"],
        },
        Attribute {
            names: &["experiment_id"],
            column: "x.experiment_id",
            values: Values::WholeNumber,
            operators: EQUALITY,
            order_names: &["experiment_id"],
        },
        Attribute {
            names: &["models"],
            // How many the run made; none is as if it were missing, so that it comes last either way.
            column: "(SELECT NULLIF(COUNT(*), 0) FROM run_model_output AS made WHERE made.run = x.id)",
            values: Values::Number,
            operators: &[],
            order_names: &["models"],
        },
        Attribute {
            names: &["datasets"],
            column: "(SELECT MIN(d.name) FROM run_dataset_input AS input JOIN dataset AS d ON d.id = input.dataset \
                     WHERE input.run = x.id)",
            values: Values::Text,
            operators: &[],
            order_names: &["datasets"],
        },
    ],
    metrics: Metrics::OfRun,
};

/// The latest first, then by id.
pub(super) const TIES: [Tie; 2] =
    [("x.start_time", Term::required(Kind::Number, true)), ("x.run_id", Term::required(Kind::Text, false))];

/// Reads a filter of runs and writes its SQL, as a search does before it asks the database.
pub fn compile_filter(tx: &Transaction<'_>, filter: &str) -> Result<(), StoreError> {
    Ok(Statement::new(tx, "").filter(&RULES, &parse(filter, &RULES)?, filter)?)
}

/// The keys of all runs that a search finds, in its order.
pub(crate) fn every_key(tx: &mut Transaction<'_>, request: &SearchRuns) -> Result<Vec<i64>, StoreError> {
    let SearchRuns { experiment_ids, filter, run_view_type, order_by, roots_only, .. } = request;
    let order = Order::parse(&RULES, order_by, &TIES)?;
    let scope = (experiment_keys(experiment_ids)?, *run_view_type);
    let mut search = Search::new(tx, &RULES, scope, (parse(filter, &RULES)?, filter), order)?;
    search.roots_only = *roots_only;
    Ok(search.page(tx, &Page::of(&"every run", "", i64::MAX))?.0)
}

impl Operation for SearchRuns {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchRunsResponse, StoreError> {
        let Self { experiment_ids, filter, run_view_type, max_results, order_by, roots_only, columns, page_token } =
            self;
        columns.as_ref().map_or(Ok(()), check_columns)?;
        let limit = page::limit(max_results, 1000, SEARCH_MAX_RESULTS)?;
        let page =
            Page::of(&("runs", &experiment_ids, &filter, run_view_type, &order_by, roots_only), &page_token, limit);
        let experiments = experiment_keys(&experiment_ids)?;
        let order = Order::parse(&RULES, &order_by, &TIES)?;
        let mut search =
            Search::new(tx, &RULES, (experiments, run_view_type), (parse(&filter, &RULES)?, &filter), order)?;

        search.roots_only = roots_only;
        let (keys, next_page_token) = search.page(tx, &page)?;
        Ok(SearchRunsResponse { runs: runs::load(tx, &keys, columns.as_ref())?, next_page_token })
    }
}

fn check_columns(columns: &RunColumns) -> Result<(), StoreError> {
    let named = columns.metrics.len() + columns.params.len() + columns.tags.len();
    if named > RUN_COLUMNS {
        return Err(StoreError::invalid(format!(
            "Invalid value for parameter 'columns': {named} keys are named, {RUN_COLUMNS} at most can be; leave it out for all"
        )));
    }
    Ok(())
}
