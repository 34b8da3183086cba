//! What has happened to runs and experiments, as pages hear of it while they are open: `GET /api/trainyard/v1/events`, a
//! stream.

use serde::{Deserialize, Serialize};

use crate::{ExperimentId, RunId};

/// What a run, or an experiment, was changed by. Of an experiment: that it was created, tags, and that it was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunChangeKind {
    /// It was made.
    Created,
    /// Points were logged.
    Metrics,
    /// Params were logged.
    Params,
    /// Tags were set or removed, or it was renamed.
    Tags,
    /// It began, ended, or began again.
    Status,
    /// Datasets or models were named as its inputs.
    Inputs,
    /// Models were logged.
    Models,
    /// It was deleted or restored.
    Deleted,
}

impl RunChangeKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Metrics,
        Self::Params,
        Self::Tags,
        Self::Status,
        Self::Inputs,
        Self::Models,
        Self::Deleted,
    ];
}

/// Data of an event `changed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunChanged {
    /// The experiment, or that of the run.
    pub experiment_id: ExperimentId,
    /// The run; empty where the experiment itself was changed.
    pub run_id: RunId,
    /// What it was changed by since the event before.
    pub kinds: Vec<RunChangeKind>,
}
