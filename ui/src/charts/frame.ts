// The frame of a chart: the plot's place, its grid, its axes and their labels.

import type { Theme } from "./palette";
import type { Pen } from "./pen";
import { tickPosition, type Scale } from "./scale";

export interface Size {
  width: number;
  height: number;
}

/** A rectangle in CSS pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const LABEL_SIZE = 11;

/** About how wide a text is, without a canvas to measure on: digits and letters of the label font. */
export function textWidth(text: string, size = LABEL_SIZE): number {
  return text.length * size * 0.56;
}

/** Cuts a text that would be wider than it may be. */
export function shortened(text: string, width: number, size = LABEL_SIZE): string {
  const most = Math.max(Math.floor(width / (size * 0.56)), 1);
  return text.length <= most ? text : `${text.slice(0, Math.max(most - 1, 1))}…`;
}

/** The plot inside the margins that labels need. `left` is the width of the y axis' labels. */
export function plotBox(size: Size, left: number, bottom = 36, top = 10, right = 14): Box {
  return {
    left,
    top,
    width: Math.max(size.width - left - right, 1),
    height: Math.max(size.height - top - bottom, 1),
  };
}

/** Room for the labels of a y axis and its name. */
export function axisRoom(labels: readonly string[], named: boolean, most: number): number {
  const widest = labels.reduce((width, label) => Math.max(width, textWidth(label)), 0);
  return Math.min(widest, most) + 12 + (named ? LABEL_SIZE + 6 : 0);
}

/** Grid lines and labels of both axes. */
export function paintAxes(
  pen: Pen,
  box: Box,
  theme: Theme,
  x: { scale: Scale; name: string; ticks?: number },
  y: { scale: Scale; name: string; ticks?: number; room: number },
): void {
  const bottom = box.top + box.height;
  for (const tick of y.scale.ticks(y.ticks ?? Math.max(Math.floor(box.height / 36), 2))) {
    const at = Math.round(tickPosition(y.scale, tick)) + 0.5;
    if (!Number.isFinite(at)) continue;
    if (!y.scale.ordinal) pen.line([box.left, at, box.left + box.width, at], { stroke: theme.grid });
    const label = shortened(tick.label, y.room - 10);
    pen.text(box.left - 6, at, label, { fill: theme.muted, size: LABEL_SIZE, align: "right" });
  }
  const room = x.scale.ordinal ? 70 : 64;
  for (const tick of x.scale.ticks(x.ticks ?? Math.max(Math.floor(box.width / room), 2))) {
    const at = Math.round(tickPosition(x.scale, tick)) + 0.5;
    if (!Number.isFinite(at)) continue;
    if (!x.scale.ordinal) pen.line([at, box.top, at, bottom], { stroke: theme.grid });
    const label = shortened(tick.label, room);
    pen.text(at, bottom + 5, label, { fill: theme.muted, size: LABEL_SIZE, align: "center", baseline: "top" });
  }
  pen.line([box.left, box.top, box.left, bottom, box.left + box.width, bottom], { stroke: theme.muted, alpha: 0.6 });
  if (x.name !== "") {
    const label = shortened(x.name, box.width);
    const style = { fill: theme.text, size: LABEL_SIZE, align: "center", baseline: "top" } as const;
    pen.text(box.left + box.width / 2, bottom + 20, label, style);
  }
  if (y.name !== "") {
    const label = shortened(y.name, box.height);
    pen.text(9, box.top + box.height / 2, label, { fill: theme.text, size: LABEL_SIZE, align: "center", turned: true });
  }
}
