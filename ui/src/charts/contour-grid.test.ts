import { describe, expect, it } from "vitest";

import { contourPieces, interpolate, valueAt } from "./contour-grid";

describe("the surface", () => {
  const samples = [
    { x: 0, y: 0, z: 1 },
    { x: 1, y: 1, z: 3 },
    { x: 1, y: 1, z: 5 },
  ];

  it("goes through its samples, and through the mean of those on one place", () => {
    expect(valueAt(samples, 0, 0)).toBe(1);
    expect(valueAt(samples, 1, 1)).toBe(4);
  });

  it("makes no value beyond those of the samples", () => {
    const { values } = interpolate(samples, 9, 9);
    expect(Math.min(...values)).toBe(1);
    expect(Math.max(...values)).toBeLessThanOrEqual(5);
  });

  it("is nowhere without samples", () => {
    expect(valueAt([], 0.5, 0.5)).toBeNaN();
  });
});

describe("contours", () => {
  it("cross between the corners in proportion", () => {
    const grid = { columns: 2, rows: 2, values: Float64Array.of(0, 4, 0, 4) };
    expect(contourPieces(grid, 1)).toEqual([0.25, 0, 0.25, 1]);
    expect(contourPieces(grid, 9)).toEqual([]);
  });

  it("are two in a saddle", () => {
    const grid = { columns: 2, rows: 2, values: Float64Array.of(0, 2, 2, 0) };
    expect(contourPieces(grid, 1)).toHaveLength(8);
  });
});
