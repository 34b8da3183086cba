import { createMemo } from "solid-js";

import { createVirtual, type VirtualItem } from "../../components/virtual";
import { columnWidth } from "./columns";
import type { Column } from "./state";

/** Width of the column of check boxes. */
export const MARK_WIDTH = 36;
/** Pinned columns may take so much of a narrow page. */
const PINNED_SHARE = 0.62;

/** Where columns stand. */
export interface Layout {
  pinned: () => Column[];
  scrolled: () => Column[];
  /** All of them, pinned first. */
  all: () => Column[];
  /** Those of `scrolled` that are in sight. */
  inSight: () => VirtualItem[];
  widthOf: (column: Column) => number;
  pinnedWidth: () => number;
  width: () => number;
  reveal: (at: number) => void;
}

export interface LayoutOptions {
  columns: () => readonly Column[];
  scroller: () => HTMLElement;
  /** Width of the table's window. */
  room: () => number;
}

export function createLayout(options: LayoutOptions): Layout {
  const narrow = () => options.room() < 640;
  const pinned = createMemo(() => {
    const all = options.columns().filter((column) => column.pinned === true);
    return narrow() ? all.slice(0, 1) : all;
  });
  const scrolled = createMemo(() => {
    const fixed = new Set(pinned());
    return options.columns().filter((column) => !fixed.has(column));
  });
  const widthOf = (column: Column) => {
    const width = columnWidth(column);
    const most = Math.max(120, options.room() * PINNED_SHARE - MARK_WIDTH);
    return narrow() && column.pinned === true ? Math.min(width, most) : width;
  };
  const pinnedWidth = createMemo(() => pinned().reduce((sum, column) => sum + widthOf(column), MARK_WIDTH));
  const virtual = createVirtual({
    count: () => scrolled().length,
    scroller: options.scroller,
    horizontal: true,
    size: () => scrolled().map(widthOf),
    overscan: 4,
  });
  return {
    pinned,
    scrolled,
    all: () => [...pinned(), ...scrolled()],
    inSight: virtual.items,
    widthOf,
    pinnedWidth,
    width: () => Math.max(pinnedWidth() + virtual.total(), options.room()),
    reveal: (at) => {
      const index = at - pinned().length;
      const scroller = options.scroller();
      if (index < 0) return;
      let start = 0;
      for (const column of scrolled().slice(0, index)) start += widthOf(column);
      const column = scrolled()[index];
      const end = start + (column ? widthOf(column) : 0);
      const free = scroller.clientWidth - pinnedWidth();
      if (start < scroller.scrollLeft) scroller.scrollLeft = start;
      else if (end > scroller.scrollLeft + free) scroller.scrollLeft = Math.min(start, end - free);
    },
  };
}
