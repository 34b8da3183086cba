import { A, useNavigate, useParams } from "@solidjs/router";
import { createMemo, createResource, createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { confirm } from "../../components/confirm";
import { CopyButton } from "../../components/copy";
import { Loaded } from "../../components/loaded";
import { MenuButton } from "../../components/menu";
import { Skeleton } from "../../components/skeleton";
import { ownTags, TagChips, TagEditor } from "../../components/tags";
import { TimeAgo } from "../../components/time";
import { useTitle } from "../../components/title";
import { toast, toastError } from "../../components/toast";
import { deleteLoggedModel, deleteLoggedModelTag, findRun, getLoggedModel, setLoggedModelTag } from "../../data/models";
import type { LoggedModel, Run } from "../../wire";
import { decoded, runHref } from "../models/addresses";
import { Lineage } from "../models/lineage";
import { Contract, createModelFiles, Files, HowToLoad } from "../models/model-files";
import { RegisterDialog } from "../models/register";
import { Metrics, Params } from "../models/values";

import "../../components/plain-table.css";
import "../models/models.css";

interface Details {
  model: LoggedModel;
  run: Run | undefined;
}

async function loadModel(modelId: string): Promise<Details> {
  const model = await getLoggedModel(modelId);
  return { model, run: await findRun(model.info.source_run_id) };
}

/** One logged model: metrics, params, schema, files, and what became of it. */
export default function LoggedModelPage(): JSX.Element {
  const params = useParams<{ model_id: string }>();
  const id = createMemo(() => decoded(params.model_id));
  // Made anew for another model: dialogs about this one do not stay open for that one.
  return (
    <Show when={id()} keyed>
      {(own) => <LoggedModelView modelId={own} />}
    </Show>
  );
}

function LoggedModelView(props: { modelId: string }): JSX.Element {
  const [details, { refetch }] = createResource(() => props.modelId, loadModel);
  useTitle(() => (details.state === "ready" ? details.latest.model.info.name : props.modelId));
  return (
    <div class="page">
      <Loaded
        of={details}
        failed="The model could not be loaded"
        onRetry={() => void refetch()}
        waiting={<Skeleton lines={12} label="Loading the model" />}
      >
        {(loaded) => <Content details={loaded()} onChanged={() => refetch()} />}
      </Loaded>
    </div>
  );
}

function Content(props: { details: Details; onChanged: () => unknown }): JSX.Element {
  const navigate = useNavigate();
  const [open, setOpen] = createSignal<"tags" | "register">();
  const info = () => props.details.model.info;
  const uri = () => `models:/${info().model_id}`;
  const owner = () => ({ kind: "logged-model" as const, modelId: info().model_id });
  const [files, { refetch }] = createModelFiles(owner);
  // An undo may come when another page is shown: what changes a tag holds what it was made for.
  const setTag = (id: string) => async (key: string, value: string) => {
    await setLoggedModelTag(id, key, value);
    await props.onChanged();
  };
  const deleteTag = (id: string) => async (key: string) => {
    await deleteLoggedModelTag(id, key);
    await props.onChanged();
  };
  const remove = async () => {
    const { name, model_id: modelId, experiment_id: experimentId } = info();
    const yes = await confirm({
      title: `Delete ${name}`,
      text: "Versions that were registered from it can no longer be loaded once the store is cleaned up.",
      action: "Delete",
    });
    if (!yes) return;
    const go = async (): Promise<void> => {
      try {
        await deleteLoggedModel(modelId);
        toast(`${name} deleted`);
        navigate(`/experiments/${experimentId}/models`);
      } catch (error) {
        toastError("The model was not deleted", error, go);
      }
    };
    await go();
  };
  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <A href={`/experiments/${info().experiment_id}/models`}>Logged models</A>
      </nav>
      <header class="page-head">
        <h1>{info().name}</h1>
        <Button kind="primary" icon="tag" onClick={() => setOpen("register")}>
          Register
        </Button>
        <MenuButton
          label="Actions on this model"
          end
          items={[
            { label: "Edit tags", icon: "tag", run: () => setOpen("tags") },
            { label: "Delete", icon: "trash", danger: true, separated: true, run: () => void remove() },
          ]}
        />
      </header>
      <div class="sides">
        <div>
          <HowToLoad files={files} uri={uri()} />
          <section class="panel" aria-labelledby="lineage">
            <h2 id="lineage">Lineage</h2>
            <Lineage
              run={props.details.run}
              loggedModel={props.details.model}
              versions={info().registrations ?? []}
              here="logged-model"
            />
          </section>
          <Contract files={files} onRetry={() => void refetch()} />
        </div>
        <aside aria-label="About this model">
          <Facts details={props.details} onEditTags={() => setOpen("tags")} />
          <Metrics metrics={props.details.model.data.metrics ?? []} />
          <Params params={props.details.model.data.params ?? []} />
        </aside>
      </div>
      <Files owner={owner()} source={info().artifact_uri} />
      <Show when={open() === "register"}>
        <RegisterDialog
          source={uri()}
          modelId={info().model_id}
          runId={info().source_run_id === "" ? undefined : info().source_run_id}
          suggested={info().registrations?.[0]?.name ?? info().name}
          onClose={() => setOpen(undefined)}
        />
      </Show>
      <Show when={open() === "tags"}>
        <TagEditor
          title={`Tags of ${info().name}`}
          tags={ownTags(info().tags)}
          onSet={setTag(info().model_id)}
          onDelete={deleteTag(info().model_id)}
          onClose={() => setOpen(undefined)}
        />
      </Show>
    </>
  );
}

function Facts(props: { details: Details; onEditTags: () => void }): JSX.Element {
  const info = () => props.details.model.info;
  return (
    <section class="panel" aria-label="Facts">
      <dl class="facts">
        <Show when={info().status !== "LOGGED_MODEL_READY"}>
          <dt>Status</dt>
          <dd class="status-bad">
            {info().status.replace("LOGGED_MODEL_", "").replace("_", " ").toLowerCase()} {info().status_message}
          </dd>
        </Show>
        <dt>Created</dt>
        <dd>
          <TimeAgo at={info().creation_timestamp_ms} />
        </dd>
        <Show when={info().source_run_id}>
          {(id) => (
            <>
              <dt>Run</dt>
              <dd>
                <A href={runHref(id())}>{props.details.run?.info.run_name ?? id().slice(0, 8)}</A>
              </dd>
            </>
          )}
        </Show>
        <Show when={info().model_type}>
          <dt>Type</dt>
          <dd>{info().model_type}</dd>
        </Show>
        <dt>Id</dt>
        <dd class="tag-line">
          <span class="mono source">{info().model_id}</span>
          <CopyButton text={info().model_id} label="Copy the id" />
        </dd>
        <dt>Tags</dt>
        <dd class="tag-line">
          <Show when={ownTags(info().tags).length > 0}>
            <TagChips tags={ownTags(info().tags)} most={12} wrap />
          </Show>
          <button type="button" class="button" data-kind="quiet" onClick={() => props.onEditTags()}>
            Edit
          </button>
        </dd>
      </dl>
    </section>
  );
}
