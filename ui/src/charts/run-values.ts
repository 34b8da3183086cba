// What charts know of a run: its name, its times, and its metrics and params by key.

import { toNumber } from "../data/numbers";
import type { Field } from "./spec";

/** The part of a run, as the wire has it, that charts read. */
export interface ChartRun {
  info: {
    run_id: string;
    run_name: string;
    user_id?: string;
    status: string;
    start_time: number;
    end_time?: number;
  };
  data: {
    metrics?: readonly { key: string; value: number | string }[];
    params?: readonly { key: string; value: string }[];
  };
}

type Values = ReadonlyMap<string, number | string>;

// Runs come with up to thousands of metrics of which charts ask for a few: indexed once, when first asked for.
const metricsOf = new WeakMap<ChartRun, Values>();
const paramsOf = new WeakMap<ChartRun, Values>();

/** A metric's latest value; on the wire NaN and infinities are text. */
export function metricValue(run: ChartRun, key: string): number | undefined {
  let values = metricsOf.get(run);
  if (values === undefined) {
    values = new Map((run.data.metrics ?? []).map((metric) => [metric.key, toNumber(metric.value)]));
    metricsOf.set(run, values);
  }
  return values.get(key) as number | undefined;
}

export function paramValue(run: ChartRun, key: string): string | undefined {
  let values = paramsOf.get(run);
  if (values === undefined) {
    values = new Map((run.data.params ?? []).map((param) => [param.key, param.value]));
    paramsOf.set(run, values);
  }
  return values.get(key) as string | undefined;
}

/** The value of a field: a number where it can be read as one, else the text; `undefined` where the run has none. */
export function fieldValue(run: ChartRun, field: Field): number | string | undefined {
  switch (field.kind) {
    case "metric":
      return metricValue(run, field.key);
    case "param":
      return numberOrText(paramValue(run, field.key));
    case "attribute":
      return attributeValue(run, field.key);
  }
}

function attributeValue({ info }: ChartRun, key: string): number | string | undefined {
  switch (key) {
    case "start_time":
      return info.start_time;
    case "duration":
      return info.end_time ? info.end_time - info.start_time : undefined;
    case "status":
      return info.status;
    case "run_name":
      return info.run_name;
    case "user_id":
      return info.user_id;
    default:
      return undefined;
  }
}

function numberOrText(value: string | undefined): number | string | undefined {
  if (value === undefined || value.trim() === "") return value;
  const number = Number(value);
  return Number.isNaN(number) ? value : number;
}

/** The values of a field over runs: all numbers, or all texts, so that they fit on one axis. */
export function fieldColumn(runs: readonly ChartRun[], field: Field): (number | string | undefined)[] {
  const values = runs.map((run) => fieldValue(run, field));
  if (values.every((value) => typeof value !== "string")) return values;
  return values.map((value) => (value === undefined ? undefined : String(value)));
}

/** The keys that the runs have, by how many have them and then by name; the first `most`. */
export function commonKeys(runs: readonly ChartRun[], kind: "metrics" | "params", most = 500): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) {
    for (const { key } of run.data[kind] ?? []) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key]) => key);
}

/** What to call a run: its name or, without one, the start of its id. */
export function runLabel(run: ChartRun): string {
  return run.info.run_name || run.info.run_id.slice(0, 8);
}
