/** Two versions of a model, part by part. */
import { type Field, type ModelFile, readModelDescription } from "../../data/mlmodel";
import { describe } from "../../data/http";
import { type Difference, differences, requirement, requirementLines } from "./differences";
import { formatMetric } from "./metric-text";
import { loadVersion, type VersionDetails } from "./version-details";

export interface ComparedPart {
  title: string;
  rows: Difference<string>[];
  /** Why there are no rows, where something could not be read. */
  problem: string | undefined;
}

export interface Comparison {
  a: string;
  b: string;
  parts: ComparedPart[];
}

interface Side {
  details: VersionDetails;
  file: ModelFile | undefined;
  requirements: string;
  problem: string | undefined;
}

export async function compareVersions(name: string, a: string, b: string): Promise<Comparison> {
  const [sideA, sideB] = await Promise.all([loadSide(name, a), loadSide(name, b)]);
  const problem = sideA.problem ?? sideB.problem;
  const part = (title: string, pairs: (side: Side) => Pair[], trouble?: string): ComparedPart => ({
    title,
    rows: comparePairs(pairs(sideA), pairs(sideB)),
    problem: trouble,
  });
  return {
    a,
    b,
    parts: [
      part("Schema", (side) => schemaPairs(side.file), problem),
      part("Metrics", ({ details }) =>
        details.metrics.map((metric) => [metricName(metric), formatMetric(metric.value)]),
      ),
      part("Params", ({ details }) => details.params.map(({ key, value }) => [key, value])),
      part("Requirements", (side) => requirementPairs(side.requirements), problem),
      part("About", ({ details }) => aboutPairs(details)),
    ],
  };
}

type Pair = [name: string, value: string];

export function comparePairs(a: readonly Pair[], b: readonly Pair[]): Difference<string>[] {
  const found = differences(
    a,
    b,
    ([name]) => name,
    ([, one], [, other]) => one === other,
  );
  return found.map((row) => ({ ...row, a: row.a?.[1], b: row.b?.[1] }));
}

async function loadSide(name: string, version: string): Promise<Side> {
  const details = await loadVersion(name, version);
  if (details.owner === undefined) {
    return { details, file: undefined, requirements: "", problem: "This server does not hold the files." };
  }
  try {
    const { model, requirements } = await readModelDescription(details.owner);
    return { details, file: model, requirements: requirements ?? "", problem: undefined };
  } catch (error) {
    // The other parts do not need the files.
    return { details, file: undefined, requirements: "", problem: `The files could not be read: ${describe(error)}` };
  }
}

function schemaPairs(file: ModelFile | undefined): Pair[] {
  const signature = file?.signature;
  if (signature === undefined) return [];
  const of = (part: string, fields: readonly Field[]) =>
    fields.map((field): Pair => [field.name === "" ? part : `${part} ${field.name}`, fieldText(field)]);
  return [...of("input", signature.inputs), ...of("output", signature.outputs), ...of("param", signature.params)];
}

function fieldText(field: Field): string {
  const optional = field.required ? "" : ", optional";
  return field.default === undefined ? `${field.type}${optional}` : `${field.type}, default ${field.default}`;
}

function requirementPairs(text: string): Pair[] {
  return requirementLines(text).map((line) => {
    const { name, rest } = requirement(line);
    return [name, rest === "" ? "any" : rest];
  });
}

function metricName(metric: { key: string; dataset_name?: string }): string {
  return metric.dataset_name === undefined || metric.dataset_name === ""
    ? metric.key
    : `${metric.key} on ${metric.dataset_name}`;
}

function aboutPairs({ version, run }: VersionDetails): Pair[] {
  return [
    ["aliases", (version.aliases ?? []).join(", ")],
    ["stage", version.current_stage],
    ["source", version.source],
    ["run", run?.info.run_name ?? version.run_id],
    ["user", version.user_id ?? ""],
    ["description", version.description],
  ];
}
