import { describe, expect, it } from "vitest";

import { accept, expected, fixedSuggestions, nameSuggestion, stillFitting, valueSuggestions } from "./complete";
import { LOGGED_MODELS, valuesOf } from "./language";

/** `|` is the cursor. */
const at = (text: string) => expected(text.replace("|", ""), text.indexOf("|"));
const labels = (text: string) => fixedSuggestions(at(text)).map((one) => one.label);

describe("what is expected at the cursor", () => {
  it.each([
    ["|", "key"],
    ["met|", "key"],
    ["a = 1 AND |", "key"],
    ["NOT (st|", "key"],
    ["metrics.loss |", "comparison"],
    ["metrics.`val/loss` <|", "comparison"],
    ["status = |", "value"],
    ["status = 'RU|", "value"],
    ["status IN ('RUNNING', |", "value"],
    ["metrics.loss BETWEEN 1 AND |", "value"],
    ["metrics.loss BETWEEN 1 AND 2 |", "joint"],
    ["status IN ('RUNNING') A|", "joint"],
    ["tags.a IS NULL |", "joint"],
    ["tags.a IS NOT NULL OR |", "key"],
    ["metrics.loss < 1|", undefined],
    ["params.a = 'x'|", undefined],
    ["params.a IN (|", "value"],
    ["params.a IN ('x',|", "value"],
    ["params.a IN ('x' |", undefined],
    ["params.a IN ('x')|", undefined],
  ])("%s is %s", (text, what) => {
    expect(at(text)?.what).toBe(what);
  });

  it.each([
    ["metrics.|", "metric", ""],
    ["metrics.va|", "metric", "va"],
    ["params.a.b|", "param", "a.b"],
    ["tags.`my ta|", "tag", "my ta"],
    ["a = 1 AND tag.x|", "tag", "x"],
    ["params.tags.x|", "param", "tags.x"],
  ])("in %s it is the name of a %s that begins with %j", (text, kind, typed) => {
    expect(at(text)).toMatchObject({ what: "name", kind, typed });
  });

  it("tells the key and the comparison of a value, and what is typed of it", () => {
    expect(at("tags.`my tag` != 'gre|")).toMatchObject({
      what: "value",
      key: { prefix: "tags", name: "my tag" },
      comparison: "!=",
      typed: "gre",
      from: 17,
    });
    expect(at("params.a IN ('x',|")).toMatchObject({ key: { prefix: "params", name: "a" }, typed: "", from: 17 });
  });

  it("is no name behind a closed one", () => {
    expect(at("tags.`a`|")?.what).not.toBe("name");
  });
});

