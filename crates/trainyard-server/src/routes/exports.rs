//! The routes of exports: a table's name, and the format as the ending.

use axum::extract::{RawQuery, State};
use axum::routing::get;
use http::Method;
use serde::de::DeserializeOwned;
use trainyard_api::export::{ExportMetrics, ExportRuns, Format, ROOT};
use trainyard_api::{ApiError, decode_query};
use trainyard_store::Export;

use crate::app::App;
use crate::operations::export;
use crate::routes::{Permission, Route};

pub(super) fn routes() -> Vec<Route> {
    let formats = Format::ALL.into_iter();
    formats.flat_map(|format| [route::<ExportMetrics>(format), route::<ExportRuns>(format)]).collect()
}

fn route<E: Export + DeserializeOwned>(format: Format) -> Route {
    let answer = async move |State(app): State<App>, RawQuery(query): RawQuery| {
        let query = query.unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
        let request: E = decode_query(pairs).map_err(ApiError::from)?;
        export::answer(app, request, format).await
    };
    Route::new(Method::GET, format!("{ROOT}/{}.{}", E::NAME, format.extension()), Permission::Read, get(answer))
}
