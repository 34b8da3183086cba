/** Registered models, their versions, and logged models. */
import type {
  GetLoggedModelResponse,
  GetModelVersionDownloadUriResponse,
  GetModelVersionResponse,
  GetRegisteredModelResponse,
  GetRunResponse,
  LoggedModel,
  LoggedModelOrder,
  ModelVersion,
  RegisteredModel,
  Run,
  SearchLoggedModelsResponse,
  SearchModelVersionsResponse,
  SearchRegisteredModelsResponse,
} from "../wire";
import { change, get, MLFLOW, query, type Options } from "./http";

export const STAGES = ["None", "Staging", "Production", "Archived"] as const;

export interface Page<T> {
  items: T[];
  /** Asks for the next page; nothing on the last. */
  nextPageToken: string | undefined;
}

// Registered models

export async function searchRegisteredModels(
  filter: string,
  orderBy: string,
  pageToken?: string,
  options?: Options,
): Promise<Page<RegisteredModel>> {
  const asked = { filter, order_by: [orderBy], max_results: 100, page_token: pageToken };
  const answer = await get<SearchRegisteredModelsResponse>(`${MLFLOW}registered-models/search`, asked, options);
  return { items: answer.registered_models ?? [], nextPageToken: answer.next_page_token };
}

export async function getRegisteredModel(name: string): Promise<RegisteredModel> {
  const answer = await get<GetRegisteredModelResponse>(`${MLFLOW}registered-models/get`, { name });
  return answer.registered_model;
}

export function createRegisteredModel(name: string): Promise<unknown> {
  return change("POST", `${MLFLOW}registered-models/create`, { name });
}

export function renameRegisteredModel(name: string, newName: string): Promise<unknown> {
  return change("POST", `${MLFLOW}registered-models/rename`, { name, new_name: newName });
}

export function describeRegisteredModel(name: string, description: string): Promise<unknown> {
  return change("PATCH", `${MLFLOW}registered-models/update`, { name, description });
}

export function deleteRegisteredModel(name: string): Promise<unknown> {
  return change("DELETE", `${MLFLOW}registered-models/delete`, { name });
}

export function setRegisteredModelTag(name: string, key: string, value: string): Promise<unknown> {
  return change("POST", `${MLFLOW}registered-models/set-tag`, { name, key, value });
}

export function deleteRegisteredModelTag(name: string, key: string): Promise<unknown> {
  return change("DELETE", `${MLFLOW}registered-models/delete-tag`, { name, key });
}

export function setAlias(name: string, alias: string, version: string): Promise<unknown> {
  return change("POST", `${MLFLOW}registered-models/alias`, { name, alias, version });
}

export function deleteAlias(name: string, alias: string): Promise<unknown> {
  return change("DELETE", `${MLFLOW}registered-models/alias`, { name, alias });
}

// Versions

export async function searchModelVersions(filter: string, pageToken?: string): Promise<Page<ModelVersion>> {
  const asked = { filter, order_by: ["version_number DESC"], max_results: 200, page_token: pageToken };
  const answer = await get<SearchModelVersionsResponse>(`${MLFLOW}model-versions/search`, asked);
  return { items: answer.model_versions ?? [], nextPageToken: answer.next_page_token };
}

/** All versions of a model, however many there are. */
export async function allModelVersions(name: string): Promise<ModelVersion[]> {
  const all: ModelVersion[] = [];
  let token: string | undefined;
  do {
    const page = await searchModelVersions(`name = ${quoted(name)}`, token);
    all.push(...page.items);
    token = page.nextPageToken;
  } while (token !== undefined && token !== "");
  return all;
}

export async function getModelVersion(name: string, version: string): Promise<ModelVersion> {
  const answer = await get<GetModelVersionResponse>(`${MLFLOW}model-versions/get`, { name, version });
  return answer.model_version;
}

