import { describe, expect, it } from "vitest";

import { bandPoints, linePoints, lonely, paintLines, spikePoints } from "./paint-lines";
import type { Line } from "./lines";
import { SvgPen } from "./pen";
import { numericScale } from "./scale";
import { lineChart } from "./spec";

function line(values: number[], points = values.length): Line {
  const x = Float64Array.from(values, (_, index) => index);
  const last = Float64Array.from(values);
  return {
    runId: "a",
    metric: "m",
    metricIndex: 0,
    points,
    x,
    step: x,
    timestamp: x,
    last,
    min: last.map((value) => value - 1),
    max: last.map((value) => value + 1),
    shown: last,
    ascending: true,
  };
}

const x = numericScale({ min: 0, max: 4 }, 0, 400);
const y = numericScale({ min: 0, max: 10 }, 100, 0);

describe("painted lines", () => {
  it("are interrupted where there is no number", () => {
    expect([...linePoints(line([1, NaN, 3]).x, line([1, NaN, 3]).last, [0, 3], x, y)]).toEqual([
      0,
      90,
      100,
      NaN,
      200,
      70,
    ]);
  });

  it("show a point that stands alone", () => {
    expect(lonely([0, 1, 10, NaN, 20, 3, 30, 4, 40, NaN, 50, 9])).toEqual([
      [0, 1],
      [50, 9],
    ]);
  });

  it("have a band along the greatest values and back along the least", () => {
    expect(bandPoints(line([5, 5]), [0, 2], x, y)).toEqual([0, 40, 100, 40, 100, 60, 0, 60]);
  });

  it("have a band that reaches the bottom of a log axis", () => {
    const log = numericScale({ min: 1, max: 100 }, 100, 0, true);
    const points = bandPoints(line([1, 1]), [0, 2], x, log);
    expect(points).toHaveLength(8);
    expect(points[5]).toBeGreaterThan(100);
  });

  it("show a bucket that reaches far beyond the others", () => {
    const calm = line([5, 5, 5, 5]);
    const spiked = { ...calm, min: Float64Array.of(4.9, 4.9, 4.9, 4.9), max: Float64Array.of(5.1, 9, 5.1, 5.1) };
    expect(spikePoints(spiked, [0, 4], x, y).map((value) => Math.round(value))).toEqual([100, 51, 100, 10, NaN, NaN]);
    expect(spikePoints(calm, [0, 4], x, y)).toEqual([]);
  });

  it("have a band only where rows stand for several points", () => {
    const plot = { box: { left: 0, top: 0, width: 400, height: 100 }, x: { min: 0, max: 4 }, y: { min: 0, max: 10 } };
    const paths = (points: number): number => {
      const pen = new SvgPen();
      paintLines(pen, plot, [line([1, 2, 3], points)], lineChart(["m"]), () => "red");
      return pen.document(400, 100).split("<path").length - 1;
    };
    expect(paths(3)).toBe(1);
    expect(paths(300)).toBe(2);
  });
});
