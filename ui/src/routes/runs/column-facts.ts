import { toNumber } from "../../data/numbers";
import type { Column } from "../../wire";
import { formatNumber } from "./values";

/** What is known of the values behind a name, in some lines. */
export function columnFacts({ key, kind, runs, distinct, min, max }: Column): string {
  if (runs === 0) return key;
  const facts = [key, `${runs.toLocaleString()} ${runs === 1 ? "run" : "runs"}`];
  if (distinct > 0) facts.push(`${distinct.toLocaleString()} different ${distinct === 1 ? "value" : "values"}`);
  if (kind === "metric" && min !== undefined && max !== undefined) {
    facts.push(`from ${formatNumber(toNumber(min))} to ${formatNumber(toNumber(max))}`);
  }
  return facts.join("\n");
}
