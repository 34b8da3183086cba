import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount } from "solid-js";
import uPlot from "uplot";

import "uplot/dist/uPlot.min.css";

import type { Extent } from "./extent";
import { lineReadout, linesNear, type Nearby } from "./line-readout";
import { xName } from "./line-axes";
import { type Line, lineByKeys, nearestRow } from "./lines";
import { paintLines } from "./paint-lines";
import type { Theme } from "./palette";
import { CanvasPen } from "./pen";
import { createPlot, plotData, type PlotView } from "./plot";
import { Readout, type ReadoutContent } from "./readout";
import { chartTitle, type LineSpec } from "./spec";
import { axisName, type ChartSync, panned, yAxisName, zoomed } from "./sync";

export interface TimeSeriesProps {
  spec: LineSpec;
  lines: readonly Line[];
  /** What is in sight. */
  x: Extent;
  y: Extent;
  /** All that there is to see along x. */
  whole: Extent;
  /** All that there is to see along y of what is in sight along x. */
  wholeY: Extent;
  theme: Theme;
  sync: ChartSync;
  nameOf: (runId: string) => string;
  colorOf: (runId: string) => string;
}

/** Lines over an x axis that is zoomed together with those of other charts. */
export function TimeSeries(props: TimeSeriesProps): JSX.Element {
  let host!: HTMLDivElement;
  let plot: uPlot | undefined;
  let overlay: HTMLCanvasElement | undefined;
  const [width, setWidth] = createSignal(0);
  const [readout, setReadout] = createSignal<ReadoutContent>();
  const [spoken, setSpoken] = createSignal("");
  let pointed = false;
  /** The line that keys have last gone to. */
  let lineAt = 0;

  const axis = () => axisName(props.spec.x);
  const view = (): PlotView => ({ spec: props.spec, theme: props.theme, x: props.x, y: props.y });

  function plotBox(drawn: uPlot): { left: number; top: number; width: number; height: number } {
    const ratio = uPlot.pxRatio;
    const { left, top, width: wide, height } = drawn.bbox;
    return { left: left / ratio, top: top / ratio, width: wide / ratio, height: height / ratio };
  }

  function near(drawn: uPlot, place: { x: number; top: number }): Nearby[] {
    return linesNear(props.lines, place.x, place.top, props.x, (value) => drawn.valToPos(value, "y"));
  }

  function show(drawn: uPlot, found: readonly Nearby[], place: { left: number; top: number }): void {
    const box = plotBox(drawn);
    const at = { left: place.left + box.left, top: place.top + box.top };
    setReadout(lineReadout(found, at, props.spec, props.nameOf, props.colorOf));
  }

  function point(place: { x: number; left: number; top: number } | undefined): void {
    if (!plot || !pointed) return;
    if (!place) {
      pointed = false;
      setReadout(undefined);
      props.sync.setCursor(undefined);
      props.sync.setHighlighted(undefined);
      return;
    }
    const found = near(plot, place);
    const first = found[0];
    show(plot, found, place);
    props.sync.setCursor({ axis: axis(), x: place.x });
    props.sync.setHighlighted(first && first.distance < 24 ? first.line.runId : undefined);
  }

  function build(): void {
    plot?.destroy();
    const size = { width: Math.max(host.clientWidth, 50), height: Math.max(host.clientHeight, 50) };
    plot = createPlot(host, size, view, {
      paint: (pen, drawn) => {
        paintLines(pen, { box: plotBox(drawn), x: props.x, y: props.y }, props.lines, props.spec, props.colorOf);
      },
      select: ({ x, y }) => {
        if (x) props.sync.setZoom(axis(), x);
        if (y) props.sync.setZoom(yAxisName(props.spec.id), y);
      },
      reset: showAll,
      point,
    });
    overlay = document.createElement("canvas");
    overlay.className = "chart-overlay";
    plot.over.append(overlay);
    plot.over.addEventListener("pointermove", () => {
      pointed = true;
    });
    highlight();
  }

  /** Veils all lines and draws those of one run again, which costs one line instead of all. */
  function highlight(): void {
    if (!plot || !overlay) return;
    const runId = props.sync.highlighted();
    const lines = runId === undefined ? [] : props.lines.filter((line) => line.runId === runId);
    overlay.hidden = lines.length === 0 || props.lines.length === lines.length;
    if (overlay.hidden) return;
    const box = plotBox(plot);
    overlay.width = Math.round(box.width * uPlot.pxRatio);
    overlay.height = Math.round(box.height * uPlot.pxRatio);
    const context = overlay.getContext("2d");
    if (!context) return;
    context.scale(uPlot.pxRatio, uPlot.pxRatio);
    const pen = new CanvasPen(context);
    pen.rect(0, 0, box.width, box.height, { fill: props.theme.surface, alpha: 0.72 });
    const plotted = { box: { ...box, left: 0, top: 0 }, x: props.x, y: props.y };
    paintLines(pen, plotted, lines, props.spec, props.colorOf, runId);
  }

  onMount(() => {
    const resized = new ResizeObserver(() => {
      setWidth(host.clientWidth);
      const size = { width: host.clientWidth, height: Math.max(host.clientHeight, 50) };
      // The first call comes after the first drawing and changes nothing.
      if (!plot || size.width === 0 || (size.width === plot.width && size.height === plot.height)) return;
      plot.setSize(size);
      highlight();
    });
    // A plot is made anew for other scales only, not for every setting.
    const logX = createMemo(() => props.spec.logX);
    const logY = createMemo(() => props.spec.logY);
    createEffect(on([logX, logY], build));
    resized.observe(host);
    onCleanup(() => {
      resized.disconnect();
      plot?.destroy();
    });
    createEffect(
      on(
        [() => props.lines, () => props.x, () => props.y, () => props.theme, () => props.spec],
        () => {
          plot?.setData(plotData(view()));
          highlight();
        },
        { defer: true },
      ),
    );
    createEffect(on(props.sync.highlighted, highlight, { defer: true }));
    createEffect(
      on(
        props.sync.cursor,
        (cursor) => {
          if (!plot || pointed) return;
          const here = cursor?.axis === axis() ? plot.valToPos(cursor.x, "x") : -10;
          plot.setCursor({ left: here, top: here < 0 ? -10 : 0 }, false);
        },
        { defer: true },
      ),
    );
  });

  /** Moves the pointer by keys: along a line, or to another line. */
  function step(by: number, toLine: number): void {
    if (!plot || props.lines.length === 0) return;
    lineAt = lineByKeys(props.lines, lineAt, props.sync.highlighted(), toLine);
    const line = props.lines[lineAt];
    if (!line) return;
    const cursor = props.sync.cursor();
    const from = cursor?.axis === axis() ? cursor.x : props.x.min;
    const row = Math.min(Math.max((nearestRow(line, from) ?? 0) + by, 0), line.x.length - 1);
    const x = line.x[row] ?? NaN;
    const place = { left: plot.valToPos(x, "x"), top: plot.valToPos(line.shown[row] ?? NaN, "y") };
    props.sync.setHighlighted(line.runId);
    props.sync.setCursor({ axis: axis(), x });
    show(plot, [{ line, row, distance: 0 }], place);
    const shown = readout();
    const first = shown?.rows[0];
    if (shown && first) setSpoken(`${first.label}, ${shown.title}, ${first.value}`);
  }

  function showAll(): void {
    props.sync.setZoom(axis(), undefined);
    props.sync.setZoom(yAxisName(props.spec.id), undefined);
  }

  function zoomAlongY(factor: number): void {
    const center = (props.y.min + props.y.max) / 2;
    props.sync.setZoom(yAxisName(props.spec.id), zoomed(props.y, props.wholeY, factor, center));
  }

  function zoomBy(factor: number): void {
    const cursor = props.sync.cursor();
    const center = cursor?.axis === axis() ? cursor.x : (props.x.min + props.x.max) / 2;
    props.sync.setZoom(axis(), zoomed(props.x, props.whole, factor, center));
  }

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const jump = event.shiftKey ? 10 : 1;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => step(-jump, 0),
      ArrowRight: () => step(jump, 0),
      ArrowUp: () => step(0, -1),
      ArrowDown: () => step(0, 1),
      "+": () => zoomBy(0.5),
      "=": () => zoomBy(0.5),
      "-": () => zoomBy(2),
      "0": showAll,
      y: () => zoomAlongY(0.5),
      Y: () => zoomAlongY(2),
      "<": () => props.sync.setZoom(axis(), panned(props.x, props.whole, -0.25)),
      ">": () => props.sync.setZoom(axis(), panned(props.x, props.whole, 0.25)),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  const label = () =>
    `${chartTitle(props.spec)} by ${xName(props.spec.x)}, ${String(props.lines.length)} lines. ` +
    "Arrows move along the lines, plus and minus zoom, Y and Shift Y zoom along y, 0 shows all.";

  return (
    <div
      class="chart-plot"
      role="application"
      aria-label={label()}
      tabIndex={0}
      onKeyDown={press}
      onBlur={() => {
        setReadout(undefined);
        props.sync.setCursor(undefined);
        props.sync.setHighlighted(undefined);
      }}
    >
      <div class="chart-host" ref={host} />
      <Readout content={readout()} width={width()} />
      <span class="unseen" aria-live="polite">
        {spoken()}
      </span>
    </div>
  );
}
