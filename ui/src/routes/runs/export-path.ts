import { queryText } from "../../data/http";
import { orderBy } from "./columns";
import type { ViewState } from "./state";

export type ExportFormat = "csv" | "parquet" | "jsonl";

/** Where the runs that a table shows are exported: the same filter, order and lifecycle. */
export function exportPath(
  format: ExportFormat,
  experimentId: string,
  { filter, order, lifecycle }: Pick<ViewState, "filter" | "order" | "lifecycle">,
): string {
  const query = {
    experiment_ids: [experimentId],
    filter: filter === "" ? undefined : filter,
    run_view_type: lifecycle,
    order_by: orderBy(order),
  };
  return `api/trainyard/v1/runs.${format}${queryText(query)}`;
}
