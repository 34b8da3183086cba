//! `datasets/search`, as POST and as GET.

use trainyard_api::evaluation_datasets::{
    ListEvaluationDatasets, SearchEvaluationDatasets, SearchEvaluationDatasetsResponse,
};
use trainyard_api::limits::SEARCH_MAX_RESULTS;

use super::keyset::{Kind, Term};
use super::order::Order;
use super::page::{self, Page};
use super::rules::{Attribute, Family, KeyValues, Metrics, NUMBER, Rules, TEXT, TEXT_OR_NULL};
use super::sql::Statement;
use super::values::Values;
use super::{experiment_keys, parse};
use crate::evaluation::datasets;
use crate::{Access, Operation, StoreError, Transaction, Value};

const TAGS: Family = Family::KeyValue(KeyValues {
    table: "evaluation_dataset_tag",
    owner: "dataset",
    operators: TEXT_OR_NULL,
    values: Values::Text,
});

const RULES: Rules = Rules {
    entity: "evaluation datasets",
    prefixes: &[("attributes", Family::Attribute), ("attribute", Family::Attribute), ("tags", TAGS), ("tag", TAGS)],
    attributes: &[
        Attribute { names: &["name"], column: "x.name", values: Values::Text, operators: TEXT, order_names: &["name"] },
        Attribute {
            names: &["created_by"],
            column: "x.created_by",
            values: Values::Text,
            operators: TEXT,
            order_names: &[],
        },
        Attribute {
            names: &["last_updated_by"],
            column: "x.last_updated_by",
            values: Values::Text,
            operators: TEXT,
            order_names: &[],
        },
        Attribute {
            names: &["created_time"],
            column: "x.created_time",
            values: Values::QuotedNumber,
            operators: NUMBER,
            order_names: &["created_time"],
        },
        Attribute {
            names: &["last_update_time"],
            column: "x.last_update_time",
            values: Values::QuotedNumber,
            operators: NUMBER,
            order_names: &["last_update_time"],
        },
    ],
    metrics: Metrics::None,
};

impl Operation for SearchEvaluationDatasets {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchEvaluationDatasetsResponse, StoreError> {
        let Self { experiment_ids, filter_string, max_results, order_by, page_token } = self;
        let limit = page::limit(max_results, 1000, SEARCH_MAX_RESULTS)?;
        let query = ("evaluation datasets", &experiment_ids, &filter_string, &order_by);
        let page = Page::of(&query, &page_token, limit);
        let latest_first = ("x.created_time", Term::required(Kind::Number, true));
        let ties = [latest_first, ("x.dataset_id", Term::required(Kind::Text, true))];
        let order = Order::parse(&RULES, &order_by, if order_by.is_empty() { &ties } else { &ties[1..] })?;
        let terms = order.terms();

        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        order.select(&mut statement);
        statement.push(" FROM evaluation_dataset x");
        let start = page.start(tx, &statement, &terms)?;
        statement.push(" WHERE ");
        if !experiment_ids.is_empty() {
            let bind = statement.reserve(Value::integers(&experiment_keys(&experiment_ids)?));
            let wanted = statement.dialect().integers(&bind);
            statement.push(&format!(
                "EXISTS (SELECT 1 FROM evaluation_dataset_experiment e \
                 WHERE e.dataset = x.id AND e.experiment_id IN {wanted}) AND "
            ));
        }
        statement.filter(&RULES, &parse(&filter_string, &RULES)?, &filter_string)?;

        let (keys, next_page_token) = statement.page(tx, &page, &terms, start.as_ref())?;
        Ok(SearchEvaluationDatasetsResponse { datasets: datasets::load(tx, &keys)?, next_page_token })
    }
}

impl Operation for ListEvaluationDatasets {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchEvaluationDatasetsResponse, StoreError> {
        self.0.execute(tx)
    }
}
