/** The lines of Python that load a model. */

import type { Flavor } from "../../data/mlmodel";

/** Flavors that are loaded by a module of their own, best first; anything else is loaded as a Python function. */
const OWN_MODULES = ["sklearn", "xgboost", "lightgbm", "pytorch", "tensorflow", "keras", "onnx"];

export function loadCode(uri: string, flavors: readonly Flavor[]): string {
  const own = OWN_MODULES.find((module) => flavors.some((flavor) => flavor.name === module));
  const module = own ?? "pyfunc";
  return `import trainyard as mlflow\n\nmodel = mlflow.${module}.load_model(${pythonText(uri)})`;
}

/** The URI of a registered model's version: by alias where it has one, because an alias can move on. */
export function versionUri(name: string, version: string, aliases: readonly string[]): string {
  const alias = aliases[0];
  return alias === undefined ? `models:/${name}/${version}` : `models:/${name}@${alias}`;
}

function pythonText(text: string): string {
  // JSON's escapes mean the same in Python.
  return JSON.stringify(text);
}
