// Runs as a whole, by id: for pages and charts that are about a few of them.

import type { GetRunResponse, Run, RunColumns, SearchRunsResponse } from "../wire";
import { ApiError, get, MLFLOW, type Options, query } from "./http";

/** One run with everything logged to it, deleted ones too. */
export async function getRun(run_id: string, options: Options = {}): Promise<Run> {
  const answer = await get<GetRunResponse>(`${MLFLOW}runs/get`, { run_id }, options);
  return answer.run;
}

const IDS_A_REQUEST = 100;

/**
 * Runs of some experiments by id, deleted ones too, in the order of the ids, with all of their values or with some. What is not
 * there is left out.
 */
export async function searchByIds(
  experiment_ids: readonly string[],
  run_ids: readonly string[],
  columns?: RunColumns,
  options: Options = {},
): Promise<Run[]> {
  const parts: string[][] = [];
  for (let at = 0; at < run_ids.length; at += IDS_A_REQUEST) parts.push(run_ids.slice(at, at + IDS_A_REQUEST));
  const answers = await Promise.all(
    parts.map((part) => {
      // Ids come from addresses and saved views: what is not an id finds nothing, and does not become part of the filter.
      const ids = part.filter((id) => /^[\w-]+$/.test(id)).map((id) => `'${id}'`);
      if (ids.length === 0) return { runs: [] };
      const filter = `attributes.run_id IN (${ids.join(", ")})`;
      const body = { experiment_ids, filter, run_view_type: "ALL", max_results: IDS_A_REQUEST, columns };
      return query<SearchRunsResponse>(`${MLFLOW}runs/search`, body, options);
    }),
  );
  const found = new Map(answers.flatMap((answer) => (answer.runs ?? []).map((run) => [run.info.run_id, run] as const)));
  return run_ids.flatMap((id) => found.get(id) ?? []);
}

/**
 * Runs by id, of any experiments, in the order of the ids. Searches are about experiments: that of the first run which is
 * not known yet is asked for all of them, until none is missing.
 */
export async function loadRuns(run_ids: readonly string[], options: Options = {}): Promise<Run[]> {
  const found = new Map<string, Run>();
  let missing = [...run_ids];
  for (let next = missing[0]; next !== undefined; next = missing[0]) {
    const first = await getRun(next, options).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
    missing = missing.slice(1);
    if (!first) continue;
    found.set(next, first);
    for (const run of await searchByIds([first.info.experiment_id], missing, undefined, options))
      found.set(run.info.run_id, run);
    missing = missing.filter((id) => !found.has(id));
  }
  return run_ids.flatMap((id) => found.get(id) ?? []);
}
