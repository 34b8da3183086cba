/** What our own endpoints below `/ajax-api/trainyard/v1/` say; docs/ui-api.md describes them. */
import type { Double, SearchRuns, ViewType } from ".";

/** `runs/search` with what pages ask of it. */
export interface SearchRunRoots extends SearchRuns {
  /** Only runs whose parent is not among the living. */
  roots_only?: boolean;
}

export interface ExperimentActivity {
  experiment_id: string;
  runs: number;
  running: number;
  deleted_runs: number;
  last_activity_time?: number;
}

export type ColumnKind = "metric" | "param" | "tag";

export interface ColumnSummary {
  kind: ColumnKind;
  key: string;
  runs: number;
  min?: Double;
  max?: Double;
  distinct?: number;
}

export interface ColumnsResponse {
  columns?: ColumnSummary[];
  next_page_token?: string;
}

export interface View {
  view_id: string;
  experiment_id: string;
  name: string;
  /** JSON of the page's state. */
  definition: string;
  creation_time: number;
  last_update_time: number;
}

export type GroupKind = "param" | "tag" | "dataset" | "attribute";

export interface GroupKey {
  kind: GroupKind;
  key: string;
}

export interface SearchGroups {
  experiment_ids: string[];
  filter?: string;
  run_view_type?: ViewType;
  group_by: GroupKey[];
  metrics?: string[];
  max_results?: number;
  page_token?: string;
}

export interface GroupMetric {
  key: string;
  count: number;
  mean?: Double;
  min?: Double;
  max?: Double;
  std?: Double;
}

export interface RunGroup {
  values: (string | null)[];
  runs: number;
  running: number;
  latest_start_time?: number;
  metrics?: GroupMetric[];
}

export interface SearchGroupsResponse {
  groups?: RunGroup[];
  next_page_token?: string;
}

export interface ChildrenCounts {
  counts?: { run_id: string; children: number }[];
}

export interface RunsChange {
  run_ids: string[];
  action: "delete" | "restore" | "set_tag" | "delete_tag";
  key?: string;
  value?: string;
}

export type ChangeKind = "created" | "metrics" | "params" | "tags" | "status" | "inputs" | "models" | "deleted";

export interface ChangedEvent {
  experiment_id: string;
  run_id: string;
  kinds: ChangeKind[];
}

export interface MetricSummary {
  key: string;
  points: number;
  first: { value: Double; step: number; timestamp: number };
  last: { value: Double; step: number; timestamp: number };
  min: { value: Double };
  max: { value: Double };
}

export interface MetricSummariesResponse {
  metrics?: MetricSummary[];
  next_page_token?: string;
}
