import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { firstNames, loneFirst } from "./first-names";

let answers: Record<string, unknown> = {};
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (path: string) => {
    const name = Object.keys(answers).find((one) => path.includes(one)) ?? "";
    asked.push(name);
    return Promise.resolve(Response.json(answers[name]));
  });
});
afterEach(() => vi.unstubAllGlobals());

const layers = Array.from({ length: 300 }, (_, at) => `grad/layer${String(at)}`);

it("what stands alone comes before what is one of many", () => {
  expect(loneFirst([...layers, "loss", "val/loss", "val/acc"]).slice(0, 4)).toEqual([
    "loss",
    "val/acc",
    "val/loss",
    "grad/layer0",
  ]);
});

it("all names are taken where there are few", async () => {
  const few = [{ kind: "metric", key: "loss", runs: 3, distinct: 3 }];
  answers = { columns: { columns: few } };
  expect(await firstNames("1", "metric")).toEqual(few);
  expect(asked).toEqual(["columns"]);
});

it("of thousands of names those of the newest run are taken, and loss is among them", async () => {
  const page = layers.slice(0, 200).map((key) => ({ kind: "metric", key, runs: 3, distinct: 3 }));
  const metrics = [...layers, "loss"].map((key) => ({ key, value: 1, step: 0, timestamp: 0 }));
  answers = {
    columns: { columns: page, next_page_token: "more" },
    "runs/search": { runs: [{ info: { run_id: "a" }, data: { metrics } }] },
  };
  const found = await firstNames("1", "metric");
  expect(found).toHaveLength(200);
  expect(found[0]?.key).toBe("loss");
});

it("without a run the page of names is what there is", async () => {
  const page = layers.slice(0, 200).map((key) => ({ kind: "param", key, runs: 3, distinct: 3 }));
  answers = { columns: { columns: page, next_page_token: "more" }, "runs/search": {} };
  expect(await firstNames("1", "param")).toEqual(page);
});
