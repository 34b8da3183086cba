//! The table of everything that is answered, and what becomes of requests that match nothing in it.

mod artifacts;
mod downloads;
pub(crate) mod events;
mod exports;
mod graphql;
mod ingest;
mod operation;
mod service;
pub(crate) mod stock_ui;
mod ui;
mod uploads;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http::request::Parts;
use http::{Method, StatusCode, Uri};
use trainyard_api::activity::GetExperimentActivity;
use trainyard_api::artifacts::{
    CreatePresignedDownloadUrl, CreatePresignedUploadUrl, ListArtifacts, ListLoggedModelArtifacts,
};
use trainyard_api::charts::{self, GetChartSeries};
use trainyard_api::columns::{ListColumnValues, ListColumns};
use trainyard_api::datasets::{LogInputs, LogOutputs, SearchDatasets};
use trainyard_api::evaluation_datasets::{
    AddDatasetToExperiments, CreateDataset, DeleteDataset, DeleteDatasetRecords, DeleteDatasetTag, GetDataset,
    GetDatasetExperimentIds, GetDatasetRecords, ListEvaluationDatasets, RemoveDatasetFromExperiments,
    SearchEvaluationDatasets, SetDatasetTags, UpsertDatasetRecords,
};
use trainyard_api::experiments::{
    CreateExperiment, DeleteExperiment, DeleteExperimentTag, GetExperiment, GetExperimentByName, ListExperiments,
    RestoreExperiment, SearchExperiments, SetExperimentTag, UpdateExperiment,
};
use trainyard_api::logged_models::{
    CreateLoggedModel, DeleteLoggedModel, DeleteLoggedModelTag, FinalizeLoggedModel, GetLoggedModel,
    LogLoggedModelParams, SearchLoggedModels, SetLoggedModelTags,
};
use trainyard_api::metric_summaries::GetMetricSummaries;
use trainyard_api::metrics::{GetMetricHistory, GetMetricHistoryBulk, GetMetricHistoryBulkInterval, LogMetric};
use trainyard_api::model_versions::{
    CreateModelVersion, DeleteModelVersion, DeleteModelVersionTag, GetModelVersion, GetModelVersionDownloadUri,
    SearchModelVersions, SetModelVersionTag, TransitionModelVersionStage, UpdateModelVersion,
};
use trainyard_api::registered_models::{
    CreateRegisteredModel, DeleteRegisteredModel, DeleteRegisteredModelAlias, DeleteRegisteredModelTag,
    GetLatestVersions, GetModelVersionByAlias, GetRegisteredModel, ListLatestVersions, RenameRegisteredModel,
    SearchRegisteredModels, SetRegisteredModelAlias, SetRegisteredModelTag, UpdateRegisteredModel,
};
use trainyard_api::run_changes::ChangeRuns;
use trainyard_api::run_groups::GroupRuns;
use trainyard_api::run_trees::CountRunChildren;
use trainyard_api::runs::{
    CreateRun, DeleteRun, DeleteTag, GetRun, LogBatch, LogModel, LogParam, RestoreRun, SearchRuns, SetTag, UpdateRun,
};
use trainyard_api::views::{CreateView, DeleteView, GetView, ListViews, UpdateView};
use trainyard_api::webhooks::{CreateWebhook, DeleteWebhook, GetWebhook, ListWebhooks, TestWebhook, UpdateWebhook};
use trainyard_api::{ApiError, ErrorCode};

use crate::app::{App, ServedUi};
use crate::failure::Failure;
use crate::operations::{history, listing, presigned, webhooks};
use operation::{operation, spanning, written};

/// What a user needs to be allowed for a route. There are no users yet, so nothing is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Answered without a login.
    Open,
    /// Any user may make a new thing of the kind, and owns it.
    Create,
    /// To read the experiment or registered model.
    Read,
    /// To write to it.
    Edit,
    /// To delete, restore or rename it.
    Manage,
    /// To see and change what concerns everybody's work.
    Admin,
}

/// A line of the route table.
#[derive(Debug, Clone)]
pub struct Route {
    /// The HTTP method. A GET route answers HEAD too.
    pub method: Method,
    /// The path; `{name}` stands for one part, `{*name}` for the rest.
    pub path: String,
    /// What a user needs to be allowed.
    pub permission: Permission,
    handler: MethodRouter<App>,
}

