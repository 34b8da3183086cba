// The axes of charts of lines: ticks, labels and values by what x is.

import { dateText } from "../data/dates";
import type { Extent } from "./extent";
import type { LineAxis, LineSpec } from "./spec";
import { formatExact, formatSpan, linearTicks, logTicks, spanTicks, type Tick, timeTicks } from "./ticks";

/** Ticks of the x axis. */
export function xTicks(spec: LineSpec, extent: Extent, wanted: number): Tick[] {
  if (spec.logX) return logTicks(extent, wanted);
  switch (spec.x.kind) {
    case "time":
      return timeTicks(extent, wanted);
    case "relative":
      return spanTicks(extent, wanted);
    case "step":
      // There is nothing between two steps.
      return linearTicks(extent, wanted).filter((tick) => Number.isInteger(tick.value));
    case "metric":
      return linearTicks(extent, wanted);
  }
}

/** Ticks of the y axis. */
export function yTicks(spec: LineSpec, extent: Extent, wanted: number): Tick[] {
  return spec.logY ? logTicks(extent, wanted) : linearTicks(extent, wanted);
}

/** A value of x for the readout. */
export function xText(axis: LineAxis, x: number): string {
  switch (axis.kind) {
    case "step":
      return `step ${String(Math.round(x))}`;
    case "time":
      return dateText(x);
    case "relative":
      return `after ${formatSpan(x)}`;
    case "metric":
      return `${axis.key} ${formatExact(x)}`;
  }
}

/** What the x axis is called. */
export function xName(axis: LineAxis): string {
  switch (axis.kind) {
    case "step":
      return "step";
    case "time":
      return "time";
    case "relative":
      return "time since start";
    case "metric":
      return axis.key;
  }
}

/** Time of day has no meaning on a log axis. */
export function canLogX(axis: LineAxis): boolean {
  return axis.kind !== "time";
}
