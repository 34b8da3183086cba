// Bars: one a run, the greatest first, each with the run's name.

import type { Drawing, Mark, Surface } from "./drawing";
import { numbersOf } from "./field-scale";
import { fieldText } from "./field-text";
import { LABEL_SIZE, paintAxes, plotBox, shortened, textWidth } from "./frame";
import { fieldColumn, runLabel, type ChartRun } from "./run-values";
import { numericScale, ordinalScale } from "./scale";
import { fieldLabel, type BarSpec } from "./spec";

interface Bar {
  run: ChartRun;
  value: number;
}

/** The bars, greatest value first; runs without a finite number have none. */
export function sortedBars(runs: readonly ChartRun[], spec: BarSpec): Bar[] {
  const values = fieldColumn(runs, spec.value);
  const bars: Bar[] = [];
  for (const [index, run] of runs.entries()) {
    const value = values[index];
    if (typeof value === "number" && Number.isFinite(value)) bars.push({ run, value });
  }
  return bars.sort((a, b) => b.value - a.value);
}

export function drawBars(spec: BarSpec, runs: readonly ChartRun[], surface: Surface): Drawing {
  const { theme, size } = surface;
  const all = sortedBars(runs, spec);
  // More bars than there are pixels for cannot be told apart: the greatest are shown.
  const bars = all.slice(0, Math.max(Math.floor((size.height - 46) / 5), 1));
  const names = bars.map(({ run }) => runLabel(run));
  const widest = names.reduce((width, name) => Math.max(width, textWidth(name)), 0);
  const room = Math.min(widest + 12, size.width * 0.35);
  const box = plotBox(size, room);
  const values = numbersOf(bars.map((bar) => bar.value));
  const extent = { min: Math.min(0, ...values), max: Math.max(0, ...values) };
  const x = numericScale(extent.max > extent.min ? extent : { min: 0, max: 1 }, box.left, box.left + box.width - 30);
  const band = box.height / Math.max(bars.length, 1);
  const zero = x.position(0);
  const thickness = Math.max(Math.min(band * 0.7, 26), 2);

  const marks = bars.map(({ run, value }, index): Mark => {
    const rows = [[fieldLabel(spec.value), fieldText(spec.value, value)] as const];
    return {
      x: x.position(value),
      y: box.top + (index + 0.5) * band,
      title: runLabel(run),
      rows,
      runId: run.info.run_id,
    };
  });

  return {
    marks,
    pick: (atX, atY) => (atX < 0 ? undefined : marks[Math.floor((atY - box.top) / band)]),
    paint(pen, highlighted) {
      const y = ordinalScale([], box.top, box.top + box.height);
      paintAxes(pen, box, theme, { scale: x, name: fieldLabel(spec.value) }, { scale: y, name: "", room });
      const found = marks.some((mark) => mark.runId === highlighted);
      for (const [index, mark] of marks.entries()) {
        const fill = surface.colorOf(mark.runId ?? "");
        const left = Math.min(zero, mark.x);
        const alpha = found && mark.runId !== highlighted ? 0.3 : 0.9;
        pen.rect(left, mark.y - thickness / 2, Math.max(Math.abs(mark.x - zero), 1), thickness, { fill, alpha });
        if (band < LABEL_SIZE) continue;
        const name = shortened(names[index] ?? "", room - 10);
        pen.text(box.left - 6, mark.y, name, { fill: theme.text, size: LABEL_SIZE, align: "right" });
        const value = mark.rows[0]?.[1] ?? "";
        pen.text(Math.max(mark.x, zero) + 5, mark.y, value, { fill: theme.muted, size: LABEL_SIZE });
      }
    },
    table: {
      header: ["run_id", "run_name", fieldLabel(spec.value)],
      rows: all.map(({ run, value }) => [run.info.run_id, run.info.run_name, value]),
    },
  };
}
