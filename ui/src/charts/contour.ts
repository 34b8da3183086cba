// Contour: a value as a surface over two fields, with the runs that it goes through.

import { contourPieces, interpolate, type Grid, type Sample } from "./contour-grid";
import type { Drawing, Mark, Surface } from "./drawing";
import { extent } from "./extent";
import { fieldScale, isOrdinal } from "./field-scale";
import { fieldText } from "./field-text";
import { axisRoom, LABEL_SIZE, paintAxes, plotBox, type Box } from "./frame";
import { rampColor } from "./palette";
import type { Pen } from "./pen";
import { fieldColumn, runLabel, type ChartRun } from "./run-values";
import { linearTicks } from "./ticks";
import { fieldLabel, type ContourSpec } from "./spec";

const CELLS = 64;
const LEGEND = 54;

export function drawContour(spec: ContourSpec, runs: readonly ChartRun[], surface: Surface): Drawing {
  const [xs, ys, zs] = [fieldColumn(runs, spec.x), fieldColumn(runs, spec.y), fieldColumn(runs, spec.z)];
  const logX = spec.logX && !isOrdinal(xs);
  const logY = spec.logY && !isOrdinal(ys);
  const labels = fieldScale(ys, 0, 1, logY)
    .ticks(6)
    .map((tick) => tick.label);
  const room = axisRoom(labels, true, 110);
  const box = plotBox(surface.size, room, 36, 10, 14 + LEGEND);
  const x = fieldScale(xs, box.left, box.left + box.width, logX);
  const y = fieldScale(ys, box.top + box.height, box.top, logY);

  const marks: Mark[] = [];
  const samples: Sample[] = [];
  for (const [index, run] of runs.entries()) {
    const at = { x: x.position(xs[index]), y: y.position(ys[index]) };
    const z = zs[index];
    if (!Number.isFinite(at.x) || !Number.isFinite(at.y) || typeof z !== "number" || !Number.isFinite(z)) continue;
    samples.push({ x: (at.x - box.left) / box.width, y: (at.y - box.top) / box.height, z });
    const rows = [
      [fieldLabel(spec.x), fieldText(spec.x, xs[index])],
      [fieldLabel(spec.y), fieldText(spec.y, ys[index])],
      [fieldLabel(spec.z), fieldText(spec.z, z)],
    ] as const;
    marks.push({ ...at, title: runLabel(run), rows, runId: run.info.run_id });
  }
  const grid = interpolate(samples, CELLS, CELLS);

  return {
    marks,
    paint(pen, highlighted) {
      if (samples.length > 0) paintSurface(pen, grid, box, surface, samples);
      paintAxes(
        pen,
        box,
        // The grid would cut the surface into tiles.
        { ...surface.theme, grid: "transparent" },
        { scale: x, name: fieldLabel(spec.x) },
        { scale: y, name: fieldLabel(spec.y), room: room - 17 },
      );
      for (const mark of marks) {
        const chosen = mark.runId === highlighted;
        const style = { fill: surface.colorOf(mark.runId ?? ""), stroke: surface.theme.surface, width: 1.5 };
        pen.circle(mark.x, mark.y, chosen ? 7 : 4, style);
      }
    },
    table: {
      header: ["run_id", "run_name", fieldLabel(spec.x), fieldLabel(spec.y), fieldLabel(spec.z)],
      rows: runs.map((run, index) => [run.info.run_id, run.info.run_name, xs[index], ys[index], zs[index]]),
    },
  };
}

function paintSurface(pen: Pen, grid: Grid, box: Box, surface: Surface, samples: readonly Sample[]): void {
  const range = extent([samples.map((sample) => sample.z)]) ?? { min: 0, max: 1 };
  const span = range.max - range.min || 1;
  const [stepX, stepY] = [box.width / (grid.columns - 1), box.height / (grid.rows - 1)];
  pen.clip(box.left, box.top, box.width, box.height, () => {
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        const share = ((grid.values[row * grid.columns + column] ?? NaN) - range.min) / span;
        // Cells overlap by half a pixel, or the surface would show between them.
        const left = box.left + (column - 0.5) * stepX;
        const top = box.top + (row - 0.5) * stepY;
        const fill = rampColor(Math.round(share * 24) / 24, surface.theme.dark);
        pen.rect(left, top, stepX + 0.5, stepY + 0.5, { fill });
      }
    }
    for (const level of linearTicks(range, 8)) {
      const pieces = contourPieces(grid, level.value);
      const points: number[] = [];
      for (let i = 0; i + 3 < pieces.length; i += 4) {
        for (let j = i; j < i + 4; j += 2) {
          points.push(box.left + (pieces[j] ?? NaN) * stepX, box.top + (pieces[j + 1] ?? NaN) * stepY);
        }
        points.push(NaN, NaN);
      }
      pen.line(points, { stroke: surface.theme.surface, width: 1, alpha: 0.7 });
    }
  });
  paintLegend(pen, box, range.min, span, surface);
}

function paintLegend(pen: Pen, box: Box, min: number, span: number, surface: Surface): void {
  const left = box.left + box.width + 12;
  const steps = 24;
  const height = box.height / steps;
  for (let i = 0; i < steps; i++) {
    const fill = rampColor(1 - i / (steps - 1), surface.theme.dark);
    pen.rect(left, box.top + i * height, 10, height + 0.5, { fill });
  }
  for (const tick of linearTicks({ min, max: min + span }, 5)) {
    const y = box.top + box.height * (1 - (tick.value - min) / span);
    pen.text(left + 14, y, tick.label, { fill: surface.theme.muted, size: LABEL_SIZE });
  }
}
