//! Which queries there are, and the fields of what they answer.
//!
//! Names are MLflow's: the UI sends them. A field's value is that of the REST answer's field of the same name in
//! snake case.

use Kind::{Boolean, Float, List, Long, Object, Text, Texts, Word};

/// A type with fields.
#[derive(Debug)]
pub(super) struct ObjectType {
    pub(super) name: &'static str,
    pub(super) fields: &'static [(&'static str, Kind)],
}

/// What a field holds. What the REST answer leaves out is the empty value of its kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// Written as text, because JavaScript's numbers cannot hold all 64 bits.
    Long,
    /// Null for what is no number, as NaN.
    Float,
    Boolean,
    /// A word of an enumeration, or null.
    Word,
    Texts,
    Object(&'static ObjectType),
    List(&'static ObjectType),
    /// Why the operation failed, or null.
    Failure,
}

/// A query: a field of the root.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) name: &'static str,
    pub(super) answer: ObjectType,
    /// The fields of its one argument, `input`.
    pub(super) input: &'static [&'static str],
    pub(super) input_type: &'static str,
    pub(super) root: Root,
}

/// Where a query stands. MLflow has some that only read among the mutations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    Query,
    Mutation,
    Both,
}

/// The argument of every query.
pub(super) const INPUT: &str = "input";

pub(super) static QUERIES: [Query; 7] = [
    Query {
        name: "mlflowGetExperiment",
        answer: ObjectType {
            name: "MlflowGetExperimentResponse",
            fields: &[("experiment", Object(&EXPERIMENT)), ("apiError", Kind::Failure)],
        },
        input: &["experimentId"],
        input_type: "MlflowGetExperimentInput",
        root: Root::Query,
    },
    Query {
        name: "mlflowGetRun",
        answer: ObjectType {
            name: "MlflowGetRunResponse",
            fields: &[("run", Object(&RUN)), ("apiError", Kind::Failure)],
        },
        input: &["runId", "runUuid"],
        input_type: "MlflowGetRunInput",
        root: Root::Query,
    },
    Query {
        name: "mlflowSearchRuns",
        answer: ObjectType {
            name: "MlflowSearchRunsResponse",
            fields: &[("runs", List(&RUN)), ("nextPageToken", Text), ("apiError", Kind::Failure)],
        },
        input: &["experimentIds", "filter", "runViewType", "maxResults", "orderBy", "pageToken"],
        input_type: "MlflowSearchRunsInput",
        root: Root::Both,
    },
    Query {
        name: "mlflowGetMetricHistoryBulkInterval",
        answer: ObjectType {
            name: "MlflowGetMetricHistoryBulkIntervalResponse",
            fields: &[("metrics", List(&METRIC_WITH_RUN_ID)), ("apiError", Kind::Failure)],
        },
        input: &["runIds", "metricKey", "startStep", "endStep", "maxResults"],
        input_type: "MlflowGetMetricHistoryBulkIntervalInput",
        root: Root::Query,
    },
    Query {
        name: "mlflowListArtifacts",
        answer: ObjectType {
            name: "MlflowListArtifactsResponse",
            fields: &[
                ("rootUri", Text),
                ("files", List(&FILE_INFO)),
                ("nextPageToken", Text),
                ("apiError", Kind::Failure),
            ],
        },
        input: &["runId", "runUuid", "path", "pageToken"],
        input_type: "MlflowListArtifactsInput",
        root: Root::Query,
    },
    Query {
        name: "mlflowSearchModelVersions",
        answer: ObjectType {
            name: "MlflowSearchModelVersionsResponse",
            fields: &[("modelVersions", List(&MODEL_VERSION)), ("nextPageToken", Text), ("apiError", Kind::Failure)],
        },
        input: &["filter", "maxResults", "orderBy", "pageToken"],
        input_type: "MlflowSearchModelVersionsInput",
        root: Root::Query,
    },
    Query {
        name: "mlflowSearchDatasets",
        answer: ObjectType {
            name: "MlflowSearchDatasetsResponse",
            fields: &[("datasetSummaries", List(&DATASET_SUMMARY)), ("apiError", Kind::Failure)],
        },
        input: &["experimentIds"],
        input_type: "MlflowSearchDatasetsInput",
        root: Root::Mutation,
    },
];

pub(super) static API_ERROR: ObjectType =
    ObjectType { name: "ApiError", fields: &[("code", Word), ("message", Word), ("helpUrl", Word), ("traceId", Word)] };

const TAG_FIELDS: &[(&str, Kind)] = &[("key", Text), ("value", Text)];

static EXPERIMENT: ObjectType = ObjectType {
    name: "MlflowExperiment",
    fields: &[
        ("experimentId", Text),
        ("name", Text),
        ("artifactLocation", Text),
        ("lifecycleStage", Text),
        ("lastUpdateTime", Long),
        ("creationTime", Long),
        ("tags", List(&ObjectType { name: "MlflowExperimentTag", fields: TAG_FIELDS })),
        ("effectiveTraceArchivalRetention", Text),
        ("workspace", Text),
    ],
};

