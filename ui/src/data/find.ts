/** Things by a part of their name, for the palette. */
import { search as searchExperiments } from "./experiments";
import { ApiError, get, MLFLOW, type Options, query } from "./http";
import { nameContains, quoted, searchRegisteredModels } from "./models";

export interface Found {
  kind: "Experiment" | "Run" | "Model";
  name: string;
  /** What tells it from others of the same name. */
  detail: string;
  href: string;
}

/** Of each kind at most. */
const MOST = 6;
/** Runs are looked for in the experiments that changed last: a search has to name them. */
const EXPERIMENTS = 200;

export async function findByName(text: string, options: Options): Promise<Found[]> {
  const answers = await Promise.allSettled([
    findExperiments(text, options),
    findModels(text, options),
    findRuns(text, options),
  ]);
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const failed = answers.find((answer) => answer.status === "rejected");
  // What one search has found is of use although another has failed.
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return found;
}

async function findExperiments(text: string, options: Options): Promise<Found[]> {
  const asked = { filter: nameContains(text), max_results: MOST, order_by: ["last_update_time DESC"] };
  const { experiments } = await searchExperiments(asked, options);
  return experiments.map(({ name, experiment_id: id }) => ({
    kind: "Experiment",
    name,
    detail: id,
    href: `/experiments/${encodeURIComponent(id)}`,
  }));
}

async function findModels(text: string, options: Options): Promise<Found[]> {
  const page = await searchRegisteredModels(nameContains(text), "last_updated_timestamp DESC", undefined, options);
  return page.items.slice(0, MOST).map(({ name }) => ({
    kind: "Model",
    name,
    detail: "",
    href: `/models/${encodeURIComponent(name)}`,
  }));
}

interface FoundRun {
  info: { run_id: string; run_name: string };
}

interface FoundRuns {
  runs?: FoundRun[];
}

async function findRuns(text: string, options: Options): Promise<Found[]> {
  const [found, named] = await Promise.all([searchRuns(text, options), runOfId(text.trim(), options)]);
  return named && !found.some((one) => one.href === named.href) ? [named, ...found].slice(0, MOST) : found;
}

/** The run of a whole id, whichever experiment it is in. */
async function runOfId(id: string, options: Options): Promise<Found | undefined> {
  if (!/^[0-9a-f]{32}$/i.test(id)) return undefined;
  try {
    const { run } = await get<{ run: FoundRun }>(`${MLFLOW}runs/get`, { run_id: id.toLowerCase() }, options);
    return found(run.info);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function found({ run_id, run_name }: FoundRun["info"]): Found {
  return { kind: "Run", name: run_name, detail: run_id.slice(0, 8), href: `/runs/${encodeURIComponent(run_id)}` };
}

async function searchRuns(text: string, options: Options): Promise<Found[]> {
  const asked = { max_results: EXPERIMENTS, order_by: ["last_update_time DESC"] };
  const { experiments } = await searchExperiments(asked, options);
  const typed = text.trim();
  const byId = /^[0-9a-f]{6,32}$/.test(typed) ? ` OR run_id LIKE ${quoted(`${typed}%`)}` : "";
  const filter = `run_name ILIKE ${quoted(`%${typed}%`)}${byId}`;
  const answer = await query<FoundRuns>(
    `${MLFLOW}runs/search`,
    { experiment_ids: experiments.map((one) => one.experiment_id), filter, max_results: MOST, columns: {} },
    options,
  );
  return (answer.runs ?? []).map(({ info }) => found(info));
}
