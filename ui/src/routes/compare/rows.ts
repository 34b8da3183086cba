// What differs between runs: a row for each param, metric and tag, those that differ first.

import { formatExact } from "../../charts/ticks";
import { formatExact as formatTime } from "../../components/time";
import { toNumber } from "../../data/numbers";
import type { Run } from "../../wire";

export type RowKind = "param" | "metric" | "tag" | "attribute";

export interface CompareRow {
  kind: RowKind;
  key: string;
  /** One a run; `undefined` where the run has none. */
  values: readonly (string | undefined)[];
  /** The same as numbers, of rows that are about numbers. */
  numbers?: readonly (number | undefined)[];
  differs: boolean;
}

export interface CompareGroup {
  kind: RowKind;
  name: string;
  rows: CompareRow[];
  differing: number;
}

const NAMES: Record<RowKind, string> = { param: "Params", metric: "Metrics", tag: "Tags", attribute: "Attributes" };

/** All rows in groups. Within each, what differs comes first, then by name. */
export function compareRows(runs: readonly Run[]): CompareGroup[] {
  return (["param", "metric", "tag", "attribute"] as const).map((kind) => {
    const rows = rowsOf(kind, runs);
    const differing = rows.filter((row) => row.differs);
    const same = rows.filter((row) => !row.differs);
    return { kind, name: NAMES[kind], rows: [...differing, ...same], differing: differing.length };
  });
}

function rowsOf(kind: RowKind, runs: readonly Run[]): CompareRow[] {
  switch (kind) {
    case "param":
      return textRows(kind, runs, (run) => run.data.params ?? []);
    case "tag":
      return textRows(kind, runs, (run) => (run.data.tags ?? []).filter(isOwnTag));
    case "metric":
      return metricRows(runs);
    case "attribute":
      return attributeRows(runs);
  }
}

function textRows(
  kind: RowKind,
  runs: readonly Run[],
  entriesOf: (run: Run) => readonly { key: string; value: string }[],
): CompareRow[] {
  const maps = runs.map((run) => new Map(entriesOf(run).map(({ key, value }) => [key, value])));
  return keysOf(maps).map((key) => {
    const values = maps.map((map) => map.get(key));
    const numbers = values.map((value) => (value === undefined || value.trim() === "" ? undefined : Number(value)));
    const areNumbers = numbers.every((number) => number === undefined || !Number.isNaN(number));
    const isNumeric = areNumbers && numbers.some((number) => number !== undefined);
    return { kind, key, values, differs: differs(values), ...(isNumeric ? { numbers } : {}) };
  });
}

/** Tags that begin with `mlflow.` are the client's. */
function isOwnTag(tag: { key: string }): boolean {
  return !tag.key.startsWith("mlflow.");
}

function metricRows(runs: readonly Run[]): CompareRow[] {
  const maps = runs.map((run) => new Map((run.data.metrics ?? []).map(({ key, value }) => [key, toNumber(value)])));
  return keysOf(maps).map((key) => {
    const numbers = maps.map((map) => map.get(key));
    const values = numbers.map((number) => (number === undefined ? undefined : formatExact(number)));
    return { kind: "metric", key, values, numbers, differs: differs(numbers) };
  });
}

function attributeRows(runs: readonly Run[]): CompareRow[] {
  const row = (key: string, read: (run: Run) => string | undefined): CompareRow => {
    const values = runs.map(read);
    return { kind: "attribute", key, values, differs: differs(values) };
  };
  return [
    row("Status", (run) => run.info.status),
    row("Started", (run) => formatTime(run.info.start_time)),
    row("User", (run) => run.info.user_id || undefined),
    row("Source", (run) => run.data.tags?.find((tag) => tag.key === "mlflow.source.name")?.value),
    row("Git commit", (run) => run.data.tags?.find((tag) => tag.key === "mlflow.source.git.commit")?.value),
    row("Experiment", (run) => run.info.experiment_id),
  ].filter((one) => one.values.some((value) => value !== undefined));
}

function keysOf(maps: readonly ReadonlyMap<string, unknown>[]): string[] {
  const keys = new Set<string>();
  for (const map of maps) for (const key of map.keys()) keys.add(key);
  return [...keys].sort();
}

/** Whether not all are equal. NaN equals NaN; a value that is missing in some runs differs. */
function differs(values: readonly unknown[]): boolean {
  return values.some((value) => !Object.is(value, values[0]));
}

/** What the table shows: headings of groups, and rows that fit. */
export type TableRow = { heading: CompareGroup } | { row: CompareRow };

export function tableRows(groups: readonly CompareGroup[], onlyDifferences: boolean, contains: string): TableRow[] {
  const wanted = contains.trim().toLowerCase();
  return groups.flatMap((group): TableRow[] => {
    const rows = group.rows.filter(
      (row) => (!onlyDifferences || row.differs) && (wanted === "" || row.key.toLowerCase().includes(wanted)),
    );
    return rows.length > 0 ? [{ heading: group }, ...rows.map((row) => ({ row }))] : [];
  });
}

/** Places of the runs in the order of a row: numbers from the greatest, texts by the alphabet; those without a value last. */
export function orderBy(row: CompareRow, ascending: boolean): number[] {
  const places = row.values.map((_, index) => index);
  const sign = ascending ? 1 : -1;
  return places.sort((a, b) => {
    const [left, right] = row.numbers ? [row.numbers[a], row.numbers[b]] : [row.values[a], row.values[b]];
    const [noLeft, noRight] = [isMissing(left), isMissing(right)];
    if (noLeft || noRight) return Number(noLeft) - Number(noRight) || a - b;
    return (left === right ? 0 : (left as number) < (right as number) ? -1 : 1) * sign || a - b;
  });
}

function isMissing(value: unknown): boolean {
  return value === undefined || Number.isNaN(value);
}

/** Where a row's numbers lie between the least (0) and the greatest (1); nothing where they are all the same. */
export function sharesOf(row: CompareRow): (number | undefined)[] | undefined {
  if (row.kind !== "metric" || !row.numbers) return undefined;
  const finite = row.numbers.filter((number): number is number => number !== undefined && Number.isFinite(number));
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(greatest > least)) return undefined;
  return row.numbers.map((number) =>
    number === undefined || !Number.isFinite(number) ? undefined : (number - least) / (greatest - least),
  );
}
