//! The files of a run or logged model, one directory at a time.

use trainyard_api::ApiError;
use trainyard_api::artifacts::{FileInfo, ListArtifacts, ListArtifactsResponse, ListLoggedModelArtifacts};
use trainyard_api::logged_models::GetLoggedModel;
use trainyard_api::runs::GetRun;
use trainyard_artifacts::{ArtifactError, ArtifactPath};

use crate::app::App;
use crate::failure::Failure;
use crate::operations::location;

/// Lists a directory of a run.
pub(crate) async fn of_run(app: App, request: ListArtifacts) -> Result<ListArtifactsResponse, Failure> {
    let ListArtifacts { run_id, run_uuid, path, page_token: _ } = request;
    if run_id.is_empty() && run_uuid.is_empty() {
        return Err(ApiError::missing("run_id").into());
    }
    let run = app.store.execute(GetRun { run_id, run_uuid }).await?.run;
    list(&app, run.info.artifact_uri, &path).await
}

/// Lists a directory of a logged model.
pub(crate) async fn of_logged_model(
    app: App,
    request: ListLoggedModelArtifacts,
) -> Result<ListArtifactsResponse, Failure> {
    let model = app.store.execute(GetLoggedModel { model_id: request.model_id, allow_deleted: false }).await?.model;
    list(&app, model.info.artifact_uri, &request.artifact_directory_path).await
}

// All children come in one page: a directory that is too long for an answer is too long for its readers.
async fn list(app: &App, root_uri: String, directory: &str) -> Result<ListArtifactsResponse, Failure> {
    let directory = ArtifactPath::parse_directory(directory).map_err(ArtifactError::from)?;
    let (store, root) = location::open(app, &root_uri)?;
    let children = store.list(&root.join(&directory)).await?;
    let from_root = |file: FileInfo| {
        if directory.is_root() { file } else { FileInfo { path: format!("{directory}/{}", file.path), ..file } }
    };
    let files = children.into_iter().map(from_root).collect();
    Ok(ListArtifactsResponse { root_uri, files, next_page_token: String::new() })
}
