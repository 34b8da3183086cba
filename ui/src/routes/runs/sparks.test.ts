import { describe, expect, it } from "vitest";

import { pathOf } from "./sparks";

describe("the drawing of a metric", () => {
  it("goes from the first step to the last, high values up", () => {
    expect(pathOf([0, 5, 10], [0, 1, 0])).toBe("M0.0 18.5L50.0 1.5L100.0 18.5");
  });

  it("has gaps where a value is no number", () => {
    expect(pathOf([0, 1, 2, 3], [1, NaN, 1, 1])).toBe("M0.0 10.0M66.7 10.0L100.0 10.0");
  });

  it("of a single point is a dash, of nothing nothing", () => {
    expect(pathOf([7], [3])).toBe("M0.0 10.0h4");
    expect(pathOf([], [])).toBe("");
    expect(pathOf([1, 2], [NaN, Infinity])).toBe("");
  });
});
