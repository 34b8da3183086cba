// A scale that fits the values of a field: numbers on a line, texts in bands.

import { extent, padded, type Extent } from "./extent";
import { numericScale, ordinalScale, type Scale } from "./scale";

export type FieldValues = readonly (number | string | undefined)[];

/** Whether a column is of texts. */
export function isOrdinal(values: FieldValues): boolean {
  return values.some((value) => typeof value === "string");
}

/** The different texts of a column: those that are numbers in their order, then the others in the alphabet's. */
export function distinctTexts(values: FieldValues): string[] {
  const texts = new Set<string>();
  for (const value of values) if (value !== undefined) texts.add(String(value));
  return [...texts].sort(compareTexts);
}

export function compareTexts(a: string, b: string): number {
  const [m, n] = [a.trim() === "" ? NaN : Number(a), b.trim() === "" ? NaN : Number(b)];
  if (!Number.isNaN(m) && !Number.isNaN(n)) return m - n;
  if (Number.isNaN(m) !== Number.isNaN(n)) return Number.isNaN(m) ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The finite numbers of a column. */
export function numbersOf(values: FieldValues): number[] {
  return values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
}

/** The scale of a column between two pixels; an axis without values goes from 0 to 1. */
export function fieldScale(values: FieldValues, start: number, end: number, log = false, room = 0.05): Scale {
  if (isOrdinal(values)) return ordinalScale(distinctTexts(values), start, end);
  return numericScale(fieldExtent(values, log, room), start, end, log);
}

function fieldExtent(values: FieldValues, log: boolean, room: number): Extent {
  const found = extent([numbersOf(values)], log);
  if (found === undefined) return log ? { min: 1, max: 10 } : { min: 0, max: 1 };
  return padded(found, log, room);
}

/** Where values lie between the least (0) and the greatest (1) of their column; texts by their place in the order. */
export function fieldShares(values: FieldValues): (number | undefined)[] {
  if (isOrdinal(values)) {
    const texts = distinctTexts(values);
    const places = new Map(texts.map((text, index) => [text, texts.length > 1 ? index / (texts.length - 1) : 0.5]));
    return values.map((value) => (value === undefined ? undefined : places.get(String(value))));
  }
  const found = extent([numbersOf(values)]);
  return values.map((value) => {
    if (found === undefined || typeof value !== "number" || !Number.isFinite(value)) return undefined;
    return found.max > found.min ? (value - found.min) / (found.max - found.min) : 0.5;
  });
}
