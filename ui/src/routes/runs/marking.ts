// Which runs are marked by a range of lines, and which lines are in sight.

import type { Run } from "../../wire";
import type { Row } from "./run-rows";

/** The runs of some lines, both ends included, and how many of the lines are not loaded. */
export function runsBetween(row: (line: number) => Row, from: number, to: number): { runs: Run[]; absent: number } {
  const runs: Run[] = [];
  let absent = 0;
  for (let line = Math.min(from, to); line <= Math.max(from, to); line++) {
    const there = row(line);
    if (there.kind === "run") runs.push(there.run);
    else if (there.kind === "loading") absent += 1;
  }
  return { runs, absent };
}

/** The lines that a reader sees at least half of; more are drawn above and below. */
export function linesInSight(
  { scrollTop, clientHeight }: Pick<HTMLElement, "scrollTop" | "clientHeight">,
  height: number,
  count: number,
): { from: number; to: number } {
  // The header stands over the first line of the window.
  const from = Math.round(scrollTop / height);
  const to = Math.round((scrollTop + clientHeight) / height) - 1;
  return { from: Math.min(from, count), to: Math.max(0, Math.min(to, count)) };
}