export async function getModelVersionUri(name: string, version: string): Promise<string> {
  const path = `${MLFLOW}model-versions/get-download-uri`;
  return (await get<GetModelVersionDownloadUriResponse>(path, { name, version })).artifact_uri;
}

export interface NewVersion {
  name: string;
  source: string;
  runId?: string | undefined;
  modelId?: string | undefined;
  description?: string | undefined;
}

export async function createModelVersion(wanted: NewVersion): Promise<ModelVersion> {
  const answer = await change<GetModelVersionResponse>("POST", `${MLFLOW}model-versions/create`, {
    name: wanted.name,
    source: wanted.source,
    run_id: wanted.runId,
    model_id: wanted.modelId,
    description: wanted.description,
  });
  return answer.model_version;
}

export function describeModelVersion(name: string, version: string, description: string): Promise<unknown> {
  return change("PATCH", `${MLFLOW}model-versions/update`, { name, version, description });
}

export function transitionStage(
  name: string,
  version: string,
  stage: string,
  archiveOthers: boolean,
): Promise<unknown> {
  const asked = { name, version, stage, archive_existing_versions: archiveOthers };
  return change("POST", `${MLFLOW}model-versions/transition-stage`, asked);
}

export function deleteModelVersion(name: string, version: string): Promise<unknown> {
  return change("DELETE", `${MLFLOW}model-versions/delete`, { name, version });
}

export function setModelVersionTag(name: string, version: string, key: string, value: string): Promise<unknown> {
  return change("POST", `${MLFLOW}model-versions/set-tag`, { name, version, key, value });
}

export function deleteModelVersionTag(name: string, version: string, key: string): Promise<unknown> {
  return change("DELETE", `${MLFLOW}model-versions/delete-tag`, { name, version, key });
}

// Logged models

export async function searchLoggedModels(
  experimentIds: readonly string[],
  filter: string,
  order: LoggedModelOrder,
  pageToken?: string,
  options?: Options,
): Promise<Page<LoggedModel>> {
  const asked = {
    experiment_ids: experimentIds,
    filter,
    order_by: [order],
    max_results: 100,
    page_token: pageToken,
  };
  const answer = await query<SearchLoggedModelsResponse>(`${MLFLOW}logged-models/search`, asked, options);
  return { items: answer.models ?? [], nextPageToken: answer.next_page_token };
}

export async function getLoggedModel(modelId: string): Promise<LoggedModel> {
  const path = `${MLFLOW}logged-models/${encodeURIComponent(modelId)}`;
  return (await get<GetLoggedModelResponse>(path)).model;
}

export function deleteLoggedModel(modelId: string): Promise<unknown> {
  return change("DELETE", `${MLFLOW}logged-models/${encodeURIComponent(modelId)}`, {});
}

export function setLoggedModelTag(modelId: string, key: string, value: string): Promise<unknown> {
  const path = `${MLFLOW}logged-models/${encodeURIComponent(modelId)}/tags`;
  return change("PATCH", path, { tags: [{ key, value }] });
}

export function deleteLoggedModelTag(modelId: string, key: string): Promise<unknown> {
  const path = `${MLFLOW}logged-models/${encodeURIComponent(modelId)}/tags/${encodeURIComponent(key)}`;
  return change("DELETE", path, {});
}

/** A run that something came from; nothing where it has been removed for good. */
export async function findRun(runId: string): Promise<Run | undefined> {
  if (runId === "") {
    return undefined;
  }
  try {
    return (await get<GetRunResponse>(`${MLFLOW}runs/get`, { run_id: runId })).run;
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/** A filter for names that contain a text, in the language of searches. */
export function nameContains(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" ? "" : `name ILIKE ${quoted(`%${trimmed}%`)}`;
}

/** A text as the filter language writes it. */
export function quoted(text: string): string {
  return /['\\]/.test(text) ? `E'${text.replace(/[\\']/g, "\\$&")}'` : `'${text}'`;
}
