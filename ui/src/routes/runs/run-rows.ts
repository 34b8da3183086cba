import type { Run } from "../../wire";
import type { RunGroup } from "../../wire";
import { type Page, PagedWindow } from "./paged-window";
import { weightOf } from "./values";

/** What stands in a line of the table. */
export type Row =
  | { kind: "run"; key: string; run: Run; depth: number; children: number; expanded: boolean }
  | { kind: "group"; key: string; group: RunGroup; depth: number; expanded: boolean }
  | { kind: "more"; key: string; depth: number }
  | { kind: "failed"; key: string; depth: number; error: unknown }
  | { kind: "loading"; key: string; depth: number };

export type Root = { run: Run } | { group: RunGroup };

/** Where rows come from. */
export interface RowSource {
  roots: (token: string, size: number, signal: AbortSignal) => Promise<Page<Root>>;
  /** Runs below a run or in a group. */
  branch: (root: Root, token: string, size: number, signal: AbortSignal) => Promise<Page<Run>>;
  /** How many runs are below each run; those without any may be left out. */
  children: (ids: string[]) => Promise<Map<string, number>>;
}

interface Branch {
  rows: PagedWindow<Run>;
  /** How many of them are shown; more on request. */
  shown: number;
}

const BRANCH_PAGE = 100;
/** What is kept in memory, in the unit of `weightOf`. */
const MOST_VALUES = 300_000;

/**
 * Runs or groups of any number, with what stands below those that are open: one list of lines, of which the table asks for
 * those in sight.
 */
export class RunRows {
  private readonly list: PagedWindow<Root>;
  private readonly branches = new Map<string, Branch>();
  /** Where open roots stand; kept when their rows are let go. */
  private readonly places = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly asked = new Set<string>();
  private lines: { root: number; key: string; size: number }[] = [];
  private below = 0;
  private closed = false;

  constructor(
    private readonly source: RowSource,
    private readonly expanded: Set<string>,
    private readonly onChange: () => void,
    pageSize: number,
  ) {
    this.list = new PagedWindow({
      load: source.roots,
      weight: (root) => ("run" in root ? weightOf(root.run) : 60),
      most: MOST_VALUES,
      pageSize,
      onChange: () => this.changed(),
    });
  }

  /** Lines that are there; more may follow unless `complete`. */
  get count(): number {
    return this.list.known + this.below;
  }

  /** Lines below open roots. */
  get nested(): number {
    return this.below;
  }

  get complete(): boolean {
    return this.list.complete;
  }

  get error(): unknown {
    return this.list.error;
  }

  get busy(): boolean {
    return this.list.busy;
  }

  /** Loads all runs again, those in sight first; the lines stay until then. */
  renew(): void {
    const [first] = this.list.loaded();
    // Groups come with what they are asked for by the query.
    if (first === undefined || "run" in first[1]) this.list.renew();
    for (const branch of this.branches.values()) branch.rows.renew();
  }

  retry(): void {
    this.list.retry();
  }

  close(): void {
    this.closed = true;
    this.list.close();
    for (const branch of this.branches.values()) branch.rows.close();
  }

  /** Says which lines are in sight. */
  show(from: number, to: number): void {
    const [first] = this.locate(from);
    this.list.show(first, first + Math.max(1, to - from));
  }

  /** A line by its place. */
  row(index: number): Row {
    const [root, offset, key] = this.locate(index);
    if (offset === 0) return this.rootRow(root);
    return (key === undefined ? undefined : this.branchRow(key, offset - 1, 1)) ?? loading(`${String(index)}`, 1);
  }

  /** Opens or closes what is below a run or a group. */
  toggle(key: string): void {
    if (this.expanded.has(key)) this.expanded.delete(key);
    else this.expanded.add(key);
    this.changed();
  }

  /** Shows more of an open root's runs. */
  more(key: string): void {
    const branch = this.branches.get(key);
    if (!branch) return;
    branch.shown += BRANCH_PAGE;
    branch.rows.show(0, branch.shown);
    this.changed();
  }

  retryBranch(key: string): void {
    this.branches.get(key)?.rows.retry();
  }

  /** All runs that are here. */
  *runs(): Generator<Run> {
    for (const [, root] of this.list.loaded()) if ("run" in root) yield root.run;
    for (const branch of this.branches.values()) for (const [, run] of branch.rows.loaded()) yield run;
  }

  /** The runs that are not below others, in their order, as far as they are here. */
  *roots(): Generator<Run> {
    for (const [, root] of this.list.loaded()) if ("run" in root) yield root.run;
  }

  /** Puts newer states of runs in their places. */
  patch(newer: ReadonlyMap<string, Run>): void {
    this.list.patch((root) => {
      const run = "run" in root ? newer.get(root.run.info.run_id) : undefined;
      return run && { run };
    });
    for (const branch of this.branches.values()) branch.rows.patch((run) => newer.get(run.info.run_id));
  }

