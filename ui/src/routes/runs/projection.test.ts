import { describe, expect, it } from "vitest";

import { lacks, MOST_KEYS, projectionOf } from "./projection";
import type { Column } from "./state";

const metric = (key: string, spark = false): Column => ({ source: "metric", key, ...(spark ? { spark } : {}) });

describe("projectionOf", () => {
  it("names each key that is shown once, sparklines and what attributes are made of included", () => {
    const columns: Column[] = [
      { source: "attribute", key: "run_name" },
      { source: "attribute", key: "source" },
      { source: "attribute", key: "datasets" },
      metric("loss"),
      metric("loss", true),
      { source: "param", key: "lr" },
      { source: "tag", key: "team" },
    ];
    expect(projectionOf(columns, null)).toEqual({
      metrics: ["loss"],
      params: ["lr"],
      tags: ["mlflow.source.name", "mlflow.source.git.commit", "team"],
      datasets: true,
      models: false,
    });
  });

  it("asks for models with the tag in which older clients list them", () => {
    const projection = projectionOf([{ source: "attribute", key: "models" }], null);
    expect(projection).toMatchObject({ models: true, tags: ["mlflow.log-model.history"] });
  });

  it("names what is ordered by although it is not shown", () => {
    const order = { source: "metric", key: "loss", descending: false } as const;
    expect(projectionOf([metric("acc")], order)?.metrics).toEqual(["acc", "loss"]);
  });

  it("asks for everything where there are more columns than a request may name", () => {
    const columns = Array.from({ length: MOST_KEYS + 1 }, (_, at) => metric(`m${String(at)}`));
    expect(projectionOf(columns, null)).toBeUndefined();
    expect(projectionOf(columns.slice(1), null)?.metrics).toHaveLength(MOST_KEYS);
  });
});

describe("lacks", () => {
  const some = { metrics: ["a", "b"], params: [], tags: ["t"], datasets: false, models: true };
  it("is about what is new only", () => {
    expect(lacks(some, { ...some, metrics: ["b"], models: false })).toBe(false);
    expect(lacks(some, { ...some, metrics: ["a", "b", "c"] })).toBe(true);
    expect(lacks(some, { ...some, datasets: true })).toBe(true);
  });

  it("knows that everything lacks nothing", () => {
    expect(lacks(undefined, some)).toBe(false);
    expect(lacks(some, undefined)).toBe(true);
  });
});
