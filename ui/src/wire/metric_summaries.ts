// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { RunId } from "./id";
import type { Double } from "./lib";

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
