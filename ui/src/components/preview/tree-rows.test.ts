import { describe, expect, it } from "vitest";

import { type Listing, parentsOf, renewedEntries, treeMove, treeRows } from "./tree-rows";

const file = (path: string) => ({ path, name: path.slice(path.lastIndexOf("/") + 1), isDirectory: false, size: 1 });
const directory = (path: string) => ({ ...file(path), isDirectory: true, size: undefined });

const listings = new Map<string, Listing>([
  ["", { state: "ready", entries: [directory("a"), directory("b"), file("c.txt")] }],
  ["a", { state: "ready", entries: [file("a/x.txt"), file("a/y.txt")] }],
  ["b", { state: "loading" }],
]);

const shown = (expanded: string[]) =>
  treeRows(listings, new Set(expanded)).map((row) => (row.kind === "entry" ? row.entry.path : `(${row.directory})`));

describe("treeRows", () => {
  it("shows what is open, in order", () => {
    expect(shown([])).toEqual(["a", "b", "c.txt"]);
    expect(shown(["a", "b"])).toEqual(["a", "a/x.txt", "a/y.txt", "b", "(b)", "c.txt"]);
    expect(treeRows(new Map([["", { state: "ready", entries: [] }]]), new Set())).toEqual([
      { kind: "note", directory: "", level: 1, listing: "empty" },
    ]);
    expect(treeRows(new Map(), new Set())[0]?.kind).toBe("note");
  });

  it("shows directories of any size", () => {
    const many = Array.from({ length: 200_000 }, (_, index) => file(`a/${String(index)}`));
    const large = new Map(listings).set("a", { state: "ready", entries: many });
    expect(treeRows(large, new Set(["a"])).length).toBe(200_003);
  });
});

describe("treeMove", () => {
  const rows = treeRows(listings, new Set(["a", "b"]));

  it("walks over entries and skips notes", () => {
    expect(treeMove(rows, 3, "ArrowDown")).toEqual({ focus: 5 });
    expect(treeMove(rows, 5, "ArrowUp")).toEqual({ focus: 3 });
    expect(treeMove(rows, 5, "ArrowDown")).toBeUndefined();
    expect(treeMove(rows, 5, "Home")).toEqual({ focus: 0 });
    expect(treeMove(rows, 0, "End")).toEqual({ focus: 5 });
  });

  it("opens, closes and goes to the parent", () => {
    expect(treeMove(rows, 0, "ArrowRight")).toEqual({ focus: 1 });
    expect(treeMove(rows, 0, "ArrowLeft")).toEqual({ toggle: 0 });
    expect(treeMove(rows, 2, "ArrowLeft")).toEqual({ focus: 0 });
    expect(treeMove(treeRows(listings, new Set()), 0, "ArrowRight")).toEqual({ toggle: 0 });
    expect(treeMove(rows, 1, "ArrowRight")).toBeUndefined();
    expect(treeMove(rows, 1, "Enter")).toEqual({ open: 1 });
  });

  it("finds by first letter, from the focus on", () => {
    expect(treeMove(rows, 0, "y")).toEqual({ focus: 2 });
    expect(treeMove(rows, 2, "x")).toEqual({ focus: 1 });
    expect(treeMove(rows, 0, "q")).toBeUndefined();
  });
});

describe("parentsOf", () => {
  it("names all directories above", () => {
    expect(parentsOf("a/b/c.txt")).toEqual(["a", "a/b"]);
    expect(parentsOf("c.txt")).toEqual([]);
  });
});

describe("renewedEntries", () => {
  const before = [directory("a"), file("b.log"), file("c.txt")];

  it("keeps what has not changed", () => {
    expect(renewedEntries(before, [directory("a"), file("b.log"), file("c.txt")])).toBe(before);
  });

  it("has new, changed and removed files as they are now, and the others as they were", () => {
    const now = renewedEntries(before, [directory("a"), { ...file("b.log"), size: 7 }, file("d.txt")]);
    expect(now.map((entry) => entry.path)).toEqual(["a", "b.log", "d.txt"]);
    expect(now[0]).toBe(before[0]);
    expect(now[1]?.size).toBe(7);
    expect(renewedEntries(before, before.slice(0, 1))).toHaveLength(1);
  });
});
