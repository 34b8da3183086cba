// From series in buckets to the lines of a chart: x by step, time or another metric, smoothing, what lies under the pointer.

import type { BucketAxis, SeriesColumns } from "../data/charts";
import { extent, extentWithoutOutliers, isConstant, padded, type Extent } from "./extent";
import { smooth, typicalSpacing } from "./smoothing";
import type { LineSpec } from "./spec";

/** One line: a metric of a run. */
export interface Line {
  runId: string;
  metric: string;
  /** The place of the metric among those of the chart, which chooses the dash pattern. */
  metricIndex: number;
  /** How many points the rows stand for. */
  points: number;
  x: Float64Array;
  step: Float64Array;
  timestamp: Float64Array;
  last: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** What is drawn strongest: the smoothed values, or `last` itself. */
  shown: Float64Array;
  /** Whether x never goes back, so that places can be found by halving. */
  ascending: boolean;
}

/** Where a run's series are looked up: by run id and metric. */
export type FindSeries = (runId: string, metric: string) => FoundSeries | undefined;

/** A series, with the spacing that smoothing counts in where it is not that of the rows. */
export interface FoundSeries extends SeriesColumns {
  spacing?: number;
}

/** A run's start in milliseconds, from which relative time counts; 0 where it is not known: the first point then. */
export type FindStart = (runId: string) => number;

/** The lines of a chart for these runs. Series that have not arrived or have no rows make no line. */
export function buildLines(spec: LineSpec, runIds: readonly string[], find: FindSeries, startOf: FindStart): Line[] {
  const lines: Line[] = [];
  for (const runId of runIds) {
    for (const [metricIndex, metric] of spec.metrics.entries()) {
      const series = find(runId, metric);
      if (series === undefined || series.step.length === 0) continue;
      const x = lineX(spec, series, find, startOf);
      if (x === undefined) continue;
      lines.push(makeLine(series, x, metricIndex, spec.smoothing));
    }
  }
  return lines;
}

function makeLine(series: FoundSeries, x: Float64Array, metricIndex: number, smoothing: number): Line {
  const { run_id: runId, metric_key: metric, points, step, timestamp, last, min, max } = series;
  const shown = smoothing > 0 ? smooth(step, last, smoothing, series.spacing) : last;
  return { runId, metric, metricIndex, points, x, step, timestamp, last, min, max, shown, ascending: isAscending(x) };
}

function lineX(spec: LineSpec, series: FoundSeries, find: FindSeries, startOf: FindStart): Float64Array | undefined {
  switch (spec.x.kind) {
    case "step":
      return series.step;
    case "time":
      return series.timestamp;
    case "relative": {
      const start = startOf(series.run_id) || (series.timestamp[0] ?? 0);
      return series.timestamp.map((timestamp) => timestamp - start);
    }
    case "metric": {
      const other = find(series.run_id, spec.x.key);
      return other && joinByStep(series.step, other);
    }
  }
}

/**
 * The other series' value at each step: that of the same step, else the latest before it.
 *
 * Metrics are often logged at different steps, and buckets of two series need not end at the same one. Before the other
 * series begins there is no value: NaN.
 */
export function joinByStep(steps: Float64Array, other: { step: Float64Array; last: Float64Array }): Float64Array {
  const joined = new Float64Array(steps.length).fill(NaN);
  let at = -1;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] ?? NaN;
    while (at + 1 < other.step.length && (other.step[at + 1] ?? Infinity) <= step) at++;
    if (at >= 0) joined[i] = other.last[at] ?? NaN;
  }
  return joined;
}

function isAscending(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) {
    // Written so that NaN counts as going back.
    if (!((x[i] ?? NaN) >= (x[i - 1] ?? NaN))) return false;
  }
  return true;
}

/** Extent of x over all lines, with a little room where there is a single value. */
export function xExtent(lines: readonly Line[], log: boolean): Extent | undefined {
  const found = extent(
    lines.map((line) => line.x),
    log,
  );
  return found && isConstant(found) ? padded(found, log) : found;
}

