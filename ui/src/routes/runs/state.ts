import type { ViewType } from "../../wire";
import type { GroupKey } from "../../wire";

/** Where a value of a run comes from. */
export type ColumnSource = "attribute" | "metric" | "param" | "tag";

/** A column of the table: what it shows and how. */
export interface Column {
  source: ColumnSource;
  key: string;
  /** Pixels; the default of its kind where left out. */
  width?: number;
  /** Stays at the left while the others scroll. */
  pinned?: boolean;
  /** Draws the metric over its steps instead of its latest value. */
  spark?: boolean;
}

export interface Order {
  source: ColumnSource;
  key: string;
  descending: boolean;
}

/** Which number of a group's runs stands in a column of a metric. */
export type Aggregate = "mean" | "min" | "max" | "std";

/** All that a view of an experiment's runs is: what is saved by name and shared by address. */
export interface ViewState {
  /** Null: chosen from what the experiment's runs have. */
  columns: Column[] | null;
  filter: string;
  /** Null: the newest first. */
  order: Order | null;
  /** At most three; none shows runs. */
  groups: GroupKey[];
  aggregate: Aggregate;
  /** Runs below the run that started them. */
  tree: boolean;
  lifecycle: ViewType;
  /** Whether the charts stand beside the table. */
  chartsOpen: boolean;
  /** Part of the page's width that the charts take. */
  chartsShare: number;
  /** What the chart panel keeps: its own business, JSON. */
  charts: unknown;
}

/** What the chart panel beside the table is given. */
export interface ChartPanelProps {
  experimentId: string;
  /** Runs that are marked in the table; without marks the first that are shown. */
  selectedRuns: readonly ChartRun[];
  state: unknown;
  setState: (state: unknown) => void;
}

export interface ChartRun {
  run_id: string;
  run_name: string;
  /** Milliseconds since the epoch: where "time since start" begins. */
  start_time: number;
}

export const DEFAULT_STATE: ViewState = {
  columns: null,
  filter: "",
  order: null,
  groups: [],
  aggregate: "mean",
  tree: true,
  lifecycle: "ACTIVE_ONLY",
  chartsOpen: false,
  chartsShare: 0.5,
  charts: null,
};

/** The state as JSON: only what differs from the default, which is what a new page shows. */
export function toJson(state: ViewState): string {
  const own = Object.entries(state).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULT_STATE[key as keyof ViewState]),
  );
  return JSON.stringify(Object.fromEntries(own));
}

/** A state from JSON that anybody may have written: what does not fit is left out. */
export function fromJson(text: string): ViewState {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return DEFAULT_STATE;
  }
  if (!isRecord(read)) return DEFAULT_STATE;
  const state: ViewState = { ...DEFAULT_STATE };
  if (Array.isArray(read["columns"])) state.columns = distinct(read["columns"].flatMap(readColumn));
  if (typeof read["filter"] === "string") state.filter = read["filter"];
  const order = read["order"];
  if (isRecord(order) && isSource(order["source"]) && typeof order["key"] === "string") {
    state.order = { source: order["source"], key: order["key"], descending: order["descending"] === true };
  }
  if (Array.isArray(read["groups"])) state.groups = read["groups"].flatMap(readGroup).slice(0, 3);
  if (isOneOf(read["aggregate"], AGGREGATES)) state.aggregate = read["aggregate"];
  if (isOneOf(read["lifecycle"], VIEW_TYPES)) state.lifecycle = read["lifecycle"];
  if (typeof read["tree"] === "boolean") state.tree = read["tree"];
  if (typeof read["chartsOpen"] === "boolean") state.chartsOpen = read["chartsOpen"];
  const share = read["chartsShare"];
  if (typeof share === "number") state.chartsShare = Math.min(0.8, Math.max(0.2, share));
  if (read["charts"] !== undefined) state.charts = read["charts"];
  return state;
}

const AGGREGATES: readonly Aggregate[] = ["mean", "min", "max", "std"];
const VIEW_TYPES: readonly ViewType[] = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"];
const SOURCES: readonly ColumnSource[] = ["attribute", "metric", "param", "tag"];
const GROUP_KINDS: readonly GroupKey["kind"][] = ["param", "tag", "dataset", "attribute"];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOneOf<T extends string>(value: unknown, all: readonly T[]): value is T {
  return typeof value === "string" && (all as readonly string[]).includes(value);
}

function isSource(value: unknown): value is ColumnSource {
  return isOneOf(value, SOURCES);
}

function readColumn(value: unknown): Column[] {
  if (!isRecord(value) || !isSource(value["source"]) || typeof value["key"] !== "string") return [];
  const column: Column = { source: value["source"], key: value["key"] };
  if (typeof value["width"] === "number") column.width = Math.min(1200, Math.max(40, value["width"]));
  if (value["pinned"] === true) column.pinned = true;
  if (value["spark"] === true && column.source === "metric") column.spark = true;
  return [column];
}

function distinct(columns: readonly Column[]): Column[] {
  const seen = new Set<string>();
  return columns.filter((column) => {
    const id = JSON.stringify([column.source, column.key, column.spark === true]);
    return !seen.has(id) && seen.add(id);
  });
}

function readGroup(value: unknown): GroupKey[] {
  if (!isRecord(value) || !isOneOf(value["kind"], GROUP_KINDS) || typeof value["key"] !== "string") return [];
  return [{ kind: value["kind"], key: value["key"] }];
}
