import { describe, expect, it } from "vitest";

import type { Run } from "../../wire";
import { compareAddress, readRunIds } from "./addresses";
import { compareRows, orderBy, sharesOf, tableRows } from "./rows";

function run(
  id: string,
  params: Record<string, string>,
  metrics: Record<string, number | "NaN"> = {},
  tags: Record<string, string> = {},
): Run {
  const entries = (of: Record<string, string>) => Object.entries(of).map(([key, value]) => ({ key, value }));
  return {
    info: { run_id: id, run_name: id, status: "FINISHED", start_time: 0, user_id: "ada", experiment_id: "1" },
    data: {
      params: entries(params),
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0, timestamp: 0 })),
      tags: entries(tags),
    },
  } as unknown as Run;
}

const runs = [
  run("a", { lr: "0.1", batch: "64", zeta: "x" }, { loss: 0.5, acc: 0.9 }, { team: "vision", "mlflow.user": "ada" }),
  run("b", { lr: "0.01", batch: "64" }, { loss: 0.2, acc: "NaN" }, { team: "vision" }),
  run("c", { lr: "1", batch: "64" }, { loss: 0.2 }),
];

const keys = (kind: string) =>
  compareRows(runs)
    .find((group) => group.kind === kind)
    ?.rows.map((row) => row.key);

describe("compared runs", () => {
  it("show what differs before what does not", () => {
    expect(keys("param")).toEqual(["lr", "zeta", "batch"]);
    const params = compareRows(runs)[0];
    expect(params?.differing).toBe(2);
    expect(params?.rows[1]?.values).toEqual(["x", undefined, undefined]);
  });

  it("leave out tags of the client", () => {
    expect(keys("tag")).toEqual(["team"]);
  });

  it("do not differ where there is only one, or where all are NaN", () => {
    expect(compareRows(runs.slice(0, 1)).every((group) => group.differing === 0)).toBe(true);
    const same = [run("a", {}, { m: "NaN" }), run("b", {}, { m: "NaN" })];
    expect(compareRows(same)[1]?.differing).toBe(0);
  });

  it("are narrowed to differences and to names", () => {
    const shown = (only: boolean, text: string) =>
      tableRows(compareRows(runs), only, text).map((row) => ("row" in row ? row.row.key : `[${row.heading.name}]`));
    expect(shown(true, "").slice(0, 3)).toEqual(["[Params]", "lr", "zeta"]);
    expect(shown(true, "batch")).toEqual([]);
    expect(shown(false, "BATCH")).toEqual(["[Params]", "batch"]);
  });

  it("are put in the order of a row, those without a value last", () => {
    const [params, metrics] = compareRows(runs);
    const lr = params?.rows[0];
    const acc = metrics?.rows.find((row) => row.key === "acc");
    if (!lr || !acc) throw new Error("rows are missing");
    expect(orderBy(lr, true)).toEqual([1, 0, 2]);
    expect(orderBy(lr, false)).toEqual([2, 0, 1]);
    expect(orderBy(acc, true)).toEqual([0, 1, 2]);
    expect(orderBy(acc, false)).toEqual([0, 1, 2]);
  });

  it("have shares of the range of a metric", () => {
    const [params, metrics] = compareRows(runs);
    const loss = metrics?.rows.find((row) => row.key === "loss");
    expect(loss && sharesOf(loss)).toEqual([1, 0, 0]);
    expect(params?.rows[0] && sharesOf(params.rows[0])).toBeUndefined();
  });
});

describe("addresses", () => {
  it("hold a few runs in the query and many in the fragment", () => {
    expect(compareAddress(["a", "b"])).toBe("/compare?run=a&run=b");
    const many = Array.from({ length: 300 }, (_, index) => `r${String(index)}`);
    const address = new URL(compareAddress(many), "http://x");
    expect(address.search).toBe("");
    expect(readRunIds(address.search, address.hash)).toEqual(many);
  });

  it("are read without what is no id, each run once", () => {
    expect(readRunIds("?run=a&run=a&run=%27%20OR%201&x=1", "#run=b")).toEqual(["a", "b"]);
  });
});
