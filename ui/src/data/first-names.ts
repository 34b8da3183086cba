import type { Column, ColumnKind, Run } from "../wire";
import * as columns from "./columns";
import { search } from "./runs";

/** Names that are looked at, of any number. */
const NAMES = 200;

/**
 * Names that columns and charts begin with while nobody has chosen any: all of them, or, where there are too many to look at,
 * those of the newest run, with what stands alone before what is one of thousands.
 */
export async function firstNames(experimentId: string, kind: "metric" | "param"): Promise<Column[]> {
  const request = { experiment_ids: [experimentId], kind, max_results: NAMES };
  const page = await columns.search(request);
  if (page.next_page_token === "") return page.columns;
  const newest = await search({ experiment_ids: [experimentId], run_view_type: "ACTIVE_ONLY", max_results: 1 });
  const names = newest.runs[0] ? namesOf(newest.runs[0], kind) : [];
  return names.length === 0 ? page.columns : loneFirst(names).slice(0, NAMES).map(summary(kind));
}

function namesOf(run: Run, kind: "metric" | "param"): string[] {
  return ((kind === "metric" ? run.data.metrics : run.data.params) ?? []).map((one) => one.key);
}

function summary(kind: ColumnKind): (key: string) => Column {
  return (key) => ({ kind, key, runs: 1, distinct: 2 });
}

/** Names by how many others begin with the same word: `loss`, then `train/loss`, and `grad/…` of each layer last. */
export function loneFirst(names: readonly string[]): string[] {
  const sizes = new Map<string, number>();
  for (const name of names) sizes.set(family(name), (sizes.get(family(name)) ?? 0) + 1);
  const rank = (name: string) => sizes.get(family(name)) ?? 0;
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** What stands before the first slash; a name without one is a family of its own. */
function family(name: string): string {
  const slash = name.indexOf("/");
  return slash < 0 ? `/${name}` : name.slice(0, slash);
}