  private rootRow(index: number): Row {
    const root = this.list.row(index);
    if (!root) return loading(`#${String(index)}`, 0);
    const key = keyOf(root);
    if ("run" in root) return this.runRow(root.run, key, 0);
    return { kind: "group", key, group: root.group, depth: 0, expanded: this.expanded.has(key) };
  }

  private runRow(run: Run, key: string, depth: number): Row {
    const children = this.counts.get(run.info.run_id) ?? 0;
    return { kind: "run", key, run, depth, children, expanded: children > 0 && this.expanded.has(key) };
  }

  private branchRow(key: string, offset: number, depth: number): Row | undefined {
    const branch = this.branches.get(key);
    if (!branch) return undefined;
    let left = offset;
    const shown = Math.min(branch.shown, branch.rows.known);
    for (let at = 0; at < shown; at++) {
      const run = branch.rows.row(at);
      const own = run && keyOf({ run });
      if (left === 0)
        return run && own !== undefined ? this.runRow(run, own, depth) : loading(`${key}/${String(at)}`, depth);
      left -= 1;
      const size = own === undefined ? 0 : this.sizeOf(own);
      if (left < size && own !== undefined) return this.branchRow(own, left, depth + 1);
      left -= size;
    }
    if (branch.rows.error !== undefined) return { kind: "failed", key, depth, error: branch.rows.error };
    return branch.rows.busy ? loading(`${key}/more`, depth) : { kind: "more", key, depth };
  }

  /** Lines below a root or a run. */
  private sizeOf(key: string): number {
    const branch = this.expanded.has(key) ? this.branches.get(key) : undefined;
    if (!branch) return 0;
    const shown = Math.min(branch.shown, branch.rows.known);
    let size = shown;
    for (let at = 0; at < shown; at++) {
      const run = branch.rows.row(at);
      if (run) size += this.sizeOf(keyOf({ run }));
    }
    const whole = branch.rows.complete && branch.rows.known <= branch.shown;
    return whole ? size : size + 1;
  }

  /** From a line to its root: the root's place, how far below it, and the open root's key. */
  private locate(index: number): [number, number, string | undefined] {
    let before = 0;
    for (const line of this.lines) {
      const start = line.root + before;
      if (index <= start) break;
      if (index <= start + line.size) return [line.root, index - start, line.key];
      before += line.size;
    }
    return [index - before, 0, undefined];
  }

  private changed(): void {
    if (this.closed) return;
    const opened: [string, Root][] = [];
    const unknown: string[] = [];
    const look = (root: Root) => {
      const key = keyOf(root);
      if (this.expanded.has(key) && !this.branches.has(key)) opened.push([key, root]);
      if ("run" in root && !this.asked.has(root.run.info.run_id)) unknown.push(root.run.info.run_id);
    };
    for (const [at, root] of this.list.loaded()) {
      this.places.set(keyOf(root), at);
      look(root);
    }
    for (const branch of this.branches.values()) for (const [, run] of branch.rows.loaded()) look({ run });
    this.countChildren(unknown);
    for (const [key, root] of opened) this.open(key, root);
    this.measure();
    this.onChange();
  }

  private open(key: string, root: Root): void {
    const rows = new PagedWindow<Run>({
      load: (token, size, signal) => this.source.branch(root, token, size, signal),
      weight: weightOf,
      most: MOST_VALUES,
      pageSize: BRANCH_PAGE,
      onChange: () => this.changed(),
    });
    this.branches.set(key, { rows, shown: BRANCH_PAGE });
    rows.show(0, BRANCH_PAGE);
  }

  private measure(): void {
    this.lines = [];
    this.below = 0;
    for (const key of this.expanded) {
      const root = this.places.get(key);
      const size = root === undefined ? 0 : this.sizeOf(key);
      if (root === undefined || size === 0) continue;
      this.lines.push({ root, key, size });
      this.below += size;
    }
    this.lines.sort((a, b) => a.root - b.root);
  }

  private countChildren(ids: string[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.asked.add(id);
    this.source.children(ids).then(
      (counts) => {
        if (counts.size === 0) return;
        for (const [id, children] of counts) this.counts.set(id, children);
        this.changed();
      },
      // Without the numbers the runs only show no arrow; they are asked for again with the next page.
      () => {
        for (const id of ids) this.asked.delete(id);
      },
    );
  }
}

function loading(key: string, depth: number): Row {
  return { kind: "loading", key, depth };
}

/** The same root has the same key in every order. */
export function keyOf(root: Root): string {
  return "run" in root ? `run:${root.run.info.run_id}` : `group:${JSON.stringify(root.group.values)}`;
}

/** Whether something may be opened below a line. */
export function expandable(row: Row): boolean {
  return row.kind === "group" || (row.kind === "run" && row.children > 0);
}
