import { quoteName } from "../../filter/lexer";
import type { Column as ColumnSummary, ColumnKind } from "../../wire";
import type { Column, ColumnSource, Order } from "./state";

interface Attribute {
  label: string;
  width: number;
  /** Key in `order_by`; none where the server cannot order by it. */
  order?: string;
  number?: boolean;
  /** Filters do not know the key. */
  orderOnly?: boolean;
}

/** Columns that every run has. */
export const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  run_name: { label: "Run", width: 230, order: "run_name" },
  status: { label: "Status", width: 104, order: "status" },
  start_time: { label: "Started", width: 118, order: "start_time" },
  end_time: { label: "Ended", width: 118, order: "end_time" },
  duration: { label: "Duration", width: 116, order: "duration", number: true },
  user_id: { label: "User", width: 96, order: "user_id" },
  source: { label: "Source", width: 150, order: "tags.`mlflow.source.name`" },
  models: { label: "Models", width: 110, order: "models", number: true, orderOnly: true },
  datasets: { label: "Datasets", width: 150, order: "datasets", orderOnly: true },
  description: { label: "Description", width: 200, order: "tags.`mlflow.note.content`" },
  run_id: { label: "Run ID", width: 250, order: "run_id" },
};

const WIDTHS: Record<ColumnSource, number> = { attribute: 120, metric: 112, param: 112, tag: 120 };
export const SPARK_WIDTH = 140;
export const SMALLEST_WIDTH = 56;
const LARGEST_WIDTH = 1200;
/** Pixels that a column changes by at a key or a button. */
export const RESIZE_STEP = 16;

/** One text for each column, equal for equal columns. */
export function columnId(column: Pick<Column, "source" | "key" | "spark">): string {
  return `${column.spark === true ? "spark" : column.source}:${column.key}`;
}

export function columnLabel(column: Pick<Column, "source" | "key">): string {
  return column.source === "attribute" ? (ATTRIBUTES[column.key]?.label ?? column.key) : column.key;
}

export function columnWidth(column: Column): number {
  if (column.width !== undefined) return column.width;
  if (column.spark === true) return SPARK_WIDTH;
  if (column.source === "attribute") return ATTRIBUTES[column.key]?.width ?? WIDTHS.attribute;
  // Long names get some more room, so that neighbours with the same beginning can be told apart.
  return Math.min(200, Math.max(WIDTHS[column.source], 34 + column.key.length * 7));
}

/** Whether values stand at the right, as numbers do. */
export function isNumeric(column: Column): boolean {
  return column.source === "metric" || (column.source === "attribute" && ATTRIBUTES[column.key]?.number === true);
}

/** The key of a column in filters; undefined where there is none. */
export function searchKey(column: Pick<Column, "source" | "key">): string | undefined {
  if (column.source === "attribute" && ATTRIBUTES[column.key]?.orderOnly === true) return undefined;
  return orderKey(column);
}

/** The key of a column in orders; undefined where there is none. */
export function orderKey(column: Pick<Column, "source" | "key">): string | undefined {
  if (column.source === "attribute") return ATTRIBUTES[column.key]?.order;
  return `${column.source}s.${quoteName(column.key)}`;
}

/** `order_by` of a request. The newest come first, and among equals too. */
export function orderBy(order: Order | null): string[] {
  const key = order ? orderKey(order) : undefined;
  return key && order ? [`${key} ${order.descending ? "DESC" : "ASC"}`] : [];
}

/** What a click on a header asks for: best first, then the other way round, then the newest again. */
export function nextOrder(order: Order | null, column: Column): Order | null {
  const first = isNumeric(column) || column.key.endsWith("_time");
  const same = order?.source === column.source && order.key === column.key;
  if (!same) return { source: column.source, key: column.key, descending: first };
  return order.descending === first ? { ...order, descending: !first } : null;
}

const ALWAYS = ["run_name", "status", "start_time", "duration"] as const;
const REST = ["user_id", "source", "models"] as const;
const METRICS = 5;
const PARAMS = 6;

/** Columns of an experiment that nobody has chosen any for: what most runs have, params that differ first. */
export function defaultColumns(found: readonly ColumnSummary[]): Column[] {
  const most = (kind: ColumnKind) => Math.max(1, ...found.flatMap((one) => (one.kind === kind ? [one.runs] : [])));
  const least = { metric: most("metric") * 0.2, param: most("param") * 0.2, tag: 0 };
  const common = (one: ColumnSummary) => one.runs >= least[one.kind];
  const metrics = found
    .filter((one) => one.kind === "metric" && common(one) && !one.key.startsWith("system/"))
    .sort((a, b) => b.runs - a.runs)
    .slice(0, METRICS);
  const differs = (one: ColumnSummary) => ((one.distinct ?? 2) > 1 ? 1 : 0);
  const params = found
    .filter((one) => one.kind === "param" && common(one))
    .sort((a, b) => differs(b) - differs(a) || b.runs - a.runs)
    .slice(0, PARAMS);
  return [
    ...ALWAYS.map((key): Column => ({ source: "attribute", key, ...(key === "run_name" ? { pinned: true } : {}) })),
    ...metrics.map((one): Column => ({ source: "metric", key: one.key })),
    ...params.map((one): Column => ({ source: "param", key: one.key })),
    ...REST.map((key): Column => ({ source: "attribute", key })),
  ];
}

/** Pinned columns first; the order within both stays. */
export function pinnedFirst(columns: readonly Column[]): Column[] {
  return [...columns.filter((one) => one.pinned === true), ...columns.filter((one) => one.pinned !== true)];
}

/** The columns with one of them before another one; behind all where there is no other. */
export function moveColumn(columns: readonly Column[], id: string, before: string | undefined): Column[] {
  const moved = columns.find((one) => columnId(one) === id);
  if (!moved || id === before) return [...columns];
  const rest = columns.filter((one) => one !== moved);
  const at = before === undefined ? rest.length : rest.findIndex((one) => columnId(one) === before);
  const place = at < 0 ? rest.length : at;
  // Beside a pinned column it is pinned too, so that it stands where it was dropped.
  const neighbour = rest[place];
  const pinned = neighbour ? neighbour.pinned === true : false;
  const next: Column = { ...moved };
  if (pinned) next.pinned = true;
  else delete next.pinned;
  return pinnedFirst([...rest.slice(0, place), next, ...rest.slice(place)]);
}

/** The columns with one of them changed. */
export function changeColumn(columns: readonly Column[], id: string, change: (column: Column) => Column): Column[] {
  return pinnedFirst(columns.map((one) => (columnId(one) === id ? change(one) : one)));
}

/** The columns with one of them pinned, or no longer. */
export function togglePin(columns: readonly Column[], id: string): Column[] {
  return changeColumn(columns, id, ({ pinned, ...rest }) => (pinned === true ? rest : { ...rest, pinned: true }));
}

/** The columns with one of them so many pixels wide, within what makes sense. */
export function resizeColumn(columns: readonly Column[], id: string, width: number): Column[] {
  const fits = Math.min(LARGEST_WIDTH, Math.max(SMALLEST_WIDTH, Math.round(width)));
  return changeColumn(columns, id, (column) => ({ ...column, width: fits }));
}

/** The columns with one more at the end, or without it where it was there. */
export function toggleColumn(columns: readonly Column[], column: Column): Column[] {
  const id = columnId(column);
  const without = columns.filter((one) => columnId(one) !== id);
  return without.length < columns.length ? without : pinnedFirst([...columns, column]);
}
