import { A, useNavigate, useParams } from "@solidjs/router";
import { createMemo, createResource, createSignal, type JSX, Show } from "solid-js";

import { Code } from "../../components/code";
import { confirm } from "../../components/confirm";
import { Loaded } from "../../components/loaded";
import { MenuButton } from "../../components/menu";
import { Skeleton } from "../../components/skeleton";
import { ownTags, TagChips, TagEditor } from "../../components/tags";
import { TimeAgo } from "../../components/time";
import { useTitle } from "../../components/title";
import { toast, toastError } from "../../components/toast";
import {
  deleteRegisteredModel,
  deleteRegisteredModelTag,
  describeRegisteredModel,
  getRegisteredModel,
  quoted,
  searchModelVersions,
  setRegisteredModelTag,
} from "../../data/models";
import type { RegisteredModel } from "../../wire";
import { decoded } from "./addresses";
import { Description } from "./description";
import { loadCode, versionUri } from "./load-code";
import { RenameDialog } from "./rename";
import { VersionTable } from "./versions";

import "../../components/plain-table.css";
import "./models.css";

/** A registered model: what it is, its versions, how to load it. */
export default function Model(): JSX.Element {
  const params = useParams<{ name: string }>();
  const name = createMemo(() => decoded(params.name));
  // Made anew for another model: what somebody has begun to write about this one is not to be saved to that one.
  return (
    <Show when={name()} keyed>
      {(own) => <ModelPage name={own} />}
    </Show>
  );
}

function ModelPage(props: { name: string }): JSX.Element {
  useTitle(() => props.name);
  const [model, { refetch }] = createResource(() => props.name, getRegisteredModel);
  return (
    <div class="page">
      <Loaded
        of={model}
        failed="The model could not be loaded"
        onRetry={() => void refetch()}
        waiting={<Skeleton lines={10} label="Loading the model" />}
      >
        {(loaded) => <Content model={loaded()} onChanged={() => refetch()} />}
      </Loaded>
    </div>
  );
}

function Content(props: { model: RegisteredModel; onChanged: () => unknown }): JSX.Element {
  const navigate = useNavigate();
  const [editing, setEditing] = createSignal<"tags" | "name">();
  const filter = () => `name = ${quoted(props.model.name)}`;
  const [versions, { refetch }] = createResource(filter, (asked) => searchModelVersions(asked));
  const reload = async () => {
    await Promise.all([props.onChanged(), refetch()]);
  };
  /** What the load code names: the first alias, else the newest version. */
  const uri = () => {
    const { name, aliases, latest_versions: latest } = props.model;
    const newest = Math.max(0, ...(latest ?? []).map((version) => Number(version.version)));
    if (newest === 0) return undefined;
    return versionUri(name, String(newest), aliases?.map((one) => one.alias) ?? []);
  };
  // An undo may come when another page is shown: what changes a tag holds what it was made for.
  const setTag = (name: string) => async (key: string, value: string) => {
    await setRegisteredModelTag(name, key, value);
    await props.onChanged();
  };
  const deleteTag = (name: string) => async (key: string) => {
    await deleteRegisteredModelTag(name, key);
    await props.onChanged();
  };
  const remove = async () => {
    const { name } = props.model;
    const yes = await confirm({
      title: "Delete registered model",
      text: "All its versions, aliases and tags go with it. Runs and logged models stay. This cannot be undone.",
      action: "Delete",
      typed: name,
    });
    if (!yes) return;
    const go = async (): Promise<void> => {
      try {
        await deleteRegisteredModel(name);
        toast(`${name} deleted`);
        navigate("/models");
      } catch (error) {
        toastError("The model was not deleted", error, go);
      }
    };
    await go();
  };
  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <A href="/models">Models</A>
      </nav>
      <header class="page-head">
        <h1>{props.model.name}</h1>
        <MenuButton
          label="Actions on this model"
          end
          items={[
            { label: "Rename", icon: "edit", run: () => setEditing("name") },
            { label: "Edit tags", icon: "tag", run: () => setEditing("tags") },
            { label: "Delete", icon: "trash", danger: true, separated: true, run: () => void remove() },
          ]}
        />
      </header>
      <div class="sides">
        <div>
          <Show when={uri()}>
            {(named) => (
              <section class="panel" aria-labelledby="load">
                <h2 id="load">Load it</h2>
                <Code text={loadCode(named(), [])} label="Code that loads the model" />
              </section>
            )}
          </Show>
          <Description
            text={props.model.description ?? ""}
            onSave={(text) => describeRegisteredModel(props.model.name, text)}
            onChanged={props.onChanged}
          />
          <Loaded of={versions} failed="The versions could not be loaded" onRetry={() => void refetch()}>
            {(loaded) => <VersionTable model={props.model} first={loaded()} filter={filter()} onChanged={reload} />}
          </Loaded>
        </div>
        <aside aria-label="About this model">
          <section class="panel">
            <dl class="facts">
              <dt>Created</dt>
              <dd>
                <TimeAgo at={props.model.creation_timestamp} />
              </dd>
              <dt>Changed</dt>
              <dd>
                <TimeAgo at={props.model.last_updated_timestamp} />
              </dd>
              <Show when={props.model.user_id}>
                <dt>By</dt>
                <dd>{props.model.user_id}</dd>
              </Show>
              <dt>Tags</dt>
              <dd class="tag-line">
                <Show when={ownTags(props.model.tags).length > 0}>
                  <TagChips tags={ownTags(props.model.tags)} most={12} wrap />
                </Show>
                <button type="button" class="button" data-kind="quiet" onClick={() => setEditing("tags")}>
                  Edit
                </button>
              </dd>
            </dl>
          </section>
        </aside>
      </div>
      <Show when={editing() === "tags"}>
        <TagEditor
          title={`Tags of ${props.model.name}`}
          tags={ownTags(props.model.tags)}
          onSet={setTag(props.model.name)}
          onDelete={deleteTag(props.model.name)}
          onClose={() => setEditing(undefined)}
        />
      </Show>
      <Show when={editing() === "name"}>
        <RenameDialog name={props.model.name} onClose={() => setEditing(undefined)} />
      </Show>
    </>
  );
}
