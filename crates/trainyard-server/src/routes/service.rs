//! The server about itself: health, version, capabilities, and a page for people who open its address.

use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, Method};
use trainyard_api::server_info::{MLFLOW_VERSION, ServerInfo};

use crate::app::{App, ServedUi};
use crate::failure::Failure;
use crate::routes::{Permission, Route, json, stock_ui, ui};

pub(super) fn api_routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/api/3.0/mlflow/server-info", Permission::Open, get(server_info))]
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/health", Permission::Open, get(async || "OK")),
        // Programs that ask want to know which MLflow they may speak; our own version is in the server information.
        Route::new(Method::GET, "/version", Permission::Open, get(async || MLFLOW_VERSION)),
        Route::new(Method::GET, "/", Permission::Open, get(home)),
    ]
}

async fn server_info(State(app): State<App>) -> Result<Response, Failure> {
    json(&ServerInfo {
        artifact_serving_enabled: app.artifacts.is_some(),
        multipart_uploads_enabled: app.multipart_uploads,
        multipart_downloads_enabled: app.multipart_downloads,
        trainyard_version: env!("CARGO_PKG_VERSION").to_owned(),
        ingest_version: trainyard_api::ingest::VERSION,
        ..ServerInfo::default()
    })
}

/// Leads to the page from its address without the slash at the end.
pub(super) async fn to_home(State(app): State<App>) -> Redirect {
    Redirect::temporary(&format!("{}/", app.static_prefix))
}

async fn home(State(app): State<App>, method: Method, asked: HeaderMap) -> Result<Response, Failure> {
    match &app.ui {
        ServedUi::Trainyard => Ok(ui::page(&app, &asked)),
        ServedUi::Mlflow(files) => stock_ui::index(files, &method, &asked).await,
        ServedUi::None => Ok(ui::plain_page(&asked)),
    }
}
