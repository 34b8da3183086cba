//! `model-versions/search`.

use trainyard_api::limits::MODEL_VERSIONS_MAX_RESULTS;
use trainyard_api::model_versions::{SearchModelVersions, SearchModelVersionsResponse};

use super::keyset::{Kind, Term};
use super::order::Order;
use super::page::{self, Page};
use super::rules::{Attribute, Family, KeyValues, Metrics, NUMBER, Rules, TEXT, TEXT_OR_NULL};
use super::sql::Statement;
use super::values::Values;
use super::{parse, prompts};
use crate::registry::model_versions;
use crate::{Access, Operation, StoreError, Transaction};

const TAGS: Family = Family::KeyValue(KeyValues {
    table: "model_version_tag",
    owner: "version_row",
    operators: TEXT_OR_NULL,
    values: Values::Text,
});

const RULES: Rules = Rules {
    entity: "model versions",
    prefixes: &[("attribute", Family::Attribute), ("tags", TAGS), ("tag", TAGS)],
    attributes: &[
        Attribute { names: &["name"], column: "m.name", values: Values::Text, operators: TEXT, order_names: &["name"] },
        Attribute {
            names: &["version_number"],
            column: "x.version",
            values: Values::QuotedNumber,
            operators: NUMBER,
            order_names: &["version_number"],
        },
        Attribute {
            names: &["run_id"],
            column: "COALESCE(x.run_id, '')",
            values: Values::Text,
            operators: TEXT,
            order_names: &[],
        },
        Attribute {
            names: &["source_path"],
            column: "x.source",
            values: Values::Text,
            operators: TEXT,
            order_names: &[],
        },
        Attribute {
            names: &[],
            column: "x.creation_time",
            values: Values::Number,
            operators: &[],
            order_names: &["creation_timestamp"],
        },
        Attribute {
            names: &[],
            column: "x.last_updated_time",
            values: Values::Number,
            operators: &[],
            order_names: &["last_updated_timestamp"],
        },
    ],
    metrics: Metrics::None,
};

impl Operation for SearchModelVersions {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchModelVersionsResponse, StoreError> {
        let Self { filter, max_results, order_by, page_token } = self;
        let limit = page::limit(max_results, 10_000, MODEL_VERSIONS_MAX_RESULTS)?;
        let page = Page::of(&("model versions", &filter, &order_by), &page_token, limit);
        let ties = [
            ("x.last_updated_time", Term::required(Kind::Number, true)),
            ("m.name", Term::required(Kind::Text, false)),
            ("x.version", Term::required(Kind::Number, true)),
        ];
        let order = Order::parse(&RULES, &order_by, if order_by.is_empty() { &ties } else { &ties[1..] })?;
        let terms = order.terms();

        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        order.select(&mut statement);
        statement.push(" FROM model_version x JOIN registered_model m ON m.id = x.model");
        let start = page.start(tx, &statement, &terms)?;
        statement.push(" WHERE ");
        statement.filter(&RULES, &prompts::choose(parse(&filter, &RULES)?), &filter)?;

        let (keys, next_page_token) = statement.page(tx, &page, &terms, start.as_ref())?;
        Ok(SearchModelVersionsResponse { model_versions: model_versions::load(tx, &keys)?, next_page_token })
    }
}
