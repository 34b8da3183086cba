import type { RunColumns } from "../wire";
import type { ChartSpec, Field } from "./spec";

/** The values of runs that charts draw; undefined where all are lines, which read series. */
export function askedValues(charts: readonly ChartSpec[]): RunColumns | undefined {
  const fields = charts.flatMap(fieldsOf);
  if (charts.every((chart) => chart.kind === "line")) return undefined;
  const keys = (kind: Field["kind"]) => [
    ...new Set(fields.filter((field) => field.kind === kind).map((field) => field.key)),
  ];
  return { metrics: keys("metric"), params: keys("param") };
}

function fieldsOf(chart: ChartSpec): Field[] {
  switch (chart.kind) {
    case "line":
      return [];
    case "scatter":
      return [chart.x, chart.y, ...(chart.color ? [chart.color] : [])];
    case "parallel":
      return [...chart.axes, ...(chart.color ? [chart.color] : [])];
    case "bar":
      return [chart.value];
    case "box":
      return [chart.value, ...(chart.group ? [chart.group] : [])];
    case "contour":
      return [chart.x, chart.y, chart.z];
  }
}
