import type { Key } from "../../filter/complete";
import { type NameKind, prefixKind } from "../../filter/language";
import type { LoggedModel } from "../../wire";

/** Suggestions of one list. */
const MOST = 40;

/** Names and values of models that the page has seen: what its filter can be completed with. */
export class KnownModels {
  readonly #models = new Map<string, LoggedModel>();

  add(models: readonly LoggedModel[]): void {
    for (const model of models) this.#models.set(model.info.model_id, model);
  }

  names(kind: NameKind, contains: string): { key: string; runs: number }[] {
    const keys = [...this.#models.values()].map((model) => new Set(entries(model, kind).map((one) => one.key)));
    return count(keys, contains).map(([key, runs]) => ({ key, runs }));
  }

  values(key: Key, contains: string): { value: string; runs: number }[] {
    const values = [...this.#models.values()].map((model) => new Set(valuesOf(model, key)));
    return count(values, contains).map(([value, runs]) => ({ value, runs }));
  }
}

function entries({ info, data }: LoggedModel, kind: NameKind): readonly { key: string; value?: unknown }[] {
  if (kind === "metric") return data.metrics ?? [];
  return (kind === "param" ? data.params : info.tags) ?? [];
}

function valuesOf(model: LoggedModel, { prefix, name }: Key): string[] {
  const kind = prefixKind(prefix);
  if (kind !== undefined) {
    // Nobody looks for the exact value of a metric.
    if (kind === "metric") return [];
    return entries(model, kind).flatMap((one) => (one.key === name ? [String(one.value)] : []));
  }
  const { info } = model;
  const attributes: Record<string, string | undefined> = {
    name: info.name,
    model_type: info.model_type,
    source_run_id: info.source_run_id,
    model_id: info.model_id,
  };
  const value = attributes[name];
  return value === undefined || value === "" ? [] : [value];
}

/** What contains a text, by how many have it. */
function count(sets: readonly ReadonlySet<string>[], contains: string): [string, number][] {
  const counts = new Map<string, number>();
  for (const set of sets) for (const one of set) counts.set(one, (counts.get(one) ?? 0) + 1);
  const text = contains.toLowerCase();
  const begins = (one: string) => Number(one.toLowerCase().startsWith(text));
  return [...counts]
    .filter(([one]) => one.toLowerCase().includes(text))
    .sort(([a, m], [b, n]) => begins(b) - begins(a) || n - m || (a < b ? -1 : 1))
    .slice(0, MOST);
}
