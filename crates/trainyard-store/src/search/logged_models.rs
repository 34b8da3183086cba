//! `logged-models/search`.

use trainyard_api::ViewType;
use trainyard_api::limits::SEARCH_MAX_RESULTS;
use trainyard_api::logged_models::{DatasetRef, LoggedModelOrder, SearchLoggedModels, SearchLoggedModelsResponse};

use super::keyset::{Kind, Term};
use super::order::column_kind;
use super::page::{self, Page};
use super::rules::{
    Attribute, EQUALITY, Family, KeyValues, Metrics, NUMBER, PARAM, Rules, Subject, TEXT, TEXT_OR_NULL,
};
use super::sql::Statement;
use super::tree::Key;
use super::values::Values;
use super::{experiment_keys, in_experiments, in_stages, parse};
use crate::tracking::logged_models;
use crate::{Access, Operation, StoreError, Transaction};

/// Names of one request's `order_by`, and of its `datasets`.
const MAX_ENTRIES: usize = 32;

const TAGS: Family = Family::KeyValue(KeyValues {
    table: "logged_model_tag",
    owner: "model",
    operators: TEXT_OR_NULL,
    values: Values::BareText,
});
const PARAMS: Family = Family::KeyValue(KeyValues {
    table: "logged_model_param",
    owner: "model",
    operators: PARAM,
    values: Values::BareTextOrNumber,
});

const fn text(name: &'static [&'static str], column: &'static str) -> Attribute {
    Attribute { names: name, column, values: Values::BareText, operators: TEXT, order_names: name }
}

const fn time(names: &'static [&'static str], column: &'static str) -> Attribute {
    Attribute { names, column, values: Values::Number, operators: NUMBER, order_names: names }
}

const RULES: Rules = Rules {
    entity: "logged models",
    prefixes: &[("attributes", Family::Attribute), ("metrics", Family::Metric), ("params", PARAMS), ("tags", TAGS)],
    attributes: &[
        text(&["name"], "x.name"),
        text(&["model_id"], "x.model_id"),
        text(&["model_type"], "COALESCE(x.model_type, '')"),
        text(&["source_run_id"], "COALESCE(x.source_run_id, '')"),
        text(&["experiment_id"], "CAST(x.experiment_id AS TEXT)"),
        text(&["lifecycle_stage"], "x.lifecycle_stage"),
        Attribute {
            names: &["status"],
            column: "x.status",
            values: Values::Words(&[
                ("READY", "LOGGED_MODEL_READY"),
                ("PENDING", "LOGGED_MODEL_PENDING"),
                ("FAILED", "LOGGED_MODEL_UPLOAD_FAILED"),
                ("UNSPECIFIED", "LOGGED_MODEL_STATUS_UNSPECIFIED"),
            ]),
            operators: EQUALITY,
            order_names: &["status"],
        },
        Attribute {
            names: &["status_message"],
            column: "x.status_message",
            values: Values::BareText,
            operators: TEXT_OR_NULL,
            order_names: &[],
        },
        Attribute {
            names: &["artifact_location"],
            column: "(SELECT RTRIM(COALESCE(e.artifact_location, {root} || '/' || e.id), '/') || '/models/' || x.model_id \
                     || '/artifacts' FROM experiment e WHERE e.id = x.experiment_id)",
            values: Values::BareText,
            operators: TEXT,
            order_names: &[],
        },
        time(&["creation_timestamp", "creation_timestamp_ms", "creation_time"], "x.creation_time"),
        time(&["last_updated_timestamp", "last_updated_timestamp_ms", "last_updated_time"], "x.last_updated_time"),
    ],
    metrics: Metrics::OfLoggedModel,
};

