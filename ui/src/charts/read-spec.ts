// Reads charts from a saved view or a shared address, which may come from anybody: whatever is not a chart is left out.

import { HEIGHTS, MAX_WIDTH, newId, type ChartSpec, type ChartsState, type Field, type LineAxis } from "./spec";

type Fields = Partial<Record<string, unknown>>;

const MOST_CHARTS = 200;
const MOST_METRICS = 50;

/** The charts in a JSON value; `undefined` where it holds no list of charts. */
export function readCharts(value: unknown): ChartsState | undefined {
  const charts = fields(value).charts;
  if (!Array.isArray(charts)) return undefined;
  const read = charts.slice(0, MOST_CHARTS).flatMap((chart: unknown) => readChart(chart) ?? []);
  const ids = new Set<string>();
  for (const chart of read) {
    if (ids.has(chart.id)) chart.id = newId();
    ids.add(chart.id);
  }
  return { charts: read };
}

function readChart(value: unknown): ChartSpec | undefined {
  const given = fields(value);
  const common = {
    id: text(given.id) || newId(),
    ...(text(given.title) === "" ? {} : { title: text(given.title) }),
    width: number(given.width, 1, MAX_WIDTH, 1),
    height: number(given.height, HEIGHTS.least, HEIGHTS.most, HEIGHTS.usual),
  };
  const logs = { logX: given.logX === true, logY: given.logY === true };
  const x = field(given.x);
  const y = field(given.y);
  const z = field(given.z);
  const color = field(given.color);
  const shade = color === undefined ? {} : { color };
  switch (given.kind) {
    case "line":
      return {
        ...common,
        ...logs,
        kind: "line",
        metrics: list(given.metrics).map(text).filter(Boolean).slice(0, MOST_METRICS),
        x: axis(given.x),
        smoothing: number(given.smoothing, 0, 0.999, 0),
        clipOutliers: given.clipOutliers === true,
        band: given.band !== false,
      };
    case "scatter":
      return x && y && { ...common, ...logs, ...shade, kind: "scatter", x, y };
    case "parallel":
      return { ...common, ...shade, kind: "parallel", axes: list(given.axes).flatMap((one) => field(one) ?? []) };
    case "bar": {
      const shown = field(given.value);
      return shown && { ...common, kind: "bar", value: shown };
    }
    case "box": {
      const shown = field(given.value);
      const group = field(given.group);
      return shown && { ...common, kind: "box", value: shown, ...(group === undefined ? {} : { group }) };
    }
    case "contour":
      return x && y && z && { ...common, ...logs, kind: "contour", x, y, z };
    default:
      return undefined;
  }
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown, least: number, most: number, usual: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : usual;
}

function field(value: unknown): Field | undefined {
  const { kind, key } = fields(value);
  const known = kind === "metric" || kind === "param" || kind === "attribute";
  return known && typeof key === "string" ? { kind, key } : undefined;
}

function axis(value: unknown): LineAxis {
  const { kind, key } = fields(value);
  if (kind === "metric" && typeof key === "string") return { kind, key };
  return kind === "time" || kind === "relative" ? { kind } : { kind: "step" };
}
