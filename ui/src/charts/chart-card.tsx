import { createSignal, type JSX, Show } from "solid-js";

import { Icon } from "../components/icons";
import { MenuButton, type MenuItem } from "../components/menu";
import { toast, toastError } from "../components/toast";
import { CanvasChart } from "./canvas-chart";
import { useCharts } from "./charts-context";
import { chartTheme, runColor } from "./colors";
import { drawRuns, type RunSpec } from "./draw-runs";
import type { Surface } from "./drawing";
import { download, type Figure, figurePng, figureSvg, fileName, toCsv } from "./export";
import { LineChart, type LineTools } from "./line-chart";
import { createNearness } from "./nearness";
import { runLabel } from "./run-values";
import { type ChartSpec, chartTitle, HEIGHTS, MAX_WIDTH, resizeChart } from "./spec";

export interface ChartCardProps {
  spec: ChartSpec;
  onChange: (spec: ChartSpec) => void;
  onEdit: () => void;
  onRemove: () => void;
  /** By so many places in the order. */
  onMove: (by: number) => void;
  /** Another chart was dropped here. */
  onDrop: (id: string) => void;
}

const DRAGGED = "application/x-trainyard-chart";

/** A chart with its title, its menu, and the handles to move and resize it. */
export function ChartCard(props: ChartCardProps): JSX.Element {
  const charts = useCharts();
  // What is far away neither loads nor draws anything, and keeps neither canvas nor values: only its place.
  const { near, kept } = createNearness(() => card);
  const [dropping, setDropping] = createSignal(false);
  let card!: HTMLElement;
  let body!: HTMLDivElement;
  let lines: LineTools | undefined;

  const runSpec = (): RunSpec | undefined => (props.spec.kind === "line" ? undefined : props.spec);

  function figure(): Figure | undefined {
    const { spec } = props;
    const theme = chartTheme();
    const surface: Surface = {
      size: { width: Math.max(body.clientWidth, 320), height: Math.max(body.clientHeight, 160) },
      theme,
      colorOf: runColor,
    };
    const drawing = spec.kind === "line" ? lines?.draw(surface) : drawRuns(spec, charts.runs(), surface);
    if (!drawing) return undefined;
    const colored = spec.kind === "line" || (spec.kind === "scatter" && spec.color === undefined);
    const runs = colored ? charts.lineRuns() : [];
    const legend = runs.map((run) => ({ name: runLabel(run), color: runColor(run.info.run_id) }));
    return { title: chartTitle(spec), legend, theme, size: surface.size, drawing };
  }

  async function save(format: "png" | "svg" | "csv"): Promise<void> {
    const made = figure();
    if (!made) {
      toast("Not exported: the chart has no values yet");
      return;
    }
    const name = fileName(made.title, format);
    try {
      if (format === "png") download(name, await figurePng(made));
      else if (format === "svg") download(name, new Blob([figureSvg(made)], { type: "image/svg+xml" }));
      else download(name, new Blob([toCsv(made.drawing.table)], { type: "text/csv" }));
    } catch (error) {
      toastError("The chart was not exported", error);
    }
  }

  /** For fingers, which have no keys. */
  const zooms = (): MenuItem[] => {
    if (props.spec.kind !== "line") return [];
    return [
      { label: "Zoom in", icon: "plus", hint: "+", separated: true, run: () => lines?.zoomBy(0.5) },
      { label: "Zoom out", icon: "minus", hint: "-", run: () => lines?.zoomBy(2) },
    ];
  };
  const items = (): MenuItem[] => [
    { label: "Edit…", icon: "edit", run: () => props.onEdit() },
    ...toggles(props.spec, props.onChange),
    ...zooms(),
    { label: "Earlier", icon: "back", separated: true, run: () => props.onMove(-1) },
    { label: "Later", icon: "forward", run: () => props.onMove(1) },
    {
      label: "Wider",
      icon: "plus",
      disabled: props.spec.width >= MAX_WIDTH,
      run: () => props.onChange(resizeChart(props.spec, 1, 0)),
    },
    {
      label: "Narrower",
      icon: "minus",
      disabled: props.spec.width <= 1,
      run: () => props.onChange(resizeChart(props.spec, -1, 0)),
    },
    { label: "Export PNG", icon: "download", separated: true, run: () => void save("png") },
    { label: "Export SVG", icon: "download", run: () => void save("svg") },
    { label: "Export CSV", icon: "download", run: () => void save("csv") },
    { label: "Remove", icon: "trash", danger: true, separated: true, run: () => props.onRemove() },
  ];

  return (
    <section
      ref={card}
      class="chart-card"
      aria-label={chartTitle(props.spec)}
      data-width={props.spec.width}
      data-dropping={dropping() ? "" : undefined}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes(DRAGGED) !== true) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        setDropping(false);
        const id = event.dataTransfer?.getData(DRAGGED);
        if (id === undefined || id === "") return;
        event.preventDefault();
        props.onDrop(id);
      }}
    >
      <header class="chart-head">
        <button
          type="button"
          class="chart-grip"
          aria-label={`Move ${chartTitle(props.spec)}: drag it, or press the arrow keys`}
          title="Drag to move; with the keyboard, arrow keys"
          draggable="true"
          onDragStart={(event) => {
            event.dataTransfer?.setData(DRAGGED, props.spec.id);
            event.dataTransfer?.setDragImage(card, 20, 20);
          }}
          onKeyDown={(event) => {
            const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            const grip = event.currentTarget;
            props.onMove(by);
            // Moving the element in the page takes its focus.
            queueMicrotask(() => grip.focus());
          }}
        >
          <Icon name="drag" size={14} />
        </button>
        <h3 class="chart-title ellipsis" title={chartTitle(props.spec)}>
          {chartTitle(props.spec)}
        </h3>
        <MenuButton label={`Menu of ${chartTitle(props.spec)}`} end items={items()} />
      </header>
      <div class="chart-body" ref={body} style={{ height: `${String(props.spec.height)}px` }}>
        <Show when={kept()}>
          <Show
            when={runSpec()}
            fallback={
              <Show when={props.spec.kind === "line" && props.spec}>
                {(spec) => <LineChart spec={spec()} active={near()} onTools={(tools) => (lines = tools)} />}
              </Show>
            }
          >
            {(spec) => <RunChart spec={spec()} />}
          </Show>
        </Show>
      </div>
      <ResizeHandle spec={props.spec} card={() => card} onChange={(spec) => props.onChange(spec)} />
    </section>
  );
}

