import { expect, it } from "vitest";

import { linesInSight, runsBetween } from "./marking";
import type { Row } from "./run-rows";

const rows = (line: number): Row =>
  line < 3
    ? ({ kind: "run", key: "", depth: 0, children: 0, expanded: false, run: { info: { run_id: String(line) } } } as Row)
    : { kind: "loading", key: "", depth: 0 };

it("counts the lines of a range that are not loaded", () => {
  const { runs, absent } = runsBetween(rows, 5, 1);
  expect(runs.map((run) => run.info.run_id)).toEqual(["1", "2"]);
  expect(absent).toBe(3);
});

it("takes for in sight what is seen, not what is drawn around it", () => {
  const window = { scrollTop: 320, clientHeight: 32 * 11 };
  expect(linesInSight(window, 32, 1000)).toEqual({ from: 10, to: 20 });
  expect(linesInSight(window, 32, 12)).toEqual({ from: 10, to: 12 });
  expect(linesInSight({ scrollTop: 20, clientHeight: 32 * 11 }, 32, 1000)).toEqual({ from: 1, to: 11 });
  expect(linesInSight({ scrollTop: 0, clientHeight: 0 }, 32, 0)).toEqual({ from: 0, to: 0 });
});
