//! Sizes and counts that a request may not exceed (MLflow 3.18's).

/// Points, params and tags of one log-batch together.
pub const BATCH_ENTRIES: usize = 1000;
/// Points of one log-batch.
pub const BATCH_METRICS: usize = 1000;
/// Params of one log-batch.
pub const BATCH_PARAMS: usize = 100;
/// Tags of one log-batch.
pub const BATCH_TAGS: usize = 100;
/// Datasets of one log-inputs.
pub const INPUT_DATASETS: usize = 1000;
/// Characters of a metric, param or tag key.
pub const KEY_CHARS: usize = 250;
/// Characters of a param value; longer ones are cut.
pub const PARAM_VALUE_CHARS: usize = 6000;
/// Characters of a run tag value; longer ones are cut.
pub const RUN_TAG_VALUE_CHARS: usize = 8000;
/// Bytes of the list that runs/log-model keeps as a tag of the run.
pub const MODEL_HISTORY_BYTES: usize = 1_000_000;
/// Characters of an experiment name.
pub const EXPERIMENT_NAME_CHARS: usize = 500;
/// Characters of an experiment tag value.
pub const EXPERIMENT_TAG_VALUE_CHARS: usize = 20_000;
/// Characters of a registered model's or model version's tag value.
pub const REGISTRY_TAG_VALUE_CHARS: usize = 100_000;
/// Characters of an alias.
pub const ALIAS_CHARS: usize = 255;
/// Characters of a dataset name.
pub const DATASET_NAME_CHARS: usize = 500;
/// Characters of a dataset digest.
pub const DATASET_DIGEST_CHARS: usize = 36;
/// Characters of a dataset schema.
pub const DATASET_SCHEMA_CHARS: usize = 1_048_575;
/// Characters of a dataset source.
pub const DATASET_SOURCE_CHARS: usize = 65_535;
/// Characters of a dataset profile.
pub const DATASET_PROFILE_CHARS: usize = 16_777_215;
/// Characters of an input tag's key.
pub const INPUT_TAG_KEY_CHARS: usize = 255;
/// Characters of an input tag's value.
pub const INPUT_TAG_VALUE_CHARS: usize = 500;
/// Runs of one metrics/get-history-bulk or -bulk-interval.
pub const BULK_RUNS: usize = 100;
/// Points of one metrics/get-history-bulk.
pub const BULK_POINTS: i64 = 25_000;
/// Points of each run of one metrics/get-history-bulk-interval.
pub const SAMPLE_POINTS: i64 = 2500;
/// Experiments of one experiments/search-datasets.
pub const DATASET_SEARCH_EXPERIMENTS: usize = 20;
/// Summaries that experiments/search-datasets answers.
pub const DATASET_SUMMARIES: i64 = 1000;
/// Characters of the name of an evaluation dataset.
pub const EVALUATION_DATASET_NAME_CHARS: usize = 255;
/// Characters of the key of a tag of an evaluation dataset.
pub const EVALUATION_TAG_KEY_CHARS: usize = 255;
/// Characters of the value of a tag of an evaluation dataset.
pub const EVALUATION_TAG_VALUE_CHARS: usize = 5000;
/// Largest `max_results` of runs/search and experiments/search.
pub const SEARCH_MAX_RESULTS: i64 = 50_000;
/// Largest `max_results` of registered-models/search.
pub const REGISTERED_MODELS_MAX_RESULTS: i64 = 1000;
/// Largest `max_results` of model-versions/search.
pub const MODEL_VERSIONS_MAX_RESULTS: i64 = 200_000;
/// Page size of webhooks when none is asked for.
pub const WEBHOOKS_DEFAULT_RESULTS: i64 = 100;
/// Largest `max_results` of webhooks.
pub const WEBHOOKS_MAX_RESULTS: i64 = 1000;
/// Characters of a webhook's name.
pub const WEBHOOK_NAME_CHARS: usize = 63;
/// Characters of a webhook's description; MLflow has room for 1000 in some databases and does not check.
pub const WEBHOOK_DESCRIPTION_CHARS: usize = 5000;
/// Characters of a webhook's address; MLflow has room for 500 in some databases and does not check.
pub const WEBHOOK_URL_CHARS: usize = 2048;
/// Characters of a webhook's secret.
pub const WEBHOOK_SECRET_CHARS: usize = 1000;
/// Bytes of a JSON request body.
pub const JSON_BODY_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of a log-batch body.
pub const BATCH_BODY_BYTES: usize = 1_000_000;
/// Bytes of an ingest body.
pub const INGEST_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Runs of one ingest.
pub const INGEST_RUNS: usize = 1000;
/// Points of one ingest.
pub const INGEST_POINTS: usize = 200_000;
/// Series of one ingest: metrics of a run, each with its model and dataset.
pub const INGEST_SERIES: usize = 20_000;
/// Params and tags of one ingest together.
pub const INGEST_PAIRS: usize = 20_000;
/// Metrics of one page of runs/metric-summaries.
pub const METRIC_SUMMARIES: i64 = 20_000;
/// Runs that one request counts children of, or changes.
pub const RUN_IDS: usize = 1000;
/// Keys of metrics, params and tags together that one runs/search asks for.
pub const RUN_COLUMNS: usize = 1000;
/// Experiments of one request for columns.
pub const COLUMN_EXPERIMENTS: usize = 100;
/// Columns of one page.
pub const COLUMNS: i64 = 1000;
/// Values of one column-values.
pub const COLUMN_VALUES: i64 = 1000;
/// Characters of the longest value that column-values tells of.
pub const COLUMN_VALUE_CHARS: i64 = 500;
/// Newest runs that columns are counted in.
pub const COLUMN_RUNS: i64 = 1000;
/// Series of one charts/series.
pub const CHART_SERIES: usize = 1000;
/// Buckets of one series of a chart.
pub const CHART_BUCKETS: i64 = 2000;
/// Buckets of all series of one charts/series together; a row has 40 bytes.
pub const CHART_ROWS: i64 = 500_000;
/// Experiments of one experiments/activity.
pub const ACTIVITY_EXPERIMENTS: usize = 100;
/// Runs that one experiments/activity counts in all experiments together,
pub const ACTIVITY_RUNS: i64 = 500_000;
/// and at least in each, of every kind, whatever the others have.
pub const ACTIVITY_RUNS_EACH: i64 = 1000;
/// Experiments and runs of one stream of events together.
pub const EVENT_SUBJECTS: usize = 100;
/// Views of one experiment: they are listed together, with their definitions.
pub const VIEWS: i64 = 100;
/// Characters of the name of a view.
pub const VIEW_NAME_CHARS: usize = 250;
/// Bytes of the definition of a view.
pub const VIEW_DEFINITION_BYTES: usize = 64 * 1024;
/// Keys that runs are grouped by.
pub const GROUP_KEYS: usize = 3;
/// Metrics that are aggregated for each group of runs.
pub const GROUP_METRICS: usize = 20;
/// Groups of one page.
pub const GROUPS: i64 = 1000;
/// Runs that one request groups.
pub const GROUPED_RUNS: usize = 1_000_000;
/// Runs that an export of metrics can name.
pub const EXPORT_RUN_IDS: usize = 10_000;
/// Columns of an export of runs.
pub const EXPORT_COLUMNS: usize = 5000;
/// Bytes of a file that the web UI uploads.
pub const UPLOADED_FILE_BYTES: usize = 10 * 1024 * 1024;
/// Seconds for which an address that somebody else may read or write with is good, at most.
pub const SIGNED_URL_SECONDS: i64 = 604_800;
/// The same where a request names no number.
pub const SIGNED_URL_DEFAULT_SECONDS: i64 = 900;
