import { describe, expect, it } from "vitest";

import { accept, expected, fixedSuggestions, nameSuggestion } from "./complete";

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
