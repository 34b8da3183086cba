// Scatter: one point a run, between two fields, coloured by run or by a third field.

import type { Drawing, Mark, Surface } from "./drawing";
import { fieldScale, fieldShares, isOrdinal } from "./field-scale";
import { fieldText } from "./field-text";
import { axisRoom, paintAxes, plotBox } from "./frame";
import { rampColor } from "./palette";
import { fieldColumn, runLabel, type ChartRun } from "./run-values";
import { fieldLabel, type ScatterSpec } from "./spec";

const RADIUS = 5;

export function drawScatter(spec: ScatterSpec, runs: readonly ChartRun[], surface: Surface): Drawing {
  const xs = fieldColumn(runs, spec.x);
  const ys = fieldColumn(runs, spec.y);
  const colors = spec.color && fieldColumn(runs, spec.color);
  const shares = colors && fieldShares(colors);
  const logX = spec.logX && !isOrdinal(xs);
  const logY = spec.logY && !isOrdinal(ys);
  const labels = fieldScale(ys, 0, 1, logY)
    .ticks(6)
    .map((tick) => tick.label);
  const room = axisRoom(labels, true, 110);
  const box = plotBox(surface.size, room);
  const x = fieldScale(xs, box.left, box.left + box.width, logX);
  const y = fieldScale(ys, box.top + box.height, box.top, logY);

  const marks: Mark[] = [];
  const fills: string[] = [];
  for (const [index, run] of runs.entries()) {
    const at = { x: x.position(xs[index]), y: y.position(ys[index]) };
    if (!Number.isFinite(at.x) || !Number.isFinite(at.y)) continue;
    const rows: [string, string][] = [
      [fieldLabel(spec.x), fieldText(spec.x, xs[index])],
      [fieldLabel(spec.y), fieldText(spec.y, ys[index])],
    ];
    if (spec.color && colors) rows.push([fieldLabel(spec.color), fieldText(spec.color, colors[index])]);
    marks.push({ ...at, title: runLabel(run), rows, runId: run.info.run_id });
    const share = shares?.[index];
    fills.push(share === undefined ? surface.colorOf(run.info.run_id) : rampColor(share, surface.theme.dark));
  }

  return {
    marks,
    paint(pen, highlighted) {
      paintAxes(
        pen,
        box,
        surface.theme,
        { scale: x, name: fieldLabel(spec.x) },
        { scale: y, name: fieldLabel(spec.y), room: room - 17 },
      );
      const found = highlighted !== undefined && marks.some((mark) => mark.runId === highlighted);
      for (const [index, mark] of marks.entries()) {
        const fill = fills[index] ?? surface.theme.accent;
        const other = found && mark.runId !== highlighted;
        const style = { fill, stroke: surface.theme.surface, width: 1, alpha: other ? 0.25 : 0.9 };
        pen.circle(mark.x, mark.y, found && !other ? RADIUS + 2 : RADIUS, style);
      }
    },
    table: {
      header: [
        "run_id",
        "run_name",
        fieldLabel(spec.x),
        fieldLabel(spec.y),
        ...(spec.color ? [fieldLabel(spec.color)] : []),
      ],
      rows: runs.map((run, index) => [
        run.info.run_id,
        run.info.run_name,
        xs[index],
        ys[index],
        ...(colors ? [colors[index]] : []),
      ]),
    },
  };
}
