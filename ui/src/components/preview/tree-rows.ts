/** Which rows a tree of directories shows, and where the keys of a tree lead. */
import type { ArtifactEntry } from "../../data/artifacts";

/** What is known of a directory; nothing at all where it was never opened. */
export type Listing =
  { state: "loading" } | { state: "failed"; error: unknown } | { state: "ready"; entries: readonly ArtifactEntry[] };

/** Entries of a new listing; those that are the same as before are the same objects, so that what shows them stays. */
export function renewedEntries(
  before: readonly ArtifactEntry[],
  now: readonly ArtifactEntry[],
): readonly ArtifactEntry[] {
  const known = new Map(before.map((entry) => [entry.path, entry]));
  const next = now.map((entry) => {
    const old = known.get(entry.path);
    return old && old.isDirectory === entry.isDirectory && old.size === entry.size ? old : entry;
  });
  const same = next.length === before.length && next.every((entry, at) => entry === before[at]);
  return same ? before : next;
}

export type TreeRow =
  | {
      kind: "entry";
      entry: ArtifactEntry;
      level: number;
      expanded: boolean | undefined;
      position: number;
      siblings: number;
    }
  /** Stands for the entries of a directory that are not there. */
  | { kind: "note"; directory: string; level: number; listing: Exclude<Listing, { state: "ready" }> | "empty" };

/** Rows from top to bottom. The top directory is the empty path. */
export function treeRows(listings: ReadonlyMap<string, Listing>, expanded: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  addRows(rows, listings, expanded, "", 1);
  return rows;
}

/** Adds the rows of a directory; one by one, because a call takes no hundred thousand arguments. */
function addRows(
  rows: TreeRow[],
  listings: ReadonlyMap<string, Listing>,
  expanded: ReadonlySet<string>,
  directory: string,
  level: number,
): void {
  const listing = listings.get(directory) ?? { state: "loading" };
  if (listing.state !== "ready") {
    rows.push({ kind: "note", directory, level, listing });
    return;
  }
  if (listing.entries.length === 0) {
    rows.push({ kind: "note", directory, level, listing: "empty" });
    return;
  }
  const siblings = listing.entries.length;
  for (const [at, entry] of listing.entries.entries()) {
    const open = entry.isDirectory ? expanded.has(entry.path) : undefined;
    rows.push({ kind: "entry", entry, level, expanded: open, position: at + 1, siblings });
    if (open === true) {
      addRows(rows, listings, expanded, entry.path, level + 1);
    }
  }
}

export type TreeMove = { focus: number } | { toggle: number } | { open: number };

/** What a key does when the row at an index has the focus (the keys of WAI-ARIA's tree). */
export function treeMove(rows: readonly TreeRow[], at: number, key: string): TreeMove | undefined {
  const row = rows[at];
  const next = (from: number, step: 1 | -1) => {
    let to = from;
    while (rows[to] !== undefined && rows[to]?.kind !== "entry") {
      to += step;
    }
    return rows[to] === undefined ? undefined : { focus: to };
  };
  switch (key) {
    case "ArrowDown":
      return next(at + 1, 1);
    case "ArrowUp":
      return next(at - 1, -1);
    case "Home":
      return next(0, 1);
    case "End":
      return next(rows.length - 1, -1);
    case "ArrowRight":
      if (row?.kind !== "entry" || row.expanded === undefined) {
        return undefined;
      }
      return row.expanded ? next(at + 1, 1) : { toggle: at };
    case "ArrowLeft": {
      if (row?.kind !== "entry") {
        return undefined;
      }
      if (row.expanded === true) {
        return { toggle: at };
      }
      const parent = rows.slice(0, at).findLastIndex((above) => above.kind === "entry" && above.level < row.level);
      return parent < 0 ? undefined : { focus: parent };
    }
    case "Enter":
    case " ":
      return { open: at };
    default:
      return key.length === 1 ? byLetter(rows, at, key.toLowerCase()) : undefined;
  }
}

function byLetter(rows: readonly TreeRow[], at: number, letter: string): TreeMove | undefined {
  for (let step = 1; step <= rows.length; step += 1) {
    const to = (at + step) % rows.length;
    const row = rows[to];
    if (row?.kind === "entry" && row.entry.name.toLowerCase().startsWith(letter)) {
      return { focus: to };
    }
  }
  return undefined;
}

/** The directories above a path, outermost first. */
export function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}
