import { describe, expect, it } from "vitest";

import { pack, unpack } from "../../data/pack";
import { DEFAULT_STATE, fromJson, toJson, type ViewState } from "./state";

const state: ViewState = {
  columns: [
    { source: "attribute", key: "run_name", pinned: true, width: 240 },
    { source: "metric", key: "val/größe 🚂", spark: true },
    { source: "param", key: "lr" },
  ],
  filter: "metrics.`val/loss` < 0.5 AND tags.\"it's\" = '\"'",
  order: { source: "metric", key: "accuracy", descending: true },
  groups: [{ kind: "param", key: "depth" }],
  aggregate: "max",
  tree: false,
  lifecycle: "ALL",
  chartsOpen: true,
  chartsShare: 0.4,
  charts: { anything: [1, null, "x"] },
};

describe("a view's state", () => {
  it("survives the way through an address", async () => {
    const packed = await pack(toJson(state));
    expect(packed).toMatch(/^[\w-]+$/);
    expect(fromJson((await unpack(packed)) ?? "")).toEqual(state);
  });

  it("is an empty object where nothing differs from a new page", () => {
    expect(toJson(DEFAULT_STATE)).toBe("{}");
    expect(fromJson("{}")).toEqual(DEFAULT_STATE);
  });

  it("with sixty columns stays short in an address", async () => {
    const columns = Array.from({ length: 60 }, (_, at) => ({
      source: "metric" as const,
      key: `val/class_${String(at)}/f1`,
    }));
    expect((await pack(toJson({ ...DEFAULT_STATE, columns }))).length).toBeLessThan(800);
  });

  it.each([
    "",
    "null",
    "[]",
    "{",
    '{"columns":7,"filter":{},"order":"x","groups":[1],"lifecycle":"no","chartsShare":"a"}',
  ])("that is not one (%s) becomes the default", (text) => {
    expect(fromJson(text)).toEqual(DEFAULT_STATE);
  });

  it("keeps what fits of a damaged one", () => {
    const text = JSON.stringify({
      columns: [{ source: "metric", key: "a" }, { source: "metric", key: "a" }, { source: "script", key: "b" }, null],
      groups: Array.from({ length: 5 }, (_, at) => ({ kind: "tag", key: String(at) })),
      chartsShare: 40,
    });
    const read = fromJson(text);
    expect(read.columns).toEqual([{ source: "metric", key: "a" }]);
    expect(read.groups.length).toBe(3);
    expect(read.chartsShare).toBe(0.8);
  });

  it("in a damaged address is none", async () => {
    expect(await unpack("!!")).toBeUndefined();
    expect(await unpack("AAAA")).toBeUndefined();
  });

  it("that unpacks to something huge is refused", async () => {
    expect(await unpack(await pack(" ".repeat(3_000_000)))).toBeUndefined();
  });
});
