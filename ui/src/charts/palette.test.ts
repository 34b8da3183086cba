import { describe, expect, it } from "vitest";

import { COLOR_COUNT, ColorSlots, paletteColor, rampColor } from "./palette";

describe("colours", () => {
  it("are all different, in both themes", () => {
    for (const dark of [false, true]) {
      const colors = Array.from({ length: COLOR_COUNT }, (_, slot) => paletteColor(slot, dark));
      expect(new Set(colors).size).toBe(COLOR_COUNT);
    }
  });

  it("are written as programs that draw SVG files know them", () => {
    const all = [...Array.from({ length: COLOR_COUNT }, (_, slot) => paletteColor(slot, true)), rampColor(0.5, false)];
    for (const color of all) expect(color).toMatch(/^#[0-9a-f]{6}$/);
    // oklch(0.56 0.15 250)
    expect(paletteColor(0, false)).toBe("#1577c8");
  });

  it("of a run stay, and are not shared while there are others", () => {
    const slots = new ColorSlots();
    const ids = Array.from({ length: COLOR_COUNT }, (_, index) => `run-${String(index)}`);
    const first = ids.map((id) => slots.slot(id));
    expect(new Set(first).size).toBe(COLOR_COUNT);
    expect(ids.map((id) => slots.slot(id))).toEqual(first);
    // One more run than colours shares one.
    expect(slots.slot("one more")).toBeLessThan(COLOR_COUNT);
  });

  it("of a run that is alone follow from its id alone", () => {
    expect(new ColorSlots().slot("0af3")).toBe(new ColorSlots().slot("0af3"));
  });
});
