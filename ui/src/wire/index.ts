// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

/** A number, or the word for one that JSON has none for. */
export type Double = number | "NaN" | "Infinity" | "-Infinity";

/** A key with a text value: tags of any entity, and parameters. */
export interface KeyValue {
  /** The key, unique within its owner. */
  key: string;
  /** The value. */
  value: string;
}

/** A tag of an experiment, run, logged model, registered model or model version. */
export type Tag = KeyValue;

/** A parameter of a run or logged model. */
export type Param = KeyValue;

/** Whether something is in use or has been soft-deleted. */
export type LifecycleStage = "active" | "deleted";

/** Which lifecycle stages a search returns. */
export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

/** An answer without fields: `{}`. */
export type Empty = Record<string, never>;

export type ExperimentId = string;
export type RunId = string;
export type ModelId = string;

/** What went wrong, for programs. */
export type ErrorCode =
  | "INVALID_PARAMETER_VALUE"
  | "RESOURCE_ALREADY_EXISTS"
  | "BAD_REQUEST"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "RESOURCE_DOES_NOT_EXIST"
  | "NOT_FOUND"
  | "ENDPOINT_NOT_FOUND"
  | "RESOURCE_CONFLICT"
  | "REQUEST_LIMIT_EXCEEDED"
  | "RESOURCE_EXHAUSTED"
  | "INVALID_STATE"
  | "NOT_IMPLEMENTED"
  | "TEMPORARILY_UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "INTERNAL_ERROR";

/** The body of an error answer. */
export interface ApiError {
  /** What kind of error it is. */
  error_code: ErrorCode;
  /** One sentence or more for a person. */
  message: string;
}

/** A named group of runs with a place for their artifacts. */
export interface Experiment {
  /** Decimal number as text. */
  experiment_id: ExperimentId;
  /** Unique name. */
  name: string;
  /** URI below which the artifacts of its runs and models lie. */
  artifact_location: string;
  /** Active or deleted. */
  lifecycle_stage: LifecycleStage;
  /** Milliseconds since the epoch. */
  last_update_time: number;
  /** Milliseconds since the epoch. */
  creation_time: number;
  /** Tags, ordered by key. */
  tags?: Tag[];
}

/** Makes an experiment. */
export interface CreateExperiment {
  /** Unique name, required. */
  name: string;
  /** Where artifacts go; empty for the server's default. */
  artifact_location?: string;
  /** Tags to set. */
  tags?: Tag[];
}

/** Answer to [`CreateExperiment`]. */
export interface CreateExperimentResponse {
  /** The new id. */
  experiment_id: ExperimentId;
}

/** One experiment by id. */
export interface GetExperiment {
  /** Required. */
  experiment_id: ExperimentId;
}

/** One experiment by name. */
export interface GetExperimentByName {
  /** Required. */
  experiment_name: string;
}

/** Answer to [`GetExperiment`] and [`GetExperimentByName`]. */
export interface GetExperimentResponse {
  /** The experiment. */
  experiment: Experiment;
}

/** Pages through experiments. */
export interface SearchExperiments {
  /** Page size, required, 1 to [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS). */
  max_results?: number;
  /** Where the last page ended. */
  page_token?: string;
  /** Filter text. */
  filter?: string;
  /** `key [ASC|DESC]`. */
  order_by?: string[];
  /** Lifecycle stages to return. */
  view_type?: ViewType;
}

