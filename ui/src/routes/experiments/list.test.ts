import { describe, expect, it } from "vitest";

import { searchFilter } from "./list";

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