/**
 * Extent of y over what is visible of the lines between two x values.
 *
 * With clipping, outliers do not stretch the axis; they leave the frame. Without, the band's extremes count, so that
 * each spike is in sight.
 */
export function yExtent(lines: readonly Line[], within: Extent, spec: LineSpec): Extent | undefined {
  const columns: Float64Array[] = [];
  for (const line of lines) {
    const [from, to] = visibleRows(line, within);
    if (spec.clipOutliers) {
      columns.push(line.last.subarray(from, to));
      if (spec.smoothing > 0) columns.push(line.shown.subarray(from, to));
    } else {
      columns.push(line.min.subarray(from, to), line.max.subarray(from, to));
    }
  }
  const found = spec.clipOutliers ? extentWithoutOutliers(columns, spec.logY) : extent(columns, spec.logY);
  return found && padded(found, spec.logY);
}

/** The rows whose x lies in the extent; all rows of a line that goes back and forth. */
export function visibleRows(line: Line, within: Extent): [from: number, to: number] {
  if (!line.ascending) return [0, line.x.length];
  return [lowerBound(line.x, within.min), upperBound(line.x, within.max)];
}

/** The first place in ascending values that is not below `value`. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row of a line nearest to x; `undefined` for a line without rows, or that ends too far before or after it. */
export function nearestRow(line: Line, x: number, reach = Infinity): number | undefined {
  let best: number | undefined;
  if (line.ascending) {
    const after = lowerBound(line.x, x);
    const before = after - 1;
    const toAfter = Math.abs((line.x[after] ?? Infinity) - x);
    const toBefore = Math.abs((line.x[before] ?? Infinity) - x);
    best = toAfter < toBefore ? after : before;
  } else {
    let least = Infinity;
    for (let i = 0; i < line.x.length; i++) {
      const distance = Math.abs((line.x[i] ?? NaN) - x);
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
  }
  if (best === undefined || best < 0 || best >= line.x.length) return undefined;
  return Math.abs((line.x[best] ?? NaN) - x) <= reach ? best : undefined;
}

/**
 * The place of the line that keys go to: `by` lines after the one they were on, or after the first of the highlighted run where
 * something else has highlighted it since. A run may have several lines.
 */
export function lineByKeys(lines: readonly Line[], at: number, highlighted: string | undefined, by: number): number {
  const first = lines.findIndex((line) => line.runId === highlighted);
  const from = first >= 0 && lines[at]?.runId === highlighted ? at : Math.max(first, 0);
  return (from + by + lines.length) % lines.length;
}

/** The steps that the lines cover between two x values: what to ask the server for when zooming along another axis. */
export function stepsWithin(lines: readonly Line[], within: Extent): Extent | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const line of lines) {
    for (let i = 0; i < line.x.length; i++) {
      const x = line.x[i] ?? NaN;
      const step = line.step[i] ?? NaN;
      if (!(x >= within.min && x <= within.max)) continue;
      min = Math.min(min, line.step[i - 1] ?? step, step);
      max = Math.max(max, line.step[i + 1] ?? step, step);
    }
  }
  return min <= max ? { min, max } : undefined;
}

/**
 * A series with more detail in a part of it: rows of `whole` outside of that part, rows of `detail` inside.
 *
 * Lines still leave the plot at its edges, and smoothing still knows what came before.
 */
export function withDetail(whole: SeriesColumns, detail: SeriesColumns, axis: BucketAxis, part: Extent): FoundSeries {
  const places = whole[axis];
  const before = lowerBound(places, part.min);
  const after = upperBound(places, part.max);
  const merge = (column: "step" | "timestamp" | "last" | "min" | "max"): Float64Array => {
    const merged = new Float64Array(before + detail.step.length + whole.step.length - after);
    merged.set(whole[column].subarray(0, before));
    merged.set(detail[column], before);
    merged.set(whole[column].subarray(after), before + detail.step.length);
    return merged;
  };
  return {
    ...whole,
    spacing: typicalSpacing(whole.step),
    step: merge("step"),
    timestamp: merge("timestamp"),
    last: merge("last"),
    min: merge("min"),
    max: merge("max"),
  };
}
