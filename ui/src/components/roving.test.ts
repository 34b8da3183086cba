import { expect, it } from "vitest";

import { rovingPlace } from "./roving";

it("arrows go round, Home and End to the first and the last", () => {
  expect(["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].map((key) => rovingPlace(key, 2, 3))).toEqual([
    0, 0, 1, 1,
  ]);
  expect(rovingPlace("ArrowLeft", 0, 3)).toBe(2);
  expect([rovingPlace("Home", 1, 3), rovingPlace("End", 1, 3)]).toEqual([0, 2]);
});

it("other keys are left to others", () => {
  expect(rovingPlace("Enter", 1, 3)).toBeUndefined();
});
