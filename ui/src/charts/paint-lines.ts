// Draws the lines of a time series into a plot: the band of extremes, the raw line behind, the smoothed line on top.

import { type Extent, quantile } from "./extent";
import type { Box } from "./frame";
import { visibleRows, type Line } from "./lines";
import { DASHES } from "./palette";
import type { Pen } from "./pen";
import { numericScale, type Scale } from "./scale";
import type { LineSpec } from "./spec";

export interface LinePlot {
  box: Box;
  x: Extent;
  y: Extent;
}

/**
 * More lines than this are drawn fine: without bands, which hide each other, and one pixel wide. Browsers draw lines of one
 * pixel several times as fast as wider ones, and a hundred noisy lines have to be there at once.
 */
const MANY = 12;

interface Look {
  width: number;
  alpha: number;
  band: boolean;
}

/** Draws all lines; those of other runs than the highlighted one fade. */
export function paintLines(
  pen: Pen,
  plot: LinePlot,
  lines: readonly Line[],
  spec: LineSpec,
  colorOf: (runId: string) => string,
  highlighted?: string,
): void {
  const { box } = plot;
  const x = numericScale(plot.x, box.left, box.left + box.width, spec.logX);
  const y = numericScale(plot.y, box.top + box.height, box.top, spec.logY);
  const found = highlighted !== undefined && lines.some((line) => line.runId === highlighted);
  const behind = found ? lines.filter((line) => line.runId !== highlighted) : lines;
  const front = found ? lines.filter((line) => line.runId === highlighted) : [];
  const usual: Look =
    behind.length > MANY ? { width: 1, alpha: 1, band: false } : { width: 1.5, alpha: 1, band: spec.band };
  const faded: Look = { ...usual, alpha: found ? 0.18 : 1 };
  pen.clip(box.left, box.top, box.width, box.height, () => {
    for (const line of behind) paintLine(pen, line, plot, spec, x, y, colorOf(line.runId), faded);
    const strong: Look = { width: 2.5, alpha: 1, band: spec.band };
    for (const line of front) paintLine(pen, line, plot, spec, x, y, colorOf(line.runId), strong);
  });
}

function paintLine(
  pen: Pen,
  line: Line,
  plot: LinePlot,
  spec: LineSpec,
  x: Scale,
  y: Scale,
  color: string,
  { width, alpha, band }: Look,
): void {
  const [first, last] = visibleRows(line, plot.x);
  // One row more on each side, so that lines leave the plot at its edge.
  const rows: [number, number] = [Math.max(first - 1, 0), Math.min(last + 1, line.x.length)];
  const isBucketed = line.points > line.x.length;
  if (spec.band && isBucketed && spec.x.kind !== "metric") {
    if (band) pen.area(bandPoints(line, rows, x, y), { fill: color, alpha: 0.18 * alpha });
    const spikes = spikePoints(line, rows, x, y);
    if (spikes.length > 0) pen.line(spikes, { stroke: color, width: 1, alpha: 0.75 * alpha });
  }
  const smoothed = spec.smoothing > 0;
  if (smoothed) pen.line(linePoints(line.x, line.last, rows, x, y), { stroke: color, width: 1, alpha: 0.28 * alpha });
  const points = linePoints(line.x, line.shown, rows, x, y);
  const dash = DASHES[line.metricIndex % DASHES.length] ?? [];
  pen.line(points, { stroke: color, width, alpha, dash });
  // A point alone, or one between gaps, is no line: a dot shows it.
  for (const [px, py] of lonely(points)) pen.circle(px, py, width + 1, { fill: color, alpha });
}

/** Points of a line in pixels. What a log axis cannot show, NaN and infinities interrupt it. */
export function linePoints(
  xs: Float64Array,
  ys: Float64Array,
  [from, to]: readonly [number, number],
  x: Scale,
  y: Scale,
): Float64Array {
  const points = new Float64Array(2 * Math.max(to - from, 0));
  for (let i = from; i < to; i++) {
    points[2 * (i - from)] = x.position(xs[i]);
    points[2 * (i - from) + 1] = y.position(ys[i]);
  }
  return points;
}

/** The outline of the band: along the greatest values, and back along the least. */
export function bandPoints(line: Line, [from, to]: readonly [number, number], x: Scale, y: Scale): number[] {
  const points: number[] = [];
  const lowest = y.position(Number.MIN_VALUE);
  for (let i = from; i < to; i++) {
    const [px, py] = [x.position(line.x[i]), y.position(line.max[i])];
    if (Number.isFinite(px) && Number.isFinite(py)) points.push(px, py);
  }
  for (let i = to - 1; i >= from; i--) {
    // On a log axis the least value may have no place though the greatest has: the band then reaches to the bottom.
    const least = y.position(line.min[i]);
    const px = x.position(line.x[i]);
    const py = Number.isFinite(least) ? least : lowest;
    if (Number.isFinite(px) && Number.isFinite(py) && Number.isFinite(y.position(line.max[i]))) points.push(px, py);
  }
  return points;
}

/** A bucket is a spike where its extremes are so many pixels apart, and so many times as far as is usual. */
const SPIKE = { pixels: 8, times: 4, sample: 64 };

/** Upright lines where one bucket reaches far beyond the others: a band one pixel wide would hardly be seen. */
export function spikePoints(line: Line, [from, to]: readonly [number, number], x: Scale, y: Scale): number[] {
  const span = (row: number): number => Math.abs(y.position(line.max[row]) - y.position(line.min[row]));
  // What is usual is known well enough from some of the rows.
  const sample: number[] = [];
  const stride = Math.max(Math.floor((to - from) / SPIKE.sample), 1);
  for (let row = from; row < to; row += stride) sample.push(span(row));
  const usual = quantile(
    sample.filter(Number.isFinite).sort((a, b) => a - b),
    0.5,
  );
  const points: number[] = [];
  for (let row = from; row < to; row++) {
    const reach = span(row);
    if (!(reach > SPIKE.pixels && reach > SPIKE.times * usual)) continue;
    const at = x.position(line.x[row]);
    points.push(at, y.position(line.min[row]), at, y.position(line.max[row]), NaN, NaN);
  }
  return points;
}

/** Points with a gap, or nothing, on both sides. */
export function lonely(points: ArrayLike<number>): [number, number][] {
  const found: [number, number][] = [];
  const has = (at: number): boolean => Number.isFinite(points[at] ?? NaN) && Number.isFinite(points[at + 1] ?? NaN);
  for (let i = 0; i + 1 < points.length; i += 2) {
    if (has(i) && !has(i - 2) && !has(i + 2)) found.push([points[i] ?? NaN, points[i + 1] ?? NaN]);
  }
  return found;
}
