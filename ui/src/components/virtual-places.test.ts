import { describe, expect, it } from "vitest";

import { itemsOf, Places } from "./virtual-places";

describe("which items are in sight", () => {
  it("is what the window covers, and some more at both ends", () => {
    expect(new Places(10, 100_000).inSight(5000, 95, 3)).toEqual({ from: 497, to: 513 });
    expect(new Places([100, 50, 200, 80], 4).inSight(120, 100, 0)).toEqual({ from: 1, to: 3 });
  });

  it("ends with the list", () => {
    expect(new Places(10, 4).inSight(0, 500, 6)).toEqual({ from: 0, to: 4 });
    expect(new Places([100, 50], 2).inSight(140, 500, 6)).toEqual({ from: 0, to: 2 });
  });

  it("is nothing in an empty list, and in a window without height", () => {
    expect(new Places(10, 0).inSight(0, 500, 6)).toEqual({ from: 0, to: 0 });
    expect(new Places(10, 9).inSight(0, 0, 6)).toEqual({ from: 0, to: 0 });
  });

  it("is the end of a list that has become shorter than one has scrolled", () => {
    expect(new Places(10, 5).inSight(900, 100, 1)).toEqual({ from: 3, to: 5 });
    expect(new Places([10, 10, 10], 3).inSight(900, 100, 1)).toEqual({ from: 1, to: 3 });
  });
});

describe("scrolling to an item", () => {
  const places = new Places(10, 100);

  it("does not move what is in sight", () => {
    expect(places.reveal(12, 100, 50, 0)).toBe(100);
  });

  it("goes no further than needed, in both directions", () => {
    expect(places.reveal(3, 100, 50, 0)).toBe(30);
    expect(places.reveal(20, 100, 50, 0)).toBe(160);
  });

  it("goes as much further as a header takes of the window", () => {
    expect(places.reveal(20, 100, 50, 8)).toBe(168);
  });

  it("stops at the last item", () => {
    expect(places.reveal(1000, 0, 50, 0)).toBe(950);
  });
});

describe("items of a range", () => {
  it("are the same objects where they stand as before", () => {
    const places = new Places(10, 100);
    const before = itemsOf(places, { from: 5, to: 9 }, []);
    const after = itemsOf(places, { from: 7, to: 11 }, before);
    expect(after.map((item) => item.start)).toEqual([70, 80, 90, 100]);
    expect(after[0]).toBe(before[2]);
  });

  it("are the same list where nothing has moved", () => {
    const before = itemsOf(new Places(10, 100), { from: 5, to: 9 }, []);
    expect(itemsOf(new Places(10, 101), { from: 5, to: 9 }, before)).toBe(before);
  });

  it("are new where their size has changed", () => {
    const before = itemsOf(new Places([10, 20, 30], 3), { from: 0, to: 3 }, []);
    const after = itemsOf(new Places([10, 25, 30], 3), { from: 0, to: 3 }, before);
    expect(after.map((item) => before.includes(item))).toEqual([true, false, false]);
  });
});

it("tells how long all items are together", () => {
  expect(new Places(32, 100_000).total).toBe(3_200_000);
  expect(new Places([100, 50, 200], 3).total).toBe(350);
  expect(new Places([], 0).total).toBe(0);
});
