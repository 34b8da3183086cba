import { describe, expect, it } from "vitest";

import { readCharts } from "./read-spec";
import {
  chartTitle,
  defaultCharts,
  dropChart,
  HEIGHTS,
  insertChart,
  KINDS,
  lineChart,
  moveChart,
  newChart,
  removeChart,
  replaceChart,
  resizeChart,
  withMetricInFront,
} from "./spec";

const state = { charts: [lineChart(["a"], "1"), lineChart(["b"], "2"), lineChart(["c"], "3")] };
const ids = (charts: { id: string }[]) => charts.map((chart) => chart.id).join("");

it("puts a chart that was removed back in its place, among what has changed since", () => {
  const before = { charts: ["a", "b", "c"].map((key) => lineChart([key], key)) };
  const [, removed] = before.charts;
  if (!removed) throw new Error("there are three charts");
  const since = replaceChart(removeChart(before, "b"), { ...lineChart(["a"], "a"), width: 3 });
  const back = insertChart(since, removed, 1);
  expect(back.charts.map((chart) => [chart.id, chart.width])).toEqual([
    ["a", 3],
    ["b", 1],
    ["c", 1],
  ]);
  expect(insertChart(back, removed, 1)).toBe(back);
  expect(insertChart({ charts: [] }, removed, 1).charts).toEqual([removed]);
});

describe("charts", () => {
  it("are moved within the list", () => {
    expect(ids(moveChart(state, "1", 1).charts)).toBe("213");
    expect(ids(moveChart(state, "1", 9).charts)).toBe("231");
    expect(ids(moveChart(state, "1", -1).charts)).toBe("123");
    expect(ids(dropChart(state, "3", "1").charts)).toBe("312");
    expect(ids(dropChart(state, "gone", "1").charts)).toBe("123");
    expect(ids(removeChart(state, "2").charts)).toBe("13");
  });

  it("are resized within limits", () => {
    const chart = lineChart(["a"]);
    expect(resizeChart(chart, 9, 9999)).toMatchObject({ width: 3, height: HEIGHTS.most });
    expect(resizeChart(chart, -9, -9999)).toMatchObject({ width: 1, height: HEIGHTS.least });
  });

  it("are named after what they show", () => {
    expect(KINDS.map(({ kind }) => chartTitle(newChart(kind, ["loss"], ["lr", "depth"])))).toEqual([
      "loss",
      "Parallel coordinates",
      "loss by lr",
      "loss",
      "loss by lr",
      "loss by lr and depth",
    ]);
    expect(chartTitle({ ...lineChart(["loss"]), title: "Mine" })).toBe("Mine");
  });

  it("begin with metrics of training, not with those of the machine", () => {
    expect(defaultCharts(["system/cpu", "loss", "acc"]).charts.map(chartTitle)).toEqual(["loss", "acc"]);
  });
});

describe("saved charts", () => {
  it("are read as they were", () => {
    const charts = KINDS.map(({ kind }) => newChart(kind, ["loss"], ["lr", "depth"]));
    expect(readCharts(JSON.parse(JSON.stringify({ charts })))).toEqual({ charts });
  });

  it("are made whole where something is missing or wrong", () => {
    const read = readCharts({ charts: [{ kind: "line", metrics: ["a", 5], height: 1e9, width: "x", smoothing: 7 }] });
    expect(read?.charts[0]).toMatchObject({
      kind: "line",
      metrics: ["a"],
      height: HEIGHTS.most,
      width: 1,
      smoothing: 0.999,
      x: { kind: "step" },
    });
  });

  it("are left out where they are no charts", () => {
    expect(readCharts({ charts: [null, 5, { kind: "pie" }, { kind: "scatter", x: {}, y: 3 }] })).toEqual({
      charts: [],
    });
    expect(readCharts(undefined)).toBeUndefined();
    expect(readCharts({ charts: "x" })).toBeUndefined();
  });

  it("have ids of their own", () => {
    const read = readCharts({ charts: [lineChart(["a"], "same"), lineChart(["b"], "same")] });
    expect(new Set(read?.charts.map((chart) => chart.id)).size).toBe(2);
  });
});

it("shows a metric in front without making a chart twice", () => {
  expect(ids(withMetricInFront(state, "b").charts)).toBe("213");
  const added = withMetricInFront(state, "loss");
  expect(added.charts.map((chart) => chart.id)).toEqual(["link:loss", "1", "2", "3"]);
  expect(withMetricInFront(added, "loss")).toEqual(added);
  expect(ids(state.charts)).toBe("123");
});
