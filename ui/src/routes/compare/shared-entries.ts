// The files of several runs as one list.

import type { ArtifactEntry } from "../../data/artifacts";

export interface SharedEntry {
  path: string;
  name: string;
  isDirectory: boolean;
  /** How many runs have it. */
  count: number;
  /** Its size in each run: `undefined` where it is not there, `null` where the size is not known. */
  sizes: readonly (number | null | undefined)[];
}

/** Joins the listings of a directory: directories first, then by name. A name may be a file in one run, a directory in another. */
export function joinListings(listings: readonly (readonly ArtifactEntry[])[]): SharedEntry[] {
  const joined = new Map<string, SharedEntry & { sizes: (number | null | undefined)[] }>();
  for (const [index, listing] of listings.entries()) {
    for (const { path, name, isDirectory, size } of listing) {
      const key = `${String(isDirectory)} ${path}`;
      const sizes = new Array<number | null | undefined>(listings.length).fill(undefined);
      const entry = joined.get(key) ?? { path, name, isDirectory, count: 0, sizes };
      entry.count++;
      entry.sizes[index] = size ?? null;
      joined.set(key, entry);
    }
  }
  const byName = new Intl.Collator(undefined, { numeric: true });
  return [...joined.values()].sort(
    (a, b) => Number(b.isDirectory) - Number(a.isDirectory) || byName.compare(a.name, b.name),
  );
}
