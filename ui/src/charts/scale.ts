// From values to pixels, for the charts that are drawn on a canvas.

import type { Extent } from "./extent";
import { linearTicks, logTicks, type Tick } from "./ticks";

/** Maps values to positions between two pixels; `position` is NaN for what has no place. */
export interface Scale {
  position(value: number | string | undefined): number;
  ticks(wanted: number): Tick[];
  /** Whether values are names rather than numbers. */
  ordinal: boolean;
}

/** A scale of numbers; `log` needs a positive extent. */
export function numericScale(extent: Extent, start: number, end: number, log = false): Scale {
  const convert = log ? Math.log10 : (value: number): number => value;
  const low = convert(extent.min);
  const span = convert(extent.max) - low || 1;
  return {
    ordinal: false,
    position(value) {
      const number = typeof value === "number" ? value : Number.NaN;
      const share = (convert(number) - low) / span;
      return Number.isFinite(share) ? start + share * (end - start) : Number.NaN;
    },
    ticks: (wanted) => (log ? logTicks(extent, wanted) : linearTicks(extent, wanted)),
  };
}

/** A scale of names, each in the middle of a band of its own. */
export function ordinalScale(names: readonly string[], start: number, end: number): Scale {
  const places = new Map(names.map((name, index) => [name, index]));
  const band = (end - start) / Math.max(names.length, 1);
  return {
    ordinal: true,
    position(value) {
      const index = value === undefined ? undefined : places.get(String(value));
      return index === undefined ? Number.NaN : start + (index + 0.5) * band;
    },
    ticks(wanted) {
      const stride = Math.max(1, Math.ceil(names.length / Math.max(wanted, 1)));
      return names.flatMap((label, value) => (value % stride === 0 ? [{ value, label }] : []));
    },
  };
}

/** Where a tick of the scale lies: ordinal ticks are known by their label. */
export function tickPosition(scale: Scale, tick: Tick): number {
  return scale.position(scale.ordinal ? tick.label : tick.value);
}
