//! The requests that Python sends by name. The ones on the training path have methods of their own in `client.rs`.

use pyo3::prelude::*;
use pythonize::{depythonize, pythonize};
use serde::Serialize;
use serde::de::DeserializeOwned;
use trainyard_api::experiments::*;
use trainyard_api::logged_models::*;
use trainyard_api::metric_summaries::GetMetricSummaries;
use trainyard_api::metrics::*;
use trainyard_api::model_versions::*;
use trainyard_api::registered_models::*;
use trainyard_api::runs::*;
use trainyard_api::webhooks::*;
use trainyard_api::{ApiError, datasets};

use crate::client::Client;
use crate::convert::raise;

/// One `if` per request type: reads the dict, calls, answers a dict.
macro_rules! dispatch {
    ($client:ident, $py:ident, $name:ident, $request:ident; $($operation:ty),+ $(,)?) => {
        match $name {
            $(name if name == short_name(stringify!($operation)) => {
                let request: $operation = read($request)?;
                write($py, &$client.wait($py, |client| client.call(request))?)
            })+
            _ => Err(raise(ApiError::invalid(format!("there is no operation named '{}'", $name)))),
        }
    };
}

/// Sends the request of this name.
pub(crate) fn call<'py>(
    client: &Client,
    py: Python<'py>,
    name: &str,
    request: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    dispatch!(client, py, name, request;
        CreateExperiment, GetExperiment, GetExperimentByName, SearchExperiments, UpdateExperiment, DeleteExperiment,
        RestoreExperiment, SetExperimentTag, DeleteExperimentTag,
        CreateRun, GetRun, UpdateRun, DeleteRun, RestoreRun, SearchRuns, LogParam, SetTag, GetMetricHistory,
        GetMetricSummaries, datasets::LogOutputs,
        CreateLoggedModel, SearchLoggedModels, GetLoggedModel, FinalizeLoggedModel, DeleteLoggedModel,
        SetLoggedModelTags, DeleteLoggedModelTag, LogLoggedModelParams,
        CreateRegisteredModel, GetRegisteredModel, RenameRegisteredModel, UpdateRegisteredModel, DeleteRegisteredModel,
        SearchRegisteredModels, GetLatestVersions, SetRegisteredModelTag, DeleteRegisteredModelTag,
        SetRegisteredModelAlias, DeleteRegisteredModelAlias, GetModelVersionByAlias,
        CreateModelVersion, GetModelVersion, UpdateModelVersion, TransitionModelVersionStage, DeleteModelVersion,
        SearchModelVersions, GetModelVersionDownloadUri, SetModelVersionTag, DeleteModelVersionTag,
        CreateWebhook, ListWebhooks, GetWebhook, UpdateWebhook, DeleteWebhook, TestWebhook,
    )
}

/// Whether the answer to a request of this name, or what it changes, depends on what was logged before.
pub(crate) fn shows_runs(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "GetRun",
        "SearchRuns",
        "GetMetricHistory",
        "GetMetricSummaries",
        "UpdateRun",
        "DeleteRun",
        "RestoreRun",
        "GetLoggedModel",
        "SearchLoggedModels",
        "FinalizeLoggedModel",
    ];
    NAMES.contains(&name)
}

/// The last part of a path of types, as the compiler's text has it.
fn short_name(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path).trim()
}

pub(crate) fn read<T: DeserializeOwned>(request: &Bound<'_, PyAny>) -> PyResult<T> {
    depythonize(request).map_err(|error| raise(ApiError::invalid(format!("Invalid request: {error}"))))
}

fn write<'py, T: Serialize>(py: Python<'py>, response: &T) -> PyResult<Bound<'py, PyAny>> {
    Ok(pythonize(py, response)?)
}
