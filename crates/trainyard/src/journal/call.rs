//! Requests about a run that are delivered by themselves: each as it was made, with the id that the store knows the run by.

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

    /// Sends it once; what the store refused, if it did. Sent again it changes nothing.
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
                attempt(client, run_id, outputs, || self.describe())
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
        Err(Error::Api(error)) if is_refusal(&error) => Ok(Some(Rejection::new(run_id, what(), &error, &request))),
        Err(error) => Err(error),
    }
}

/// Whether the store has a run of this id.
pub(super) fn exists(client: &Client, run_id: &str) -> Result<bool, Error> {
    match client.attempt(GetRun { run_id: run_id.into(), ..GetRun::default() }) {
        Ok(_) => Ok(true),
        Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => Ok(false),
        Err(error) => Err(error),
    }
}
