//! Files of runs, logged models and model versions by the ids of their owners: the web UI's download links.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, Method};
use trainyard_api::logged_models::GetLoggedModel;
use trainyard_api::model_versions::GetModelVersionDownloadUri;
use trainyard_api::runs::GetRun;
use trainyard_api::{ApiError, decode_query};
use trainyard_artifacts::{ArtifactError, ArtifactPath};

use crate::app::App;
use crate::failure::Failure;
use crate::operations::download::{self, Shown};
use crate::operations::location;
use crate::routes::{PathParams, Permission, Route};

pub(super) fn routes() -> Vec<Route> {
    let files = "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files";
    vec![
        Route::new(Method::GET, "/get-artifact", Permission::Read, get(of_run)),
        Route::new(Method::GET, "/model-versions/get-artifact", Permission::Read, get(of_model_version)),
        Route::new(Method::GET, files, Permission::Read, get(of_logged_model)),
    ]
}

async fn of_run(app: State<App>, query: RawQuery, method: Method, headers: HeaderMap) -> Result<Response, Failure> {
    let request: GetRun = decode_query(pairs(&query)).map_err(ApiError::from)?;
    let path = path(&query, "path")?;
    let run = app.store.execute(request).await?.run;
    fetch(app, &run.info.artifact_uri, path, shown(&query)?, &method, &headers).await
}

async fn of_model_version(
    app: State<App>,
    query: RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let request: GetModelVersionDownloadUri = decode_query(pairs(&query)).map_err(ApiError::from)?;
    let path = path(&query, "path")?;
    let version = app.store.execute(request).await?;
    fetch(app, &version.artifact_uri, path, shown(&query)?, &method, &headers).await
}

async fn of_logged_model(
    app: State<App>,
    params: PathParams,
    query: RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let path = path(&query, "artifact_file_path")?;
    let model =
        app.store.execute(GetLoggedModel { model_id: params.first().into(), allow_deleted: false }).await?.model;
    fetch(app, &model.info.artifact_uri, path, shown(&query)?, &method, &headers).await
}

async fn fetch(
    State(app): State<App>,
    artifact_uri: &str,
    path: ArtifactPath,
    shown: Shown,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let (store, root) = location::open(&app, artifact_uri)?;
    download::answer(&store, &root.join(&path), shown, method, headers).await
}

fn path(query: &RawQuery, name: &'static str) -> Result<ArtifactPath, Failure> {
    let path = pairs(query).into_iter().find(|(key, _)| key == name).map(|(_, path)| path).unwrap_or_default();
    if path.is_empty() {
        return Err(ApiError::missing(name).into());
    }
    Ok(ArtifactPath::parse(&path).map_err(ArtifactError::from)?)
}

fn shown(query: &RawQuery) -> Result<Shown, Failure> {
    let inline = pairs(query).into_iter().find(|(key, _)| key == "inline").map(|(_, value)| value);
    Ok(Shown::parse(inline.as_deref())?)
}

fn pairs(RawQuery(query): &RawQuery) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes()).into_owned().collect()
}
