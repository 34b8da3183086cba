import { search } from "../../data/runs";
import type { Run } from "../../wire";

/** Children that are compared at most: each comes with all of its values. */
export const MOST_CHILDREN = 5000;
const PAGE = 1000;

/** The runs that others have started, up to a bound, and whether there are more. */
export async function childrenOf(parents: readonly Run[]): Promise<{ children: Run[]; more: boolean }> {
  const children: Run[] = [];
  for (const { info } of parents) {
    const filter = `tags.\`mlflow.parentRunId\` = '${info.run_id}'`;
    let page_token = "";
    do {
      if (children.length >= MOST_CHILDREN) return { children, more: true };
      const max_results = Math.min(PAGE, MOST_CHILDREN - children.length);
      const page = await search({ experiment_ids: [info.experiment_id], filter, max_results, page_token });
      children.push(...page.runs);
      page_token = page.next_page_token;
    } while (page_token !== "");
  }
  return { children, more: false };
}
