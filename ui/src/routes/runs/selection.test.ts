import { expect, it } from "vitest";

import type { Run } from "../../wire";
import { createSelection } from "./selection";

const run = (run_id: string, lifecycle_stage: string) =>
  ({ info: { run_id, run_name: `run ${run_id}`, start_time: 1000, lifecycle_stage } }) as unknown as Run;

it("keeps of a marked run what charts and changes of many runs need", () => {
  const selection = createSelection();
  selection.set([run("a", "active"), run("b", "deleted")], true);
  expect([...selection.runs().values()]).toEqual([
    { run_id: "a", run_name: "run a", start_time: 1000, deleted: false },
    { run_id: "b", run_name: "run b", start_time: 1000, deleted: true },
  ]);
  selection.toggle(run("a", "active"));
  expect([...selection.runs().keys()]).toEqual(["b"]);
});
