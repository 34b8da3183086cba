import type { ChartRun } from "./run-values";

/** Runs with the values that charts draw, by id. */
export type PanelRuns = ReadonlyMap<string, ChartRun>;

/** Those that are still selected; the same map where all are. */
export function onlySelected(runs: PanelRuns, selected: readonly { run_id: string }[]): PanelRuns {
  const wanted = new Set(selected.map((run) => run.run_id));
  const kept = [...runs].filter(([id]) => wanted.has(id));
  return kept.length === runs.size ? runs : new Map(kept);
}

/** The same runs, newer states in their places. A run that was let go of meanwhile does not come back. */
export function withNewer(runs: PanelRuns, newer: readonly ChartRun[]): PanelRuns {
  const known = newer.filter((run) => runs.has(run.info.run_id));
  return known.length === 0 ? runs : new Map([...runs, ...known.map((run) => [run.info.run_id, run] as const)]);
}
