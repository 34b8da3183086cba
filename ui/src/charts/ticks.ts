// Where axes have their ticks, and what stands beside them.

import { isDate } from "../data/dates";
import type { Extent } from "./extent";

/** A place on an axis. */
export interface Tick {
  value: number;
  label: string;
}

/** Round numbers (1, 2 or 5 times a power of ten) within the extent, about `wanted` of them. */
export function linearTicks({ min, max }: Extent, wanted: number): Tick[] {
  if (!(max > min) || !Number.isFinite(max - min)) return [{ value: min, label: formatNumber(min) }];
  const step = roundStep((max - min) / Math.max(wanted, 1));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = multiples(min, max, step).map((count): Tick => {
    // Their product carries the error of the step; the label is rounded to the digits that the step has.
    const value = decimals <= 15 ? Number((count * step).toFixed(decimals)) : count * step;
    return { value, label: formatTick(value, step) };
  });
  return ticks.length > 0 ? ticks : [{ value: min, label: formatNumber(min) }];
}

const MOST_TICKS = 50;

/**
 * Which multiples of the step lie between two values. Counted from the first: far from zero a small step is less than what lies
 * between two doubles, and adding it again and again would never arrive. None where they cannot be told apart.
 */
function multiples(min: number, max: number, step: number): number[] {
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return [];
  return Array.from({ length: Math.max(0, Math.min(last - first + 1, MOST_TICKS)) }, (_, index) => first + index);
}

function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const share = step / power;
  return (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
}

/** Powers of ten within the extent; between them 2 and 5 where there is room, linear ticks where there is no power. */
export function logTicks(extent: Extent, wanted: number): Tick[] {
  const low = Math.log10(extent.min);
  const high = Math.log10(extent.max);
  if (!(high > low)) return [{ value: extent.min, label: formatNumber(extent.min) }];
  if (high - low < 1) return linearTicks(extent, wanted).filter((tick) => tick.value > 0);
  const stride = Math.max(1, Math.ceil((high - low) / Math.max(wanted, 1)));
  const multiples = stride === 1 && (high - low) * 3 <= wanted ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = Math.floor(low / stride) * stride; power <= high; power += stride) {
    for (const multiple of multiples) {
      const value = Number(`${String(multiple)}e${String(power)}`);
      if (value >= extent.min && value <= extent.max) ticks.push({ value, label: formatNumber(value) });
    }
  }
  return ticks;
}

function formatTick(value: number, step: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || magnitude < 1e-4) return formatNumber(value);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(Math.min(decimals, 20));
}

/** A number in few characters: four significant digits, k, M and G for thousands, an exponent for the very small. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  if (magnitude < 1e-3 || magnitude >= 1e15) return shortExponent(value);
  for (const [unit, suffix] of UNITS) {
    // Thousands are written out up to four digits.
    if (magnitude >= unit && magnitude >= 1e4) return `${significant(value / unit)}${suffix}`;
  }
  return significant(value);
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function shortExponent(value: number): string {
  return Number(value.toPrecision(3)).toExponential().replace("e+", "e");
}

/** A number with six digits: as many as a reader of one value wants to see. Whole numbers have all of theirs. */
export function formatExact(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e15) return Number(value.toPrecision(6)).toExponential().replace("e+", "e");
  return String(Number(value.toPrecision(6)));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of milliseconds as people say it: `850 ms`, `12.5 s`, `3 m 20 s`, `2 h 5 m`, `4 d 3 h`. */
export function formatSpan(ms: number): string {
  if (!Number.isFinite(ms)) return "";
  const sign = ms < 0 ? "−" : "";
  const span = Math.abs(ms);
  if (span < SECOND) return `${sign}${significant(span)} ms`;
  if (span < MINUTE) return `${sign}${String(Number((span / SECOND).toPrecision(3)))} s`;
  if (span < HOUR) return sign + two(span, MINUTE, "m", SECOND, "s");
  if (span < DAY) return sign + two(span, HOUR, "h", MINUTE, "m");
  return sign + two(span, DAY, "d", HOUR, "h");
}

function two(span: number, unit: number, name: string, smaller: number, smallerName: string): string {
  const rounded = Math.round(span / smaller) * smaller;
  const whole = Math.floor(rounded / unit);
  const rest = (rounded - whole * unit) / smaller;
  return rest === 0 ? `${String(whole)} ${name}` : `${String(whole)} ${name} ${String(rest)} ${smallerName}`;
}

const SPAN_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .concat([1, 2, 5, 10, 15, 30].map((count) => count * SECOND))
  .concat([1, 2, 5, 10, 15, 30].map((count) => count * MINUTE))
  .concat([1, 2, 3, 6, 12].map((count) => count * HOUR));

/** Ticks of an axis of time spans, at whole seconds, minutes, hours and days. */
export function spanTicks({ min, max }: Extent, wanted: number): Tick[] {
  if (!(max > min)) return [{ value: min, label: formatSpan(min) }];
  const least = (max - min) / Math.max(wanted, 1);
  const step = SPAN_STEPS.find((candidate) => candidate >= least) ?? roundStep(least / DAY) * DAY;
  const ticks = multiples(min, max, step).map((count): Tick => {
    const value = count * step;
    return { value, label: value === 0 ? "0" : formatSpan(value) };
  });
  return ticks.length > 0 ? ticks : [{ value: min, label: formatSpan(min) }];
}

/** Ticks of an axis of points in time, in the reader's zone; beyond all dates those of numbers. */
export function timeTicks({ min, max }: Extent, wanted: number): Tick[] {
  if (!isDate(min) || !isDate(max)) return linearTicks({ min, max }, wanted);
  if (!(max > min)) return [{ value: min, label: formatTime(min, HOUR) }];
  const least = (max - min) / Math.max(wanted, 1);
  const step = SPAN_STEPS.find((candidate) => candidate >= least) ?? Math.ceil(least / DAY) * DAY;
  // Whole hours and days are those of the reader's zone, which UTC's need not be. The zone's own time may change in between.
  const zone = offsetAt(min);
  const shift = step >= HOUR ? HOUR : 0;
  const ticks: Tick[] = [];
  for (const count of multiples(min - zone - shift, max - zone + shift, step)) {
    const value = count * step + (shift > 0 ? offsetAt(count * step + zone) : zone);
    if (value < min || value > max || value <= (ticks.at(-1)?.value ?? -Infinity)) continue;
    ticks.push({ value, label: formatTime(value, step) });
  }
  return ticks.length > 0 ? ticks : [{ value: min, label: formatTime(min, step) }];
}

/** What has to be added to the reader's time to have UTC. */
function offsetAt(time: number): number {
  return isDate(time) ? new Date(time).getTimezoneOffset() * MINUTE : 0;
}

function formatTime(value: number, step: number): string {
  const date = new Date(value);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= DAY || (step >= HOUR && midnight)) {
    return date.toLocaleDateString(undefined, { month: "short", day: "numeric" });
  }
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  if (step < MINUTE) options.second = "2-digit";
  if (step < SECOND) options.fractionalSecondDigits = 3;
  return date.toLocaleTimeString(undefined, options);
}