impl Route {
    fn new(method: Method, path: impl Into<String>, permission: Permission, handler: MethodRouter<App>) -> Self {
        Self { method, path: path.into(), permission, handler }
    }
}

/// All routes of a server with our own UI, without the static prefix.
pub fn routes() -> Vec<Route> {
    let mut routes = common_routes();
    routes.extend(ui::routes());
    routes
}

/// Those that are there whichever UI is served.
fn common_routes() -> Vec<Route> {
    use Permission::{Admin, Create, Edit, Manage, Read};
    let operations = [
        operation::<CreateExperiment>(Create),
        operation::<GetExperiment>(Read),
        operation::<GetExperimentByName>(Read),
        operation::<SearchExperiments>(Read),
        operation::<ListExperiments>(Read),
        operation::<UpdateExperiment>(Edit),
        operation::<DeleteExperiment>(Manage),
        operation::<RestoreExperiment>(Manage),
        operation::<SetExperimentTag>(Edit),
        operation::<DeleteExperimentTag>(Edit),
        operation::<CreateRun>(Edit),
        operation::<GetRun>(Read),
        operation::<UpdateRun>(Edit),
        operation::<DeleteRun>(Edit),
        operation::<RestoreRun>(Edit),
        operation::<SearchRuns>(Read),
        operation::<LogParam>(Edit),
        operation::<SetTag>(Edit),
        operation::<DeleteTag>(Edit),
        operation::<LogBatch>(Edit),
        operation::<LogMetric>(Edit),
        operation::<LogModel>(Edit),
        written::<GetMetricHistory, _, _>(Read, "application/json", history::of_metric),
        operation::<GetMetricHistoryBulk>(Read),
        operation::<GetMetricHistoryBulkInterval>(Read),
        operation::<LogInputs>(Edit),
        operation::<LogOutputs>(Edit),
        operation::<SearchDatasets>(Read),
        operation::<CreateLoggedModel>(Edit),
        operation::<SearchLoggedModels>(Read),
        operation::<GetLoggedModel>(Read),
        operation::<FinalizeLoggedModel>(Edit),
        operation::<DeleteLoggedModel>(Edit),
        operation::<SetLoggedModelTags>(Edit),
        operation::<DeleteLoggedModelTag>(Edit),
        operation::<LogLoggedModelParams>(Edit),
        operation::<CreateRegisteredModel>(Create),
        operation::<GetRegisteredModel>(Read),
        operation::<RenameRegisteredModel>(Manage),
        operation::<UpdateRegisteredModel>(Edit),
        operation::<DeleteRegisteredModel>(Manage),
        operation::<SearchRegisteredModels>(Read),
        operation::<GetLatestVersions>(Read),
        operation::<ListLatestVersions>(Read),
        operation::<SetRegisteredModelTag>(Edit),
        operation::<DeleteRegisteredModelTag>(Edit),
        operation::<SetRegisteredModelAlias>(Edit),
        operation::<DeleteRegisteredModelAlias>(Edit),
        operation::<GetModelVersionByAlias>(Read),
        operation::<CreateModelVersion>(Edit),
        operation::<GetModelVersion>(Read),
        operation::<UpdateModelVersion>(Edit),
        operation::<TransitionModelVersionStage>(Edit),
        operation::<DeleteModelVersion>(Manage),
        operation::<SearchModelVersions>(Read),
        operation::<GetModelVersionDownloadUri>(Read),
        operation::<SetModelVersionTag>(Edit),
        operation::<DeleteModelVersionTag>(Edit),
        spanning::<CreateWebhook, _>(Admin, webhooks::create),
        operation::<ListWebhooks>(Admin),
        operation::<GetWebhook>(Admin),
        spanning::<UpdateWebhook, _>(Admin, webhooks::update),
        operation::<DeleteWebhook>(Admin),
        spanning::<TestWebhook, _>(Admin, webhooks::test),
        operation::<CreateDataset>(Create),
        operation::<GetDataset>(Read),
        operation::<DeleteDataset>(Manage),
        operation::<SearchEvaluationDatasets>(Read),
        operation::<ListEvaluationDatasets>(Read),
        operation::<SetDatasetTags>(Edit),
        operation::<DeleteDatasetTag>(Edit),
        operation::<UpsertDatasetRecords>(Edit),
        operation::<GetDatasetRecords>(Read),
        operation::<DeleteDatasetRecords>(Edit),
        operation::<GetDatasetExperimentIds>(Read),
        operation::<AddDatasetToExperiments>(Edit),
        operation::<RemoveDatasetFromExperiments>(Edit),
        operation::<GetMetricSummaries>(Read),
        operation::<CountRunChildren>(Read),
        operation::<ListColumns>(Read),
        operation::<ListColumnValues>(Read),
        written::<GetChartSeries, _, _>(Read, charts::MEDIA_TYPE, async |app: App, request: GetChartSeries| {
            Ok(app.store.execute(request).await?.encode().into())
        }),
        operation::<GetExperimentActivity>(Read),
        operation::<CreateView>(Edit),
        operation::<UpdateView>(Edit),
        operation::<DeleteView>(Edit),
        operation::<GetView>(Read),
        operation::<ListViews>(Read),
        operation::<GroupRuns>(Read),
        operation::<ChangeRuns>(Edit),
        spanning::<ListArtifacts, _>(Read, listing::of_run),
        spanning::<ListLoggedModelArtifacts, _>(Read, listing::of_logged_model),
        spanning::<CreatePresignedUploadUrl, _>(Edit, presigned::upload),
        spanning::<CreatePresignedDownloadUrl, _>(Read, presigned::download),
    ];
    let mut routes: Vec<Route> = operations.to_vec();
    for others in [ingest::routes(), events::routes(), exports::routes(), artifacts::routes(), service::api_routes()] {
        routes.extend(others);
    }
    // The web UI's calls: the same again below another path, so that a proxy can treat them differently.
    let mirrored: Vec<Route> =
        routes.iter().map(|route| Route { path: format!("/ajax-{}", &route.path[1..]), ..route.clone() }).collect();
    routes.extend(mirrored);
    routes.extend(downloads::routes());
    routes.extend(uploads::routes());
    routes.extend(graphql::routes());
    routes.extend(service::routes());
    routes
}

