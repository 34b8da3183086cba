//! `registered-models/search`.

use trainyard_api::limits::REGISTERED_MODELS_MAX_RESULTS;
use trainyard_api::registered_models::{SearchRegisteredModels, SearchRegisteredModelsResponse};

use super::keyset::{Kind, Term};
use super::order::Order;
use super::page::{self, Page};
use super::rules::{Attribute, Family, KeyValues, Metrics, Rules, TEXT, TEXT_OR_NULL};
use super::sql::Statement;
use super::values::Values;
use super::{parse, prompts};
use crate::registry::registered_models;
use crate::{Access, Operation, StoreError, Transaction};

const TAGS: Family = Family::KeyValue(KeyValues {
    table: "registered_model_tag",
    owner: "model",
    operators: TEXT_OR_NULL,
    values: Values::Text,
});

const RULES: Rules = Rules {
    entity: "registered models",
    prefixes: &[("attribute", Family::Attribute), ("tags", TAGS), ("tag", TAGS)],
    attributes: &[
        Attribute { names: &["name"], column: "x.name", values: Values::Text, operators: TEXT, order_names: &["name"] },
        Attribute {
            names: &[],
            column: "x.last_updated_time",
            values: Values::Number,
            operators: &[],
            order_names: &["last_updated_timestamp", "timestamp"],
        },
        Attribute {
            names: &[],
            column: "x.creation_time",
            values: Values::Number,
            operators: &[],
            order_names: &["creation_timestamp"],
        },
    ],
    metrics: Metrics::None,
};

impl Operation for SearchRegisteredModels {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchRegisteredModelsResponse, StoreError> {
        let Self { filter, max_results, order_by, page_token } = self;
        let limit = page::limit(max_results, 100, REGISTERED_MODELS_MAX_RESULTS)?;
        let page = Page::of(&("registered models", &filter, &order_by), &page_token, limit);
        let order = Order::parse(&RULES, &order_by, &[("x.name", Term::required(Kind::Text, false))])?;
        let terms = order.terms();

        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        order.select(&mut statement);
        statement.push(" FROM registered_model x");
        let start = page.start(tx, &statement, &terms)?;
        statement.push(" WHERE ");
        statement.filter(&RULES, &prompts::choose(parse(&filter, &RULES)?), &filter)?;

        let (keys, next_page_token) = statement.page(tx, &page, &terms, start.as_ref())?;
        let registered_models = registered_models::load(tx, &keys)?;
        Ok(SearchRegisteredModelsResponse { registered_models, next_page_token })
    }
}
