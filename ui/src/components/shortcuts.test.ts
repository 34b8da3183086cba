import { describe, expect, it } from "vitest";

import { match, rank } from "./palette-match";
import { SHORTCUTS } from "./shortcut-list";
import { orderedParts } from "./shortcut-order";
import { nameOf } from "./shortcuts";

type Held = Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>>;

const press = (key: string, held: Held = {}) =>
  nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe("nameOf", () => {
  it("writes keys as shortcuts do", () => {
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("K", { ctrlKey: true, shiftKey: true })).toBe("mod+k");
    expect(press("ArrowDown", { shiftKey: true })).toBe("shift+ArrowDown");
    expect(press("ArrowUp", { altKey: true })).toBe("alt+ArrowUp");
  });
});

describe("the list of shortcuts", () => {
  it("has each part once, those of the page first and what works everywhere behind them", () => {
    const { here, elsewhere } = orderedParts(["everywhere", "table", "runs", "table"]);
    expect(here).toEqual(["table", "runs", "everywhere"]);
    expect([...here, ...elsewhere].sort()).toEqual(Object.keys(SHORTCUTS).sort());
  });
});

describe("palette", () => {
  it("wants all words, in any order", () => {
    expect(match("digits-classifier", "class dig")).toBeDefined();
    expect(match("digits-classifier", "dig wine")).toBeUndefined();
    expect(match("anything", " ")).toBe(0);
  });

  it("puts beginnings of names and of words first", () => {
    const names = ["an iris", "Iris", "tiris", "deep-iris-model"];
    expect(rank(names, "iris", (name) => name)[0]).toBe("Iris");
    expect(rank(names, "iris", (name) => name).at(-1)).toBe("tiris");
  });
});
