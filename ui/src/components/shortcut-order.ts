import { type Part, SHORTCUTS } from "./shortcut-list";

/** Parts of the page that is shown, the innermost first and what is everywhere last; and all others. */
export function orderedParts(active: readonly Part[]): { here: Part[]; elsewhere: Part[] } {
  const here = [...new Set(active.toReversed())].sort(
    (a, b) => Number(a === "everywhere") - Number(b === "everywhere"),
  );
  const all = Object.keys(SHORTCUTS) as Part[];
  return { here, elsewhere: all.filter((part) => !here.includes(part)) };
}