/** A chart about runs, or what it lacks. */
function RunChart(props: { spec: RunSpec }): JSX.Element {
  const charts = useCharts();
  const lacking = (): string | undefined => {
    if (charts.runs().length === 0) return "Choose runs to see them here.";
    const probe = drawRuns(props.spec, charts.runs(), {
      size: { width: 300, height: 200 },
      theme: chartTheme(),
      colorOf: () => "",
    });
    return probe.marks.length === 0 ? "The runs have no values of these names. Edit in the chart's menu." : undefined;
  };
  return (
    <Show when={lacking() === undefined} fallback={<p class="chart-empty muted">{lacking()}</p>}>
      <CanvasChart
        label={chartTitle(props.spec)}
        draw={(surface) => drawRuns(props.spec, charts.runs(), surface)}
        theme={chartTheme()}
        colorOf={runColor}
        sync={charts.sync}
        onOpen={(runId) => charts.openRun(runId)}
      />
    </Show>
  );
}

/** The settings that are changed most, without a window. */
function toggles(spec: ChartSpec, change: (spec: ChartSpec) => void): MenuItem[] {
  if (spec.kind === "line") {
    return [
      { label: "Log y axis", checked: spec.logY, separated: true, run: () => change({ ...spec, logY: !spec.logY }) },
      {
        label: "Clip outliers",
        checked: spec.clipOutliers,
        run: () => change({ ...spec, clipOutliers: !spec.clipOutliers }),
      },
      { label: "Band of extremes", checked: spec.band, run: () => change({ ...spec, band: !spec.band }) },
    ];
  }
  if (spec.kind === "scatter" || spec.kind === "contour") {
    return [
      { label: "Log x axis", checked: spec.logX, separated: true, run: () => change({ ...spec, logX: !spec.logX }) },
      { label: "Log y axis", checked: spec.logY, run: () => change({ ...spec, logY: !spec.logY }) },
    ];
  }
  return [];
}

/** The corner that is dragged to resize a chart; arrow keys do it too. */
function ResizeHandle(props: {
  spec: ChartSpec;
  card: () => HTMLElement;
  onChange: (spec: ChartSpec) => void;
}): JSX.Element {
  function drag(down: PointerEvent & { currentTarget: HTMLElement }): void {
    down.preventDefault();
    const handle = down.currentTarget;
    handle.setPointerCapture(down.pointerId);
    const begun = props.spec;
    const column = props.card().clientWidth / begun.width;
    const move = (event: PointerEvent): void => {
      const columns = Math.round((event.clientX - down.clientX) / column);
      const pixels = Math.round((event.clientY - down.clientY) / 10) * 10;
      const next = resizeChart(begun, columns, pixels);
      if (next.width !== props.spec.width || next.height !== props.spec.height) props.onChange(next);
    };
    const up = (): void => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("lostpointercapture", up);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", up);
  }

  return (
    <button
      type="button"
      class="chart-resize"
      aria-label={`Resize ${chartTitle(props.spec)}: drag it, or press the arrow keys`}
      title="Drag to resize; with the keyboard, arrow keys"
      onPointerDown={drag}
      onKeyDown={(event) => {
        const [columns, pixels] = {
          ArrowLeft: [-1, 0],
          ArrowRight: [1, 0],
          ArrowUp: [0, -HEIGHTS.step],
          ArrowDown: [0, HEIGHTS.step],
        }[event.key] ?? [0, 0];
        if (columns === 0 && pixels === 0) return;
        event.preventDefault();
        props.onChange(resizeChart(props.spec, columns ?? 0, pixels ?? 0));
      }}
    />
  );
}
