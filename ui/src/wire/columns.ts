// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId } from "./id";
import type { Double } from "./lib";
import type { GroupKind } from "./run_groups";

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
