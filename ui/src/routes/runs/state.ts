import type { ViewType } from "../../wire";
import type { GroupKey } from "../../wire/trainyard";

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

/** All that a view of an experiment's runs is: what is saved by name and shared by address. */
export interface ViewState {
  columns: Column[];
  filter: string;
  order: Order | null;
  /** At most three; none shows runs. */
  groups: GroupKey[];
  /** Runs below the run that started them. */
  tree: boolean;
  lifecycle: ViewType;
  /** Whether the charts stand beside the table. */
  chartsOpen: boolean;
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
}
