import { expect, it } from "vitest";

import { onlySelected, withNewer } from "./panel-runs";
import type { ChartRun } from "./run-values";

const run = (run_id: string, loss: number): ChartRun => ({
  info: { run_id, run_name: run_id, start_time: 0, status: "RUNNING" },
  data: { metrics: [{ key: "loss", value: loss }] },
});
const runs = new Map(["a", "b", "c"].map((id) => [id, run(id, 1)]));

it("keeps the runs that are selected and no others", () => {
  expect([...onlySelected(runs, [{ run_id: "c" }, { run_id: "a" }, { run_id: "x" }]).keys()]).toEqual(["a", "c"]);
  expect(
    onlySelected(
      runs,
      [...runs.keys()].map((run_id) => ({ run_id })),
    ),
  ).toBe(runs);
});

it("takes newer states of runs that are here, and of no others", () => {
  const now = withNewer(runs, [run("b", 0.5), run("gone", 0.5)]);
  expect([...now.keys()]).toEqual(["a", "b", "c"]);
  expect(now.get("b")).toEqual(run("b", 0.5));
  expect(now.get("a")).toBe(runs.get("a"));
  expect(withNewer(runs, [run("gone", 2)])).toBe(runs);
});
