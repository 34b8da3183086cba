// Models that a run has logged: as outputs, and as older clients wrote them into a tag.

import type { Run } from "../wire";

export interface LoggedModelEntry {
  modelId?: string;
  /** Name or path within the run's artifacts. */
  name: string;
  /** What a version of a registered model is made from. */
  source: string;
  step?: number;
  flavors: readonly string[];
}

/** The tag in which clients of MLflow 2 list a run's models. */
export const HISTORY = "mlflow.log-model.history";

/** The models of a run as it is now; what was there `before` and has not changed stays the same object. */
export function renewedModels(run: Run, before: readonly LoggedModelEntry[]): LoggedModelEntry[] {
  const known = new Map(before.map((entry) => [JSON.stringify(entry), entry]));
  return loggedModels(run).map((entry) => known.get(JSON.stringify(entry)) ?? entry);
}

/** The page of a logged model; of an older one, which is a directory of the run, its files. */
export function modelAddress(run: Run, { modelId, name }: LoggedModelEntry): string {
  if (modelId !== undefined) return `/logged-models/${modelId}`;
  return `/runs/${run.info.run_id}/artifacts/${name.split("/").map(encodeURIComponent).join("/")}`;
}

export function loggedModels(run: Run): LoggedModelEntry[] {
  const outputs = (run.outputs?.model_outputs ?? []).map(({ model_id, step }): LoggedModelEntry => {
    return { modelId: model_id, name: model_id, source: `models:/${model_id}`, step, flavors: [] };
  });
  // A client of MLflow 3 may write both; the history then says nothing new.
  return outputs.length > 0 ? outputs : historyEntries(run);
}

function historyEntries(run: Run): LoggedModelEntry[] {
  const text = run.data.tags?.find((tag) => tag.key === HISTORY)?.value;
  let entries: unknown;
  try {
    entries = JSON.parse(text ?? "");
  } catch {
    return [];
  }
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: { artifact_path?: unknown; flavors?: unknown } | null): LoggedModelEntry[] => {
    const path = entry?.artifact_path;
    if (typeof path !== "string") return [];
    const flavors = Object.keys(typeof entry?.flavors === "object" && entry.flavors !== null ? entry.flavors : {});
    return [
      {
        name: path,
        source: `runs:/${run.info.run_id}/${path}`,
        flavors: flavors.filter((one) => one !== "python_function"),
      },
    ];
  });
}
