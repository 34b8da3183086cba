import { HISTORY } from "../../data/model-entries";
import type { RunColumns } from "../../wire";
import type { Column, Order } from "./state";

/** Keys that one search may name; whoever shows more columns is sent everything. */
export const MOST_KEYS = 1000;

const TAGS_OF: Readonly<Record<string, readonly string[]>> = {
  source: ["mlflow.source.name", "mlflow.source.git.commit"],
  description: ["mlflow.note.content"],
  models: [HISTORY],
};

/** What runs have to come with for these columns and this order, so that a page of runs with thousands of metrics stays small. */
export function projectionOf(columns: readonly Column[], order: Order | null): RunColumns | undefined {
  const keys = { metric: new Set<string>(), param: new Set<string>(), tag: new Set<string>() };
  let datasets = false;
  let models = false;
  for (const { source, key } of order ? [...columns, order] : columns) {
    if (source !== "attribute") keys[source].add(key);
    else if (key === "datasets") datasets = true;
    else {
      models ||= key === "models";
      for (const tag of TAGS_OF[key] ?? []) keys.tag.add(tag);
    }
  }
  if (keys.metric.size + keys.param.size + keys.tag.size > MOST_KEYS) return undefined;
  return { metrics: [...keys.metric], params: [...keys.param], tags: [...keys.tag], datasets, models };
}

/** Whether runs that came with `before` lack something of `now`. */
export function lacks(before: RunColumns | undefined, now: RunColumns | undefined): boolean {
  if (before === undefined) return false;
  if (now === undefined) return true;
  if ((now.datasets === true && before.datasets !== true) || (now.models === true && before.models !== true))
    return true;
  return (["metrics", "params", "tags"] as const).some((kind) => {
    const had = new Set(before[kind]);
    return (now[kind] ?? []).some((key) => !had.has(key));
  });
}
