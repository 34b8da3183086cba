/** What the diagram of a model's lineage consists of. */
import type { IconName } from "../../components/icons";
import type { LoggedModel, ModelVersion, Run, Tag } from "../../wire";
import { loggedModelHref, runHref, versionHref } from "./addresses";

export interface LineageNode {
  kind: string;
  icon: IconName;
  name: string;
  detail: string | undefined;
  href: string | undefined;
  here: boolean;
}

export interface LineageParts {
  run: Run | undefined;
  loggedModel: LoggedModel | undefined;
  versions: readonly Pick<ModelVersion, "name" | "version">[];
  here: "logged-model" | "version";
}

/** Where a model comes from and what became of it: datasets, run, logged model, versions. */
export function lineage(parts: LineageParts): LineageNode[][] {
  const { run, loggedModel, here } = parts;
  const datasets = (run?.inputs.dataset_inputs ?? []).map(({ dataset, tags }) => ({
    kind: "Dataset",
    icon: "columns" as const,
    name: dataset.name,
    detail: valueOf(tags, "mlflow.data.context") ?? dataset.digest,
    href: undefined,
    here: false,
  }));
  const runs = run && {
    kind: "Run",
    icon: "play" as const,
    name: run.info.run_name,
    detail: valueOf(run.data.tags, "mlflow.source.name"),
    href: runHref(run.info.run_id),
    here: false,
  };
  const models = loggedModel && {
    kind: "Logged model",
    icon: "box" as const,
    name: loggedModel.info.name,
    detail: loggedModel.info.model_type,
    href: here === "logged-model" ? undefined : loggedModelHref(loggedModel.info.model_id),
    here: here === "logged-model",
  };
  const versions = parts.versions.map(({ name, version }) => ({
    kind: "Version",
    icon: "tag" as const,
    name: `${name} ${version}`,
    detail: undefined,
    href: here === "version" ? undefined : versionHref(name, version),
    here: here === "version",
  }));
  return [datasets, runs ? [runs] : [], models ? [models] : [], versions].filter((column) => column.length > 0);
}

function valueOf(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.key === key)?.value;
}
