/** One page of something that is read in order by page tokens. */
export interface Page<T> {
  rows: T[];
  /** Empty on the last page. */
  next: string;
}

export interface PagedWindowOptions<T> {
  load: (token: string, size: number, signal: AbortSignal) => Promise<Page<T>>;
  /** Called after anything that can be read here has changed. */
  onChange: () => void;
  /** How much of memory a row takes, in any unit; 1 where left out. */
  weight?: (row: T) => number;
  /** What the rows kept may weigh together. */
  most?: number;
  /** Rows of a page near what is shown. */
  pageSize?: number;
}

interface Segment<T> {
  start: number;
  length: number;
  token: string;
  /** Gone where the segment is far from what is shown; the token brings it back. */
  rows: T[] | undefined;
  weight: number;
  /** The rows are to be loaded again as soon as they are in sight; they are shown until then. */
  stale: boolean;
}

const LEAP = 1000;

/**
 * A list of any length of which only the part in sight is kept. Pages are found one after the other, because a page's token
 * stands on the page before; tokens of all pages are kept, rows of those near the part in sight.
 */
export class PagedWindow<T> {
  private segments: Segment<T>[] = [];
  private nextToken = "";
  private ended = false;
  private frontier = 0;
  private from = 0;
  private to = 0;
  private loading: AbortController | undefined;
  /** From the first request of a run of requests to the last: whoever is told of one of them may ask for more. */
  private filling = false;
  private failed: unknown;
  private closed = false;
  private renewals = 0;
  private readonly most: number;
  private readonly pageSize: number;

  constructor(private readonly options: PagedWindowOptions<T>) {
    this.most = options.most ?? 4000;
    this.pageSize = options.pageSize ?? 200;
  }

  /** How many rows are known to be there; all of them once `complete`. */
  get known(): number {
    return this.frontier;
  }

  get complete(): boolean {
    return this.ended;
  }

  get error(): unknown {
    return this.failed;
  }

  get busy(): boolean {
    return this.filling;
  }

  /** A row; undefined while it is not here. */
  row(index: number): T | undefined {
    const segment = this.segmentOf(index);
    return segment?.rows?.[index - segment.start];
  }

  /** All rows that are here, with their places. */
  *loaded(): Generator<[number, T]> {
    for (const segment of this.segments) {
      for (const [at, row] of (segment.rows ?? []).entries()) yield [segment.start + at, row];
    }
  }

  /** Puts a newer state of a row in its place. */
  patch(matches: (row: T) => T | undefined): void {
    for (const segment of this.segments) {
      segment.rows = segment.rows?.map((row) => matches(row) ?? row);
    }
    this.options.onChange();
  }

  /** Says which rows are in sight; what is missing of them is loaded. */
  show(from: number, to: number): void {
    this.from = from;
    this.to = to;
    if (this.failed === undefined) void this.fill();
  }

  /** Tries again after an error. */
  retry(): void {
    this.failed = undefined;
    this.options.onChange();
    void this.fill();
  }

  /** Loads the rows again, each when it is in sight; they stay until the new ones are here. */
  renew(): void {
    this.renewals += 1;
    for (const segment of this.segments) segment.stale = true;
    if (this.failed === undefined) void this.fill();
  }

  /** Stops all loading; nothing is told any more. */
  close(): void {
    this.closed = true;
    this.loading?.abort();
  }

  /** Loads until all that is in sight is here. */
  private async fill(): Promise<void> {
    // Who is told of nothing new, and asks again because of it, would never come to an end.
    if (this.filling || !this.missing()) return;
    this.filling = true;
    await this.loadMissing();
    this.filling = false;
    if (!this.closed) this.options.onChange();
  }

  private async loadMissing(): Promise<void> {
    for (;;) {
      const wanted = this.closed ? undefined : this.missing();
      if (!wanted) return;
      const abort = new AbortController();
      this.loading = abort;
      const renewals = this.renewals;
      try {
        const page = await this.options.load(wanted.token, wanted.size, abort.signal);
        if (this.closed) return;
        // What was asked for before a renewal is as old as the rest.
        const stale = renewals !== this.renewals;
        if (wanted.segment) this.refill(wanted.segment, page, stale);
        else this.append(page, wanted.token, stale);
        this.forget();
      } catch (error) {
        if (this.closed) return;
        this.failed = error;
        return;
      } finally {
        this.loading = undefined;
      }
      this.options.onChange();
    }
  }

  /** What to load next: a segment in sight whose rows are gone or old, or the next page. */
  private missing(): { segment?: Segment<T>; token: string; size: number } | undefined {
    for (const segment of this.segments) {
      const wanted = segment.rows === undefined || segment.stale;
      if (wanted && segment.start < this.to && segment.start + segment.length > this.from) {
        return { segment, token: segment.token, size: segment.length };
      }
    }
    if (this.ended || (this.frontier > 0 && this.to <= this.frontier)) return undefined;
    return { token: this.nextToken, size: this.from - this.frontier > LEAP ? LEAP : this.pageSize };
  }

  private append(page: Page<T>, token: string, stale: boolean): void {
    if (page.rows.length > 0) {
      const weight = this.weigh(page.rows);
      this.segments.push({ start: this.frontier, length: page.rows.length, token, rows: page.rows, weight, stale });
    }
    this.frontier += page.rows.length;
    this.nextToken = page.next;
    this.ended = page.next === "";
  }

  /** Rows deleted meanwhile leave a gap at the end of their segment; what came in addition is on the next one. */
  private refill(segment: Segment<T>, page: Page<T>, stale: boolean): void {
    if (page.rows.length > 0 && page.rows.length < segment.length && page.next !== "") this.cut(segment, page);
    segment.rows = page.rows.slice(0, segment.length);
    segment.weight = this.weigh(segment.rows);
    segment.stale = stale;
  }

  /** Rows that have become heavier come in smaller pages: the rest of a segment is a segment of its own then. */
  private cut(segment: Segment<T>, page: Page<T>): void {
    const at = page.rows.length;
    const kept = segment.rows && segment.rows.length > at ? segment.rows.slice(at) : undefined;
    const rest = { start: segment.start + at, length: segment.length - at, token: page.next, stale: true };
    this.segments.splice(this.segments.indexOf(segment) + 1, 0, {
      ...rest,
      rows: kept,
      weight: kept ? this.weigh(kept) : 0,
    });
    segment.length = at;
  }

  private weigh(rows: readonly T[]): number {
    const weight = this.options.weight;
    return weight ? rows.reduce((sum, row) => sum + weight(row), 0) : rows.length;
  }

  /** Lets go of the rows that are farthest from what is in sight. */
  private forget(): void {
    let kept = 0;
    for (const segment of this.segments) if (segment.rows) kept += segment.weight;
    if (kept <= this.most) return;
    const distance = (segment: Segment<T>) =>
      Math.max(segment.start - this.to, this.from - (segment.start + segment.length), 0);
    const farthest = this.segments
      .filter((one) => one.rows && distance(one) > 0)
      .sort((a, b) => distance(b) - distance(a));
    for (const segment of farthest) {
      if (kept <= this.most) break;
      kept -= segment.weight;
      segment.rows = undefined;
    }
  }

  private segmentOf(index: number): Segment<T> | undefined {
    let low = 0;
    let high = this.segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.segments[middle];
      if (!segment) return undefined;
      if (index < segment.start) high = middle - 1;
      else if (index >= segment.start + segment.length) low = middle + 1;
      else return segment;
    }
    return undefined;
  }
}
