import type { LoggedModel } from "../../wire";

/** Metrics that get a column of their own. */
const MOST = 8;

/** The metrics of some models, those that most have first. */
export function metricColumns(models: readonly LoggedModel[]): string[] {
  const counts = new Map<string, number>();
  for (const model of models) {
    for (const key of new Set(model.data.metrics?.map((metric) => metric.key))) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const ranked = [...counts].sort(([a, one], [b, other]) => other - one || a.localeCompare(b));
  return ranked.slice(0, MOST).map(([key]) => key);
}
