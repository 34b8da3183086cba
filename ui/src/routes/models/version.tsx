import { A, useNavigate, useParams } from "@solidjs/router";
import { createMemo, createResource, createSignal, type JSX, Show } from "solid-js";

import { confirm } from "../../components/confirm";
import { Loaded } from "../../components/loaded";
import { MenuButton } from "../../components/menu";
import { Skeleton } from "../../components/skeleton";
import { ownTags, TagEditor } from "../../components/tags";
import { useTitle } from "../../components/title";
import { toast, toastError } from "../../components/toast";
import { describeModelVersion, deleteModelVersion, deleteModelVersionTag, setModelVersionTag } from "../../data/models";
import type { ModelVersion } from "../../wire";
import { compareHref, decoded, modelHref } from "./addresses";
import { Aliases } from "./aliases";
import { Description } from "./description";
import { Lineage } from "./lineage";
import { versionUri } from "./load-code";
import { Contract, createModelFiles, Files, HowToLoad } from "./model-files";
import { StageBadge, StageDialog } from "./stage";
import { Metrics, Params } from "./values";
import { loadVersion, type VersionDetails } from "./version-details";
import { VersionFacts } from "./version-facts";

import "../../components/plain-table.css";
import "./models.css";

/** One version of a registered model. */
export default function ModelVersionPage(): JSX.Element {
  const params = useParams<{ name: string; version: string }>();
  const asked = createMemo(() => ({ name: decoded(params.name), version: decoded(params.version) }), undefined, {
    equals: (a, b) => a.name === b.name && a.version === b.version,
  });
  // Made anew for another version: what somebody has begun to write about this one is not to be saved to that one.
  return (
    <Show when={asked()} keyed>
      {(own) => <VersionPage name={own.name} version={own.version} />}
    </Show>
  );
}

function VersionPage(props: { name: string; version: string }): JSX.Element {
  useTitle(() => `${props.name} ${props.version}`);
  const [details, { refetch }] = createResource(() => loadVersion(props.name, props.version));
  return (
    <div class="page">
      <Loaded
        of={details}
        failed="The version could not be loaded"
        onRetry={() => void refetch()}
        waiting={<Skeleton lines={12} label="Loading the version" />}
      >
        {(loaded) => <Content details={loaded()} onChanged={() => refetch()} />}
      </Loaded>
    </div>
  );
}

function Content(props: { details: VersionDetails; onChanged: () => unknown }): JSX.Element {
  const navigate = useNavigate();
  const [editing, setEditing] = createSignal<"tags" | "stage">();
  const version = () => props.details.version;
  const [files, { refetch }] = createModelFiles(() => props.details.owner);
  // An undo may come when another page is shown: what changes a tag holds what it was made for.
  const setTag = (of: ModelVersion) => async (key: string, value: string) => {
    await setModelVersionTag(of.name, of.version, key, value);
    await props.onChanged();
  };
  const deleteTag = (of: ModelVersion) => async (key: string) => {
    await deleteModelVersionTag(of.name, of.version, key);
    await props.onChanged();
  };
  const remove = async () => {
    const { name, version: number } = version();
    const yes = await confirm({
      title: `Delete version ${number} of ${name}`,
      text: "Its aliases and tags go with it. The run and the logged model stay. This cannot be undone.",
      action: "Delete",
    });
    if (!yes) return;
    const go = async (): Promise<void> => {
      try {
        await deleteModelVersion(name, number);
        toast(`Version ${number} of ${name} deleted`);
        navigate(modelHref(name));
      } catch (error) {
        toastError("The version was not deleted", error, go);
      }
    };
    await go();
  };
  /** The nearest older version. */
  const previous = () => {
    const older = props.details.siblings.filter((other) => Number(other.version) < Number(version().version));
    return older.reduce((best, other) => Math.max(best, Number(other.version)), 0);
  };
  const comparison = () => {
    const older = previous();
    if (older === 0) return [];
    const href = compareHref(version().name, String(older), version().version);
    return [{ label: `Compare with version ${String(older)}`, icon: "compare" as const, run: () => navigate(href) }];
  };
  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <A href="/models">Models</A>
        <span aria-hidden="true">/</span>
        <A href={modelHref(version().name)}>{version().name}</A>
      </nav>
      <header class="page-head">
        <h1>
          {version().name} <span class="muted">version {version().version}</span>
        </h1>
        <StageBadge stage={version().current_stage} />
        <Aliases
          name={version().name}
          version={version().version}
          aliases={props.details.model.aliases ?? []}
          onChanged={props.onChanged}
        />
        <MenuButton
          label="Actions on this version"
          end
          items={[
            ...comparison(),
            { label: "Edit tags", icon: "tag", run: () => setEditing("tags") },
            { label: "Move to a stage", icon: "forward", run: () => setEditing("stage") },
            { label: "Delete", icon: "trash", danger: true, separated: true, run: () => void remove() },
          ]}
        />
      </header>
      <div class="sides">
        <div>
          <HowToLoad files={files} uri={versionUri(version().name, version().version, version().aliases ?? [])} />
          <Description
            text={version().description}
            onSave={(text) => describeModelVersion(version().name, version().version, text)}
            onChanged={props.onChanged}
          />
          <section class="panel" aria-labelledby="lineage">
            <h2 id="lineage">Lineage</h2>
            <Lineage
              run={props.details.run}
              loggedModel={props.details.loggedModel}
              versions={[version()]}
              here="version"
            />
          </section>
          <Contract files={files} onRetry={() => void refetch()} />
        </div>
        <aside aria-label="About this version">
          <VersionFacts details={props.details} onEditTags={() => setEditing("tags")} />
          <Metrics metrics={props.details.metrics} />
          <Params params={props.details.params} />
        </aside>
      </div>
      <Files owner={props.details.owner} source={version().source} />
      <Show when={editing() === "tags"}>
        <TagEditor
          title={`Tags of version ${version().version}`}
          tags={ownTags(version().tags)}
          onSet={setTag(version())}
          onDelete={deleteTag(version())}
          onClose={() => setEditing(undefined)}
        />
      </Show>
      <Show when={editing() === "stage"}>
        <StageDialog
          version={version()}
          siblings={props.details.siblings}
          onClose={() => setEditing(undefined)}
          onChanged={props.onChanged}
        />
      </Show>
    </>
  );
}
