import { describe, expect, it } from "vitest";

import { extent, extentWithoutOutliers, padded, quantile } from "./extent";

describe("extents", () => {
  it("are about finite values", () => {
    expect(extent([[3, NaN, -Infinity], [7]])).toEqual({ min: 3, max: 7 });
    expect(extent([[NaN]])).toBeUndefined();
    expect(extent([[-1, 0, 4]], true)).toEqual({ min: 4, max: 4 });
  });

  it("leave out outliers on request", () => {
    const values = Array.from({ length: 100 }, (_, index) => index / 100);
    expect(extentWithoutOutliers([[...values, 1e9, -1e9]])).toEqual({ min: 0, max: 0.99 });
    expect(extentWithoutOutliers([values])).toEqual({ min: 0, max: 0.99 });
  });

  it("keep a change from a constant", () => {
    expect(extentWithoutOutliers([[1, 1, 1, 1, 1, 9]])).toEqual({ min: 1, max: 9 });
  });

  it("judge outliers on a log axis by magnitudes", () => {
    const found = extentWithoutOutliers([[1, 10, 100, 1000, 10_000, 0, -5]], true);
    expect(found?.min).toBeCloseTo(1);
    expect(found?.max).toBeCloseTo(10_000);
  });

  it("get room, also where there is a single value", () => {
    expect(padded({ min: 0, max: 10 })).toEqual({ min: -0.5, max: 10.5 });
    expect(padded({ min: 5, max: 5 })).toEqual({ min: 4.5, max: 5.5 });
    expect(padded({ min: 0, max: 0 })).toEqual({ min: -1, max: 1 });
    const log = padded({ min: 10, max: 10 }, true);
    expect(log.min).toBeGreaterThan(0);
    expect(log.max).toBeGreaterThan(10);
  });

  it("become one where the ends differ by rounding only", () => {
    const around = padded({ min: 0.3, max: 0.1 + 0.2 });
    expect(around.min).toBeCloseTo(0.27);
    expect(around.max).toBeCloseTo(0.33);
    const log = padded({ min: 0.3, max: 0.1 + 0.2 }, true);
    expect(log.max / log.min).toBeCloseTo(10);
    // A real difference, however small, stays one.
    expect(padded({ min: 1, max: 1 + 1e-12 }).max).toBeLessThan(1 + 2e-12);
  });

  it("take quantiles between neighbours", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([7], 0.9)).toBe(7);
  });
});
