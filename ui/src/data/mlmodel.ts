/** The file `MLmodel` of a model directory: flavors and signature. */
import { JSON_SCHEMA, load } from "js-yaml";
import { type ArtifactOwner, listArtifacts, readArtifactText } from "./artifacts";

export interface ModelFile {
  flavors: Flavor[];
  /** Nothing where the model has no signature. */
  signature: Signature | undefined;
  mlflowVersion: string | undefined;
  sizeBytes: number | undefined;
}

export interface Flavor {
  name: string;
  /** The version of the framework that wrote it, where the flavor says so. */
  version: string | undefined;
  loaderModule: string | undefined;
}

export interface Signature {
  inputs: Field[];
  outputs: Field[];
  params: Field[];
}

export interface Field {
  /** Empty where the only column or tensor has none. */
  name: string;
  type: string;
  required: boolean;
  /** Of params, as JSON. */
  default: string | undefined;
}

const DESCRIPTION_BYTES = 4_000_000;

/** The files that a model is described by; what is not there is left out. */
export interface ModelDescription {
  model: ModelFile | undefined;
  /** `requirements.txt`. */
  requirements: string | undefined;
}

export async function readModelDescription(owner: ArtifactOwner): Promise<ModelDescription> {
  // Listed first, because many directories of older runs hold no such files.
  const names = new Set((await listArtifacts(owner, "")).map((entry) => entry.path));
  const read = async (name: string) => (names.has(name) ? readArtifactText(owner, name, DESCRIPTION_BYTES) : undefined);
  const [model, requirements] = await Promise.all([read("MLmodel"), read("requirements.txt")]);
  return { model: model === undefined ? undefined : parseModelFile(model), requirements };
}

export function parseModelFile(text: string): ModelFile {
  const read = load(text, { schema: JSON_SCHEMA });
  const file = isRecord(read) ? read : {};
  const flavors = isRecord(file.flavors) ? Object.entries(file.flavors) : [];
  return {
    flavors: flavors.map(([name, conf]) => flavor(name, isRecord(conf) ? conf : {})),
    signature: isRecord(file.signature) ? signature(file.signature) : undefined,
    mlflowVersion: optionalText(file.mlflow_version),
    sizeBytes: typeof file.model_size_bytes === "number" ? file.model_size_bytes : undefined,
  };
}

/** Keys of flavors that name the version of a framework: `sklearn_version`, `xgb_version`, `pytorch_version`. */
function flavor(name: string, conf: Record<string, unknown>): Flavor {
  const key = Object.keys(conf).find((candidate) => /^\w+_version$/.test(candidate) && candidate !== "python_version");
  return {
    name,
    version: key === undefined ? undefined : optionalText(conf[key]),
    loaderModule: optionalText(conf.loader_module),
  };
}

function signature(parts: Record<string, unknown>): Signature {
  return { inputs: fields(parts.inputs), outputs: fields(parts.outputs), params: fields(parts.params) };
}

/** Each part is a list, written as JSON within the YAML. */
function fields(part: unknown): Field[] {
  const list: unknown = typeof part === "string" ? JSON.parse(part) : part;
  if (!Array.isArray(list)) {
    return [];
  }
  return list.filter(isRecord).map((field) => ({
    name: typeof field.name === "number" ? String(field.name) : (optionalText(field.name) ?? ""),
    type: typeText(field),
    required: field.required !== false && field.optional !== true,
    default: "default" in field ? jsonText(field.default) : undefined,
  }));
}

/** Parts of a type that are written out. Aliases of YAML let a short file stand for more parts than there is memory. */
const MOST_PARTS = 2000;

/** A type as one reads it: `double`, `float32 [-1, 64]`, `array<string>`, `{a: long, b?: string}`; `…` for what is too much. */
export function typeText(field: Record<string, unknown>, left = { parts: MOST_PARTS }): string {
  if (left.parts-- <= 0) return "…";
  const tensor = field["tensor-spec"];
  if (isRecord(tensor)) {
    const shape = Array.isArray(tensor.shape) ? ` [${tensor.shape.join(", ")}]` : "";
    return `${optionalText(tensor.dtype) ?? "tensor"}${shape}`;
  }
  const type = optionalText(field.type) ?? "any";
  if (type === "array" && isRecord(field.items)) {
    return `array<${typeText(field.items, left)}>`;
  }
  if (type === "map" && isRecord(field.values)) {
    return `map<${typeText(field.values, left)}>`;
  }
  if (type === "object" && isRecord(field.properties)) {
    const parts: string[] = [];
    for (const [name, part] of Object.entries(field.properties)) {
      if (left.parts <= 0) {
        parts.push("…");
        break;
      }
      const conf = isRecord(part) ? part : {};
      parts.push(`${name}${conf.required === false ? "?" : ""}: ${typeText(conf, left)}`);
    }
    return `{${parts.join(", ")}}`;
  }
  const shape = Array.isArray(field.shape) ? ` [${field.shape.join(", ")}]` : "";
  return `${type}${shape}`;
}

/** A value as JSON; `…` for one of too many parts. */
function jsonText(value: unknown): string {
  let left = MOST_PARTS;
  const counted = (_: string, part: unknown): unknown => {
    if (left-- <= 0) throw new RangeError("too many parts");
    return part;
  };
  try {
    return JSON.stringify(value, counted) ?? "";
  } catch {
    return "…";
  }
}

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
