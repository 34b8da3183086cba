// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ModelId, RunId } from "./id";
import type { Double } from "./lib";

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
