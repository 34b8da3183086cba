import { createEffect, createMemo, createSignal, type JSX, onCleanup, onMount } from "solid-js";

import { type Drawing, type Mark, nearestMark, type Surface } from "./drawing";
import type { Size } from "./frame";
import type { Theme } from "./palette";
import { CanvasPen } from "./pen";
import { Readout, type ReadoutContent } from "./readout";
import type { ChartSync } from "./sync";

export interface CanvasChartProps {
  label: string;
  draw: (surface: Surface) => Drawing;
  theme: Theme;
  colorOf: (runId: string) => string;
  sync: ChartSync;
  onOpen: (runId: string) => void;
}

/** A chart that is drawn on a canvas: keeps its size, shows what lies under the pointer, walks through marks by keys. */
export function CanvasChart(props: CanvasChartProps): JSX.Element {
  let host!: HTMLDivElement;
  let canvas!: HTMLCanvasElement;
  const [size, setSize] = createSignal<Size>({ width: 0, height: 0 }, { equals: sameSize });
  const [mark, setMark] = createSignal<Mark>();

  const drawing = createMemo(() => {
    if (size().width < 40 || size().height < 40) return undefined;
    return props.draw({ size: size(), theme: props.theme, colorOf: props.colorOf });
  });

  onMount(() => {
    const resized = new ResizeObserver(() => setSize({ width: host.clientWidth, height: host.clientHeight }));
    resized.observe(host);
    onCleanup(() => resized.disconnect());
  });

  createEffect(() => {
    const shown = drawing();
    if (!shown) return;
    const highlighted = props.sync.highlighted();
    const ratio = devicePixelRatio;
    canvas.width = Math.round(size().width * ratio);
    canvas.height = Math.round(size().height * ratio);
    const context = canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    shown.paint(new CanvasPen(context), highlighted);
  });

  function choose(next: Mark | undefined): void {
    setMark(next);
    props.sync.setHighlighted(next?.runId);
  }

  function point(event: PointerEvent): void {
    const shown = drawing();
    if (!shown) return;
    const rect = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - rect.left, event.clientY - rect.top];
    choose(shown.pick ? shown.pick(x, y) : nearestMark(shown.marks, x, y));
  }

  function press(event: KeyboardEvent): void {
    const marks = drawing()?.marks ?? [];
    const current = mark();
    const at = marks.findIndex((candidate) => candidate.title === current?.title && candidate.runId === current.runId);
    let next: Mark | undefined;
    if (event.key === "ArrowRight" || event.key === "ArrowDown") next = marks[Math.min(at + 1, marks.length - 1)];
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") next = marks[Math.max(at - 1, 0)];
    else if (event.key === "Home") next = marks[0];
    else if (event.key === "End") next = marks.at(-1);
    else if (event.key === "Enter" && current?.runId !== undefined) props.onOpen(current.runId);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (next) choose(next);
  }

  const content = (): ReadoutContent | undefined => {
    const shown = mark();
    if (!shown) return undefined;
    const rows = shown.rows.map(([label, value]) => ({ label, value }));
    return { left: shown.x, top: shown.y, title: shown.title, rows };
  };

  return (
    <div
      class="chart-plot"
      role="application"
      aria-label={`${props.label}, ${String(drawing()?.marks.length ?? 0)} marks. Arrows walk through them, Enter opens a run.`}
      tabIndex={0}
      onKeyDown={press}
      onBlur={() => choose(undefined)}
    >
      <div class="chart-host" ref={host}>
        <canvas
          class="chart-canvas"
          ref={canvas}
          onPointerMove={point}
          onPointerLeave={() => choose(undefined)}
          onDblClick={() => {
            const runId = mark()?.runId;
            if (runId !== undefined) props.onOpen(runId);
          }}
        />
      </div>
      <Readout content={content()} width={size().width} />
      <span class="unseen" aria-live="polite">
        {mark() ? `${mark()?.title ?? ""}: ${(mark()?.rows ?? []).map((row) => row.join(" ")).join(", ")}` : ""}
      </span>
    </div>
  );
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
