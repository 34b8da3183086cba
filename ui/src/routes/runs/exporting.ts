import { toast, toastError } from "../../components/toast";
import { address } from "../../data/base";
import { describe, isFilterError, queryText, send } from "../../data/http";
import { orderBy } from "./columns";
import type { Column, ViewState } from "./state";

export type ExportFormat = "csv" | "parquet" | "jsonl";

export type Exported = Pick<ViewState, "filter" | "order" | "lifecycle">;

/** Where the runs that a table shows are exported: the same filter, order and lifecycle; with `columns` nothing but those. */
export function exportPath(
  format: ExportFormat,
  experimentId: string,
  { filter, order, lifecycle }: Exported,
  columns?: readonly Column[],
): string {
  const keys = (source: Column["source"]) =>
    columns && [...new Set(columns.filter((column) => column.source === source).map((column) => column.key))];
  const query = {
    experiment_ids: [experimentId],
    filter: filter === "" ? undefined : filter,
    run_view_type: lifecycle,
    order_by: orderBy(order),
    metric_keys: keys("metric"),
    param_keys: keys("param"),
    tag_keys: keys("tag"),
  };
  return `api/trainyard/v1/runs.${format}${queryText(query)}`;
}

/** Has the browser save all columns, or tells why the server refuses and offers those that are `shown`. */
export async function exportRuns(
  format: ExportFormat,
  experimentId: string,
  state: Exported,
  shown: readonly Column[],
): Promise<void> {
  const failed = "The runs were not exported";
  try {
    await save(exportPath(format, experimentId, state));
  } catch (error) {
    const some = shown.filter((column) => column.source !== "attribute");
    if (some.length === 0 || !isFilterError(error)) {
      toastError(failed, error, () => exportRuns(format, experimentId, state, shown));
      return;
    }
    const run = () => {
      const path = exportPath(format, experimentId, state, some);
      save(path).catch((again: unknown) => toastError(failed, again, run));
    };
    toast(`${failed}: ${describe(error)}`, { kind: "bad", remedy: { label: "Export the columns shown", run } });
  }
}

/** A link hides what the server answers to it, so the answer is begun first. The file itself goes straight to the disk. */
async function save(path: string): Promise<void> {
  const begun = new AbortController();
  await send(path, { method: "GET", signal: begun.signal });
  begun.abort();
  const link = document.createElement("a");
  link.href = address(path);
  link.download = "";
  link.click();
}
