import { expect, test } from "vitest";

import { compareAddress, readRunIds } from "./addresses";

const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `run-${String(at)}`);

function parts(address: string): { query: URLSearchParams; ids: string[] } {
  const { search, hash } = new URL(address, "http://trainyard");
  return { query: new URLSearchParams(search), ids: readRunIds(search, hash) };
}

test.each([2, 40, 41, 500])("an address of %i runs names them all and keeps what is shown of them", (count) => {
  const more = { part: "charts", charts: "a b&c", children: undefined };
  const { query, ids: read } = parts(compareAddress(ids(count), more));
  expect(read).toEqual(ids(count));
  expect(query.get("part")).toBe("charts");
  expect(query.get("charts")).toBe("a b&c");
  expect(query.has("children")).toBe(false);
});

test("many runs stand where no server sees them", () => {
  expect(compareAddress(ids(2))).toBe("/compare?run=run-0&run=run-1");
  expect(compareAddress(ids(41)).startsWith("/compare#run=run-0&")).toBe(true);
});