/** Answer to [`SearchExperiments`]; the GET of the same path is [`ListExperiments`]. */
export interface SearchExperimentsResponse {
  /** One page. */
  experiments?: Experiment[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** [`SearchExperiments`] sent as a GET. */
export type ListExperiments = SearchExperiments;

/** Renames an experiment. */
export interface UpdateExperiment {
  /** Required. */
  experiment_id: ExperimentId;
  /** The new name; nothing happens without one. */
  new_name?: string;
}

/** Soft-deletes an experiment and its runs. */
export interface DeleteExperiment {
  /** Required. */
  experiment_id: ExperimentId;
}

/** Undoes [`DeleteExperiment`]. */
export interface RestoreExperiment {
  /** Required. */
  experiment_id: ExperimentId;
}

/** Sets one tag of an experiment. */
export interface SetExperimentTag {
  /** Required. */
  experiment_id: ExperimentId;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag of an experiment. */
export interface DeleteExperimentTag {
  /** Required. */
  experiment_id: ExperimentId;
  /** Required. */
  key: string;
}

/** How far a run has come. */
export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

/** A run with everything that was logged to it; of each metric the latest point. */
export interface Run {
  /** Who, when, where, how it ended. */
  info: RunInfo;
  /** Metrics, params and tags. */
  data: RunData;
  /** Datasets and models used. */
  inputs: RunInputs;
  /** Models made; not told of a run that is just being made. */
  outputs?: RunOutputs;
}

/** Who, when, where and how a run ended. */
export interface RunInfo {
  /** The id. */
  run_id: RunId;
  /** The id once more, under its older name. */
  run_uuid: RunId;
  /** Name for people; not unique. */
  run_name: string;
  /** The experiment it belongs to. */
  experiment_id: ExperimentId;
  /** Who started it. */
  user_id: string;
  /** How far it has come. */
  status: RunStatus;
  /** Milliseconds since the epoch. */
  start_time: number;
  /** Milliseconds since the epoch. */
  end_time?: number;
  /** URI below which its artifacts lie. */
  artifact_uri: string;
  /** Active or deleted. */
  lifecycle_stage: LifecycleStage;
}

/** What was logged to a run. */
export interface RunData {
  /** The latest point of each metric, ordered by key. */
  metrics?: Metric[];
  /** Params, ordered by key. */
  params?: Param[];
  /** Tags, ordered by key. */
  tags?: Tag[];
}

/** Starts a run. */
export interface CreateRun {
  /** The experiment; empty for `0`. */
  experiment_id: ExperimentId;
  /** Who starts it. */
  user_id?: string;
  /** Name; the tag `mlflow.runName`, else one is made up. */
  run_name?: string;
  /** Milliseconds since the epoch. */
  start_time?: number;
  /** Tags to set. */
  tags?: Tag[];
  /**
   * The id that a client has given to a run it started without a server: 32 lower-case hex digits. Ours alone: other
   * servers ignore it and make an id. A run that is there already is answered as it is.
   */
  run_id?: RunId;
}

/** Answer to [`CreateRun`] and [`GetRun`]. */
export interface GetRunResponse {
  /** The run. */
  run: Run;
}

/** One run by id. */
export interface GetRun {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
}

/** Changes status, end time or name of a run. */
export interface UpdateRun {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** New status. */
  status?: RunStatus;
  /** Milliseconds since the epoch. */
  end_time?: number;
  /** New name. */
  run_name?: string;
}

/** Answer to [`UpdateRun`]. */
export interface UpdateRunResponse {
  /** The run as it is now. */
  run_info: RunInfo;
}

/** Soft-deletes a run. */
export interface DeleteRun {
  /** Required. */
  run_id: RunId;
}

/** Undoes [`DeleteRun`]. */
export interface RestoreRun {
  /** Required. */
  run_id: RunId;
}

/** Filters, orders and pages runs of some experiments. */
export interface SearchRuns {
  /** Experiments to look in; none finds nothing. */
  experiment_ids?: ExperimentId[];
  /** Filter text. */
  filter?: string;
  /** Lifecycle stages to return. */
  run_view_type?: ViewType;
  /** Page size, 1000 when left out, at most [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS). */
  max_results?: number;
  /**
   * Only runs whose parent, by the tag `mlflow.parentRunId`, is not among the runs of these experiments and stages. Ours
   * alone: other servers ignore it.
   */
  roots_only?: boolean;
  /**
   * What the runs of the answer come with; all that was logged to them where it is left out. It does not matter for the
   * filter, the order and page tokens. Ours alone: other servers ignore it.
   */
  columns?: RunColumns;
  /** `key [ASC|DESC]`; by default the newest first. */
  order_by?: string[];
  /** Where the last page ended. */
  page_token?: string;
}

/** What runs of an answer come with. Pages of runs with thousands of metrics stay small when few of them are asked for. */
export interface RunColumns {
  /** Keys of metrics; with params and tags at most [`RUN_COLUMNS`](crate::limits::RUN_COLUMNS). */
  metrics?: string[];
  /** Keys of params. */
  params?: string[];
  /** Keys of tags. */
  tags?: string[];
  /** Datasets that the run used, with names, digests and types of sources only. */
  datasets?: boolean;
  /** Logged models that the run used and made. */
  models?: boolean;
}

/** Answer to [`SearchRuns`]. */
export interface SearchRunsResponse {
  /** One page. */
  runs?: Run[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Logs one param. */
export interface LogParam {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Sets one tag of a run. */
export interface SetTag {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag of a run. */
export interface DeleteTag {
  /** Required. */
  run_id: RunId;
  /** Required. */
  key: string;
}

/** Logs points, params and tags together: all of them or none. */
export interface LogBatch {
  /** Required. */
  run_id: RunId;
  /** Points; each has a value and a timestamp. */
  metrics?: Metric[];
  /** Params. */
  params?: Param[];
  /** Tags. */
  tags?: Tag[];
}

/** Notes on a run that a model was saved among its artifacts; clients of MLflow 2 do so with every model. */
export interface LogModel {
  /** Required. */
  run_id: RunId;
  /**
   * Required: the model's description as JSON, an object with `artifact_path`, `flavors`, `run_id` and
   * `utc_time_created`.
   */
  model_json: string;
}

/** One point of a metric. */
export interface Metric {
  /** Name of the metric. */
  key: string;
  /** The value; may be NaN or infinite. */
  value: Double;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** Training step, or any other count. */
  step: number;
  /**
   * Dataset that the value was computed on; only together with its digest. It is kept for the logged model: a value
   * without `model_id` loses it.
   */
  dataset_name?: string;
  /**
   * Digest of that dataset, at most [`DATASET_DIGEST_CHARS`](crate::limits::DATASET_DIGEST_CHARS) characters; only
   * together with its name.
   */
  dataset_digest?: string;
  /** Logged model that the value belongs to. */
  model_id?: ModelId;
  /** Run that logged it, where the answer is about several. */
  run_id?: RunId;
}

/** Logs one point. */
export interface LogMetric {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Required. */
  key: string;
  /** Required. */
  value?: Double;
  /** Required; milliseconds since the epoch. */
  timestamp?: number;
  /** Step, 0 when left out. */
  step: number;
  /** Logged model that the value belongs to. */
  model_id?: ModelId;
  /**
   * Dataset that the value was computed on; only together with its digest. It is kept for the logged model: a value
   * without `model_id` loses it.
   */
  dataset_name?: string;
  /**
   * Digest of that dataset, at most [`DATASET_DIGEST_CHARS`](crate::limits::DATASET_DIGEST_CHARS) characters; only
   * together with its name.
   */
  dataset_digest?: string;
}

/** All points of one metric of one run, ordered by timestamp, step and value. */
export interface GetMetricHistory {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Required. */
  metric_key: string;
  /** Where the last page ended. */
  page_token?: string;
  /** Page size; everything at once when left out. */
  max_results?: number;
}

/** Answer to [`GetMetricHistory`]. */
export interface GetMetricHistoryResponse {
  /** One page, or all. */
  metrics?: Metric[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Points of one metric of several runs, run after run, each run's ordered by timestamp, step and value. */
export interface GetMetricHistoryBulk {
  /** Required; at most [`BULK_RUNS`](crate::limits::BULK_RUNS). */
  run_id: RunId[];
  /** Required. */
  metric_key?: string;
  /** Points of all runs together, at most and by default [`BULK_POINTS`](crate::limits::BULK_POINTS). */
  max_results?: number;
}

/** Answer to [`GetMetricHistoryBulk`]; unlike elsewhere an empty list is written. */
export interface GetMetricHistoryBulkResponse {
  /** The points, each with its run. */
  metrics: Metric[];
}

/** A sample of one metric's points for each of several runs, for charts. */
export interface GetMetricHistoryBulkInterval {
  /** Required; at most [`BULK_RUNS`](crate::limits::BULK_RUNS). */
  run_ids: RunId[];
  /** Required. */
  metric_key: string;
  /** First step; only together with `end_step`. */
  start_step?: number;
  /** Last step; only together with `start_step`. */
  end_step?: number;
  /** Points of each run, at most and by default [`SAMPLE_POINTS`](crate::limits::SAMPLE_POINTS). */
  max_results?: number;
}

/** Answer to [`GetMetricHistoryBulkInterval`]. */
export interface GetMetricHistoryBulkIntervalResponse {
  /** The runs' points in the order of the request, each run's ordered by step, timestamp and value. */
  metrics?: Metric[];
}

/** Metrics of a run, ordered by key, with the summary of each. */
export interface GetMetricSummaries {
  /** Required. */
  run_id: RunId;
  /** Only keys that hold this text, whatever its case. */
  contains?: string;
  /** Only keys that begin with this text. */
  prefix?: string;
  /** Page size, 1000 when left out, at most [`METRIC_SUMMARIES`](crate::limits::METRIC_SUMMARIES). */
  max_results?: number;
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`GetMetricSummaries`]. */
export interface GetMetricSummariesResponse {
  /** One page. */
  metrics: MetricSummary[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** One metric of a run. */
export interface MetricSummary {
  /** Name of the metric. */
  key: string;
  /** How many points it has. */
  points: number;
  /** The point with the smallest step, timestamp and value. */
  first: MetricPoint;
  /** The point with the greatest step, timestamp and value: the latest. */
  last: MetricPoint;
  /** The smallest number among the values; none where all are NaN. */
  min?: MetricValue;
  /** The greatest number among the values; none where all are NaN. */
  max?: MetricValue;
}

/** A point without its key. */
export interface MetricPoint {
  /** The value; may be NaN or infinite. */
  value: Double;
  /** Training step, or any other count. */
  step: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** A value by itself. */
export interface MetricValue {
  /** The value; may be infinite. */
  value: Double;
}

/** Metrics of runs, in buckets. */
export interface GetChartSeries {
  /**
   * Required; at most [`CHART_SERIES`](crate::limits::CHART_SERIES), and with `buckets` at most
   * [`CHART_ROWS`](crate::limits::CHART_ROWS) rows.
   */
  series: ChartSeriesKey[];
  /** What the buckets are stretches of. */
  x?: ChartAxis;
  /** Buckets of each series, 1000 when left out, at most [`CHART_BUCKETS`](crate::limits::CHART_BUCKETS). */
  buckets?: number;
  /** Only points at or behind this step or timestamp. */
  from?: number;
  /** Only points at or before this step or timestamp. */
  to?: number;
}

/** A metric of a run. */
export interface ChartSeriesKey {
  /** Required. */
  run_id: RunId;
  /** Required. */
  metric_key: string;
}

/** What is along the horizontal axis. */
export type ChartAxis = "step" | "timestamp";

/** Answer to [`GetChartSeries`]. */
export interface ChartSeries {
  /** In the order of the request; without rows where there is no such metric. */
  series: ChartSeriesRows[];
}

/** The rows of one series, in the order of the axis. */
export interface ChartSeriesRows {
  /** The run. */
  run_id: RunId;
  /** Name of the metric. */
  metric_key: string;
  /** How many points the metric has in all. */
  points: number;
  /** One row a bucket that has points, or a point where there are no more than buckets. */
  rows: ChartRow[];
}

/** A bucket: one of its points, and the extremes of all of them. */
export interface ChartRow {
  /** Step of the point. */
  step: number;
  /** Timestamp of the point. */
  timestamp: number;
  /** Its value, which may be NaN or infinite. */
  value: Double;
  /** The smallest number among the values of the bucket; NaN where there is none. */
  min: Double;
  /** The greatest number among the values of the bucket; NaN where there is none. */
  max: Double;
}

/** What the header of the binary form says of a series. */
export interface ChartSeriesHead {
  /** The run. */
  run_id: RunId;
  /** Name of the metric. */
  metric_key: string;
  /** How many rows follow. */
  rows: number;
  /** How many points the metric has in all. */
  points: number;
  /** Where its columns begin, in bytes from the start of the body. */
  offset: number;
}

/** The header of the binary form. */
export interface ChartHead {
  /** One entry a series. */
  series: ChartSeriesHead[];
}

/** What a column shows of a run. */
export type ColumnKind = "metric" | "param" | "tag";

/** Names of one kind in experiments, ordered, each with what its newest values are like. */
export interface ListColumns {
  /** Required; at most [`COLUMN_EXPERIMENTS`](crate::limits::COLUMN_EXPERIMENTS). */
  experiment_id?: ExperimentId[];
  /** Required. */
  kind?: ColumnKind;
  /** Only names that hold this text, whatever its case. */
  contains?: string;
  /** Page size, 100 when left out, at most [`COLUMNS`](crate::limits::COLUMNS). */
  max_results?: number;
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`ListColumns`]. */
export interface ListColumnsResponse {
  /** One page. */
  columns: Column[];
  /**
   * How many of the newest runs were looked at for the numbers of each column: all runs of the experiments, or
   * [`COLUMN_RUNS`](crate::limits::COLUMN_RUNS).
   */
  runs: number;
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** A column, with what its values are like among the runs that were looked at. */
export interface Column {
  /** What it shows. */
  kind: ColumnKind;
  /** Name of the metric, param or tag. */
  key: string;
  /** How many of the runs have it. */
  runs: number;
  /** How many different values they have. */
  distinct: number;
  /** Of a metric: the smallest of the latest values, NaN left out. */
  min?: Double;
  /** Of a metric: the greatest of the latest values, NaN left out. */
  max?: Double;
}

/** Values that the newest runs of experiments have, those that most of them have first. */
export interface ListColumnValues {
  /** Required; at most [`COLUMN_EXPERIMENTS`](crate::limits::COLUMN_EXPERIMENTS). */
  experiment_id?: ExperimentId[];
  /** Required. */
  kind?: GroupKind;
  /** Name of the param, tag or attribute; not told for a dataset. */
  key?: string;
  /** Only values that hold this text, whatever its case. */
  contains?: string;
  /** How many, 100 when left out, at most [`COLUMN_VALUES`](crate::limits::COLUMN_VALUES). */
  max_results?: number;
}

/** Answer to [`ListColumnValues`]. */
export interface ListColumnValuesResponse {
  /**
   * By how many runs have them, then by value. Those longer than
   * [`COLUMN_VALUE_CHARS`](crate::limits::COLUMN_VALUE_CHARS) are left out.
   */
  values: ColumnValue[];
  /** How many of the newest runs were looked at, as in [`ListColumnsResponse`]. */
  runs: number;
}

/** A value, with how many of the runs that were looked at have it. */
export interface ColumnValue {
  /** The value. */
  value: string;
  /** How many runs have it. */
  runs: number;
}

/** How many runs have each of these for their parent. */
export interface CountRunChildren {
  /** Required; at most [`RUN_IDS`](crate::limits::RUN_IDS). */
  run_ids?: RunId[];
}

/** Answer to [`CountRunChildren`]. */
export interface CountRunChildrenResponse {
  /** One entry a run, in the order of the request. */
  counts: RunChildren[];
}

/** How many children a run has. */
export interface RunChildren {
  /** The run; ids of no run have no children. */
  run_id: RunId;
  /** Runs in the same experiment that have not been deleted. */
  children: number;
}

/** Groups the runs that a filter finds. */
export interface GroupRuns {
  /** Experiments to look in; none finds nothing. */
  experiment_ids?: ExperimentId[];
  /** Filter text, as of [`SearchRuns`](crate::runs::SearchRuns). */
  filter?: string;
  /** Lifecycle stages of the runs. */
  run_view_type?: ViewType;
  /** Required, one to [`GROUP_KEYS`](crate::limits::GROUP_KEYS). */
  group_by: GroupKey[];
  /** Metrics whose latest values are aggregated, at most [`GROUP_METRICS`](crate::limits::GROUP_METRICS). */
  metrics?: string[];
  /** What groups are ordered by before their values. Whether the metrics that are aggregated hold it does not matter. */
  order_by?: GroupOrder;
  /** Page size, 100 when left out, at most [`GROUPS`](crate::limits::GROUPS). */
  max_results?: number;
  /** Where the last page ended. */
  page_token?: string;
}

/** What runs of a group have in common. */
export interface GroupKey {
  /** Where the value is. */
  kind: GroupKind;
  /** Name of the param, tag or attribute; not told for a dataset. */
  key?: string;
}

/** What groups are ordered by. What is missing, and NaN, comes last in both directions. */
export interface GroupOrder {
  /** What of a group. */
  by: GroupOrderBy;
  /** The place in `group_by` of the key whose value it is, from 0; for `value` only. */
  index?: number;
  /** The metric; required for `metric`, and for that only. */
  key?: string;
  /** What of the metric's values; for `metric` only. */
  aggregate?: GroupAggregate;
  /** Whether the greatest come first. */
  descending?: boolean;
}

/** What of a group groups are ordered by. */
export type GroupOrderBy = "value" | "metric" | "runs" | "latest_start_time";

/** An aggregate of the latest values of a metric. */
export type GroupAggregate = "mean" | "min" | "max" | "std" | "count";

/** Where the value is that runs of a group have in common. */
export type GroupKind = "param" | "tag" | "dataset" | "attribute";

/** Answer to [`GroupRuns`]. */
export interface GroupRunsResponse {
  /**
   * One page, in the order that was asked for, among equals by the values: numbers by what they are, then texts, then what is
   * missing.
   */
  groups: RunGroup[];
  /** How many groups there are on all pages. */
  total: number;
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Runs with the same values. */
export interface RunGroup {
  /** One a key of the request; null where the runs have none. */
  values: (string | null)[];
  /** How many runs there are. */
  runs: number;
  /** Those of them that are `RUNNING`. */
  running: number;
  /** When the newest of them began, in milliseconds since the epoch. */
  latest_start_time: number;
  /** One a metric of the request, in that order. */
  metrics: MetricAggregate[];
}

/** The latest values of one metric in the runs of a group, NaN left out. */
export interface MetricAggregate {
  /** Name of the metric. */
  key: string;
  /** How many values there are. Without any the rest is left out. */
  count: number;
  /** Their mean. */
  mean?: Double;
  /** The smallest. */
  min?: Double;
  /** The greatest. */
  max?: Double;
  /** The standard deviation of a sample (by n - 1); none of a single value. */
  std?: Double;
}

/** Changes all of these runs or none. */
export interface ChangeRuns {
  /** Required; at most [`RUN_IDS`](crate::limits::RUN_IDS). */
  run_ids?: RunId[];
  /** Required. */
  action?: RunAction;
  /** The tag, for the two actions that are about one. */
  key?: string;
  /** Its new value. */
  value?: string;
}

/** What is done to each run. */
export type RunAction = "delete" | "restore" | "set_tag" | "delete_tag";

/** What a run, or an experiment, was changed by. Of an experiment: that it was created, tags, and that it was deleted. */
export type RunChangeKind = "created" | "metrics" | "params" | "tags" | "status" | "inputs" | "models" | "deleted";

/** Data of an event `changed`. */
export interface RunChanged {
  /** The experiment, or that of the run. */
  experiment_id: ExperimentId;
  /** The run; empty where the experiment itself was changed. */
  run_id: RunId;
  /** What it was changed by since the event before. */
  kinds: RunChangeKind[];
}

/** Counts the runs of experiments. */
export interface GetExperimentActivity {
  /** Required; at most [`ACTIVITY_EXPERIMENTS`](crate::limits::ACTIVITY_EXPERIMENTS). */
  experiment_id?: ExperimentId[];
}

/** Answer to [`GetExperimentActivity`]. */
export interface GetExperimentActivityResponse {
  /** One entry an experiment, in the order of the request; none for ids of no experiment. */
  experiments: ExperimentActivity[];
}

/** How busy one experiment is. */
export interface ExperimentActivity {
  /** The experiment. */
  experiment_id: ExperimentId;
  /** Runs that have not been deleted. */
  runs: number;
  /** Those of them that are `RUNNING`. */
  running: number;
  /** Runs that have been deleted. */
  deleted_runs: number;
  /** When a run last began or ended, or the experiment was last changed, in milliseconds since the epoch. */
  last_activity_time: number;
  /**
   * Whether there may be more runs than the numbers say: one request counts
   * [`ACTIVITY_RUNS`](crate::limits::ACTIVITY_RUNS) at most.
   */
  at_least?: boolean;
}

/** A saved view. */
export interface View {
  /** The id. */
  view_id: string;
  /** The experiment whose runs it shows. */
  experiment_id: ExperimentId;
  /** Unique in the experiment. */
  name: string;
  /** A JSON object; only the web UI knows what is in it. */
  definition: string;
  /** Milliseconds since the epoch. */
  creation_time: number;
  /** Milliseconds since the epoch. */
  last_update_time: number;
}

/** Saves a view. */
export interface CreateView {
  /** Required; at most [`VIEWS`](crate::limits::VIEWS) views belong to an experiment. */
  experiment_id: ExperimentId;
  /** Required; at most [`VIEW_NAME_CHARS`](crate::limits::VIEW_NAME_CHARS). */
  name: string;
  /** Required: a JSON object of at most [`VIEW_DEFINITION_BYTES`](crate::limits::VIEW_DEFINITION_BYTES). */
  definition: string;
}

/** Renames a view, or changes what it shows. */
export interface UpdateView {
  /** Required. */
  view_id: string;
  /** The new name. */
  name?: string;
  /** The new definition. */
  definition?: string;
}

/** Removes a view for good. */
export interface DeleteView {
  /** Required. */
  view_id: string;
}

/** One view. */
export interface GetView {
  /** Required. */
  view_id: string;
}

/** Answer to [`CreateView`], [`UpdateView`] and [`GetView`]. */
export interface GetViewResponse {
  /** The view. */
  view: View;
}

/** All views of an experiment. */
export interface ListViews {
  /** Required. */
  experiment_id: ExperimentId;
}

/** Answer to [`ListViews`]. */
export interface ListViewsResponse {
  /** The views, ordered by name. */
  views: View[];
}

/** A description of data that was used. */
export interface Dataset {
  /** Name, such as `iris`. */
  name: string;
  /** Fingerprint of the content. */
  digest: string;
  /** Kind of source, such as `local`, `http`, `code`. */
  source_type: string;
  /** Where the data came from, usually JSON. */
  source: string;
  /** Column or tensor specification, usually JSON. */
  schema?: string;
  /** Sizes and statistics, usually JSON. */
  profile?: string;
}

/** A dataset that a run used; the tag `mlflow.data.context` says for what. */
export interface DatasetInput {
  /** Tags of the use, not of the dataset. */
  tags?: Tag[];
  /** The dataset. */
  dataset: Dataset;
}

/** A logged model that a run used. */
export interface ModelInput {
  /** The model's id. */
  model_id: ModelId;
}

/** A logged model that a run made. */
export interface ModelOutput {
  /** The model's id. */
  model_id: ModelId;
  /** Training step at which it was made. */
  step: number;
}

/** What a run used. */
export interface RunInputs {
  /** Datasets. */
  dataset_inputs?: DatasetInput[];
  /** Logged models. */
  model_inputs?: ModelInput[];
}

/** What a run made. */
export interface RunOutputs {
  /** Logged models. */
  model_outputs?: ModelOutput[];
}

/** Attaches datasets and models to a run as inputs. */
export interface LogInputs {
  /** Required. */
  run_id: RunId;
  /** At most [`INPUT_DATASETS`](crate::limits::INPUT_DATASETS). */
  datasets?: DatasetInput[];
  /** Logged models that the run uses. */
  models?: ModelInput[];
}

/** Attaches logged models to a run as outputs. */
export interface LogOutputs {
  /** Required. */
  run_id: RunId;
  /** Logged models that the run made. */
  models?: ModelOutput[];
}

/** The datasets that runs of some experiments used. */
export interface SearchDatasets {
  /** Required; at most [`DATASET_SEARCH_EXPERIMENTS`](crate::limits::DATASET_SEARCH_EXPERIMENTS). */
  experiment_ids: ExperimentId[];
}

/** A dataset and what runs of an experiment used it for, as [`SearchDatasets`] tells it. */
export interface DatasetSummary {
  /** The experiment. */
  experiment_id: ExperimentId;
  /** The dataset's name. */
  name: string;
  /** The dataset's digest. */
  digest: string;
  /** Value of the input's tag `mlflow.data.context`, such as `training`; empty without one. */
  context?: string;
}

/** Answer to [`SearchDatasets`]. */
export interface SearchDatasetsResponse {
  /** One for each dataset and context. */
  dataset_summaries?: DatasetSummary[];
}

/** Whether a logged model's files are complete. */
export type LoggedModelStatus =
  | "LOGGED_MODEL_STATUS_UNSPECIFIED"
  | "LOGGED_MODEL_PENDING"
  | "LOGGED_MODEL_READY"
  | "LOGGED_MODEL_UPLOAD_FAILED";

/** A model with what was logged about it. */
export interface LoggedModel {
  /** Identity, place and state. */
  info: LoggedModelInfo;
  /** Params and metrics. */
  data: LoggedModelData;
}

/** Identity, place and state of a logged model. */
export interface LoggedModelInfo {
  /** `m-` and 32 hex digits. */
  model_id: ModelId;
  /** The experiment it belongs to. */
  experiment_id: ExperimentId;
  /** Name; not unique. */
  name: string;
  /** Milliseconds since the epoch. */
  creation_timestamp_ms: number;
  /** Milliseconds since the epoch. */
  last_updated_timestamp_ms: number;
  /** URI of the model directory. */
  artifact_uri: string;
  /** Whether its files are complete. */
  status: LoggedModelStatus;
  /** Free text; as `source_run_id` written even when empty. */
  model_type: string;
  /** Run that made it. */
  source_run_id: RunId;
  /** More about the status. */
  status_message?: string;
  /** Tags, ordered by key. */
  tags?: Tag[];
  /** Model versions made from it. */
  registrations?: LoggedModelRegistration[];
}

/** A model version made from a logged model. */
export interface LoggedModelRegistration {
  /** The registered model. */
  name: string;
  /** The version number as text. */
  version: string;
}

/** Params and metrics of a logged model. */
export interface LoggedModelData {
  /** Params, ordered by key. */
  params?: Param[];
  /** Metrics that were logged with its id. */
  metrics?: Metric[];
}

/** Makes a logged model in state PENDING. */
export interface CreateLoggedModel {
  /** Required. */
  experiment_id: ExperimentId;
  /** Name; one is made up when empty. */
  name?: string;
  /** Free text. */
  model_type?: string;
  /** Run that makes it. */
  source_run_id?: RunId;
  /** Params. */
  params?: Param[];
  /** Tags. */
  tags?: Tag[];
}

/** Answer to [`CreateLoggedModel`], [`GetLoggedModel`] and [`FinalizeLoggedModel`]. */
export interface GetLoggedModelResponse {
  /** The model. */
  model: LoggedModel;
}

/** One logged model by id. */
export interface GetLoggedModel {
  /** Required. */
  model_id: ModelId;
  /** Whether to answer with a model that has been deleted. */
  allow_deleted?: boolean;
}

/** Says that the files are complete, or never will be. */
export interface FinalizeLoggedModel {
  /** Required. */
  model_id: ModelId;
  /** Required: READY or UPLOAD_FAILED, or PENDING again; UNSPECIFIED, the default, is refused as missing. */
  status: LoggedModelStatus;
}

/** Soft-deletes a logged model. */
export interface DeleteLoggedModel {
  /** Required. */
  model_id: ModelId;
}

/** Sets tags of a logged model. */
export interface SetLoggedModelTags {
  /** Required. */
  model_id: ModelId;
  /** Tags to set. */
  tags?: Tag[];
}

/** Removes one tag of a logged model. */
export interface DeleteLoggedModelTag {
  /** Required. */
  model_id: ModelId;
  /** Required. */
  tag_key: string;
}

/** Adds params to a logged model. */
export interface LogLoggedModelParams {
  /** Required. */
  model_id: ModelId;
  /** Params to add. */
  params?: Param[];
}

/** Filters, orders and pages logged models. */
export interface SearchLoggedModels {
  /** Experiments to look in. */
  experiment_ids?: ExperimentId[];
  /** Filter text. */
  filter?: string;
  /** Metric clauses of the filter look only at points on these datasets. */
  datasets?: DatasetRef[];
  /** Page size, 100 when left out. */
  max_results?: number;
  /** Order; by default the newest first. */
  order_by?: LoggedModelOrder[];
  /** Where the last page ended. */
  page_token?: string;
}

/** A dataset by name, and by digest when given. */
export interface DatasetRef {
  /** Required. */
  dataset_name: string;
  /** Any digest when empty. */
  dataset_digest?: string;
}

/** One column of the order of logged models. */
export interface LoggedModelOrder {
  /** Attribute, or `metrics.<key>`. */
  field_name: string;
  /** Smallest first. */
  ascending: boolean;
  /** For a metric: only points on this dataset. */
  dataset_name?: string;
  /** For a metric: only points on a dataset of this digest. */
  dataset_digest?: string;
}

/** Answer to [`SearchLoggedModels`]. */
export interface SearchLoggedModelsResponse {
  /** One page. */
  models?: LoggedModel[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** A name with its versions. */
export interface RegisteredModel {
  /** Unique name. */
  name: string;
  /** Milliseconds since the epoch. */
  creation_timestamp: number;
  /** Milliseconds since the epoch. */
  last_updated_timestamp: number;
  /** Who made it. */
  user_id?: string;
  /** Free text. */
  description?: string;
  /** The newest version of each stage. */
  latest_versions?: ModelVersion[];
  /** Tags, ordered by key. */
  tags?: Tag[];
  /** Aliases, ordered by name. */
  aliases?: Alias[];
}

/** A second name for one version. */
export interface Alias {
  /** The alias. */
  alias: string;
  /** The version number as text. */
  version: string;
}

/** Makes a registered model. */
export interface CreateRegisteredModel {
  /** Required. */
  name: string;
  /** Tags to set. */
  tags?: Tag[];
  /** Free text. */
  description?: string;
}

/** Answer to [`CreateRegisteredModel`], [`GetRegisteredModel`], [`RenameRegisteredModel`] and [`UpdateRegisteredModel`]. */
export interface GetRegisteredModelResponse {
  /** The registered model. */
  registered_model: RegisteredModel;
}

/** One registered model by name. */
export interface GetRegisteredModel {
  /** Required. */
  name: string;
}

/** Renames a registered model with all its versions. */
export interface RenameRegisteredModel {
  /** Required. */
  name: string;
  /** Required. */
  new_name: string;
}

/** Changes the description, or clears it. */
export interface UpdateRegisteredModel {
  /** Required. */
  name: string;
  /** The new description. Left out or empty, it clears the one before, as MLflow does. */
  description?: string;
}

/** Deletes a registered model with all its versions. */
export interface DeleteRegisteredModel {
  /** Required. */
  name: string;
}

/** Filters, orders and pages registered models. */
export interface SearchRegisteredModels {
  /** Filter text. */
  filter?: string;
  /** Page size, 100 when left out. */
  max_results?: number;
  /** `key [ASC|DESC]`; by default by name. */
  order_by?: string[];
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`SearchRegisteredModels`]. */
export interface SearchRegisteredModelsResponse {
  /** One page. */
  registered_models?: RegisteredModel[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** The newest version of each stage. */
export interface GetLatestVersions {
  /** Required. */
  name: string;
  /** Stages to look at; all when empty. */
  stages?: string[];
}

/** [`GetLatestVersions`] sent as a GET. */
export type ListLatestVersions = GetLatestVersions;

/** Answer to [`GetLatestVersions`]; the GET of the same path is [`ListLatestVersions`]. */
export interface GetLatestVersionsResponse {
  /** At most one version a stage. */
  model_versions?: ModelVersion[];
}

/** Sets one tag. */
export interface SetRegisteredModelTag {
  /** Required. */
  name: string;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag. */
export interface DeleteRegisteredModelTag {
  /** Required. */
  name: string;
  /** Required. */
  key: string;
}

/** Points an alias at a version. */
export interface SetRegisteredModelAlias {
  /** Required. */
  name: string;
  /** Required. */
  alias: string;
  /** Required; a number as text. */
  version: string;
}

/** Removes an alias. */
export interface DeleteRegisteredModelAlias {
  /** Required. */
  name: string;
  /** Required. */
  alias: string;
}

/** The version that an alias points at. */
export interface GetModelVersionByAlias {
  /** Required. */
  name: string;
  /** Required. */
  alias: string;
}

/** One numbered model under a registered name. */
export interface ModelVersion {
  /** The registered model. */
  name: string;
  /** The number as text. */
  version: string;
  /** Milliseconds since the epoch. */
  creation_timestamp: number;
  /** Milliseconds since the epoch. */
  last_updated_timestamp: number;
  /** Who made it. */
  user_id?: string;
  /** `None`, `Staging`, `Production` or `Archived`. */
  current_stage: string;
  /** Free text; as `run_id` and `run_link` written even when empty. */
  description: string;
  /** What it was made from: `models:/m-…` or an artifact URI. */
  source: string;
  /** Run that made the model. */
  run_id: RunId;
  /** Whether it can be used. */
  status: ModelVersionStatus;
  /** More about the status. */
  status_message?: string;
  /** Tags, ordered by key. */
  tags?: Tag[];
  /** Link to the run, for people. */
  run_link: string;
  /** Aliases that point at it. */
  aliases?: string[];
  /** Logged model it was made from. */
  model_id?: ModelId;
  /** Params of that logged model. */
  model_params?: ModelParam[];
  /** Metrics of that logged model. */
  model_metrics?: Metric[];
}

/** Whether a version can be used. */
export type ModelVersionStatus = "PENDING_REGISTRATION" | "FAILED_REGISTRATION" | "READY";

/** A parameter of a model version. */
export interface ModelParam {
  /** The key. */
  name: string;
  /** The value. */
  value: string;
}

/** Makes a version. */
export interface CreateModelVersion {
  /** Required. */
  name: string;
  /** Required: `models:/m-…`, or an artifact URI. */
  source: string;
  /** Run that made the model. */
  run_id?: RunId;
  /** Tags to set. */
  tags?: Tag[];
  /** Link to the run, for people. */
  run_link?: string;
  /** Free text. */
  description?: string;
  /** Logged model it is made from. */
  model_id?: ModelId;
}

/**
 * Answer to [`CreateModelVersion`], [`GetModelVersion`], [`UpdateModelVersion`], [`TransitionModelVersionStage`] and
 * [`GetModelVersionByAlias`](crate::registered_models::GetModelVersionByAlias).
 */
export interface GetModelVersionResponse {
  /** The version. */
  model_version: ModelVersion;
}

/** One version. */
export interface GetModelVersion {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
}

/** Changes the description, or clears it. */
export interface UpdateModelVersion {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** The new description. Left out or empty, it clears the one before, as MLflow does. */
  description?: string;
}

/** Moves a version to a stage. */
export interface TransitionModelVersionStage {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** Required. */
  stage: string;
  /** Whether the other versions of the stage become `Archived`. */
  archive_existing_versions?: boolean;
}

/** Deletes one version. */
export interface DeleteModelVersion {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
}

/** Filters, orders and pages versions. */
export interface SearchModelVersions {
  /** Filter text. */
  filter?: string;
  /** Page size, 10000 when left out. */
  max_results?: number;
  /** `key [ASC|DESC]`. */
  order_by?: string[];
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`SearchModelVersions`]. */
export interface SearchModelVersionsResponse {
  /** One page. */
  model_versions?: ModelVersion[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Where the files of a version lie. */
export interface GetModelVersionDownloadUri {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
}

/** Answer to [`GetModelVersionDownloadUri`]. */
export interface GetModelVersionDownloadUriResponse {
  /** URI of the model directory. */
  artifact_uri: string;
}

/** Sets one tag. */
export interface SetModelVersionTag {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag. */
export interface DeleteModelVersionTag {
  /** Required. */
  name: string;
  /** Required; a number as text. */
  version: string;
  /** Required. */
  key: string;
}

/** A file or directory below an artifact root. */
export interface FileInfo {
  /** Path relative to the root of the listing, `/` between parts. */
  path: string;
  /** Whether it is a directory. */
  is_dir: boolean;
  /** Bytes; directories have none. */
  file_size?: number;
}

/** Lists one directory of a run's artifacts. */
export interface ListArtifacts {
  /** Required. */
  run_id: RunId;
  /** Older name of `run_id`. */
  run_uuid?: RunId;
  /** Directory relative to the run's artifact root; empty for the root. */
  path?: string;
  /** Where the last page ended. */
  page_token?: string;
}

/** Lists one directory of a logged model's artifacts. */
export interface ListLoggedModelArtifacts {
  /** Required. */
  model_id: ModelId;
  /** Directory relative to the model's artifact root; empty for the root. */
  artifact_directory_path?: string;
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`ListArtifacts`] and [`ListLoggedModelArtifacts`]. */
export interface ListArtifactsResponse {
  /** URI of the artifact root. */
  root_uri: string;
  /**
   * The directory's children, ordered by path. Written even if there are none: MLflow's page that compares runs reads the
   * list without asking whether it is there.
   */
  files: FileInfo[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** Asks for an address under which an artifact can be stored in a bucket, without credentials. */
export interface CreatePresignedUploadUrl {
  /** The run that it is for; either this or `model_id`. */
  run_id?: RunId;
  /** The logged model that it is for. */
  model_id?: ModelId;
  /** Required: the file, relative to the artifact root. */
  path: string;
  /** Seconds for which the address is good. */
  expiration?: number;
}

/** Answer to [`CreatePresignedUploadUrl`]. */
export interface CreatePresignedUploadUrlResponse {
  /** Where the file goes, by PUT. */
  presigned_url: string;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
}

/** Asks for an address from which a run's artifact can be fetched out of a bucket, without credentials. */
export interface CreatePresignedDownloadUrl {
  /** Required. */
  run_id: RunId;
  /** Required: the file, relative to the artifact root. */
  path: string;
  /** Seconds for which the address is good. */
  expiration?: number;
}

/** Answer to [`CreatePresignedDownloadUrl`]. */
export interface CreatePresignedDownloadUrlResponse {
  /** Where the file is, by GET. */
  presigned_url: string;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
  /** Bytes of the file. */
  file_size?: number;
}

/** Answer to a request for an address from which a file of the artifact proxy can be fetched out of a bucket. */
export interface GetPresignedDownloadUrlResponse {
  /** Where the file is, by GET. */
  url: string;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
  /** Bytes of the file. */
  file_size?: number;
}

/** Asks the artifact proxy for addresses in its bucket for the parts of a large file. Its directory is in the address. */
export interface CreateMultipartUpload {
  /** Required: the file's name. */
  path: string;
  /** Required: how many parts, 1 to 10,000. */
  num_parts: number;
}

/** Answer to [`CreateMultipartUpload`]. */
export interface CreateMultipartUploadResponse {
  /** What the upload is called. */
  upload_id: string;
  /** One for each part. */
  credentials: PartCredential[];
}

/** Where a part of a file goes, by PUT. */
export interface PartCredential {
  /** Its address, for this part alone. */
  url: string;
  /** From 1 on. */
  part_number: number;
  /** Headers that the request has to have. */
  headers?: Record<string, string>;
}

/** Makes a file of the parts that were sent. */
export interface CompleteMultipartUpload {
  /** Required: the file's name. */
  path: string;
  /** Required: what the upload is called. */
  upload_id: string;
  /** Required: all parts. */
  parts: SentPart[];
}

/** A part of a file that is in the bucket. */
export interface SentPart {
  /** From 1 on. */
  part_number: number;
  /** What the bucket has answered in the header of this name. */
  etag: string;
  /** Where it was sent. */
  url: string;
}

/** Gives up an upload in parts. */
export interface AbortMultipartUpload {
  /** Required: the file's name. */
  path: string;
  /** Required: what the upload is called. */
  upload_id: string;
}

/** Answer of `GET /api/3.0/mlflow/server-info`. */
export interface ServerInfo {
  /** Kind of store; clients know `SqlStore` and `FileStore`. */
  store_type: string;
  /** Whether objects live in workspaces. */
  workspaces_enabled: boolean;
  /** Whether traces are archived. */
  trace_archival_enabled: boolean;
  /** Whether large uploads may go to the bucket in parts. */
  multipart_uploads_enabled: boolean;
  /** Whether large downloads may come from the bucket in ranges. */
  multipart_downloads_enabled: boolean;
  /** Whether the artifact proxy is on. */
  artifact_serving_enabled: boolean;
  /** `basic-auth`, or empty when everybody may do everything. */
  tracking_auth: string;
  /** Whether artifacts travel by presigned URLs only. */
  artifacts_presigned_only: boolean;
  /** The server's own version; empty for servers that are not Trainyard. */
  trainyard_version?: string;
  /** Newest version of binary ingest batches that the server reads; 0 for servers that read none. */
  ingest_version?: number;
}
