import { createMemo, createSignal, onCleanup, onMount } from "solid-js";

import { itemsOf, Places, type Range, type Sizes, type VirtualItem } from "./virtual-places";

export type { VirtualItem };

export interface VirtualOptions {
  count: () => number;
  /** The element that scrolls; there once the component is mounted. */
  scroller: () => HTMLElement;
  /** Height (or width) in pixels: one of all items, or that of each. */
  size: () => Sizes;
  horizontal?: boolean;
  overscan?: number;
  /** Room before the items, in the part that scrolls: what stands there covers as much when it is sticky. */
  before?: () => number;
}

export interface Virtual {
  /** The items to draw now, with where they are. */
  items: () => VirtualItem[];
  /** Length of all items together. */
  total: () => number;
  /** Scrolls as far as it takes to see an item. */
  scrollTo: (index: number) => void;
}

/** Which of many rows or columns are in sight. */
export function createVirtual(options: VirtualOptions): Virtual {
  const [offset, setOffset] = createSignal(0);
  const [extent, setExtent] = createSignal(0);
  const places = createMemo(() => new Places(options.size(), options.count()));
  const range = createMemo(() => places().inSight(offset(), extent(), options.overscan ?? 6), undefined, {
    equals: (one: Range, other: Range) => one.from === other.from && one.to === other.to,
  });
  const items = createMemo<VirtualItem[]>((before) => itemsOf(places(), range(), before), []);

  const edge = options.horizontal ? "scrollLeft" : "scrollTop";
  const read = () => setOffset(options.scroller()[edge]);

  onMount(() => {
    const scroller = options.scroller();
    const measure = () => setExtent(options.horizontal ? scroller.clientWidth : scroller.clientHeight);
    read();
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(scroller);
    scroller.addEventListener("scroll", read, { passive: true });
    onCleanup(() => {
      watcher.disconnect();
      scroller.removeEventListener("scroll", read);
    });
  });

  return {
    items,
    total: () => places().total,
    scrollTo: (index) => {
      const scroller = options.scroller();
      const now = scroller[edge];
      const wanted = places().reveal(index, now, extent(), options.before?.() ?? 0);
      if (wanted !== now) scroller[edge] = wanted;
      // The event comes with the next frame only, and what asked for an item may look for it before.
      read();
    },
  };
}

/**
 * The same items in slots: an item keeps its slot as long as it is in sight, and a slot that becomes free takes the next item. With
 * <Index>, elements that scroll out of sight are used again instead of being made anew.
 */
export function createSlots(items: () => readonly VirtualItem[]): () => readonly (VirtualItem | undefined)[] {
  let size = 0;
  const slots = createMemo(() => {
    const now = items();
    size = Math.max(now.length, Math.min(size, now.length + 16));
    const filled = new Array<VirtualItem | undefined>(size).fill(undefined);
    for (const item of now) filled[item.index % size] = item;
    return filled;
  });
  return slots;
}
