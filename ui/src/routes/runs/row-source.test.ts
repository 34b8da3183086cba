import { describe, expect, it } from "vitest";

import type { Run, RunGroup } from "../../wire";
import { groupClause, isTree, noteWeights, pageSize, sortGroups } from "./row-source";

const group = (value: string | null, mean?: number): RunGroup => ({
  values: [value],
  runs: 1,
  running: 0,
  latest_start_time: 0,
  metrics: mean === undefined ? [] : [{ key: "loss", count: 1, mean }],
});
const names = (groups: RunGroup[]) => groups.map((one) => one.values[0]);

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

  it("are ordered by an aggregate, those without one last", () => {
    const order = { source: "metric", key: "loss", descending: true } as const;
    const query = { order, groups: [{ kind: "param", key: "lr" }], aggregate: "mean" } as const;
    const all = [group("a", 1), group("b"), group("c", 3), group("d", NaN)];
    expect(names(sortGroups(all, { ...query, groups: [...query.groups] }))).toEqual(["c", "a", "b", "d"]);
    const turned = { ...query, groups: [...query.groups], order: { ...order, descending: false } };
    expect(names(sortGroups(all, turned))).toEqual(["a", "c", "b", "d"]);
  });

  it("are ordered by their own values as numbers where they are numbers", () => {
    const query = {
      order: { source: "param" as const, key: "lr", descending: false },
      groups: [{ kind: "param" as const, key: "lr" }],
      aggregate: "mean" as const,
    };
    expect(names(sortGroups([group("10"), group(null), group("9")], query))).toEqual(["9", "10", null]);
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
