import { describe, expect, it } from "vitest";

import type { Run, RunGroup } from "../../wire";
import { groupClause, groupOrder, isTree, metricParts, noteWeights, pageSize, withMetrics } from "./row-source";

const group = (value: string | null, mean?: number): RunGroup => ({
  values: [value],
  runs: 1,
  running: 0,
  latest_start_time: 0,
  metrics: mean === undefined ? [] : [{ key: "loss", count: 1, mean }],
});

describe("groups", () => {
  it("are found by a filter, also those without a value", () => {
    const keys = [
      { kind: "param", key: "depth" },
      { kind: "tag", key: "team a" },
      { kind: "dataset", key: "" },
    ] as const;
    expect(groupClause(keys, ["it's", null, "iris"])).toBe(
      "params.depth = \"it's\" AND tags.`team a` IS NULL AND dataset.name = 'iris'",
    );
    expect(groupClause(keys.slice(2), [null])).toBe("NOT dataset.name LIKE '%'");
  });

  it("are ordered by a metric, a key or their newest run, wherever the server finds it", () => {
    const query = {
      groups: [
        { kind: "param" as const, key: "lr" },
        { kind: "tag" as const, key: "team" },
        { kind: "dataset" as const, key: "" },
      ],
      aggregate: "max" as const,
    };
    const ordered = (source: "metric" | "param" | "tag" | "attribute", key: string) =>
      groupOrder({ ...query, order: { source, key, descending: true } });
    expect(ordered("metric", "hidden")).toEqual({ by: "metric", key: "hidden", aggregate: "max", descending: true });
    expect(ordered("tag", "team")).toEqual({ by: "value", index: 1, descending: true });
    expect(ordered("attribute", "datasets")).toEqual({ by: "value", index: 2, descending: true });
    expect(ordered("attribute", "start_time")).toEqual({ by: "latest_start_time", descending: true });
    expect(ordered("param", "depth")).toBeUndefined();
    expect(groupOrder({ ...query, order: null })).toBeUndefined();
  });

  it("are asked for twenty metrics at a time, the one that orders them first", () => {
    const metrics = Array.from({ length: 45 }, (_, at) => `m${String(at)}`);
    const parts = metricParts({ metrics, order: { source: "metric", key: "m30", descending: false } });
    expect(parts.map((part) => part.length)).toEqual([20, 20, 5]);
    expect(parts[0]?.slice(0, 2)).toEqual(["m30", "m0"]);
    expect(new Set(parts.flat())).toEqual(new Set(metrics));
    // Without any metric groups are asked for all the same.
    expect(metricParts({ metrics: [], order: null })).toEqual([[]]);
  });

  it("have the metrics of all answers, and none that another answer does not know", () => {
    const further = { groups: [{ ...group("b"), metrics: [{ key: "acc", count: 1, mean: 5 }] }] };
    const all = withMetrics([group("a", 1), group("b", 2)], [further]);
    expect(all.map((one) => one.metrics?.map((metric) => metric.key))).toEqual([["loss"], ["loss", "acc"]]);
  });
});

describe("a tree", () => {
  it("is shown only of runs that are neither filtered nor grouped", () => {
    expect(isTree({ tree: true, filter: " ", groups: [] })).toBe(true);
    expect(isTree({ tree: true, filter: "a = 1", groups: [] })).toBe(false);
    expect(isTree({ tree: true, filter: "", groups: [{ kind: "tag", key: "a" }] })).toBe(false);
  });
});

describe("a page of runs", () => {
  const columns = (count: number) => ({ metrics: Array.from({ length: count }, (_, at) => `m${String(at)}`) });
  const heavy = (count: number): Run => ({
    info: {
      run_id: "r",
      run_uuid: "r",
      run_name: "r",
      experiment_id: "heavy",
      user_id: "",
      status: "FINISHED",
      start_time: 0,
      artifact_uri: "",
      lifecycle_stage: "active",
    },
    data: { metrics: columns(count).metrics.map((key) => ({ key, value: 1, timestamp: 0, step: 0 })) },
    inputs: {},
  });

  it("is as long as asked for where few values come with each run", () => {
    expect(pageSize("light", 200, columns(20))).toBe(200);
    expect(pageSize("light", 200, columns(940))).toBe(60);
  });

  it("is short where nothing is known of runs that come whole, and then as long as they allow, for each experiment", () => {
    expect(pageSize("heavy", 200, undefined)).toBe(20);
    noteWeights("heavy", [heavy(1140)]);
    expect(pageSize("heavy", 200, undefined)).toBe(50);
    expect(pageSize("other", 200, undefined)).toBe(20);
    noteWeights("heavy", [heavy(5)]);
    expect(pageSize("heavy", 200, undefined)).toBe(50);
    noteWeights("heavy", [heavy(100_000)]);
    expect(pageSize("heavy", 200, undefined)).toBe(10);
  });
});
