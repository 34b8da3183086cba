// Parallel coordinates: an axis for each field, a line for each run.

import type { Drawing, Mark, Surface } from "./drawing";
import { fieldScale, fieldShares } from "./field-scale";
import { fieldText } from "./field-text";
import { LABEL_SIZE, plotBox, shortened } from "./frame";
import { rampColor } from "./palette";
import type { Pen } from "./pen";
import { fieldColumn, runLabel, type ChartRun } from "./run-values";
import { tickPosition, type Scale } from "./scale";
import { fieldLabel, type Field, type ParallelSpec } from "./spec";

interface Axis {
  field: Field;
  x: number;
  scale: Scale;
  values: (number | string | undefined)[];
}

interface Way {
  run: ChartRun;
  points: number[];
  color: string;
}

export function drawParallel(spec: ParallelSpec, runs: readonly ChartRun[], surface: Surface): Drawing {
  const box = plotBox(surface.size, 46, 12, 30, 46);
  const spacing = spec.axes.length > 1 ? box.width / (spec.axes.length - 1) : 0;
  const axes = spec.axes.map((field, index): Axis => {
    const values = fieldColumn(runs, field);
    const scale = fieldScale(values, box.top + box.height, box.top, false, 0);
    return { field, values, scale, x: spec.axes.length > 1 ? box.left + index * spacing : box.left + box.width / 2 };
  });
  const shares = spec.color && fieldShares(fieldColumn(runs, spec.color));
  const ways = runs.map((run, index): Way => {
    const share = shares?.[index];
    const color = share === undefined ? surface.colorOf(run.info.run_id) : rampColor(share, surface.theme.dark);
    const points = axes.flatMap((axis) => [axis.x, axis.scale.position(axis.values[index])]);
    return { run, points, color };
  });
  const marks = ways.flatMap((way, index) => wayMarks(way, axes, index));

  return {
    marks,
    pick: (x, y) => pickWay(ways, marks, x, y),
    paint(pen, highlighted) {
      paintWays(pen, ways, highlighted);
      for (const axis of axes) paintAxis(pen, axis, box.top, box.height, spacing, surface);
    },
    table: {
      header: ["run_id", "run_name", ...axes.map((axis) => fieldLabel(axis.field))],
      rows: runs.map((run, index) => [run.info.run_id, run.info.run_name, ...axes.map((axis) => axis.values[index])]),
    },
  };
}

/** One mark a run, at its last point, with the values of all axes. */
function wayMarks(way: Way, axes: readonly Axis[], index: number): Mark[] {
  const rows = axes.map((axis) => [fieldLabel(axis.field), fieldText(axis.field, axis.values[index])] as const);
  for (let i = way.points.length - 2; i >= 0; i -= 2) {
    const x = way.points[i] ?? NaN;
    const y = way.points[i + 1] ?? NaN;
    if (Number.isFinite(y)) return [{ x, y, title: runLabel(way.run), rows, runId: way.run.info.run_id }];
  }
  return [];
}

function paintWays(pen: Pen, ways: readonly Way[], highlighted: string | undefined): void {
  const chosen = ways.find((way) => way.run.info.run_id === highlighted);
  // With hundreds of lines only their density can be seen.
  const alpha = chosen ? 0.15 : Math.max(0.25, Math.min(0.85, 30 / ways.length));
  for (const way of ways) if (way !== chosen) pen.line(way.points, { stroke: way.color, width: 1.5, alpha });
  if (chosen) pen.line(chosen.points, { stroke: chosen.color, width: 3 });
}

function paintAxis(pen: Pen, axis: Axis, top: number, height: number, spacing: number, surface: Surface): void {
  const { theme } = surface;
  const room = Math.max((spacing || surface.size.width) - 12, 40);
  pen.line([axis.x, top, axis.x, top + height], { stroke: theme.muted });
  const name = shortened(fieldLabel(axis.field), room);
  pen.text(axis.x, top - 12, name, { fill: theme.text, size: LABEL_SIZE, align: "center", bold: true });
  for (const tick of axis.scale.ticks(Math.max(Math.floor(height / 40), 2))) {
    const y = tickPosition(axis.scale, tick);
    if (!Number.isFinite(y)) continue;
    pen.line([axis.x - 3, y, axis.x + 3, y], { stroke: theme.muted });
    const label = shortened(tick.label, Math.min(room / 2, 90));
    const width = label.length * LABEL_SIZE * 0.56 + 4;
    // Lines cross the labels, which are readable on a ground of their own.
    pen.rect(axis.x - 6 - width, y - 7, width, 14, { fill: theme.surface, alpha: 0.75 });
    pen.text(axis.x - 7, y, label, { fill: theme.muted, size: LABEL_SIZE, align: "right" });
  }
}

function pickWay(ways: readonly Way[], marks: readonly Mark[], x: number, y: number): Mark | undefined {
  let best: string | undefined;
  let least = 12;
  for (const way of ways) {
    const distance = distanceToLine(way.points, x, y);
    if (distance < least) {
      least = distance;
      best = way.run.info.run_id;
    }
  }
  const mark = marks.find((candidate) => candidate.runId === best);
  return mark && { ...mark, x, y };
}

/** Distance of a place from a line through points, leaving out pieces with an end that has no place. */
export function distanceToLine(points: readonly number[], x: number, y: number): number {
  let least = Infinity;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i] ?? NaN, points[i + 1] ?? NaN, points[i + 2] ?? NaN, points[i + 3] ?? NaN];
    const [dx, dy] = [bx - ax, by - ay];
    const share = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
    const distance = Math.hypot(ax + share * dx - x, ay + share * dy - y);
    if (distance < least) least = distance;
  }
  return least;
}
