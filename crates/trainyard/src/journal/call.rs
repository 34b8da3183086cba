//! Requests about a run that are delivered by themselves: each as it was made, with the id that the store knows the run by.

use std::collections::HashSet;

use serde::Serialize;
use trainyard_api::datasets::{LogInputs, LogOutputs};
use trainyard_api::runs::{DeleteTag, GetRun, UpdateRun};
use trainyard_api::{ApiError, ErrorCode, rules};

use super::batch::is_refusal;
use super::rejection::{Rejection, names};
use crate::client::Request;
use crate::{Client, Error};

/// A request about the run of the journal; its run id is filled in on delivery.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Call {
    /// A change of status, end time or name.
    Update(UpdateRun),
    /// Datasets and logged models that the run uses.
    Inputs(LogInputs),
    /// Logged models that the run made.
    Outputs(LogOutputs),
    /// A tag that is to go.
    DeleteTag(DeleteTag),
}

impl Call {
    /// Refuses what can be known to be wrong without asking a store.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        match self {
            Self::Update(_) => Ok(()),
            Self::Inputs(inputs) => rules::inputs(&inputs.datasets),
            Self::Outputs(outputs) => rules::outputs(&outputs.models),
            Self::DeleteTag(tag) if tag.key.is_empty() => Err(ApiError::missing("key")),
            Self::DeleteTag(_) => Ok(()),
        }
    }

    /// Sends it; what the store refused, if it did. What the store has already is left as it is, so that it may be sent
    /// again.
    pub(super) fn send(&self, client: &Client, run_id: &str) -> Result<Option<Rejection>, Error> {
        let id = run_id.into();
        match self {
            Self::Update(change) => {
                let change = UpdateRun { run_id: id, ..change.clone() };
                attempt(client, run_id, change, || self.describe())
            }
            Self::Inputs(inputs) => {
                let inputs = LogInputs { run_id: id, ..inputs.clone() };
                attempt(client, run_id, inputs, || self.describe())
            }
            Self::Outputs(outputs) => {
                let outputs = LogOutputs { run_id: id, ..outputs.clone() };
                match attempt(client, run_id, outputs.clone(), || self.describe())? {
                    // Stock servers refuse them all when one is an output already or is named twice.
                    Some(refused) if refused.error_code == ErrorCode::BadRequest => match missing(client, &outputs)? {
                        missing if missing.models.is_empty() => Ok(None),
                        missing if missing.models.len() < outputs.models.len() => {
                            attempt(client, run_id, missing, || self.describe())
                        }
                        _ => Ok(Some(refused)),
                    },
                    refused => Ok(refused),
                }
            }
            Self::DeleteTag(tag) => {
                let tag = DeleteTag { run_id: id, ..tag.clone() };
                let refused = attempt(client, run_id, tag, || self.describe())?;
                match refused {
                    // The tag is gone: an attempt whose answer was lost has removed it, or somebody else.
                    Some(refused)
                        if refused.error_code == ErrorCode::ResourceDoesNotExist && exists(client, run_id)? =>
                    {
                        Ok(None)
                    }
                    refused => Ok(refused),
                }
            }
        }
    }

    /// What it is, for a person.
    fn describe(&self) -> String {
        let parts = match self {
            Self::Update(_) => [Some("the end of the run".to_owned()), None],
            Self::Inputs(LogInputs { datasets, models, .. }) => [
                names("input dataset", datasets.iter().map(|input| input.dataset.name.as_str()).collect()),
                names("input model", models.iter().map(|model| model.model_id.as_str()).collect()),
            ],
            Self::Outputs(LogOutputs { models, .. }) => {
                [names("output model", models.iter().map(|model| model.model_id.as_str()).collect()), None]
            }
            Self::DeleteTag(tag) => [Some(format!("the removal of tag '{}'", tag.key)), None],
        };
        parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }
}

fn attempt<R: Request + Clone + Serialize>(
    client: &Client,
    run_id: &str,
    request: R,
    what: impl FnOnce() -> String,
) -> Result<Option<Rejection>, Error> {
    match client.attempt(request.clone()) {
        Ok(_) => Ok(None),
        // A server that has the run and not the route is older or another one. Without the run it may be no tracking server
        // at all, but a proxy that is set up wrongly: then everything is kept until that is mended.
        Err(Error::Api(error)) if is_refusal(&error) || lacks_route(&error) && exists(client, run_id)? => {
            Ok(Some(Rejection::new(run_id, what(), &error, &request)))
        }
        Err(error) => Err(error),
    }
}

/// Whether an answer says that the server has nothing for requests of this kind.
fn lacks_route(error: &ApiError) -> bool {
    matches!(error.error_code, ErrorCode::NotFound | ErrorCode::EndpointNotFound | ErrorCode::NotImplemented)
}

/// Those of the models that are not yet outputs of the run, each once.
fn missing(client: &Client, outputs: &LogOutputs) -> Result<LogOutputs, Error> {
    let run = client.attempt(GetRun { run_id: outputs.run_id.clone(), ..GetRun::default() })?.run;
    let stored = run.outputs.unwrap_or_default().model_outputs;
    let mut there: HashSet<_> = stored.into_iter().map(|output| output.model_id).collect();
    let models = outputs.models.iter().filter(|model| there.insert(model.model_id.clone())).cloned().collect();
    Ok(LogOutputs { models, ..outputs.clone() })
}

/// Whether the store has a run of this id.
pub(super) fn exists(client: &Client, run_id: &str) -> Result<bool, Error> {
    match client.attempt(GetRun { run_id: run_id.into(), ..GetRun::default() }) {
        Ok(_) => Ok(true),
        Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => Ok(false),
        Err(error) => Err(error),
    }
}
