import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Rect,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import { createComputed, createMemo, createSignal, onCleanup, onMount } from "solid-js";

export type { VirtualItem };

export interface VirtualOptions {
  count: () => number;
  /** The element that scrolls; there once the component is mounted. */
  scroller: () => HTMLElement;
  /** Height (or width) in pixels of an item. Change `sizesOf` when these change. */
  size: (index: number) => number;
  /** Anything that changes when sizes do. */
  sizesOf?: () => unknown;
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
  scrollTo: (index: number, align?: "auto" | "start" | "center" | "end") => void;
}

/** Which of many rows or columns are in sight: the one place that knows @tanstack/virtual-core. */
export function createVirtual(options: VirtualOptions): Virtual {
  const [items, setItems] = createSignal<VirtualItem[]>([]);
  const [total, setTotal] = createSignal(0);
  const settings = () => ({
    count: options.count(),
    getScrollElement: () => options.scroller(),
    estimateSize: options.size,
    horizontal: options.horizontal ?? false,
    overscan: options.overscan ?? 6,
    // Items count from their own start; scrolled to the end of the window, one has to go further by what is before them.
    scrollPaddingEnd: options.before?.() ?? 0,
    scrollToFn: elementScroll,
    observeElementRect: (instance: Virtualizer<HTMLElement, HTMLElement>, tell: (rect: Rect) => void) =>
      observeElementRect(instance, tell),
    observeElementOffset,
    onChange: read,
  });
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>({ ...settings(), enabled: true });

  function read(): void {
    const next = virtualizer.getVirtualItems();
    setItems((before) => (same(before, next) ? before : next));
    setTotal(virtualizer.getTotalSize());
  }

  let mounted = false;
  let sizes: unknown;
  createComputed(() => {
    const changed = options.sizesOf?.();
    virtualizer.setOptions(settings());
    if (changed !== sizes) {
      sizes = changed;
      virtualizer.measure();
    }
    if (mounted) {
      virtualizer._willUpdate();
      read();
    }
  });
  onMount(() => {
    mounted = true;
    onCleanup(virtualizer._didMount());
    virtualizer._willUpdate();
    read();
  });

  return {
    items,
    total,
    scrollTo: (index, align = "auto") => virtualizer.scrollToIndex(index, { align }),
  };
}

function same(before: readonly VirtualItem[], after: readonly VirtualItem[]): boolean {
  return (
    before.length === after.length &&
    before.every((item, at) => {
      const other = after[at];
      return (
        other !== undefined && item.index === other.index && item.start === other.start && item.size === other.size
      );
    })
  );
}

/**
 * The same items in slots: an item keeps its slot as long as it is in sight, and a slot that becomes free takes the next item. With
 * <Index>, elements that scroll out of sight are used again instead of being made anew.
 */
export function createSlots(items: () => readonly VirtualItem[]): () => readonly (VirtualItem | undefined)[] {
  let size = 0;
  return createMemo(() => {
    const now = items();
    size = Math.max(now.length, Math.min(size, now.length + 16));
    const slots = new Array<VirtualItem | undefined>(size).fill(undefined);
    for (const item of now) slots[item.index % size] = item;
    return slots;
  });
}
