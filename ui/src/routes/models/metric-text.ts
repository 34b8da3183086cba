import { toNumber } from "../../data/numbers";
import type { Metric } from "../../wire";

/** A number with as many digits as tell something. */
export function formatMetric(value: Metric["value"]): string {
  const number = toNumber(value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "∞" : "−∞";
  return Number.isInteger(number) && Math.abs(number) < 1e9
    ? number.toLocaleString()
    : String(Number(number.toPrecision(6)));
}
