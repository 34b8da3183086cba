import { describe, expect, it } from "vitest";

import type { LoggedModel } from "../../wire";
import { KnownModels } from "./known";

function model(id: string, lr: string, team: string): LoggedModel {
  return {
    info: {
      model_id: id,
      name: "classifier",
      model_type: "",
      source_run_id: "r",
      tags: [{ key: "team", value: team }],
    },
    data: { params: [{ key: "lr", value: lr }], metrics: [{ key: "accuracy", value: 1 }] },
  } as unknown as LoggedModel;
}

describe("KnownModels", () => {
  const known = new KnownModels();
  known.add([model("m-1", "0.1", "blue"), model("m-2", "0.2", "green")]);
  known.add([model("m-1", "0.1", "blue"), model("m-3", "0.1", "blue green")]);

  it("counts each model once, however often it was seen", () => {
    expect(known.names("param", "")).toEqual([{ key: "lr", runs: 3 }]);
    expect(known.values({ prefix: "params", name: "lr" }, "")).toEqual([
      { value: "0.1", runs: 2 },
      { value: "0.2", runs: 1 },
    ]);
  });

  it("has what begins with the text before what holds it", () => {
    expect(known.values({ prefix: "tags", name: "team" }, "GREEN").map((one) => one.value)).toEqual([
      "green",
      "blue green",
    ]);
    expect(known.names("metric", "acc")).toEqual([{ key: "accuracy", runs: 3 }]);
  });

  it("knows values of attributes, but not of what is empty or a metric", () => {
    expect(known.values({ prefix: "", name: "name" }, "class")).toEqual([{ value: "classifier", runs: 3 }]);
    expect(known.values({ prefix: "", name: "model_type" }, "")).toEqual([]);
    expect(known.values({ prefix: "metrics", name: "accuracy" }, "")).toEqual([]);
  });
});
