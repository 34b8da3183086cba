import { expect, it } from "vitest";

import { toNumber } from "./numbers";

it("reads infinite values, which are stored as the greatest that is finite, as what they were", () => {
  const greatest = Number.MAX_VALUE;
  expect([1.5, greatest, -greatest, "Infinity", "NaN", 1.7e308].map((value) => toNumber(value))).toEqual([
    1.5,
    Infinity,
    -Infinity,
    Infinity,
    NaN,
    1.7e308,
  ]);
});
