// Runs that have been created since the lines were read: which of them the lines would show by now.

import type { Change } from "../../data/live";
import * as runs from "../../data/runs";
import { both } from "../../filter/lexer";
import type { RowQuery } from "./row-source";

/** Created runs that are not in sight. Those that a filter does not find yet may fit later, when more has been logged. */
export class Appeared {
  readonly #outside = new Set<string>();

  /** Lines have been read anew: what was created before is in them, or does not fit. */
  clear(): void {
    this.#outside.clear();
  }

  /** Those of the changed runs that the query finds now, and did not when they were last asked about. */
  async among(query: RowQuery, changes: readonly Change[]): Promise<string[]> {
    const created = changes.filter(({ runId, kinds }) => kinds.has("created") || this.#outside.has(runId));
    const ids = created.filter(({ kinds }) => !kinds.has("deleted")).map((change) => change.runId);
    if (ids.length === 0) return [];
    if (query.filter.trim() === "" && query.lifecycle !== "DELETED_ONLY") return ids;
    const found = await runs.search({
      experiment_ids: [query.experimentId],
      filter: both(query.filter, `run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`),
      run_view_type: query.lifecycle,
      max_results: ids.length,
      columns: {},
    });
    const fits = new Set(found.runs.map((run) => run.info.run_id));
    for (const id of ids) {
      if (fits.has(id)) this.#outside.delete(id);
      else this.#outside.add(id);
    }
    return [...fits];
  }
}
