import { describe, expect, it } from "vitest";

import type { Run } from "../../wire";
import { movedRuns } from "./moved";

function run(loss: number | string | undefined, end?: number): Run {
  return {
    info: { start_time: 100, ...(end === undefined ? {} : { end_time: end }) },
    data: loss === undefined ? {} : { metrics: [{ key: "loss", value: loss, timestamp: 0, step: 0 }] },
    inputs: {},
  } as unknown as Run;
}

const rising = { source: "metric", key: "loss", descending: false } as const;
const falling = { ...rising, descending: true };

describe("movedRuns", () => {
  it("counts nothing while the order holds, missing values and NaN at the end included", () => {
    expect(
      movedRuns(
        [1, 2, 2, 5, "Infinity", "NaN", undefined].map((one) => run(one)),
        rising,
      ),
    ).toBe(0);
    expect(
      movedRuns(
        [5, 2, 2, 1, "-Infinity", "NaN", undefined].map((one) => run(one)),
        falling,
      ),
    ).toBe(0);
  });

  it("counts a run that has changed its place once, however far it has to go", () => {
    expect(
      movedRuns(
        [2, 3, 4, 5, 6, 1].map((one) => run(one)),
        rising,
      ),
    ).toBe(1);
    expect(
      movedRuns(
        [7, 2, 3, 4, 5, 6].map((one) => run(one)),
        rising,
      ),
    ).toBe(1);
    expect(
      movedRuns(
        [undefined, 2, "NaN", 3].map((one) => run(one)),
        rising,
      ),
    ).toBe(2);
    expect(
      movedRuns(
        [3, 2, 1].map((one) => run(one)),
        rising,
      ),
    ).toBe(2);
  });

  it("knows durations, and says nothing of texts, whose order is the server's", () => {
    const byDuration = { source: "attribute", key: "duration", descending: true } as const;
    expect(movedRuns([run(1, 500), run(1, 900), run(1)], byDuration)).toBe(1);
    expect(movedRuns([run(2), run(1)], { source: "param", key: "lr", descending: false })).toBe(0);
    expect(movedRuns([run(2), run(1)], null)).toBe(0);
  });
});
