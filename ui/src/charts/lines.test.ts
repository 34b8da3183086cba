import { describe, expect, it } from "vitest";

import type { SeriesColumns } from "../data/charts";
import {
  buildLines,
  joinByStep,
  lineByKeys,
  nearestRow,
  stepsWithin,
  visibleRows,
  withDetail,
  xExtent,
  yExtent,
} from "./lines";
import { lineChart } from "./spec";

function series(run_id: string, metric_key: string, rows: [step: number, value: number][], points = rows.length) {
  const value = Float64Array.from(rows, ([, last]) => last);
  const step = Float64Array.from(rows, ([at]) => at);
  const made: SeriesColumns = {
    run_id,
    metric_key,
    points,
    step,
    timestamp: step.map((at) => 1000 + 10 * at),
    last: value,
    min: value.map((last) => last - 1),
    max: value.map((last) => last + 1),
  };
  return made;
}

const find =
  (...all: SeriesColumns[]) =>
  (runId: string, metric: string) =>
    all.find((one) => one.run_id === runId && one.metric_key === metric);
const never = () => 0;

describe("lines", () => {
  const loss = series("a", "loss", [
    [0, 5],
    [2, 3],
    [4, 1],
  ]);
  const lr = series("a", "lr", [
    [1, 0.1],
    [4, 0.2],
  ]);

  it("are those whose series have rows", () => {
    const spec = lineChart(["loss", "acc"]);
    const lines = buildLines(spec, ["a", "b"], find(loss, series("b", "acc", [])), never);
    expect(lines.map((line) => [line.runId, line.metric])).toEqual([["a", "loss"]]);
  });

  it("over time since start begin at the run's start, else at the first point", () => {
    const spec = { ...lineChart(["loss"]), x: { kind: "relative" } as const };
    expect([...(buildLines(spec, ["a"], find(loss), () => 900)[0]?.x ?? [])]).toEqual([100, 120, 140]);
    expect([...(buildLines(spec, ["a"], find(loss), never)[0]?.x ?? [])]).toEqual([0, 20, 40]);
  });

  it("over another metric take its value at the step, or the one before", () => {
    const spec = { ...lineChart(["loss"]), x: { kind: "metric", key: "lr" } as const };
    expect([...(buildLines(spec, ["a"], find(loss, lr), never)[0]?.x ?? [])]).toEqual([NaN, 0.1, 0.2]);
    expect(buildLines(spec, ["a"], find(loss), never)).toEqual([]);
    expect([...joinByStep(loss.step, series("a", "x", []))]).toEqual([NaN, NaN, NaN]);
  });

  it("show extremes of buckets: no spike is lost", () => {
    const spec = lineChart(["loss"]);
    const lines = buildLines(spec, ["a"], find(loss), never);
    const extent = yExtent(lines, { min: 0, max: 4 }, spec);
    expect(extent?.min).toBeLessThan(0);
    expect(extent?.max).toBeGreaterThan(6);
  });

  it("fit the axis to what is in sight", () => {
    const spec = { ...lineChart(["loss"]), band: true };
    const lines = buildLines(spec, ["a"], find(loss), never);
    expect(yExtent(lines, { min: 3, max: 4 }, spec)?.max).toBeLessThan(3);
    expect(xExtent(lines, false)).toEqual({ min: 0, max: 4 });
    expect(xExtent(lines, true)).toEqual({ min: 2, max: 4 });
  });

  it("leave outliers outside of the frame on request", () => {
    const rows = Array.from({ length: 50 }, (_, index): [number, number] => [index, index === 25 ? 1e6 : index % 7]);
    const spec = { ...lineChart(["m"]), clipOutliers: true };
    const lines = buildLines(spec, ["a"], find(series("a", "m", rows)), never);
    expect(yExtent(lines, { min: 0, max: 50 }, spec)?.max).toBeLessThan(10);
  });

  it("know the row that is nearest, whether x goes forward or not", () => {
    const [line] = buildLines(lineChart(["loss"]), ["a"], find(loss), never);
    if (!line) throw new Error("no line");
    expect([nearestRow(line, -9), nearestRow(line, 1.2), nearestRow(line, 3), nearestRow(line, 99)]).toEqual([
      0, 1, 1, 2,
    ]);
    expect(nearestRow(line, 99, 10)).toBeUndefined();
    const back = { ...line, x: Float64Array.from([5, NaN, 1]), ascending: false };
    expect(nearestRow(back, 1.5)).toBe(2);
    expect(visibleRows(line, { min: 1, max: 2 })).toEqual([1, 2]);
    expect(visibleRows(back, { min: 1, max: 2 })).toEqual([0, 3]);
  });

  it("take more detail into a part, and stay whole around it", () => {
    const detail = series("a", "loss", [
      [1, 8],
      [2, 3],
      [3, 7],
    ]);
    const merged = withDetail(loss, detail, "step", { min: 1, max: 3 });
    expect([...merged.step]).toEqual([0, 1, 2, 3, 4]);
    expect([...merged.last]).toEqual([5, 8, 3, 7, 1]);
    expect(merged.spacing).toBe(2);
  });

  it("tell the steps of a part of another axis, with those around it", () => {
    const spec = { ...lineChart(["loss"]), x: { kind: "relative" } as const };
    const lines = buildLines(spec, ["a"], find(loss), never);
    expect(stepsWithin(lines, { min: 35, max: 50 })).toEqual({ min: 2, max: 4 });
    expect(stepsWithin(lines, { min: 41, max: 50 })).toBeUndefined();
  });

  it("are gone through by keys one by one, several of a run too", () => {
    const of = (id: string) => [series(id, "loss", [[0, 1]]), series(id, "acc", [[0, 1]])];
    const spec = lineChart(["loss", "acc"]);
    const lines = buildLines(spec, ["a", "b"], find(...of("a"), ...of("b")), never);
    const visited: string[] = [];
    let at = 0;
    let highlighted = lines[0]?.runId;
    for (let press = 0; press < 4; press++) {
      at = lineByKeys(lines, at, highlighted, 1);
      highlighted = lines[at]?.runId;
      visited.push(`${String(highlighted)} ${String(lines[at]?.metric)}`);
    }
    expect(visited).toEqual(["a acc", "b loss", "b acc", "a loss"]);
    expect(lineByKeys(lines, 0, "a", -1)).toBe(3);
    // The pointer has gone to another run in between.
    expect(lineByKeys(lines, 1, "b", 0)).toBe(2);
  });
});
