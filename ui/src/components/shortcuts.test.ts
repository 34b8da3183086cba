import { createRoot } from "solid-js";
import { afterEach, describe, expect, it, vi } from "vitest";

import { match, rank } from "./palette-match";
import { SHORTCUTS } from "./shortcut-list";
import { orderedParts } from "./shortcut-order";
import { characterKeys, chooseCharacterKeys, isOfCharacters, nameOf, runShortcut, useShortcuts } from "./shortcuts";

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

describe("keys of a letter or a sign alone", () => {
  afterEach(() => {
    chooseCharacterKeys(true);
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("are told from those that are held, and from named ones", () => {
    for (const keys of ["?", "g e", "/", "+"]) expect(isOfCharacters(keys)).toBe(true);
    for (const keys of ["mod+k", "Delete", "shift+ArrowDown", "F2", "alt+a"]) expect(isOfCharacters(keys)).toBe(false);
  });

  it("stay switched off in this browser", async () => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    });
    expect(characterKeys()).toBe(true);
    chooseCharacterKeys(false);
    expect(characterKeys()).toBe(false);
    vi.resetModules();
    const later = await import("./shortcuts");
    expect(later.characterKeys()).toBe(false);
    later.chooseCharacterKeys(true);
    expect(kept.size).toBe(0);
  });

  it("do nothing when they are switched off, others do", () => {
    vi.stubGlobal("HTMLElement", EventTarget);
    const pressed: string[] = [];
    const press = (key: string) => {
      const event = { key, timeStamp: 0, target: null, preventDefault: () => undefined };
      runShortcut(event as unknown as KeyboardEvent);
    };
    createRoot((leave) => {
      useShortcuts("runs", { r: () => pressed.push("r"), Delete: () => pressed.push("Delete") });
      press("r");
      chooseCharacterKeys(false);
      press("r");
      press("Delete");
      chooseCharacterKeys(true);
      press("r");
      leave();
    });
    expect(pressed).toEqual(["r", "Delete", "r"]);
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
