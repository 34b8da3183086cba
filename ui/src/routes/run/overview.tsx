import { A } from "@solidjs/router";
import { createMemo, createResource, createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { CopyButton } from "../../components/copy";
import { ownTags, TagChips, TagEditor, tagValue } from "../../components/tags";
import { formatExact } from "../../components/time";
import { getLoggedModel } from "../../data/models";
import { changeOne } from "../../data/runs";
import { settled } from "../../data/settled";
import type { Run } from "../../wire";
import { Description } from "../models/description";
import { type LoggedModelEntry, modelAddress, renewedModels } from "../../data/model-entries";
import { MetricsTable } from "./metrics-table";
import { ParamsTable } from "./params-table";
import { datasetRows, sourceOf } from "./source";

/** Models that are named here; all of them have a part of the page to themselves. */
const MOST_OUTPUTS = 20;
const NOTE = "mlflow.note.content";

export interface OverviewProps {
  run: Run;
  /** Changes when metrics have been logged. */
  version: number;
  onChanged: () => void;
}

/** What the run is, what went in, and what came out. */
export function RunOverview(props: OverviewProps): JSX.Element {
  const [editing, setEditing] = createSignal(false);
  const runId = () => props.run.info.run_id;
  const tags = () => ownTags(props.run.data.tags);
  // An undo may come when another run is shown: what changes a tag holds the run that it was made for.
  const setTag = (id: string) => async (key: string, value: string) => {
    await changeOne(id, { action: "set_tag", key, value });
    props.onChanged();
  };
  const deleteTag = (id: string) => async (key: string) => {
    await changeOne(id, { action: "delete_tag", key });
    props.onChanged();
  };
  const saveNote = (id: string) => (value: string) => changeOne(id, { action: "set_tag", key: NOTE, value });

  return (
    <div class="sides">
      <div>
        <Description
          text={tagValue(props.run.data.tags, NOTE) ?? ""}
          onSave={saveNote(runId())}
          onChanged={() => props.onChanged()}
        />
        <MetricsTable runId={runId()} total={props.run.data.metrics?.length ?? 0} version={props.version} />
        <ParamsTable params={props.run.data.params ?? []} />
      </div>
      <div>
        <Details run={props.run} />
        <section class="panel">
          <div class="panel-head">
            <h2>Tags</h2>
            <Button kind="quiet" icon="edit" label="Edit tags" onClick={() => setEditing(true)} />
          </div>
          <Show when={tags().length > 0} fallback={<p class="muted">No tags yet.</p>}>
            <TagChips tags={tags()} most={50} wrap />
          </Show>
        </section>
        <Inputs run={props.run} />
        <Outputs run={props.run} />
        <Show when={editing()}>
          <TagEditor
            title="Tags of the run"
            tags={tags()}
            onSet={setTag(runId())}
            onDelete={deleteTag(runId())}
            onClose={() => setEditing(false)}
          />
        </Show>
      </div>
    </div>
  );
}

function Details(props: { run: Run }): JSX.Element {
  const info = () => props.run.info;
  const source = () => sourceOf(props.run.data.tags);
  return (
    <section class="panel">
      <h2>Details</h2>
      <dl class="facts">
        <dt>Started</dt>
        <dd>{formatExact(info().start_time)}</dd>
        <Show when={info().status !== "RUNNING" && info().end_time}>
          {(end) => (
            <>
              <dt>Ended</dt>
              <dd>{formatExact(end())}</dd>
            </>
          )}
        </Show>
        <Show when={source().name}>
          {(name) => (
            <>
              <dt>Source</dt>
              <dd class="mono">{name()}</dd>
            </>
          )}
        </Show>
        <Show when={source().commit}>
          {(commit) => (
            <>
              <dt>Git commit</dt>
              <dd class="run-commit">
                <Show when={source().commitUrl} fallback={<code>{commit().slice(0, 10)}</code>}>
                  {(url) => (
                    <a href={url()} target="_blank" rel="noopener noreferrer">
                      <code>{commit().slice(0, 10)}</code>
                    </a>
                  )}
                </Show>
                <CopyButton text={commit()} label="Copy commit" />
                <Show when={source().dirty}>
                  <span class="muted">with local changes</span>
                </Show>
              </dd>
            </>
          )}
        </Show>
        <Show when={source().branch}>
          {(branch) => (
            <>
              <dt>Branch</dt>
              <dd>{branch()}</dd>
            </>
          )}
        </Show>
        <dt>Artifacts</dt>
        <dd class="run-commit">
          <span class="mono ellipsis" title={info().artifact_uri}>
            {info().artifact_uri}
          </span>
          <CopyButton text={info().artifact_uri} label="Copy artifact location" />
        </dd>
      </dl>
    </section>
  );
}

function Inputs(props: { run: Run }): JSX.Element {
  const datasets = () => datasetRows(props.run.inputs);
  const models = () => props.run.inputs?.model_inputs ?? [];
  return (
    <section class="panel">
      <h2>Inputs</h2>
      <Show
        when={datasets().length + models().length > 0}
        fallback={
          <p class="muted">
            None. <code>mlflow.log_input(dataset, context="training")</code> adds one.
          </p>
        }
      >
        <ul class="run-inputs">
          <For each={datasets()}>
            {(dataset) => (
              <li class="run-input">
                <span class="plain-name">{dataset.name}</span> <code class="muted">{dataset.digest}</code>
                <Show when={dataset.context}>
                  <span class="tag">{dataset.context}</span>
                </Show>
                <div class="muted run-input-facts">{dataset.facts}</div>
              </li>
            )}
          </For>
          <For each={models()}>
            {(model) => (
              <li>
                Model <A href={`/logged-models/${model.model_id}`}>{model.model_id}</A>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </section>
  );
}

function Outputs(props: { run: Run }): JSX.Element {
  const models = createMemo((before: readonly LoggedModelEntry[]) => renewedModels(props.run, before), []);
  return (
    <section class="panel">
      <h2>Outputs</h2>
      <Show
        when={models().length > 0}
        fallback={
          <p class="muted">
            None. <code>mlflow.sklearn.log_model(model, name="iris")</code> adds one.
          </p>
        }
      >
        <ul class="run-inputs">
          <For each={models().slice(0, MOST_OUTPUTS)}>
            {(entry) => {
              const [model] = createResource(() => entry.modelId, getLoggedModel);
              return (
                <li>
                  Model <A href={modelAddress(props.run, entry)}>{settled(model)?.info.name ?? entry.name}</A>
                  <Show when={entry.step !== undefined}>
                    <span class="muted"> at step {entry.step?.toLocaleString()}</span>
                  </Show>
                </li>
              );
            }}
          </For>
        </ul>
        <Show when={models().length > MOST_OUTPUTS}>
          <A href={`/runs/${props.run.info.run_id}/models`}>All {models().length.toLocaleString()} models</A>
        </Show>
      </Show>
    </section>
  );
}
