/** Where the items of a long list or a wide table stand, and which of them are in sight. Arithmetic only: virtual.ts has the page. */

export interface VirtualItem {
  readonly index: number;
  readonly start: number;
  readonly size: number;
}

/** Items `from` up to, and without, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One size for all items, or the size of each. */
export type Sizes = number | readonly number[];

export class Places {
  /** Where each item ends; not needed where all have one size, of which there may be 100,000. */
  private readonly ends: readonly number[];

  constructor(
    private readonly sizes: Sizes,
    readonly count: number,
  ) {
    let end = 0;
    this.ends = typeof sizes === "number" ? [] : sizes.slice(0, count).map((size) => (end += size));
  }

  get total(): number {
    return typeof this.sizes === "number" ? this.sizes * this.count : (this.ends.at(-1) ?? 0);
  }

  item(index: number): VirtualItem {
    if (typeof this.sizes === "number") return { index, start: index * this.sizes, size: this.sizes };
    return { index, start: this.ends[index - 1] ?? 0, size: this.sizes[index] ?? 0 };
  }

  /** What is in a window that is scrolled to `offset`, with some more at both ends. */
  inSight(offset: number, extent: number, more: number): Range {
    if (extent <= 0 || this.count === 0) return { from: 0, to: 0 };
    return {
      from: Math.max(0, this.at(offset) - more),
      to: Math.min(this.count, this.at(offset + extent) + 1 + more),
    };
  }

  /** How far to scroll for an item to be seen as a whole; `covered` is what hides the end of the window. */
  reveal(index: number, offset: number, extent: number, covered: number): number {
    const { start, size } = this.item(Math.max(0, Math.min(index, this.count - 1)));
    const furthest = start + size - extent + covered;
    if (offset < furthest) return furthest;
    return Math.min(offset, start);
  }

  /** The item at an offset: the last one where the offset is beyond all, as it is after a list has become shorter. */
  private at(offset: number): number {
    const last = this.count - 1;
    if (typeof this.sizes === "number") return Math.max(0, Math.min(last, Math.floor(offset / this.sizes)));
    const found = this.ends.findIndex((end) => end > offset);
    return found < 0 ? last : found;
  }
}

/** The items of a range; those that stand where they stood are the same objects, so that what shows them stays. */
export function itemsOf(places: Places, range: Range, before: VirtualItem[]): VirtualItem[] {
  const first = before[0]?.index ?? 0;
  let moved = before.length !== range.to - range.from;
  const items = Array.from({ length: range.to - range.from }, (_, at) => {
    const item = places.item(range.from + at);
    const known = before[item.index - first];
    if (known?.start === item.start && known.size === item.size) return known;
    moved = true;
    return item;
  });
  return moved ? items : before;
}
