// What lies under the pointer of a chart of lines.

import type { Extent } from "./extent";
import { xText } from "./line-axes";
import { type Line, nearestRow } from "./lines";
import type { ReadoutContent, ReadoutRow } from "./readout";
import type { LineSpec } from "./spec";
import { formatExact } from "./ticks";

export interface Nearby {
  line: Line;
  row: number;
  /** Distance from the pointer in pixels, along y. */
  distance: number;
}

/** The row of each line nearest to the pointer's x, the line nearest to its y first. */
export function linesNear(
  lines: readonly Line[],
  x: number,
  top: number,
  within: Extent,
  yPixel: (value: number) => number,
): Nearby[] {
  const reach = (within.max - within.min) * 0.1;
  const found: Nearby[] = [];
  for (const line of lines) {
    const row = nearestRow(line, x, reach);
    if (row === undefined) continue;
    const pixel = yPixel(line.shown[row] ?? NaN);
    found.push({ line, row, distance: Number.isFinite(pixel) ? Math.abs(pixel - top) : Infinity });
  }
  return found.sort((a, b) => a.distance - b.distance);
}

const MOST_ROWS = 8;

/** The readout: the nearest lines, each with value, extremes of its bucket and, when smoothed, the raw value. */
export function lineReadout(
  near: readonly Nearby[],
  place: { left: number; top: number },
  spec: LineSpec,
  nameOf: (runId: string) => string,
  colorOf: (runId: string) => string,
): ReadoutContent | undefined {
  const first = near[0];
  if (!first) return undefined;
  const several = spec.metrics.length > 1;
  const rows = near.slice(0, MOST_ROWS).map(({ line, row }, index): ReadoutRow => {
    const name = nameOf(line.runId);
    const note = rowNote(line, row, spec);
    return {
      label: several ? `${name} · ${line.metric}` : name,
      value: formatExact(line.shown[row] ?? NaN),
      color: colorOf(line.runId),
      near: index === 0,
      ...(note === "" ? {} : { note }),
    };
  });
  const title = xText(spec.x, first.line.x[first.row] ?? NaN);
  return { ...place, title, rows, more: near.length - rows.length };
}

function rowNote(line: Line, row: number, spec: LineSpec): string {
  const [last, min, max] = [line.last[row] ?? NaN, line.min[row] ?? NaN, line.max[row] ?? NaN];
  const notes: string[] = [];
  if (spec.smoothing > 0) notes.push(`raw ${formatExact(last)}`);
  if (min < max) notes.push(`${formatExact(min)} to ${formatExact(max)}`);
  return notes.join(", ");
}
