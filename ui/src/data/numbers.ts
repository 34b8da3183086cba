import type { Double } from "../wire";

/** A double of the wire as a number. */
export function toNumber(value: Double): number {
  return typeof value === "number" ? value : Number(value);
}
