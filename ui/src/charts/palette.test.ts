import { describe, expect, it } from "vitest";

import { COLOR_COUNT, ColorSlots, paletteColor } from "./palette";

describe("colours", () => {
  it("are all different, in both themes", () => {
    for (const dark of [false, true]) {
      const colors = Array.from({ length: COLOR_COUNT }, (_, slot) => paletteColor(slot, dark));
      expect(new Set(colors).size).toBe(COLOR_COUNT);
    }
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
