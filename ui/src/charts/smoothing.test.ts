import { describe, expect, it } from "vitest";

import { smooth } from "./smoothing";

const rounded = (values: Iterable<number>) => [...values].map((value) => Math.round(value * 1000) / 1000);

describe("smoothing", () => {
  it("by nothing is the line itself", () => {
    expect([...smooth([0, 1, 2], [3, 1, 2], 0)]).toEqual([3, 1, 2]);
  });

  it("begins at the first value, not near zero", () => {
    const smoothed = smooth([0, 1, 2], [10, 10, 10], 0.9);
    expect(rounded(smoothed)).toEqual([10, 10, 10]);
  });

  it("is the exponential moving average of even steps", () => {
    // Weights of the values: 1; 0.5, 1; 0.25, 0.5, 1.
    expect(rounded(smooth([0, 1, 2], [0, 1, 1], 0.5))).toEqual([0, 0.667, 0.857]);
  });

  it("forgets as much over a gap as over the points that would lie in it", () => {
    const after = smooth([0, 10], [0, 1], 0.5, 1)[1] ?? NaN;
    const near = smooth([0, 1], [0, 1], 0.5, 1)[1] ?? NaN;
    expect(after).toBeGreaterThan(0.99);
    expect(near).toBeCloseTo(0.667, 3);
  });

  it("leaves out what is not a number", () => {
    const smoothed = smooth([0, 1, 2, 3], [1, NaN, Infinity, 1], 0.9);
    expect([...smoothed]).toEqual([1, NaN, Infinity, 1]);
  });

  it("goes on where steps go back", () => {
    expect([...smooth([0, 5, 3, 6], [1, 2, 3, 4], 0.5)].every(Number.isFinite)).toBe(true);
  });
});
