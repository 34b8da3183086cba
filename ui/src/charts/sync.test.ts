import { createRoot } from "solid-js";
import { describe, expect, it } from "vitest";

import { axisName, createSync, panned, yAxisName, zoomed } from "./sync";

const whole = { min: 0, max: 100 };

describe("zoom", () => {
  it("is shared by charts with the same axis, and by no others", () => {
    createRoot((dispose) => {
      const sync = createSync();
      sync.setZoom(axisName({ kind: "step" }), { min: 1, max: 2 });
      expect(sync.zoom("step")).toEqual({ min: 1, max: 2 });
      expect(sync.zoom(axisName({ kind: "metric", key: "step" }))).toBeUndefined();
      expect(sync.isZoomed()).toBe(true);
      sync.setZoom("time", { min: 3, max: 3 });
      expect(sync.zoom("time")).toBeUndefined();
      sync.resetZoom();
      expect(sync.isZoomed()).toBe(false);
      dispose();
    });
  });

  it("along y is that of one chart, and is reset with all others", () => {
    createRoot((dispose) => {
      const sync = createSync();
      sync.setZoom(yAxisName("a"), { min: 0.1, max: 0.2 });
      expect(sync.zoom(yAxisName("b"))).toBeUndefined();
      expect(sync.zoom(axisName({ kind: "metric", key: "a" }))).toBeUndefined();
      expect(sync.isZoomed()).toBe(true);
      sync.resetZoom();
      expect(sync.zoom(yAxisName("a"))).toBeUndefined();
      dispose();
    });
  });

  it("goes in around a place and out to all", () => {
    expect(zoomed(whole, whole, 0.5, 20)).toEqual({ min: 10, max: 60 });
    expect(zoomed({ min: 10, max: 60 }, whole, 2, 0)).toEqual({ min: 20, max: 100 });
    expect(zoomed({ min: 10, max: 60 }, whole, 4, 30)).toBeUndefined();
  });

  it("is moved up to the ends", () => {
    expect(panned({ min: 10, max: 30 }, whole, 0.5)).toEqual({ min: 20, max: 40 });
    expect(panned({ min: 10, max: 30 }, whole, -5)).toEqual({ min: 0, max: 20 });
    expect(panned({ min: 10, max: 30 }, whole, 50)).toEqual({ min: 80, max: 100 });
  });
});
