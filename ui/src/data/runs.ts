import type {
  ChangeRuns,
  CountRunChildrenResponse,
  GroupRuns,
  GroupRunsResponse,
  Run,
  RunColumns,
  RunGroup,
  RunInfo,
  SearchRuns,
  SearchRunsResponse,
  UpdateRunResponse,
} from "../wire";
import { change, MLFLOW, type Options, query, TRAINYARD } from "./http";

export interface RunPage {
  runs: Run[];
  /** Empty on the last page. */
  next_page_token: string;
}

/** One page of runs. */
export async function search(request: SearchRuns, options: Options = {}): Promise<RunPage> {
  const answer = await query<SearchRunsResponse>(`${MLFLOW}runs/search`, request, options);
  return { runs: answer.runs ?? [], next_page_token: answer.next_page_token ?? "" };
}

/** Runs by id, in no order, with all of their values or with some; those that are not there are left out. */
export async function byIds(
  experiment_ids: string[],
  ids: readonly string[],
  columns?: RunColumns,
  options: Options = {},
): Promise<Run[]> {
  if (ids.length === 0) return [];
  const filter = `run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`;
  const request = { experiment_ids, filter, run_view_type: "ALL" as const, max_results: ids.length };
  const page = await search({ ...request, ...(columns ? { columns } : {}) }, options);
  return page.runs;
}

export interface GroupPage {
  groups: RunGroup[];
  next_page_token: string;
}

/** One page of groups of runs, with aggregates of some metrics. */
export async function groups(request: GroupRuns, options: Options = {}): Promise<GroupPage> {
  const answer = await query<GroupRunsResponse>(`${TRAINYARD}runs/groups`, request, options);
  return { groups: answer.groups ?? [], next_page_token: answer.next_page_token ?? "" };
}

/** How many runs a filter finds, and how many of them are running. */
export async function count(
  request: Pick<GroupRuns, "experiment_ids" | "filter" | "run_view_type">,
  options: Options = {},
): Promise<{ runs: number; running: number }> {
  const page = await groups({ ...request, group_by: [{ kind: "attribute", key: "status" }], max_results: 10 }, options);
  let runs = 0;
  let running = 0;
  for (const group of page.groups) {
    runs += group.runs;
    running += group.running;
  }
  return { runs, running };
}

/** How many runs each run has started; runs without any are left out. */
export async function childrenCounts(run_ids: readonly string[], options: Options = {}): Promise<Map<string, number>> {
  if (run_ids.length === 0) return new Map();
  const answer = await query<CountRunChildrenResponse>(`${TRAINYARD}runs/children-counts`, { run_ids }, options);
  return new Map((answer.counts ?? []).filter((one) => one.children > 0).map((one) => [one.run_id, one.children]));
}

/** Runs that one request changes at most. */
const MOST = 1000;

export interface Changed {
  /** Runs that have been changed. */
  done: string[];
  /** Why the others have not. */
  error?: unknown;
}

/** Deletes, restores or tags any number of runs; a thousand at once, in one transaction each. Stops at the first failure. */
export async function changeAll(request: ChangeRuns & { run_ids: string[] }): Promise<Changed> {
  const done: string[] = [];
  for (let at = 0; at < request.run_ids.length; at += MOST) {
    const run_ids = request.run_ids.slice(at, at + MOST);
    try {
      await change("POST", `${TRAINYARD}runs/change`, { ...request, run_ids });
    } catch (error) {
      return { done, error };
    }
    done.push(...run_ids);
  }
  return { done };
}

/** Deletes, restores or tags one run. */
export async function changeOne(run_id: string, request: Omit<ChangeRuns, "run_ids">): Promise<void> {
  await change("POST", `${TRAINYARD}runs/change`, { ...request, run_ids: [run_id] });
}

/** Renames a run. */
export async function rename(run_id: string, run_name: string): Promise<RunInfo> {
  const answer = await change<UpdateRunResponse>("POST", `${MLFLOW}runs/update`, { run_id, run_name });
  return answer.run_info;
}
