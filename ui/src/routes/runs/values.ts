import { formatDuration, formatExact } from "../../components/time";
import { loggedModels } from "../../data/model-entries";
import { toNumber } from "../../data/numbers";
import { quoteText } from "../../filter/lexer";
import type { Run } from "../../wire";
import { searchKey } from "./columns";
import type { Column } from "./state";

interface Values {
  metric: Map<string, number>;
  param: Map<string, string>;
  tag: Map<string, string>;
}

const known = new WeakMap<Run, Values>();

/** The values of a run by key; made once for each run that is looked at. */
function valuesOf(run: Run): Values {
  let values = known.get(run);
  if (!values) {
    values = {
      metric: new Map((run.data.metrics ?? []).map((one) => [one.key, toNumber(one.value)])),
      param: new Map((run.data.params ?? []).map((one) => [one.key, one.value])),
      tag: new Map((run.data.tags ?? []).map((one) => [one.key, one.value])),
    };
    known.set(run, values);
  }
  return values;
}

export function metricOf(run: Run, key: string): number | undefined {
  return valuesOf(run).metric.get(key);
}

export function paramOf(run: Run, key: string): string | undefined {
  return valuesOf(run).param.get(key);
}

export function tagOf(run: Run, key: string): string | undefined {
  return valuesOf(run).tag.get(key);
}

/** What a run without any values weighs. */
export const BARE_RUN = 60;

/** How much memory a run takes, counted in values: those it came with, and as much as sixty for the run itself. */
export function weightOf(run: Run): number {
  const { metrics, params, tags } = run.data;
  return BARE_RUN + (metrics?.length ?? 0) + (params?.length ?? 0) + (tags?.length ?? 0);
}

/** Six digits that matter, as short as they can be. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return Number(value.toPrecision(6)).toExponential().replace("e+", "e");
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

export function datasetsOf(run: Run): string[] {
  return (run.inputs.dataset_inputs ?? []).map((input) => input.dataset.name);
}

/** A source as people speak of it: the file's name, not all of its path. */
export function sourceOf(run: Run): string | undefined {
  const name = tagOf(run, "mlflow.source.name");
  return name?.split(/[\\/]/).at(-1);
}

/** The text of a cell; undefined where the run has no such value. Times and statuses have cells of their own. */
export function textOf(run: Run, column: Column): string | undefined {
  switch (column.source) {
    case "metric": {
      const value = metricOf(run, column.key);
      return value === undefined ? undefined : formatNumber(value);
    }
    case "param":
      return paramOf(run, column.key);
    case "tag":
      return tagOf(run, column.key);
    case "attribute":
      return attributeText(run, column.key);
  }
}

function attributeText(run: Run, key: string): string | undefined {
  const info = run.info;
  switch (key) {
    case "run_name":
      return info.run_name;
    case "status":
      return info.status;
    case "start_time":
      return formatExact(info.start_time);
    case "end_time":
      return info.end_time === undefined ? undefined : formatExact(info.end_time);
    case "duration":
      return info.end_time === undefined ? undefined : formatDuration(info.end_time - info.start_time);
    case "user_id":
      return info.user_id === "" ? undefined : info.user_id;
    case "source":
      return sourceOf(run);
    case "models": {
      const count = loggedModels(run).length;
      return count === 0 ? undefined : String(count);
    }
    case "datasets": {
      const names = datasetsOf(run);
      return names.length === 0 ? undefined : names.join(", ");
    }
    case "description":
      return tagOf(run, "mlflow.note.content")?.split("\n")[0];
    case "run_id":
      return info.run_id;
    default:
      return undefined;
  }
}

/** The whole value, for tooltips and for the clipboard. */
export function exactText(run: Run, column: Column): string | undefined {
  if (column.source === "metric") {
    const value = metricOf(run, column.key);
    return value === undefined ? undefined : String(value);
  }
  if (column.source === "attribute" && column.key === "source") return tagOf(run, "mlflow.source.name");
  return textOf(run, column);
}

export interface Clause {
  label: string;
  filter: string;
}

/** Filters that a cell offers: the same value, another one, larger and smaller numbers. */
export function clausesOf(run: Run, column: Column): Clause[] {
  if (column.source === "attribute" && column.key === "datasets") {
    return datasetsOf(run).map((name) => ({
      label: `dataset is ${name}`,
      filter: `dataset.name = ${quoteText(name)}`,
    }));
  }
  const key = searchKey(column);
  if (key === undefined) return [];
  const label = column.key;
  const number = column.source === "metric" ? metricOf(run, column.key) : attributeNumber(run, column);
  if (number !== undefined) {
    if (Number.isNaN(number)) return [];
    // The store holds infinite values as the greatest finite one, and filters compare with that.
    const bound = Math.max(-Number.MAX_VALUE, Math.min(number, Number.MAX_VALUE));
    const text = column.source === "metric" ? formatNumber(number) : (textOf(run, column) ?? String(number));
    return [
      { label: `${label} ≥ ${text}`, filter: `${key} >= ${String(bound)}` },
      { label: `${label} ≤ ${text}`, filter: `${key} <= ${String(bound)}` },
      { label: `${label} = ${text}`, filter: `${key} = ${String(bound)}` },
    ];
  }
  const value = exactText(run, column);
  if (value === undefined)
    return isOptional(column) ? [{ label: `${label} is missing`, filter: `${key} IS NULL` }] : [];
  const quoted = quoteText(column.key === "description" ? (tagOf(run, "mlflow.note.content") ?? "") : value);
  const short = value.length > 40 ? `${value.slice(0, 39)}…` : value;
  return [
    { label: `${label} = ${short}`, filter: `${key} = ${quoted}` },
    { label: `${label} ≠ ${short}`, filter: `${key} != ${quoted}` },
  ];
}

function attributeNumber(run: Run, column: Column): number | undefined {
  if (column.source !== "attribute") return undefined;
  const { start_time, end_time } = run.info;
  if (column.key === "start_time") return start_time;
  if (column.key === "end_time") return end_time;
  if (column.key === "duration") return end_time === undefined ? undefined : end_time - start_time;
  return undefined;
}

function isOptional(column: Column): boolean {
  return column.source !== "attribute" || ["end_time", "duration", "source", "description"].includes(column.key);
}
