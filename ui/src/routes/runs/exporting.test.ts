import { expect, it } from "vitest";

import { exportPath } from "./exporting";
import { DEFAULT_STATE } from "./state";

it("exports the runs that the table shows: of its lifecycle, filter and order", () => {
  const state = {
    ...DEFAULT_STATE,
    filter: "metrics.a > 1",
    lifecycle: "DELETED_ONLY" as const,
    order: { source: "metric" as const, key: "a", descending: true },
  };
  const [path, query] = exportPath("csv", "7", state).split("?");
  expect(path).toBe("api/trainyard/v1/runs.csv");
  expect([...new URLSearchParams(query)]).toEqual([
    ["experiment_ids", "7"],
    ["filter", "metrics.a > 1"],
    ["run_view_type", "DELETED_ONLY"],
    ["order_by", "metrics.a DESC"],
  ]);
  expect(exportPath("jsonl", "7", DEFAULT_STATE)).not.toContain("filter");
});

it("exports nothing but the columns that are named, each once", () => {
  const columns = [
    { source: "attribute" as const, key: "run_name" },
    { source: "metric" as const, key: "loss" },
    { source: "metric" as const, key: "loss", spark: true },
    { source: "param" as const, key: "lr" },
  ];
  const query = exportPath("csv", "7", DEFAULT_STATE, columns).split("?")[1];
  const keys = [...new URLSearchParams(query)].filter(([name]) => name.endsWith("_keys"));
  expect(keys).toEqual([
    ["metric_keys", "loss"],
    ["param_keys", "lr"],
  ]);
});
