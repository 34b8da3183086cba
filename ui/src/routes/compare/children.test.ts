import { beforeEach, expect, it, vi } from "vitest";

import type { Run, SearchRuns } from "../../wire";
import { childrenOf, MOST_CHILDREN } from "./children";

const requests: SearchRuns[] = [];
/** How many children each run has. */
let counts: Record<string, number>;

vi.mock("../../data/runs", () => ({
  search: (request: SearchRuns) => {
    requests.push(request);
    const parent = /'(.*)'/.exec(request.filter ?? "")?.[1] ?? "";
    const from = Number(request.page_token);
    const to = Math.min(counts[parent] ?? 0, from + (request.max_results ?? 0));
    const runs = Array.from({ length: to - from }, (_, at) => run(`${parent}.${String(from + at)}`));
    return Promise.resolve({ runs, next_page_token: to < (counts[parent] ?? 0) ? String(to) : "" });
  },
}));

function run(run_id: string): Run {
  return { info: { run_id, experiment_id: "1" } } as Run;
}

beforeEach(() => {
  requests.length = 0;
});

it("finds the children of each run, page by page", async () => {
  counts = { a: 2500, b: 1 };
  const { children, more } = await childrenOf([run("a"), run("b"), run("c")]);
  expect([children.length, new Set(children.map((child) => child.info.run_id)).size, more]).toEqual([
    2501,
    2501,
    false,
  ]);
  expect(requests.length).toBe(5);
});

it("says that there are more where it stops", async () => {
  counts = { a: MOST_CHILDREN + 1, b: 1 };
  expect(await childrenOf([run("a")])).toMatchObject({ children: { length: MOST_CHILDREN }, more: true });
  counts = { a: MOST_CHILDREN, b: 0 };
  expect(await childrenOf([run("a")])).toMatchObject({ children: { length: MOST_CHILDREN }, more: false });
  expect((await childrenOf([run("b"), run("a")])).more).toBe(false);
});
