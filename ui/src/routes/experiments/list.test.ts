import { describe, expect, it } from "vitest";

import { searchFilter, sorted } from "./list";

describe("changes of experiments", () => {
  const change = (experimentId: string, ...kinds: ("created" | "tags" | "deleted")[]) => ({
    experimentId,
    runId: "",
    kinds: new Set(kinds),
  });
  const known = new Set(["1", "2"]);

  it("take a line away, say something new of one, or bring one", () => {
    expect(sorted([change("1", "deleted")], known, "ACTIVE_ONLY")).toEqual({ gone: true, renewed: [], appeared: [] });
    const others = [change("2", "tags"), change("3", "created", "tags"), change("4", "deleted"), change("5", "tags")];
    expect(sorted(others, known, "ACTIVE_ONLY")).toEqual({ gone: false, renewed: ["2"], appeared: ["3", "4"] });
  });

  it("that make one are none of those that are deleted", () => {
    const changes = [change("3", "created"), change("4", "deleted")];
    expect(sorted(changes, known, "DELETED_ONLY")).toEqual({ gone: false, renewed: [], appeared: ["4"] });
  });
});

describe("a search for experiments", () => {
  it.each([
    ["", ""],
    ["  iris ", "name ILIKE '%iris%'"],
    ["it's", 'name ILIKE "%it\'s%"'],
    ["team=vision", "name ILIKE '%team=vision%' OR tags.team ILIKE '%vision%'"],
    ["team: a b", "name ILIKE '%team: a b%' OR tags.team ILIKE '%a b%'"],
    ["my/team:", "name ILIKE '%my/team:%' OR tags.`my/team` IS NOT NULL"],
  ])("for %j is %j", (text, filter) => {
    expect(searchFilter(text)).toBe(filter);
  });
});
