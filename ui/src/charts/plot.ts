// The uPlot instance under a line chart: axes, selection and pointer. The lines are drawn by `paintLines` in its draw hook,
// because each run has x values of its own, where uPlot would have one x column for all.

import uPlot from "uplot";

import type { Extent } from "./extent";
import { LABEL_SIZE, textWidth } from "./frame";
import { xTicks, yTicks } from "./line-axes";
import type { Theme } from "./palette";
import { CanvasPen, FONT, type Pen } from "./pen";
import type { LineSpec } from "./spec";

export interface PlotView {
  spec: LineSpec;
  theme: Theme;
  x: Extent;
  y: Extent;
}

export interface PlotHandlers {
  /** Draws the lines; pixels are CSS pixels within the canvas. */
  paint: (pen: Pen, plot: uPlot) => void;
  /** A range of x, of y, or a box of both was selected. */
  select: (selected: { x?: Extent; y?: Extent }) => void;
  reset: () => void;
  /** The pointer moved within the plot, or left it. */
  point: (place: { x: number; left: number; top: number } | undefined) => void;
}

/** Makes the plot. `view` is read at each drawing. */
export function createPlot(
  parent: HTMLElement,
  size: { width: number; height: number },
  view: () => PlotView,
  handlers: PlotHandlers,
): uPlot {
  const { logX, logY } = view().spec;
  const axis = (side: "x" | "y"): uPlot.Axis => ({
    stroke: () => view().theme.muted,
    font: `${String(LABEL_SIZE)}px ${FONT}`,
    grid: { stroke: () => view().theme.grid, width: 1 },
    ticks: { show: false },
    filter: (_, splits) => splits,
    splits: (plot) => ticksOf(plot, view(), side).map((tick) => tick.value),
    values: (plot) => ticksOf(plot, view(), side).map((tick) => tick.label),
    ...(side === "x" ? { size: 26, gap: 6 } : { size: (_, values) => yAxisSize(values), gap: 5 }),
  });
  const plot = new uPlot(
    {
      ...size,
      padding: [10, 14, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, distr: logX ? 3 : 1, range: () => [view().x.min, view().x.max] },
        y: { distr: logY ? 3 : 1, range: () => [view().y.min, view().y.max] },
      },
      axes: [axis("x"), axis("y")],
      series: [{}, { show: false }],
      cursor: {
        y: false,
        points: { show: false },
        // A drag along one axis zooms that one; a drag across both draws a box.
        drag: { x: true, y: true, uni: 24, setScale: false, dist: 5 },
        bind: {
          dblclick: () => () => {
            handlers.reset();
            return null;
          },
        },
      },
      hooks: {
        draw: [
          (drawn) => {
            const { ctx } = drawn;
            ctx.save();
            ctx.scale(uPlot.pxRatio, uPlot.pxRatio);
            handlers.paint(new CanvasPen(ctx), drawn);
            ctx.restore();
          },
        ],
        setSelect: [
          (drawn) => {
            const selected = selectedPart(drawn);
            drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            if (selected) handlers.select(selected);
          },
        ],
        setCursor: [
          (drawn) => {
            const { left, top } = drawn.cursor;
            if (left === undefined || top === undefined || left < 0 || top < 0) handlers.point(undefined);
            else handlers.point({ x: drawn.posToVal(left, "x"), left, top });
          },
        ],
      },
    },
    plotData(view()),
    parent,
  );
  return plot;
}

/** What was dragged over; an axis along which nothing was chosen is left out. */
function selectedPart(drawn: uPlot): { x?: Extent; y?: Extent } | undefined {
  const { left, top, width, height } = drawn.select;
  if (width <= 0 || height <= 0) return undefined;
  // What is not chosen is as long as the plot, give or take a part of a pixel.
  const { clientWidth, clientHeight } = drawn.over;
  const part: { x?: Extent; y?: Extent } = {};
  if (width < clientWidth - 1) part.x = { min: drawn.posToVal(left, "x"), max: drawn.posToVal(left + width, "x") };
  // Pixels go down where values go up.
  if (height < clientHeight - 1) part.y = { min: drawn.posToVal(top + height, "y"), max: drawn.posToVal(top, "y") };
  return part;
}

/** uPlot needs data to know that there is something to draw: the corners of what is in sight. */
export function plotData({ x, y }: PlotView): uPlot.AlignedData {
  return [
    [x.min, x.max],
    [y.min, y.max],
  ];
}

/** Pixels that axes and margins take, about: how many ticks fit need not be exact. */
const AROUND = { x: 70, y: 40 };

function ticksOf(plot: uPlot, { spec, x, y }: PlotView, side: "x" | "y"): { value: number; label: string }[] {
  // The plot's own box is not known yet when ticks are asked for the first time.
  if (side === "x") return xTicks(spec, x, Math.max(Math.floor((plot.width - AROUND.x) / 80), 2));
  return yTicks(spec, y, Math.max(Math.floor((plot.height - AROUND.y) / 36), 2));
}

function yAxisSize(labels: readonly string[] | null): number {
  const widest = (labels ?? []).reduce((width, label) => Math.max(width, textWidth(label)), 0);
  // In steps, so that the plot does not move by a pixel at each update of a live run.
  return Math.ceil((widest + 12) / 8) * 8;
}
