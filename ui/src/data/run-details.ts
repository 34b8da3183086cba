// Runs as a whole, by id: for pages and charts that are about a few of them.

import type { Run } from "../wire";
import { get, MLFLOW, type Options, query } from "./http";

/** One run with everything logged to it, deleted ones too. */
export async function getRun(run_id: string, options: Options = {}): Promise<Run> {
  const answer = await get<{ run: Run }>(`${MLFLOW}runs/get`, { run_id }, options);
  return answer.run;
}

const IDS_A_REQUEST = 100;

/** Runs of some experiments by id, deleted ones too, in the order of the ids. What is not there is left out. */
export async function searchByIds(
  experiment_ids: readonly string[],
  run_ids: readonly string[],
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
      const body = { experiment_ids, filter, run_view_type: "ALL", max_results: IDS_A_REQUEST };
      return query<{ runs?: Run[] }>(`${MLFLOW}runs/search`, body, options);
    }),
  );
  const found = new Map(answers.flatMap((answer) => (answer.runs ?? []).map((run) => [run.info.run_id, run] as const)));
  return run_ids.flatMap((id) => found.get(id) ?? []);
}
