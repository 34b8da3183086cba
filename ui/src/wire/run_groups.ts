// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId } from "./id";
import type { Double, ViewType } from "./lib";

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
