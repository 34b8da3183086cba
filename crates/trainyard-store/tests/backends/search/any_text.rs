//! Whatever comes as a filter, an order or a page token, the answer is a result or `InvalidParameter`.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::experiments::SearchExperiments;
use trainyard_api::logged_models::{LoggedModelOrder, SearchLoggedModels};
use trainyard_api::model_versions::SearchModelVersions;
use trainyard_api::registered_models::SearchRegisteredModels;
use trainyard_api::runs::SearchRuns;
use trainyard_store::StoreError;

use crate::backend::TestStore;

/// Pieces of the language in any order and, at times, any text.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "metrics.m", "params.`a b`", "tags.t", "run_id", "name", "start_time", "experiment_id", "dataset.name", " ",
            "=", "!=", ">", "LIKE", " ILIKE ", " IN ", " NOT ", " IS ", " NULL", " AND ", " OR ", "(", ")", ",", "'a'",
            "\"b\"", "'%_'", "1", "-2.5e3", " RLIKE ", " BETWEEN ", "NOT ", "((", "'a(b'", "'[é-z]+$'", "E'\\''", "duration", "_x", "1e999", "99999999999999999999", "`", "'", "\"", "\0", "é", ".", " DESC",
            "tags.`mlflow.prompt.is_prompt`", "version_number", "status", "'READY'", "\\",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn is_answered<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Result<(), TestCaseError> {
    match outcome {
        Ok(_) | Err(StoreError::InvalidParameter { .. }) => Ok(()),
        Err(error) => Err(TestCaseError::fail(format!("{error:?}"))),
    }
}

pub fn any_text_is_answered(test: TestStore) {
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let strategy = (texts(), prop::option::of(texts()), prop_oneof![4 => Just(String::new()), 1 => texts()]);
    let outcome = runner.run(&strategy, |(filter, order, page_token)| {
        let order_by: Vec<String> = order.into_iter().collect();
        is_answered(test.call(SearchRuns {
            experiment_ids: vec!["0".into()],
            filter: filter.clone(),
            order_by: order_by.clone(),
            page_token: page_token.clone(),
            ..Default::default()
        }))?;
        is_answered(test.call(SearchExperiments {
            max_results: Some(10),
            filter: filter.clone(),
            order_by: order_by.clone(),
            page_token: page_token.clone(),
            ..Default::default()
        }))?;
        is_answered(
            test.call(SearchLoggedModels {
                experiment_ids: vec!["0".into()],
                filter: filter.clone(),
                order_by: order_by
                    .iter()
                    .filter(|field| !field.contains('\0'))
                    .map(|field| LoggedModelOrder { field_name: field.clone(), ..Default::default() })
                    .collect(),
                page_token: page_token.clone(),
                ..Default::default()
            }),
        )?;
        is_answered(test.call(SearchRegisteredModels {
            filter: filter.clone(),
            order_by: order_by.clone(),
            page_token: page_token.clone(),
            ..Default::default()
        }))?;
        is_answered(test.call(SearchModelVersions { filter, order_by, page_token, ..Default::default() }))
    });
    outcome.unwrap();
}
