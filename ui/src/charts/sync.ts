// What the charts of a page share: the zoom of each kind of x axis, the place of the pointer, and the run that stands out.

import { createSignal } from "solid-js";

import type { Extent } from "./extent";
import type { LineAxis } from "./spec";

/** A place on an x axis that the pointer of one chart shows in the others. */
export interface Cursor {
  axis: string;
  x: number;
}

export interface ChartSync {
  zoom: (axis: string) => Extent | undefined;
  setZoom: (axis: string, extent: Extent | undefined) => void;
  isZoomed: () => boolean;
  resetZoom: () => void;
  cursor: () => Cursor | undefined;
  setCursor: (cursor: Cursor | undefined) => void;
  highlighted: () => string | undefined;
  setHighlighted: (runId: string | undefined) => void;
}

/** Axes of the same name are zoomed together. */
export function axisName(axis: LineAxis): string {
  return axis.kind === "metric" ? `metric:${axis.key}` : axis.kind;
}

/** The y axis of a chart: zoomed by itself, for values of other charts say nothing about it. */
export function yAxisName(chartId: string): string {
  return `y:${chartId}`;
}

export function createSync(): ChartSync {
  const [zooms, setZooms] = createSignal<ReadonlyMap<string, Extent>>(new Map());
  const [cursor, setCursor] = createSignal<Cursor | undefined>(undefined, {
    equals: (a, b) => a?.axis === b?.axis && a?.x === b?.x,
  });
  const [highlighted, setHighlighted] = createSignal<string>();
  return {
    zoom: (axis) => zooms().get(axis),
    setZoom(axis, extent) {
      const next = new Map(zooms());
      if (extent && extent.max > extent.min) next.set(axis, extent);
      else next.delete(axis);
      setZooms(next);
    },
    isZoomed: () => zooms().size > 0,
    resetZoom: () => void setZooms(new Map()),
    cursor,
    setCursor: (next) => void setCursor(next),
    highlighted,
    setHighlighted: (runId) => void setHighlighted(runId),
  };
}

/** The extent around `center` that is `factor` times as wide, kept within `whole`; `undefined` when that is all of it. */
export function zoomed(current: Extent, whole: Extent, factor: number, center: number): Extent | undefined {
  return within(
    { min: center - (center - current.min) * factor, max: center + (current.max - center) * factor },
    whole,
  );
}

/** The extent moved by a share of its width, kept within `whole`. */
export function panned(current: Extent, whole: Extent, share: number): Extent | undefined {
  const width = current.max - current.min;
  const by = Math.min(Math.max(width * share, whole.min - current.min), whole.max - current.max);
  return within({ min: current.min + by, max: current.max + by }, whole);
}

function within(extent: Extent, whole: Extent): Extent | undefined {
  const min = Math.max(extent.min, whole.min);
  const max = Math.min(extent.max, whole.max);
  return max > min && (min > whole.min || max < whole.max) ? { min, max } : undefined;
}