/// The routes behind one door.
pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    let of_ui = match app.ui {
        ServedUi::Trainyard => ui::routes(),
        ServedUi::Mlflow(_) => stock_ui::routes(),
        ServedUi::None => Vec::new(),
    };
    for route in common_routes().into_iter().chain(of_ui) {
        router = router.route(&format!("{}{}", app.static_prefix, route.path), route.handler);
    }
    if !app.static_prefix.is_empty() {
        // The address that is printed when the server starts.
        router = router.route(&app.static_prefix, get(service::to_home));
    }
    router.fallback(unknown_route).method_not_allowed_fallback(wrong_method).with_state(app)
}

/// Families of the interface that this server leaves out, by the part behind `/mlflow/`.
const OUT_OF_SCOPE: [&str; 18] = [
    "traces",
    "unified-traces",
    "get-online-trace-details",
    "get-trace-artifact",
    "assessments",
    "issues",
    "label-schemas",
    "review-queues",
    "scorers",
    "scorer",
    "prompt-optimization",
    "gateway",
    "gateway-proxy",
    "jobs",
    "genai",
    "assistant",
    "mcp-servers",
    "skills",
];

async fn unknown_route(method: Method, uri: Uri) -> Failure {
    let path = uri.path();
    let family = path.split_once("/mlflow/").and_then(|(_, rest)| rest.split('/').next());
    let message = match family {
        Some(family) if OUT_OF_SCOPE.contains(&family) => format!(
            "No route for {method} {path}: '{family}' belongs to the tracing and generative-AI parts of MLflow, which \
             Trainyard does not serve."
        ),
        _ => format!("No route for {method} {path}"),
    };
    ApiError::new(ErrorCode::EndpointNotFound, message).into()
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = format!("{method} is not allowed for {}; the Allow header lists what is", uri.path());
    let error = ApiError::new(ErrorCode::BadRequest, message);
    Failure::with_status(StatusCode::METHOD_NOT_ALLOWED, error)
}

/// The `{…}` parts of the path, decoded once.
struct PathParams(Vec<(String, String)>);

impl PathParams {
    /// The only one, or the first.
    fn first(&self) -> &str {
        self.0.first().map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathParams {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|error| ApiError::invalid(format!("Invalid path: {error}")))?;
        Ok(Self(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }
}

/// An answer with a JSON body.
fn json(body: &impl serde::Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(body).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        ApiError::new(ErrorCode::InternalError, "an answer could not be written as JSON")
    })?;
    Ok(with_type("application/json", body.into()))
}

/// An answer whose body is written already.
fn with_type(media_type: &'static str, body: axum::body::Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(media_type));
    response
}
