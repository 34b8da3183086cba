// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { RunId } from "./id";
import type { Double } from "./lib";

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
