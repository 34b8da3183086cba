import { A } from "@solidjs/router";
import { createMemo, createResource, createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { TimeAgo } from "../../components/time";
import { getLoggedModel } from "../../data/models";
import type { LoggedModel, Run } from "../../wire";
import { RegisterDialog } from "../models/register";
import { type LoggedModelEntry, modelAddress, renewedModels } from "../../data/model-entries";

/** Models that the run has logged, and the way to register them. */
export function RunModels(props: { run: Run }): JSX.Element {
  const [registering, setRegistering] = createSignal<{ entry: LoggedModelEntry; name: string | undefined }>();
  const entries = createMemo((before: readonly LoggedModelEntry[]) => renewedModels(props.run, before), []);
  return (
    <Show
      when={entries().length > 0}
      fallback={<Empty icon="box" title="No models" code={'mlflow.sklearn.log_model(model, name="iris-classifier")'} />}
    >
      <section class="panel">
        <div class="panel-head">
          <h2>Models logged by this run</h2>
        </div>
        <div class="table-scroll">
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
                <th scope="col">Registered as</th>
                <th scope="col" class="number">
                  Step
                </th>
                <th scope="col">Logged</th>
                <th scope="col">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              <For each={entries()}>
                {(entry) => (
                  <Row run={props.run} entry={entry} onRegister={(name) => setRegistering({ entry, name })} />
                )}
              </For>
            </tbody>
          </table>
        </div>
        <Show when={registering()}>
          {(chosen) => (
            <RegisterDialog
              source={chosen().entry.source}
              runId={props.run.info.run_id}
              modelId={chosen().entry.modelId}
              suggested={chosen().name}
              onClose={() => setRegistering(undefined)}
            />
          )}
        </Show>
      </section>
    </Show>
  );
}

function Row(props: {
  run: Run;
  entry: LoggedModelEntry;
  onRegister: (name: string | undefined) => void;
}): JSX.Element {
  const [model, { refetch }] = createResource(() => props.entry.modelId, getLoggedModel);
  const known = (): LoggedModel | undefined => (model.state === "ready" ? model.latest : undefined);
  const name = () => known()?.info.name ?? props.entry.name;
  return (
    <tr>
      <td class="plain-name">
        <A href={modelAddress(props.run, props.entry)}>{name()}</A>
        <Show when={model.state === "errored"}>
          <Failure what="Not loaded" error={model.error} onRetry={() => void refetch()} inline />
        </Show>
      </td>
      <td>{known()?.info.model_type ?? props.entry.flavors.join(", ")}</td>
      <td>
        <For each={known()?.info.registrations ?? []}>
          {(registration) => (
            <A
              class="run-registration"
              href={`/models/${encodeURIComponent(registration.name)}/versions/${registration.version}`}
            >
              {registration.name} v{registration.version}
            </A>
          )}
        </For>
      </td>
      <td class="number">{props.entry.step ?? ""}</td>
      <td>
        <Show when={known()}>{(there) => <TimeAgo at={there().info.creation_timestamp_ms} />}</Show>
      </td>
      <td class="fits">
        <Button icon="upload" onClick={() => props.onRegister(known()?.info.name)}>
          Register
        </Button>
      </td>
    </tr>
  );
}
