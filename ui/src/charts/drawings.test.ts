import { describe, expect, it } from "vitest";

import { drawBars, sortedBars } from "./bar";
import { boxGroups, boxStatistics } from "./box";
import { drawRuns } from "./draw-runs";
import { nearestMark, type Surface } from "./drawing";
import { fieldShares } from "./field-scale";
import { distanceToLine } from "./parallel";
import { SvgPen } from "./pen";
import { type ChartRun, commonKeys, fieldColumn } from "./run-values";
import { type ChartKind, KINDS, newChart } from "./spec";

const surface: Surface = {
  size: { width: 400, height: 300 },
  theme: { dark: false, text: "#000", muted: "#666", grid: "#ddd", surface: "#fff", accent: "#00f" },
  colorOf: () => "#123456",
};

function run(id: string, metrics: Record<string, number | string>, params: Record<string, string> = {}): ChartRun {
  return {
    info: { run_id: id, run_name: `run ${id}`, status: "FINISHED", start_time: 1000, end_time: 3000 },
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value })),
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
    },
  };
}

const runs = [
  run("a", { loss: 0.5, acc: 0.9 }, { lr: "0.1", model: "small" }),
  run("b", { loss: 0.2, acc: "NaN" }, { lr: "0.01", model: "large" }),
  run("c", { acc: 0.7 }, { lr: "0.001" }),
];

describe("values of runs", () => {
  it("are numbers, or all texts where one is", () => {
    expect(fieldColumn(runs, { kind: "metric", key: "acc" })).toEqual([0.9, NaN, 0.7]);
    expect(fieldColumn(runs, { kind: "param", key: "lr" })).toEqual([0.1, 0.01, 0.001]);
    const mixed = [...runs, run("d", {}, { lr: "auto" })];
    expect(fieldColumn(mixed, { kind: "param", key: "lr" })).toEqual(["0.1", "0.01", "0.001", "auto"]);
    expect(fieldColumn(runs, { kind: "param", key: "model" })).toEqual(["small", "large", undefined]);
    expect(fieldColumn(runs, { kind: "attribute", key: "duration" })).toEqual([2000, 2000, 2000]);
  });

  it("have shares of their range", () => {
    expect(fieldShares([1, 3, undefined, 2])).toEqual([0, 1, undefined, 0.5]);
    expect(fieldShares(["b", "a", undefined])).toEqual([1, 0, undefined]);
    expect(fieldShares([4, 4])).toEqual([0.5, 0.5]);
  });

  it("are offered by how many runs have them", () => {
    expect(commonKeys(runs, "metrics")).toEqual(["acc", "loss"]);
    expect(commonKeys(runs, "params", 1)).toEqual(["lr"]);
  });
});

describe("charts about runs", () => {
  const metrics = commonKeys(runs, "metrics").reverse();
  const params = commonKeys(runs, "params");
  const kinds = KINDS.map((one) => one.kind).filter((kind): kind is Exclude<ChartKind, "line"> => kind !== "line");

  it.each(kinds)("%s draws what it has, marks each run and writes a table", (kind) => {
    const spec = newChart(kind, metrics, params);
    if (spec.kind === "line") throw new Error("not about runs");
    const drawing = drawRuns(spec, runs, surface);
    const pen = new SvgPen();
    drawing.paint(pen, "a");
    expect(pen.document(400, 300)).not.toMatch(/NaN|Infinity|undefined/);
    const marked = new Set(drawing.marks.map((mark) => mark.runId));
    expect(marked.has("a")).toBe(true);
    for (const mark of drawing.marks) {
      expect(mark.x).toBeGreaterThanOrEqual(0);
      expect(mark.x).toBeLessThanOrEqual(400);
      expect(mark.y).toBeLessThanOrEqual(300);
    }
    expect(drawing.table.rows[0]).toHaveLength(drawing.table.header.length);
  });

  it.each(kinds)("%s survives runs without any value", (kind) => {
    const spec = newChart(kind, ["none"], ["nothing"]);
    if (spec.kind === "line") throw new Error("not about runs");
    const pen = new SvgPen();
    drawRuns(spec, runs, surface).paint(pen, undefined);
    drawRuns(spec, [], surface).paint(pen, undefined);
    expect(pen.document(400, 300)).not.toMatch(/NaN|Infinity/);
  });

  it("know the mark nearest to the pointer", () => {
    const marks = [
      { x: 10, y: 10, title: "a", rows: [] },
      { x: 20, y: 10, title: "b", rows: [] },
    ];
    expect(nearestMark(marks, 17, 10)?.title).toBe("b");
    expect(nearestMark(marks, 200, 10)).toBeUndefined();
  });

  it("know how far a line is, gaps left out", () => {
    expect(distanceToLine([0, 0, 10, 0], 5, 3)).toBe(3);
    expect(distanceToLine([0, 0, 10, 0], 13, 4)).toBe(5);
    expect(distanceToLine([0, NaN, 10, 0], 5, 3)).toBe(Infinity);
  });
});

describe("bars", () => {
  it("stand in order of their value, runs without one left out", () => {
    const spec = { ...newChart("bar", ["loss"], []), kind: "bar", value: { kind: "metric", key: "loss" } } as const;
    expect(sortedBars(runs, spec).map((bar) => bar.run.info.run_id)).toEqual(["a", "b"]);
    const drawing = drawBars(spec, runs, surface);
    expect(drawing.pick?.(100, 290 - 36)?.runId).toBe("b");
    expect(drawing.pick?.(100, 15)?.runId).toBe("a");
  });
});

describe("boxes", () => {
  it("are Tukey's", () => {
    const statistics = boxStatistics([1, 2, 3, 4, 5, 100, NaN]);
    expect(statistics).toMatchObject({ count: 6, low: 1, lower: 2.25, median: 3.5, upper: 4.75, high: 5 });
    expect(boxStatistics([7])).toMatchObject({ low: 7, median: 7, high: 7, mean: 7 });
    expect(boxStatistics([NaN])).toBeUndefined();
  });

  it("are one a group, in the order of numbers", () => {
    const spec = newChart("box", ["acc"], ["lr"]);
    if (spec.kind !== "box") throw new Error("no box");
    expect(boxGroups(spec, runs).map((group) => [group.name, group.runs.length])).toEqual([
      ["0.001", 1],
      ["0.1", 1],
    ]);
    const { group: _, ...all } = spec;
    expect(boxGroups(all, runs).map((group) => [group.name, group.statistics.count])).toEqual([["all runs", 2]]);
  });
});
