import { describe, expect, it } from "vitest";

import { pageOf, readDefinition } from "./views";

describe("a view", () => {
  it("belongs to the page that it names, else to the table of runs", () => {
    expect(pageOf({ definition: '{"page": "compare", "charts": []}' })).toBe("compare");
    expect(pageOf({ definition: '{"filter": "a = 1"}' })).toBeUndefined();
    expect(pageOf({ definition: '{"page": 3}' })).toBeUndefined();
  });

  it("that somebody else has written holds nothing that it should not", () => {
    for (const definition of ["", "[]", "null", "3", "{"]) expect(readDefinition({ definition })).toEqual({});
  });
});
