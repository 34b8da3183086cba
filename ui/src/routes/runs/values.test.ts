import { describe, expect, it } from "vitest";

import type { Run } from "../../wire";
import type { Column } from "./state";
import { clausesOf, exactText, formatNumber, textOf } from "./values";

const run: Run = {
  info: {
    run_id: "0123",
    run_uuid: "0123",
    run_name: "it's <b>bold</b>",
    experiment_id: "1",
    user_id: "",
    status: "FINISHED",
    start_time: 1000,
    end_time: 62_000,
    artifact_uri: "",
    lifecycle_stage: "active",
  },
  data: {
    metrics: [
      { key: "loss", value: 0.123456789, timestamp: 0, step: 0 },
      { key: "nan", value: "NaN", timestamp: 0, step: 0 },
      { key: "infinite", value: Number.MAX_VALUE, timestamp: 0, step: 0 },
    ],
    params: [{ key: "lr", value: "1e-3" }],
    tags: [{ key: "mlflow.source.name", value: "/home/me/train.py" }],
  },
  inputs: { dataset_inputs: [{ dataset: { name: "iris", digest: "d", source_type: "", source: "" } }] },
};
const metric = (key: string): Column => ({ source: "metric", key });
const attribute = (key: string): Column => ({ source: "attribute", key });

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.1 + 0.2, "0.3"],
    [123_456, "123456"],
    [0.00001234, "1.234e-5"],
    [12_345_678.9, "1.23457e7"],
    [-1e300, "-1e300"],
    [-0.5, "-0.5"],
    [Infinity, "∞"],
    [NaN, "NaN"],
  ])("%d is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("cells", () => {
  it("show values short and keep them whole", () => {
    expect([textOf(run, metric("loss")), exactText(run, metric("loss"))]).toEqual(["0.123457", "0.123456789"]);
    expect([textOf(run, attribute("source")), exactText(run, attribute("source"))]).toEqual([
      "train.py",
      "/home/me/train.py",
    ]);
    expect(textOf(run, metric("absent"))).toBeUndefined();
    expect(textOf(run, attribute("user_id"))).toBeUndefined();
    expect(textOf(run, attribute("duration"))).toBe("1 min 1 s");
  });

  it("offer filters", () => {
    const filters = (column: Column) => clausesOf(run, column).map((one) => one.filter);
    expect(filters(metric("loss"))).toEqual([
      "metrics.loss >= 0.123456789",
      "metrics.loss <= 0.123456789",
      "metrics.loss = 0.123456789",
    ]);
    expect(filters({ source: "param", key: "lr" })).toEqual(["params.lr = '1e-3'", "params.lr != '1e-3'"]);
    expect(filters(attribute("run_name"))[0]).toBe('run_name = "it\'s <b>bold</b>"');
    expect(filters(attribute("datasets"))).toEqual(["dataset.name = 'iris'"]);
    expect(filters({ source: "tag", key: "a b" })).toEqual(["tags.`a b` IS NULL"]);
    expect(filters(attribute("duration"))[0]).toBe("duration >= 61000");
    expect(filters(attribute("models"))).toEqual([]);
    expect(filters(metric("absent"))).toEqual(["metrics.absent IS NULL"]);
  });

  it("do not call NaN and infinite values missing", () => {
    expect(clausesOf(run, metric("nan"))).toEqual([]);
    expect(textOf(run, metric("infinite"))).toBe("∞");
    // That is what filters compare with.
    expect(clausesOf(run, metric("infinite"))[2]).toEqual({
      label: "infinite = ∞",
      filter: "metrics.infinite = 1.7976931348623157e+308",
    });
  });
});
