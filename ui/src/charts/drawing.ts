// What every chart that is drawn on a canvas is made of. A drawing knows where its marks are, so it can be painted onto a
// screen or into a file, and asked what lies under the pointer.

import type { Theme } from "./palette";
import type { Size } from "./frame";
import type { Pen } from "./pen";

/** A mark under the pointer: what the readout shows, and which run it belongs to. */
export interface Mark {
  x: number;
  y: number;
  title: string;
  rows: readonly (readonly [label: string, value: string])[];
  runId?: string;
}

export interface Drawing {
  paint(pen: Pen, highlighted: string | undefined): void;
  /** All marks, in the order in which the keyboard walks through them. */
  marks: readonly Mark[];
  /** The mark at a place; the nearest one where the chart does not say. */
  pick?(x: number, y: number): Mark | undefined;
  /** Names of columns and rows of the CSV export. */
  table: { header: string[]; rows: (string | number | undefined)[][] };
}

/** What a chart draws with. */
export interface Surface {
  size: Size;
  theme: Theme;
  colorOf: (runId: string) => string;
}

/** The mark nearest to a place, at most `reach` pixels away. */
export function nearestMark(marks: readonly Mark[], x: number, y: number, reach = 24): Mark | undefined {
  let best: Mark | undefined;
  let least = reach * reach;
  for (const mark of marks) {
    const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2;
    if (distance <= least) {
      least = distance;
      best = mark;
    }
  }
  return best;
}
