// What tags and inputs say about where a run came from.

import type { RunInputs, Tag } from "../../wire";

export interface RunSource {
  name?: string | undefined;
  commit?: string | undefined;
  /** Where the commit can be read, if that is known and is a web page. */
  commitUrl?: string | undefined;
  branch?: string | undefined;
  /** The working copy had changes that are in no commit. */
  dirty: boolean;
}

export function sourceOf(tags: readonly Tag[] | undefined): RunSource {
  const value = (key: string): string | undefined => {
    const found = tags?.find((tag) => tag.key === key)?.value;
    return found === "" ? undefined : found;
  };
  const commit = value("mlflow.source.git.commit");
  return {
    name: value("mlflow.source.name"),
    commit,
    commitUrl: commit === undefined ? undefined : commitAddress(value("mlflow.source.git.repoURL"), commit),
    branch: value("mlflow.source.git.branch"),
    dirty: value("mlflow.source.git.dirty")?.toLowerCase() === "true",
  };
}

/** The page of a commit on GitHub, GitLab and what is like them; only ever an https address. */
export function commitAddress(repository: string | undefined, commit: string): string | undefined {
  if (repository === undefined || !/^[0-9a-f]{7,64}$/i.test(commit)) return undefined;
  const web = repository
    .replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, "https://$1/")
    .replace(/\.git\/?$/, "")
    .replace(/\/$/, "");
  try {
    const url = new URL(web);
    if (url.protocol !== "https:") return undefined;
    // A repository's address may hold a token, which does not belong into a link.
    return `https://${url.host}${url.pathname}/${url.host.includes("gitlab") ? "-/" : ""}commit/${commit}`;
  } catch {
    return undefined;
  }
}

export interface DatasetRow {
  name: string;
  digest: string;
  context: string;
  /** Rows and features, and where it came from. */
  facts: string;
}

export function datasetRows(inputs: RunInputs | undefined): DatasetRow[] {
  return (inputs?.dataset_inputs ?? []).map(({ dataset, tags }) => ({
    name: dataset.name,
    digest: dataset.digest,
    context: tags?.find((tag) => tag.key === "mlflow.data.context")?.value ?? "",
    facts: [...profileFacts(dataset.profile), sourceFact(dataset.source_type, dataset.source)]
      .filter(Boolean)
      .join(" · "),
  }));
}

function profileFacts(profile: string | undefined): string[] {
  const value = parsed(profile);
  const facts: string[] = [];
  if (typeof value["num_rows"] === "number") facts.push(`${value["num_rows"].toLocaleString()} rows`);
  if (typeof value["num_elements"] === "number") facts.push(`${value["num_elements"].toLocaleString()} elements`);
  return facts;
}

function sourceFact(type: string, source: string): string {
  const value = parsed(source);
  const place = value["uri"] ?? value["url"] ?? value["path"];
  return typeof place === "string" && place !== "" ? place : type;
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
