//! `experiments/search`, as POST and as GET.

use trainyard_api::experiments::{ListExperiments, SearchExperiments, SearchExperimentsResponse};
use trainyard_api::limits::SEARCH_MAX_RESULTS;

use super::keyset::{Kind, Term};
use super::order::Order;
use super::page::{self, Page};
use super::rules::{Attribute, EQUALITY, Family, KeyValues, Metrics, NUMBER, Rules, TEXT, TEXT_OR_NULL};
use super::sql::Statement;
use super::values::Values;
use super::{in_stages, parse};
use crate::tracking::experiments;
use crate::{Access, Operation, StoreError, Transaction};

const TAGS: Family = Family::KeyValue(KeyValues {
    table: "experiment_tag",
    owner: "experiment_id",
    operators: TEXT_OR_NULL,
    values: Values::Text,
});

const RULES: Rules = Rules {
    entity: "experiments",
    prefixes: &[("attributes", Family::Attribute), ("attribute", Family::Attribute), ("tags", TAGS), ("tag", TAGS)],
    attributes: &[
        Attribute { names: &["name"], column: "x.name", values: Values::Text, operators: TEXT, order_names: &["name"] },
        Attribute {
            names: &["experiment_id"],
            column: "x.id",
            values: Values::WholeNumber,
            operators: EQUALITY,
            order_names: &["experiment_id"],
        },
        Attribute {
            names: &["creation_time"],
            column: "x.creation_time",
            values: Values::Number,
            operators: NUMBER,
            order_names: &["creation_time"],
        },
        Attribute {
            names: &["last_update_time"],
            column: "x.last_update_time",
            values: Values::Number,
            operators: NUMBER,
            order_names: &["last_update_time"],
        },
    ],
    metrics: Metrics::None,
};

impl Operation for SearchExperiments {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchExperimentsResponse, StoreError> {
        let Self { max_results, page_token, filter, order_by, view_type } = self;
        let limit = page::limit(max_results, 0, SEARCH_MAX_RESULTS)?;
        let page = Page::of(&("experiments", &filter, view_type, &order_by), &page_token, limit);
        let latest_first = ("x.creation_time", Term::required(Kind::Number, true));
        let ties = [latest_first, ("x.id", Term::required(Kind::Number, false))];
        let order = Order::parse(&RULES, &order_by, if order_by.is_empty() { &ties } else { &ties[1..] })?;
        let terms = order.terms();

        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        order.select(&mut statement);
        statement.push(" FROM experiment x");
        let start = page.start(tx, &statement, &terms)?;
        statement.push(" WHERE ").filter(&RULES, &parse(&filter, &RULES)?, &filter)?;
        in_stages(&mut statement, "x", view_type);

        let (keys, next_page_token) = statement.page(tx, &page, &terms, start.as_ref())?;
        Ok(SearchExperimentsResponse { experiments: experiments::load(tx, &keys)?, next_page_token })
    }
}

impl Operation for ListExperiments {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchExperimentsResponse, StoreError> {
        self.0.execute(tx)
    }
}
