import type {
  CreateExperimentResponse,
  Experiment,
  ExperimentActivity,
  GetExperimentActivityResponse,
  GetExperimentResponse,
  SearchExperiments,
  SearchExperimentsResponse,
} from "../wire";
import { change, get, MLFLOW, type Options, query, TRAINYARD } from "./http";

/** A page of experiments, which may be empty. */
export type ExperimentPage = SearchExperimentsResponse & { experiments: Experiment[] };

/** One page of experiments. */
export async function search(request: SearchExperiments, options: Options = {}): Promise<ExperimentPage> {
  const answer = await query<SearchExperimentsResponse>(`${MLFLOW}experiments/search`, request, options);
  return { ...answer, experiments: answer.experiments ?? [] };
}

/** One experiment by id, deleted ones too. */
export async function getExperiment(experiment_id: string, options: Options = {}): Promise<Experiment> {
  const answer = await get<GetExperimentResponse>(`${MLFLOW}experiments/get`, { experiment_id }, options);
  return answer.experiment;
}

/** Makes an experiment; its id. */
export async function create(name: string): Promise<string> {
  const answer = await change<CreateExperimentResponse>("POST", `${MLFLOW}experiments/create`, { name });
  return answer.experiment_id;
}

export async function rename(experiment_id: string, new_name: string): Promise<void> {
  await change("POST", `${MLFLOW}experiments/update`, { experiment_id, new_name });
}

export async function remove(experiment_id: string): Promise<void> {
  await change("POST", `${MLFLOW}experiments/delete`, { experiment_id });
}

export async function restore(experiment_id: string): Promise<void> {
  await change("POST", `${MLFLOW}experiments/restore`, { experiment_id });
}

export async function setTag(experiment_id: string, key: string, value: string): Promise<void> {
  await change("POST", `${MLFLOW}experiments/set-experiment-tag`, { experiment_id, key, value });
}

export async function deleteTag(experiment_id: string, key: string): Promise<void> {
  await change("POST", `${MLFLOW}experiments/delete-experiment-tag`, { experiment_id, key });
}

const MOST = 100;

/** Numbers of runs and the last change, of any number of experiments. */
export async function activity(
  ids: readonly string[],
  options: Options = {},
): Promise<Map<string, ExperimentActivity>> {
  const parts: string[][] = [];
  for (let at = 0; at < ids.length; at += MOST) parts.push(ids.slice(at, at + MOST));
  const answers = await Promise.all(
    parts.map((part) =>
      get<GetExperimentActivityResponse>(`${TRAINYARD}experiments/activity`, { experiment_id: part }, options),
    ),
  );
  return new Map(answers.flatMap((answer) => answer.experiments.map((one) => [one.experiment_id, one] as const)));
}
