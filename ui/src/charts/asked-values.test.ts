import { describe, expect, it } from "vitest";

import { askedValues } from "./asked-values";
import { lineChart, type ChartSpec } from "./spec";

const common = { id: "a", width: 1, height: 200 };
const metric = (key: string) => ({ kind: "metric" as const, key });
const param = (key: string) => ({ kind: "param" as const, key });

describe("askedValues", () => {
  it("asks for nothing where all charts are lines", () => {
    expect(askedValues([lineChart(["loss"])])).toBeUndefined();
    expect(askedValues([])).toBeUndefined();
  });

  it("names each metric and param of other charts once", () => {
    const charts: ChartSpec[] = [
      lineChart(["loss"]),
      { ...common, kind: "scatter", x: param("lr"), y: metric("acc"), color: param("depth"), logX: false, logY: false },
      { ...common, kind: "parallel", axes: [param("lr"), metric("f1"), { kind: "attribute", key: "duration" }] },
      { ...common, kind: "box", value: metric("acc"), group: param("optimizer") },
      { ...common, kind: "bar", value: metric("auc") },
    ];
    expect(askedValues(charts)).toEqual({ metrics: ["acc", "f1", "auc"], params: ["lr", "depth", "optimizer"] });
  });

  it("asks for runs without values where only attributes are drawn", () => {
    expect(askedValues([{ ...common, kind: "bar", value: { kind: "attribute", key: "duration" } }])).toEqual({
      metrics: [],
      params: [],
    });
  });
});
