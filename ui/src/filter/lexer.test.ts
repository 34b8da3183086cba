import { describe, expect, it } from "vitest";

import { both, errorPlace, errorReason, quoteName, quoteText, tokenize } from "./lexer";

const pieces = (filter: string) =>
  tokenize(filter)
    .filter((token) => token.kind !== "space")
    .map((token) => `${token.kind}:${filter.slice(token.start, token.end)}`);

describe("the lexer", () => {
  it("cuts a filter into pieces", () => {
    expect(pieces("metrics.`val/loss` <= 1e-3 and NOT tags.a IN ('x', \"it's\")")).toEqual([
      "word:metrics",
      "sign:.",
      "name:`val/loss`",
      "comparison:<=",
      "number:1e-3",
      "keyword:and",
      "keyword:NOT",
      "word:tags",
      "sign:.",
      "word:a",
      "keyword:IN",
      "sign:(",
      "text:'x'",
      "sign:,",
      'text:"it\'s"',
      "sign:)",
    ]);
    expect(pieces("tags.note = E'it\\'s'")).toContain("text:E'it\\'s'");
    expect(pieces("metrics.größe > -.5")).toEqual([
      "word:metrics",
      "sign:.",
      "word:größe",
      "comparison:>",
      "number:-.5",
    ]);
  });

  it.each(["", "a = 'open", "🚂 ´`x", "E'", "\0\n", "1.2.3"])("gives back the whole text of %j", (filter) => {
    expect(
      tokenize(filter)
        .map((token) => filter.slice(token.start, token.end))
        .join(""),
    ).toBe(filter);
  });

  it("tells which quotes are open", () => {
    const open = (filter: string) => tokenize(filter).some((token) => token.open === true);
    expect([open("'a"), open("'a'"), open("'"), open("`a"), open("``"), open("E'a\\'"), open("E'a\\''")]).toEqual([
      true,
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("quoting", () => {
  it.each([
    ["loss", "loss"],
    ["a.b_1", "a.b_1"],
    ["val/loss", "`val/loss`"],
    ["tick`s", "`tick``s`"],
    ["", "``"],
  ])("the name %j is %s", (name, quoted) => {
    expect(quoteName(name)).toBe(quoted);
  });

  it.each([
    ["x", "'x'"],
    ["it's", '"it\'s"'],
    ["'\"\\", "E'\\'\"\\\\'"],
  ])("the text %j is %s", (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });
});

describe("adding a clause", () => {
  it.each([
    ["", "b = 1"],
    ["a = 1", "a = 1 AND b = 1"],
    ["a = 1 or c = 2", "(a = 1 or c = 2) AND b = 1"],
    ["(a = 1 OR c = 2)", "(a = 1 OR c = 2) AND b = 1"],
    ["tags.a = ' OR '", "tags.a = ' OR ' AND b = 1"],
  ])("to %j gives %j", (filter, result) => {
    expect(both(filter, "b = 1")).toBe(result);
  });
});

describe("errors of the server", () => {
  it("have a place", () => {
    const message = 'Invalid filter at character 18, near "== 1": unknown comparison';
    expect(errorPlace(message, "metrics.accuracy == 1")).toEqual({ start: 17, end: 18 });
    expect(errorReason(message)).toBe("unknown comparison");
  });

  it("count characters, not halves of them", () => {
    expect(errorPlace('Invalid filter at character 3, near "= 1": x', "🚂 = 1")).toEqual({ start: 3, end: 4 });
  });

  it("may be at the end, or nowhere", () => {
    expect(errorPlace("Invalid filter at its end: a value is missing", "a = ")).toEqual({ start: 3, end: 4 });
    expect(errorReason("Invalid filter at its end: a value is missing")).toBe("a value is missing");
    expect(errorPlace("too many clauses", "a = 1")).toBeUndefined();
  });

  it("may quote quotes", () => {
    expect(errorReason('Invalid filter at character 5, near "\\"a: b": the quote is not closed')).toBe(
      "the quote is not closed",
    );
  });
});
