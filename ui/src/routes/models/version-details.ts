/** What the page of a version shows, from several requests. */
import { type ArtifactOwner, ownerOfVersion } from "../../data/artifacts";
import { ApiError } from "../../data/http";
import {
  findRun,
  getLoggedModel,
  getModelVersion,
  getModelVersionUri,
  getRegisteredModel,
  quoted,
  searchModelVersions,
} from "../../data/models";
import type { LoggedModel, Metric, ModelVersion, Param, RegisteredModel, Run } from "../../wire";

export interface VersionDetails {
  version: ModelVersion;
  model: RegisteredModel;
  /** Newest versions of the same model, this one among them as a rule. */
  siblings: ModelVersion[];
  /** Nothing where the version was made without one, or where it is gone. */
  run: Run | undefined;
  loggedModel: LoggedModel | undefined;
  /** Nothing where this server cannot read the files. */
  owner: ArtifactOwner | undefined;
  /** Of the logged model; of the run where there is none. */
  metrics: Metric[];
  params: Param[];
}

export async function loadVersion(name: string, number: string): Promise<VersionDetails> {
  const [version, model, siblings] = await Promise.all([
    getModelVersion(name, number),
    getRegisteredModel(name),
    searchModelVersions(`name = ${quoted(name)}`),
  ]);
  const [run, loggedModel, uri] = await Promise.all([
    findRun(version.run_id),
    findLoggedModel(version.model_id),
    getModelVersionUri(name, number).catch(() => version.source),
  ]);
  const owner =
    loggedModel === undefined
      ? ownerOfVersion({ ...version, model_id: "" }, uri, run)
      : ownerOfVersion(version, uri, run);
  return { version, model, siblings: siblings.items, run, loggedModel, owner, ...valuesOf(version, loggedModel, run) };
}

async function findLoggedModel(modelId: string | undefined): Promise<LoggedModel | undefined> {
  if (modelId === undefined || modelId === "") return undefined;
  try {
    return await getLoggedModel(modelId);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function valuesOf(
  version: ModelVersion,
  loggedModel: LoggedModel | undefined,
  run: Run | undefined,
): { metrics: Metric[]; params: Param[] } {
  const ofVersion = (version.model_params ?? []).map(({ name, value }) => ({ key: name, value }));
  const params = [ofVersion, loggedModel?.data.params, run?.data.params].find(
    (list) => list !== undefined && list.length > 0,
  );
  const metrics = [version.model_metrics, loggedModel?.data.metrics, run?.data.metrics].find(
    (list) => list !== undefined && list.length > 0,
  );
  return { metrics: metrics ?? [], params: params ?? [] };
}
