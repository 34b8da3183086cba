// What a chart shows, as it is saved in a view, and the changes that a reader can make to the list of charts.

/** A value of a run: a metric's latest, a param, or an attribute. */
export interface Field {
  kind: "metric" | "param" | "attribute";
  key: string;
}

/** The x axis of a chart of lines. */
export type LineAxis = { kind: "step" } | { kind: "time" } | { kind: "relative" } | { kind: "metric"; key: string };

interface Common {
  id: string;
  /** Replaces the title that follows from what is shown. */
  title?: string;
  /** Columns of the grid that the chart takes: 1 to 3. */
  width: number;
  /** Height in pixels. */
  height: number;
}

/** Metrics over steps or time. */
export interface LineSpec extends Common {
  kind: "line";
  metrics: string[];
  x: LineAxis;
  /** 0 is the raw line; see `smooth`. */
  smoothing: number;
  logX: boolean;
  logY: boolean;
  clipOutliers: boolean;
  /** Whether the least and greatest value of each bucket are drawn as a band. */
  band: boolean;
}

/** One point a run. */
export interface ScatterSpec extends Common {
  kind: "scatter";
  x: Field;
  y: Field;
  color?: Field;
  logX: boolean;
  logY: boolean;
}

/** One line a run through axes side by side. */
export interface ParallelSpec extends Common {
  kind: "parallel";
  axes: Field[];
  color?: Field;
}

/** One bar a run. */
export interface BarSpec extends Common {
  kind: "bar";
  value: Field;
}

/** The spread of a value, one box a group. */
export interface BoxSpec extends Common {
  kind: "box";
  value: Field;
  group?: Field;
}

/** A value over two others. */
export interface ContourSpec extends Common {
  kind: "contour";
  x: Field;
  y: Field;
  z: Field;
  logX: boolean;
  logY: boolean;
}

export type ChartSpec = LineSpec | ScatterSpec | ParallelSpec | BarSpec | BoxSpec | ContourSpec;
export type ChartKind = ChartSpec["kind"];

/** The charts of a view, in order. */
export interface ChartsState {
  charts: ChartSpec[];
}

export const KINDS: readonly { kind: ChartKind; name: string }[] = [
  { kind: "line", name: "Lines" },
  { kind: "parallel", name: "Parallel coordinates" },
  { kind: "scatter", name: "Scatter" },
  { kind: "bar", name: "Bars" },
  { kind: "box", name: "Box" },
  { kind: "contour", name: "Contour" },
];

export const MAX_WIDTH = 3;
export const HEIGHTS = { least: 160, usual: 260, most: 900, step: 40 } as const;

let made = 0;

/** An id that no other chart of this page has, nor one of a view made earlier. */
export function newId(): string {
  made++;
  return `${Date.now().toString(36)}-${made.toString(36)}`;
}

/** A chart of metrics over steps, with the usual settings. */
export function lineChart(metrics: string[], id = newId()): LineSpec {
  return {
    id,
    kind: "line",
    width: 1,
    height: HEIGHTS.usual,
    metrics,
    x: { kind: "step" },
    smoothing: 0,
    logX: false,
    logY: false,
    clipOutliers: false,
    band: true,
  };
}

/** A new chart of some kind, about the first metrics and params that there are. */
export function newChart(kind: ChartKind, metrics: readonly string[], params: readonly string[]): ChartSpec {
  const common = { id: newId(), width: kind === "parallel" ? 2 : 1, height: HEIGHTS.usual };
  const metric = (index: number): Field => ({ kind: "metric", key: metrics[index] ?? metrics[0] ?? "" });
  const param = (index: number): Field => {
    const key = params[index];
    return key === undefined ? metric(index) : { kind: "param", key };
  };
  switch (kind) {
    case "line":
      return lineChart(metrics.slice(0, 1), common.id);
    case "scatter":
      return { ...common, kind, x: param(0), y: metric(0), logX: false, logY: false };
    case "parallel":
      return {
        ...common,
        kind,
        axes: [...params.slice(0, 4).map((_, index) => param(index)), metric(0)],
        color: metric(0),
      };
    case "bar":
      return { ...common, kind, value: metric(0) };
    case "box":
      return { ...common, kind, value: metric(0), ...(params.length > 0 ? { group: param(0) } : {}) };
    case "contour":
      return { ...common, kind, x: param(0), y: param(1), z: metric(0), logX: false, logY: false };
  }
}

