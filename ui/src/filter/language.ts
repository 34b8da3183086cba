// What filters of runs and of logged models have in common, and in what they differ. docs/search.md has all of it.

import type { GroupKey } from "../wire";

export type NameKind = "metric" | "param" | "tag";

export interface Language {
  /** What keys begin with, and what that is. */
  prefixes: readonly (readonly [prefix: string, hint: string])[];
  /** Keys without a prefix. */
  attributes: readonly (readonly [name: string, hint: string])[];
  /** Attributes that are numbers. */
  numbers: ReadonlySet<string>;
  /** Attributes with few values, which are always the same. */
  words: Readonly<Record<string, readonly string[]>>;
  /** How many of what is filtered. */
  count: (many: number) => string;
}

const KINDS: Readonly<Record<string, NameKind>> = {
  metrics: "metric",
  metric: "metric",
  params: "param",
  param: "param",
  parameters: "param",
  parameter: "param",
  tags: "tag",
  tag: "tag",
};

/** What the name behind a prefix is the name of. */
export function prefixKind(prefix: string): NameKind | undefined {
  return Object.hasOwn(KINDS, prefix) ? KINDS[prefix] : undefined;
}

const counter = (one: string) => (many: number) => `${many.toLocaleString()} ${many === 1 ? one : `${one}s`}`;

export const RUNS: Language = {
  prefixes: [
    ["metrics.", "a metric's latest value"],
    ["params.", "a param"],
    ["tags.", "a tag"],
  ],
  attributes: [
    ["run_name", "name of the run"],
    ["status", "RUNNING, FINISHED, FAILED …"],
    ["start_time", "milliseconds since 1970"],
    ["end_time", "milliseconds since 1970"],
    ["duration", "milliseconds from start to end"],
    ["user_id", "who started it"],
    ["run_id", ""],
    ["artifact_uri", ""],
    ["tags.mlflow.source.name", "the file that ran"],
    ["dataset.name", "an input"],
  ],
  numbers: new Set(["start_time", "end_time", "duration", "created"]),
  words: { status: ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] },
  count: counter("run"),
};

export const LOGGED_MODELS: Language = {
  prefixes: [
    ["metrics.", "a metric's latest value"],
    ["params.", "a param of the model"],
    ["tags.", "a tag of the model"],
  ],
  attributes: [
    ["name", "name of the model"],
    ["model_type", ""],
    ["status", "READY, PENDING, FAILED"],
    ["source_run_id", "the run that made it"],
    ["creation_timestamp", "milliseconds since 1970"],
    ["last_updated_timestamp", "milliseconds since 1970"],
    ["model_id", ""],
  ],
  numbers: new Set(["creation_timestamp", "last_updated_timestamp", "creation_time", "last_updated_time"]),
  words: { status: ["READY", "PENDING", "FAILED"] },
  count: counter("model"),
};

const ATTRIBUTES_WITH_VALUES = new Set(["user_id", "run_name"]);

/** Where the values of a key of runs are; nothing where the server lists none. */
export function valuesOf(key: { prefix: string; name: string }): GroupKey | undefined {
  const kind = prefixKind(key.prefix);
  if (kind === "param" || kind === "tag") return key.name === "" ? undefined : { kind, key: key.name };
  if (key.prefix === "dataset" || key.prefix === "datasets")
    return key.name === "name" ? { kind: "dataset" } : undefined;
  const isAttribute = ["", "attributes", "attribute", "attr", "run"].includes(key.prefix);
  return isAttribute && ATTRIBUTES_WITH_VALUES.has(key.name) ? { kind: "attribute", key: key.name } : undefined;
}
