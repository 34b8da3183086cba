/** Logged models and registered ones, with versions, aliases, tags and descriptions. */
import type { Server } from "../journeys/program";

export interface Models {
  name: string;
  /** Versions that differ in their schema and requirements. */
  versions: string[];
  loggedModel: string;
}

const NAME = "plant-classifier";
const DESCRIPTION = `Names the plant in a photograph. Serves the **field guide** app.

Owner: perception team. Retrained every Sunday.`;

export async function seedModels(server: Server, experiment_id: string, runs: readonly string[]): Promise<Models> {
  await server.call("POST", "registered-models/create", {
    name: NAME,
    description: DESCRIPTION,
    tags: [
      { key: "team", value: "perception" },
      { key: "task", value: "image-classification" },
    ],
  });
  const [versions, logged]: [string[], string[]] = [[], []];
  for (const [at, run_id] of runs.entries()) {
    const model = await loggedModel(server, experiment_id, run_id, at);
    logged.push(model);
    const made = await server.call<{ model_version: { version: string } }>("POST", "model-versions/create", {
      name: NAME,
      source: `models:/${model}`,
      run_id,
      model_id: model,
      description: at === runs.length - 1 ? "Trained with RandAugment; two points better on moss and fern." : "",
      tags: [{ key: "checked", value: at % 2 === 0 ? "yes" : "no" }],
    });
    versions.push(made.model_version.version);
  }
  const aliases = { champion: versions.at(-2), challenger: versions.at(-1) };
  for (const [alias, version] of Object.entries(aliases)) {
    await server.call("POST", "registered-models/alias", { name: NAME, alias, version });
  }
  const others = {
    "speech-recognizer": "Streaming transcription, 16 kHz.",
    "text-embedder": "Sentence vectors for search.",
    "fraud-score": "Gradient boosting on card payments.",
  };
  for (const [at, [name, description]] of Object.entries(others).entries()) {
    await server.call("POST", "registered-models/create", { name, description });
    const model_id = logged[at];
    const version = { name, source: `models:/${model_id ?? ""}`, model_id };
    await server.call("POST", "model-versions/create", version);
    await server.call("POST", "registered-models/alias", { name, alias: "champion", version: "1" });
  }
  return { name: NAME, versions, loggedModel: logged.at(-1) ?? "" };
}

async function loggedModel(server: Server, experiment_id: string, source_run_id: string, at: number): Promise<string> {
  const params = [
    { key: "depth", value: "50" },
    { key: "dropout", value: at % 2 === 0 ? "0.1" : "0.3" },
  ];
  const asked = { experiment_id, name: "resnet", model_type: "classifier", source_run_id, params };
  const made = await server.call<{ model: { info: { model_id: string; artifact_uri: string } } }>(
    "POST",
    "logged-models",
    asked,
  );
  const { model_id, artifact_uri: root } = made.model.info;
  const columns = ["image", ...(at > 1 ? ["camera"] : [])].map((name, place) => ({
    type: place === 0 ? "binary" : "string",
    name,
    required: place === 0,
  }));
  const outputs = [
    { type: "string", name: "plant", required: true },
    { type: "double", name: "confidence", required: true },
  ];
  await server.upload(root, "MLmodel", mlmodel(JSON.stringify(columns), JSON.stringify(outputs)));
  await server.upload(
    root,
    "requirements.txt",
    `torch==2.${String(6 + at)}.0\ntorchvision==0.${String(21 + at)}.0\nnumpy==2.2.4\npillow==11.1.0\n`,
  );
  await server.upload(root, "data/model.safetensors", new Uint8Array(50_000));
  await server.call("PATCH", `logged-models/${model_id}`, { status: "LOGGED_MODEL_READY" });
  await server.call("POST", "runs/outputs", { run_id: source_run_id, models: [{ model_id, step: 119 }] });
  const timestamp = Date.now();
  const measured = { model_id, dataset_name: "plants-val", dataset_digest: "b7702d3e", step: 119, timestamp };
  const metrics = [
    { ...measured, key: "accuracy", value: 0.921 + at * 0.006 },
    { ...measured, key: "f1", value: 0.903 + at * 0.007 },
    { ...measured, key: "loss", value: 0.31 - at * 0.012 },
  ];
  await server.call("POST", "runs/log-batch", { run_id: source_run_id, metrics });
  return model_id;
}

function mlmodel(inputs: string, outputs: string): string {
  return `artifact_path: resnet
flavors:
  python_function:
    loader_module: mlflow.pytorch
    python_version: 3.12.3
  pytorch:
    pytorch_version: 2.9.0
mlflow_version: 3.18.0
signature:
  inputs: '${inputs}'
  outputs: '${outputs}'
`;
}