/** What the chart is called where the reader has not said. */
export function chartTitle(spec: ChartSpec): string {
  if (spec.title !== undefined && spec.title !== "") return spec.title;
  switch (spec.kind) {
    case "line":
      return spec.metrics.join(", ") || "No metric chosen";
    case "scatter":
      return `${fieldLabel(spec.y)} by ${fieldLabel(spec.x)}`;
    case "parallel":
      return "Parallel coordinates";
    case "bar":
      return fieldLabel(spec.value);
    case "box":
      return spec.group === undefined
        ? fieldLabel(spec.value)
        : `${fieldLabel(spec.value)} by ${fieldLabel(spec.group)}`;
    case "contour":
      return `${fieldLabel(spec.z)} by ${fieldLabel(spec.x)} and ${fieldLabel(spec.y)}`;
  }
}

/** A field's name for people. */
export function fieldLabel(field: Field): string {
  if (field.key === "") return "nothing chosen";
  return field.kind === "attribute" ? (ATTRIBUTES.find(({ key }) => key === field.key)?.name ?? field.key) : field.key;
}

/** Attributes of runs that charts know. */
export const ATTRIBUTES: readonly { key: string; name: string }[] = [
  { key: "start_time", name: "Start time" },
  { key: "duration", name: "Duration" },
  { key: "status", name: "Status" },
  { key: "run_name", name: "Run name" },
  { key: "user_id", name: "User" },
];

/** Metrics whose points a chart asks the server for. */
export function seriesMetrics(spec: ChartSpec): string[] {
  if (spec.kind !== "line") return [];
  return spec.x.kind === "metric" ? [...new Set([...spec.metrics, spec.x.key])] : spec.metrics;
}

/** Moves a chart by a number of places; stays within the list. */
export function moveChart(state: ChartsState, id: string, by: number): ChartsState {
  const from = state.charts.findIndex((chart) => chart.id === id);
  const moved = state.charts[from];
  if (moved === undefined) return state;
  const to = Math.min(Math.max(from + by, 0), state.charts.length - 1);
  const charts = state.charts.filter((chart) => chart.id !== id);
  charts.splice(to, 0, moved);
  return { ...state, charts };
}

/** Puts a chart where another stands, which moves on. */
export function dropChart(state: ChartsState, id: string, onto: string): ChartsState {
  const from = state.charts.findIndex((chart) => chart.id === id);
  const to = state.charts.findIndex((chart) => chart.id === onto);
  return from < 0 || to < 0 ? state : moveChart(state, id, to - from);
}

export function replaceChart(state: ChartsState, chart: ChartSpec): ChartsState {
  return { ...state, charts: state.charts.map((other) => (other.id === chart.id ? chart : other)) };
}

export function removeChart(state: ChartsState, id: string): ChartsState {
  return { ...state, charts: state.charts.filter((chart) => chart.id !== id) };
}

/** Puts a chart that was removed back in its place, or at the end where there are fewer by now. */
export function insertChart(state: ChartsState, chart: ChartSpec, place: number): ChartsState {
  if (state.charts.some((other) => other.id === chart.id)) return state;
  return { ...state, charts: state.charts.toSpliced(place, 0, chart) };
}

/** Adds or takes columns and pixels; stays within the limits. */
export function resizeChart<Spec extends ChartSpec>(chart: Spec, columns: number, pixels: number): Spec {
  const width = Math.min(Math.max(chart.width + columns, 1), MAX_WIDTH);
  const height = Math.min(Math.max(chart.height + pixels, HEIGHTS.least), HEIGHTS.most);
  return { ...chart, width, height };
}

/** The charts shown where none were chosen: the first metrics that the runs have, system metrics left out. */
export function defaultCharts(metrics: readonly string[], most = 6): ChartsState {
  const shown = metrics.filter((key) => !key.startsWith("system/")).slice(0, most);
  return { charts: shown.map((key) => lineChart([key], `metric:${key}`)) };
}

/** The same charts with one of a metric in front: one that is there, or one that is made for it. */
export function withMetricInFront(state: ChartsState, metric: string): ChartsState {
  const own = state.charts.find((chart) => chart.kind === "line" && chart.metrics.includes(metric));
  const first = own ?? lineChart([metric], `link:${metric}`);
  return { ...state, charts: [first, ...state.charts.filter((chart) => chart.id !== first.id)] };
}
