//! The GraphQL queries of MLflow's web UI, answered by the operations behind the REST routes.
//!
//! `document` parses a request, `schema` says which fields there are, `plan` checks the one against the other and
//! bounds it, `answer` runs what was planned. There are seven queries and no recursion among their types, so an engine
//! with a schema language, introspection and validation of its own would be far larger than all of this.

mod answer;
mod document;
mod plan;
mod schema;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::app::App;
use document::Document;

/// A request as it travels.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request {
    query: Option<String>,
    variables: Option<Map<String, Value>>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
}

/// Why a request is not answered at all, in words for whoever wrote it.
#[derive(Debug, PartialEq, Eq)]
struct Refusal(String);

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// Answers a request. What an operation refuses is its field's `apiError`; what cannot be run at all is in `errors`.
pub(crate) async fn answer(app: &App, request: Request) -> Value {
    match planned(request) {
        Ok(plan) => json!({ "data": answer::data(app, &plan).await, "errors": null }),
        Err(Refusal(message)) => json!({ "data": null, "errors": [{ "message": message }] }),
    }
}

fn planned(request: Request) -> Result<plan::Plan, Refusal> {
    let query = request.query.ok_or_else(|| Refusal::new("the request has no 'query'"))?;
    let variables = request.variables.unwrap_or_default();
    let document = Document::parse(&query, request.operation_name.as_deref(), &variables)?;
    plan::plan(&document)
}
