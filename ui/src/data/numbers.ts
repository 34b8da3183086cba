import type { Double } from "../wire";

/** A double of the wire as a number. */
export function toNumber(value: Double | string): number {
  return unclamped(Number(value));
}

/** Infinite values are stored, and answered, as the greatest that is finite: that is what they were logged as. */
export function unclamped(value: number): number {
  return Math.abs(value) === Number.MAX_VALUE ? Math.sign(value) * Infinity : value;
}