describe("suggestions", () => {
  it("know which comparisons a key has", () => {
    expect(labels("metrics.loss |")).not.toContain("LIKE");
    expect(labels("tags.a |")).not.toContain("<");
    expect(labels("params.lr |")).toEqual(expect.arrayContaining(["<", "LIKE"]));
    expect(labels("duration |")).toContain("<");
  });

  it("follow what is typed", () => {
    expect(labels("st|")).toEqual(["status", "start_time"]);
    expect(labels("status = 'f|")).toEqual(["FINISHED", "FAILED"]);
  });

  it("of values are those that are typed first, in the form of the comparison", () => {
    const values = ["10", "adam", "0.1", "it's"].map((value, at) => ({ value, runs: at + 1 }));
    const inserts = (comparison: string, typed: string) =>
      valueSuggestions({ comparison, typed }, values).map((one) => one.insert);
    expect(inserts("=", "a")).toEqual(["'adam' ", "'10' ", "'0.1' ", '"it\'s" ']);
    expect(inserts(">=", "")).toEqual(["10 ", "0.1 "]);
    expect(valueSuggestions({ comparison: "=", typed: "" }, values)[0]?.hint).toBe("1 run");
  });

  it("know where the values of a key are", () => {
    const where = (text: string) => {
      const place = at(text);
      return place?.what === "value" ? valuesOf(place.key) : undefined;
    };
    expect(where("params.lr = |")).toEqual({ kind: "param", key: "lr" });
    expect(where("attributes.user_id = |")).toEqual({ kind: "attribute", key: "user_id" });
    expect(where("tags.mlflow.source.name = '|")).toEqual({ kind: "tag", key: "mlflow.source.name" });
    expect(where("dataset.name = |")).toEqual({ kind: "dataset" });
    expect(where("dataset.digest = |")).toBeUndefined();
    expect(where("metrics.loss = |")).toBeUndefined();
  });

  it("of logged models are of their language", () => {
    const of = (text: string) => fixedSuggestions(at(text), LOGGED_MODELS).map((one) => one.label);
    expect(of("status = |")).toEqual(["READY", "PENDING", "FAILED"]);
    expect(of("creation|")).toEqual(["creation_timestamp"]);
    expect(of("creation_timestamp |")).not.toContain("LIKE");
    expect(of("user|")).toEqual([]);
  });

  it("are put in the place of what was typed", () => {
    const text = "metrics.va < 1";
    const place = expected(text, 10);
    if (!place) throw new Error("nothing is expected");
    expect(accept(text, place, nameSuggestion("val/loss", 3))).toEqual({ text: "metrics.`val/loss` < 1", cursor: 18 });
    expect(accept("", { from: 0, to: 0 }, { label: "params.", insert: "params." })).toEqual({
      text: "params.",
      cursor: 7,
    });
  });
});

describe("completion in the middle of a word", () => {
  const taken = (text: string, insert: string) => {
    const place = at(text);
    if (!place) throw new Error(`nothing is expected in ${text}`);
    const { text: now, cursor } = accept(text.replace("|", ""), place, { label: insert, insert });
    return `${now.slice(0, cursor)}|${now.slice(cursor)}`;
  };

  it.each([
    ["metrics.val|_loss < 1", "val_accuracy ", "metrics.val_accuracy| < 1"],
    ["metrics.va|l.loss < 1", "acc ", "metrics.acc| < 1"],
    ["metrics.`val/|loss` < 1", "`val/acc` ", "metrics.`val/acc`| < 1"],
    ["sta|tus = 'FAILED'", "start_time ", "start_time| = 'FAILED'"],
    ["met|rics.loss < 1", "metrics.", "metrics|.loss < 1"],
    ["status = 'RUN|NING'", "'FAILED' ", "'FAILED' |"],
    ["tags.a = 'two| words' AND x = 1", "'three words' ", "tags.a = 'three words'| AND x = 1"],
  ])("%s with %j", (text, insert, result) => {
    expect(taken(text, insert)).toBe(result.startsWith("'") ? `status = ${result}` : result);
  });

  it("leaves a later text alone that an open quote would swallow", () => {
    expect(taken("status = 'RU|N AND tags.a = 'x'", "'RUNNING' ")).toBe("status = 'RUNNING'| AND tags.a = 'x'");
    expect(taken("status = | AND tags.a = 'x'", "'RUNNING' ")).toBe("status = 'RUNNING'| AND tags.a = 'x'");
  });
});

describe("suggestions of the text before", () => {
  const list = [nameSuggestion("loss", 3), nameSuggestion("val_loss", 2), nameSuggestion("accuracy", 1)];
  const left = (before: string, now: string) => stillFitting(list, at(before), at(now)).map((one) => one.label);

  it("stay where they fit what is typed by now", () => {
    expect(left("metrics.|", "metrics.|")).toHaveLength(3);
    expect(left("metrics.|", "metrics.lo|")).toEqual(["loss", "val_loss"]);
    expect(left("metrics.|", "metrics.x|")).toEqual([]);
  });

  it("go where something else is expected", () => {
    expect(left("metrics.l|", "params.l|")).toEqual([]);
    expect(left("metrics.l|", "metrics.loss |")).toEqual([]);
    expect(left("metrics.l|", "a = 1 AND metrics.l|")).toEqual([]);
  });
});