impl Operation for SearchLoggedModels {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchLoggedModelsResponse, StoreError> {
        let Self { experiment_ids, filter, datasets, max_results, order_by, page_token } = self;
        if experiment_ids.is_empty() {
            return Err(StoreError::missing("experiment_ids"));
        }
        if datasets.iter().any(|dataset| dataset.dataset_name.is_empty()) {
            return Err(StoreError::invalid("`dataset_name` in the `datasets` clause must be specified."));
        }
        for (field, length) in [("datasets", datasets.len()), ("order_by", order_by.len())] {
            if length > MAX_ENTRIES {
                return Err(StoreError::invalid(format!("{field} can have at most {MAX_ENTRIES} entries")));
            }
        }
        // MLflow takes 0 for the default and knows no upper bound; a page of ours ends somewhere.
        let asked = max_results.filter(|asked| *asked != 0).map(|asked| asked.min(SEARCH_MAX_RESULTS));
        let limit = page::limit(asked, 100, SEARCH_MAX_RESULTS)?;
        let page = Page::of(&("logged models", &experiment_ids, &filter, &datasets, &order_by), &page_token, limit);

        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        let mut terms = Vec::new();
        for entry in &order_by {
            order(&mut statement, &mut terms, entry)?;
        }
        for (column, tie) in
            [("x.creation_time", Term::required(Kind::Number, true)), ("x.model_id", Term::required(Kind::Text, false))]
        {
            terms.push(tie);
            statement.push(&format!(", {column} AS k{}", terms.len()));
        }
        statement.push(" FROM logged_model x");
        let start = page.start(tx, &statement, &terms)?;
        statement.push(" WHERE ");
        in_experiments(&mut statement, &experiment_keys(&experiment_ids)?);
        in_stages(&mut statement, "x", ViewType::ActiveOnly);
        if !datasets.is_empty() {
            statement.push(" AND EXISTS (SELECT 1 FROM logged_model_metric p WHERE p.model = x.id");
            statement.about_datasets(&datasets);
            statement.push(")");
        }
        statement.narrow_metrics(datasets);
        statement.push(" AND ").filter(&RULES, &parse(&filter, &RULES)?, &filter)?;

        let (keys, next_page_token) = statement.page(tx, &page, &terms, start.as_ref())?;
        Ok(SearchLoggedModelsResponse { models: logged_models::load(tx, &keys)?, next_page_token })
    }
}

/// Adds what one entry orders by to the columns of the statement. Keys are not quoted here: what follows `metrics.` is the
/// name of the metric.
fn order(statement: &mut Statement, terms: &mut Vec<Term>, entry: &LoggedModelOrder) -> Result<(), StoreError> {
    let (prefix, name) = match entry.field_name.split_once('.') {
        Some((prefix, name)) => (Some(prefix.to_owned()), name),
        None => (None, entry.field_name.as_str()),
    };
    let subject = RULES.order_subject(&Key { prefix, name: name.to_owned() }).map_err(|reason| {
        StoreError::invalid(format!("Invalid order by field name '{}': {reason}", entry.field_name))
    })?;
    let descending = !entry.ascending;
    match subject {
        Subject::Metric(key) => {
            let about =
                DatasetRef { dataset_name: entry.dataset_name.clone(), dataset_digest: entry.dataset_digest.clone() };
            let about = if about == DatasetRef::default() { Vec::new() } else { vec![about] };
            // Missing last either way, and NaN before it, after all numbers.
            statement.push(", COALESCE((SELECT is_nan FROM (");
            statement.latest(RULES.metrics, &key, &about);
            terms.push(Term::required(Kind::Number, false));
            statement.push(&format!(") l), 2) AS k{}, (SELECT value FROM (", terms.len()));
            statement.latest(RULES.metrics, &key, &about);
            terms.push(Term::optional(Kind::Number, descending));
            statement.push(&format!(") l) AS k{}", terms.len()));
        }
        Subject::Column(column) => {
            terms.push(Term::optional(column_kind(&RULES, column), descending));
            statement.push(&format!(", {column} AS k{}", terms.len()));
        }
        Subject::KeyValue(..) | Subject::Dataset(_) | Subject::DatasetContext => {}
    }
    Ok(())
}