static RUN: ObjectType = ObjectType {
    name: "MlflowRunExtension",
    fields: &[
        ("info", Object(&RUN_INFO)),
        ("data", Object(&RUN_DATA)),
        ("inputs", Object(&RUN_INPUTS)),
        ("outputs", Object(&RUN_OUTPUTS)),
        // The REST answer has neither: `answer` adds them where they are asked for.
        ("experiment", Object(&EXPERIMENT)),
        ("modelVersions", List(&MODEL_VERSION)),
    ],
};

static RUN_INFO: ObjectType = ObjectType {
    name: "MlflowRunInfo",
    fields: &[
        ("runId", Text),
        ("runUuid", Text),
        ("runName", Text),
        ("experimentId", Text),
        ("userId", Text),
        ("status", Word),
        ("startTime", Long),
        ("endTime", Long),
        ("artifactUri", Text),
        ("lifecycleStage", Text),
    ],
};

static RUN_DATA: ObjectType = ObjectType {
    name: "MlflowRunData",
    fields: &[
        ("metrics", List(&ObjectType { name: "MlflowMetricExtension", fields: METRIC_FIELDS })),
        ("params", List(&ObjectType { name: "MlflowParam", fields: TAG_FIELDS })),
        ("tags", List(&ObjectType { name: "MlflowRunTag", fields: TAG_FIELDS })),
    ],
};

const METRIC_FIELDS: &[(&str, Kind)] = &[
    ("key", Text),
    ("value", Float),
    ("timestamp", Long),
    ("step", Long),
    ("datasetName", Text),
    ("datasetDigest", Text),
    ("modelId", Text),
    ("runId", Text),
];

static METRIC_WITH_RUN_ID: ObjectType = ObjectType {
    name: "MlflowMetricWithRunId",
    fields: &[("key", Text), ("value", Float), ("timestamp", Long), ("step", Long), ("runId", Text)],
};

static RUN_INPUTS: ObjectType = ObjectType {
    name: "MlflowRunInputs",
    fields: &[
        ("datasetInputs", List(&DATASET_INPUT)),
        ("modelInputs", List(&ObjectType { name: "MlflowModelInput", fields: &[("modelId", Text)] })),
    ],
};

static DATASET_INPUT: ObjectType = ObjectType {
    name: "MlflowDatasetInput",
    fields: &[
        ("tags", List(&ObjectType { name: "MlflowInputTag", fields: TAG_FIELDS })),
        ("dataset", Object(&DATASET)),
    ],
};

static DATASET: ObjectType = ObjectType {
    name: "MlflowDataset",
    fields: &[
        ("name", Text),
        ("digest", Text),
        ("sourceType", Text),
        ("source", Text),
        ("schema", Text),
        ("profile", Text),
    ],
};

static RUN_OUTPUTS: ObjectType = ObjectType {
    name: "MlflowRunOutputs",
    fields: &[(
        "modelOutputs",
        List(&ObjectType { name: "MlflowModelOutput", fields: &[("modelId", Text), ("step", Long)] }),
    )],
};

static FILE_INFO: ObjectType =
    ObjectType { name: "MlflowFileInfo", fields: &[("path", Text), ("isDir", Boolean), ("fileSize", Long)] };

static DATASET_SUMMARY: ObjectType = ObjectType {
    name: "MlflowDatasetSummary",
    fields: &[("experimentId", Text), ("name", Text), ("digest", Text), ("context", Text)],
};

static MODEL_VERSION: ObjectType = ObjectType {
    name: "MlflowModelVersion",
    fields: &[
        ("name", Text),
        ("version", Text),
        ("creationTimestamp", Long),
        ("lastUpdatedTimestamp", Long),
        ("userId", Text),
        ("currentStage", Text),
        ("description", Text),
        ("source", Text),
        ("runId", Text),
        ("status", Word),
        ("statusMessage", Text),
        ("tags", List(&ObjectType { name: "MlflowModelVersionTag", fields: TAG_FIELDS })),
        ("runLink", Text),
        ("aliases", Texts),
        ("modelId", Text),
        ("modelParams", List(&ObjectType { name: "MlflowModelParam", fields: &[("name", Text), ("value", Text)] })),
        ("modelMetrics", List(&ObjectType { name: "MlflowModelMetric", fields: METRIC_FIELDS })),
        ("deploymentJobState", Object(&DEPLOYMENT_JOB_STATE)),
    ],
};

/// Of Databricks' deployment jobs; always empty here, as in MLflow's own server.
static DEPLOYMENT_JOB_STATE: ObjectType = ObjectType {
    name: "MlflowModelVersionDeploymentJobState",
    fields: &[("jobId", Text), ("runId", Text), ("jobState", Word), ("runState", Word), ("currentTaskName", Text)],
};
