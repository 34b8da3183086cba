import { expect, it } from "vitest";

import { parseExactJson } from "./exact-json";
import { cellText } from "./logged-table";

it("keeps every digit of large whole numbers", () => {
  const text = '{"id": 9007199254740993, "list":[-12345678901234567890,1], "small": 9007199254740991}';
  expect(parseExactJson(text)).toEqual({
    id: 9007199254740993n,
    list: [-12345678901234567890n, 1],
    small: 9007199254740991,
  });
  expect(cellText(parseExactJson("[9007199254740993]"))).toBe('["9007199254740993"]');
});

it("leaves texts, fractions and exponents as they are", () => {
  const text = String.raw`{"a\"9007199254740993": "x, 9007199254740993", "b\\":0.12345678901234567, "c": 12345678901234567e2, "d": "\\", "e": 1}`;
  expect(parseExactJson(text)).toEqual(JSON.parse(text));
});

it("refuses what is no JSON", () => {
  for (const text of [
    "[12345678901234567",
    "12345678901234567 8",
    '{"a":"12345678901234567',
    "NaN 12345678901234567",
  ]) {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  }
});
