// The line chart as a drawing, for files: what is on the screen, zoom included.

import type { Drawing, Surface } from "./drawing";
import type { Extent } from "./extent";
import { axisRoom, paintAxes, plotBox } from "./frame";
import { xName, xTicks, yTicks } from "./line-axes";
import type { Line } from "./lines";
import { visibleRows } from "./lines";
import { paintLines } from "./paint-lines";
import { numericScale } from "./scale";
import type { LineSpec } from "./spec";

export function drawLines(
  spec: LineSpec,
  lines: readonly Line[],
  extents: { x: Extent; y: Extent },
  surface: Surface,
  nameOf: (runId: string) => string,
): Drawing {
  const room = axisRoom(
    yTicks(spec, extents.y, 6).map((tick) => tick.label),
    false,
    110,
  );
  const box = plotBox(surface.size, room);
  const x = numericScale(extents.x, box.left, box.left + box.width, spec.logX);
  const y = numericScale(extents.y, box.top + box.height, box.top, spec.logY);
  return {
    marks: [],
    paint(pen) {
      const xAxis = {
        scale: { ...x, ticks: (wanted: number) => xTicks(spec, extents.x, wanted) },
        name: xName(spec.x),
      };
      paintAxes(pen, box, surface.theme, xAxis, { scale: y, name: "", room });
      paintLines(pen, { box, ...extents }, lines, spec, surface.colorOf);
    },
    table: lineTable(spec, lines, extents.x, nameOf),
  };
}

/** One row a bucket of what is in sight. */
function lineTable(
  spec: LineSpec,
  lines: readonly Line[],
  within: Extent,
  nameOf: (runId: string) => string,
): Drawing["table"] {
  const other = spec.x.kind === "metric" ? [spec.x.key] : [];
  const smoothed = spec.smoothing > 0;
  const rows: (string | number)[][] = [];
  for (const line of lines) {
    const [from, to] = visibleRows(line, within);
    for (let i = from; i < to; i++) {
      const values = [line.step, line.timestamp, line.last, line.min, line.max].map((column) => column[i] ?? NaN);
      if (other.length > 0) values.push(line.x[i] ?? NaN);
      if (smoothed) values.push(line.shown[i] ?? NaN);
      rows.push([line.runId, nameOf(line.runId), line.metric, ...values]);
    }
  }
  const header = ["run_id", "run_name", "metric", "step", "timestamp", "value", "min", "max", ...other];
  return { header: smoothed ? [...header, "smoothed"] : header, rows };
}
