import type { Run } from "../../wire";
import type { Order } from "./state";
import { metricOf } from "./values";

/** What the server orders by; nothing where it cannot be told from the run. */
type Value = number | string | undefined;

/**
 * How many of these runs would have to move for the order to hold again: all but the longest part that is in order. Runs stand
 * still while their values change, so that nobody loses the line they are reading.
 */
export function movedRuns(runs: Iterable<Run>, order: Order | null): number {
  if (!order || !isKnown(order)) return 0;
  // The last values of the shortest ascending parts of each length, as in patience sorting.
  const ends: Value[] = [];
  let count = 0;
  for (const run of runs) {
    const value = valueOf(run, order);
    count += 1;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(ends[middle], value, order.descending) <= 0) low = middle + 1;
      else high = middle;
    }
    ends[low] = value;
  }
  return count - ends.length;
}

const ATTRIBUTES = ["status", "start_time", "end_time", "duration"];

/** Texts are ordered by the server's rules for them, which are not known here. */
function isKnown(order: Order): boolean {
  return order.source === "metric" || (order.source === "attribute" && ATTRIBUTES.includes(order.key));
}

function valueOf(run: Run, order: Order): Value {
  const { source, key } = order;
  if (source === "metric") return metricOf(run, key);
  const { status, start_time, end_time } = run.info;
  switch (key) {
    case "status":
      return status;
    case "start_time":
      return start_time;
    case "end_time":
      return end_time;
    default:
      return end_time === undefined ? undefined : end_time - start_time;
  }
}

/** What is missing comes last in both directions, and NaN just before it. */
function compare(a: Value, b: Value, descending: boolean): number {
  const rank = (value: Value) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  if (rank(a) > 0 || rank(b) > 0) return rank(a) - rank(b);
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b === descending ? 1 : -1;
}
