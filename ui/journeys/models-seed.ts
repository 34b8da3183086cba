/** Runs and logged models as clients log them, for journeys about models and files. */
import type { Server } from "./server";

export interface SeededRun {
  runId: string;
  /** `mlflow-artifacts:/…`. */
  root: string;
}

export async function seedRun(server: Server, name: string): Promise<SeededRun> {
  const made = await server.call<{ run: { info: { run_id: string; artifact_uri: string } } }>("POST", "runs/create", {
    experiment_id: "0",
    run_name: name,
    start_time: Date.now(),
  });
  const { run_id: runId, artifact_uri: root } = made.run.info;
  await server.call("POST", "runs/log-batch", {
    run_id: runId,
    metrics: [{ key: "accuracy", value: 0.97, timestamp: Date.now(), step: 1 }],
    params: [{ key: "C", value: "1.5" }],
  });
  await server.call("POST", "runs/log-inputs", {
    run_id: runId,
    datasets: [
      {
        tags: [{ key: "mlflow.data.context", value: "training" }],
        dataset: { name: "flowers", digest: "d1", source_type: "local", source: "{}" },
      },
    ],
  });
  return { runId, root };
}

/** A logged model of a run, with a signature of the given columns. */
export async function seedModel(server: Server, run: SeededRun, name: string, columns: string[]): Promise<string> {
  const params = [{ key: "C", value: "1.5" }];
  const asked = { experiment_id: "0", name, source_run_id: run.runId, params };
  const made = await server.call<{ model: { info: { model_id: string; artifact_uri: string } } }>(
    "POST",
    "logged-models",
    asked,
  );
  const { model_id: modelId, artifact_uri: root } = made.model.info;
  const inputs = JSON.stringify(columns.map((column) => ({ type: "double", name: column, required: true })));
  await server.upload(root, "MLmodel", modelFile(inputs));
  await server.upload(root, "requirements.txt", `scikit-learn==1.${String(columns.length)}\npandas\n`);
  await server.call("PATCH", `logged-models/${modelId}`, { status: "LOGGED_MODEL_READY" });
  await server.call("POST", "runs/outputs", { run_id: run.runId, models: [{ model_id: modelId, step: 0 }] });
  return modelId;
}

function modelFile(inputs: string): string {
  return `flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    sklearn_version: 1.9.0
mlflow_version: 3.18.0
signature:
  inputs: '${inputs}'
  outputs: '[{"type": "long", "required": true}]'
`;
}
