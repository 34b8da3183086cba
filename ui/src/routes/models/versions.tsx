import { A, useNavigate } from "@solidjs/router";
import { createEffect, createSignal, For, type JSX, on, Show } from "solid-js";

import { Button } from "../../components/button";
import { Empty } from "../../components/empty";
import { TimeAgo } from "../../components/time";
import { toastError } from "../../components/toast";
import { type Page, searchModelVersions } from "../../data/models";
import type { ModelVersion, RegisteredModel } from "../../wire";
import { compareHref, runHref, versionHref } from "./addresses";
import { Aliases } from "./aliases";
import { StageBadge } from "./stage";

export interface VersionTableProps {
  model: RegisteredModel;
  first: Page<ModelVersion>;
  filter: string;
  onChanged: () => unknown;
}

/** The versions of a registered model, newest first; two of them can be compared. */
export function VersionTable(props: VersionTableProps): JSX.Element {
  const navigate = useNavigate();
  const [picked, setPicked] = createSignal<readonly string[]>([]);
  const [later, setLater] = createSignal<readonly ModelVersion[]>([]);
  const [token, setToken] = createSignal<string>();
  const [busy, setBusy] = createSignal(false);
  createEffect(
    on(
      () => props.first,
      (first) => {
        setLater([]);
        setToken(first.nextPageToken);
      },
    ),
  );
  const versions = () => [...props.first.items, ...later()];
  const more = async () => {
    setBusy(true);
    try {
      const page = await searchModelVersions(props.filter, token());
      setLater([...later(), ...page.items]);
      setToken(page.nextPageToken);
    } catch (error) {
      toastError("More versions could not be loaded", error, more);
    } finally {
      setBusy(false);
    }
  };
  const pick = (version: string, on: boolean) => {
    // The third takes the place of the first.
    setPicked(on ? [...picked(), version].slice(-2) : picked().filter((one) => one !== version));
  };
  const compare = () => {
    const [a, b] = [...picked()].sort((one, other) => Number(one) - Number(other));
    if (a !== undefined && b !== undefined) navigate(compareHref(props.model.name, a, b));
  };
  return (
    <section class="panel" aria-labelledby="versions">
      <header class="panel-head">
        <h2 id="versions">Versions</h2>
        <Show when={versions().length > 1}>
          <Button
            icon="compare"
            disabled={picked().length !== 2}
            title={picked().length === 2 ? undefined : "Tick two versions"}
            onClick={compare}
          >
            Compare
          </Button>
        </Show>
      </header>
      <Show
        when={versions().length > 0}
        fallback={
          <Empty
            icon="tag"
            title="No versions yet"
            code={`mlflow.register_model("runs:/<run_id>/model", ${JSON.stringify(props.model.name)})`}
          />
        }
      >
        <div class="table-scroll">
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col" class="fits">
                  <span class="unseen">Compare</span>
                </th>
                <th scope="col">Version</th>
                <th scope="col">Aliases</th>
                <th scope="col" class="wide-only">
                  Run
                </th>
                <th scope="col" class="wide-only">
                  Created
                </th>
              </tr>
            </thead>
            <tbody>
              <For each={versions()}>
                {(version) => (
                  <tr class={picked().includes(version.version) ? "versions-picked" : ""}>
                    <td class="fits">
                      <label class="check">
                        <input
                          type="checkbox"
                          aria-label={`Pick version ${version.version} to compare`}
                          checked={picked().includes(version.version)}
                          onChange={(event) => pick(version.version, event.currentTarget.checked)}
                        />
                      </label>
                    </td>
                    <td>
                      <span class="tag-line">
                        <A class="plain-name" href={versionHref(version.name, version.version)}>
                          Version {version.version}
                        </A>
                        <StageBadge stage={version.current_stage} />
                        <Show when={version.status !== "READY"}>
                          <span class="status-bad">{version.status}</span>
                        </Show>
                      </span>
                    </td>
                    <td>
                      <Aliases
                        name={version.name}
                        version={version.version}
                        aliases={props.model.aliases ?? []}
                        onChanged={props.onChanged}
                      />
                    </td>
                    <td class="wide-only mono">
                      <Show when={version.run_id}>{(run) => <A href={runHref(run())}>{run().slice(0, 8)}</A>}</Show>
                    </td>
                    <td class="fits muted wide-only">
                      <TimeAgo at={version.creation_timestamp} />
                    </td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
        <Show when={token() !== undefined && token() !== ""}>
          <div class="more">
            <Button busy={busy()} onClick={() => void more()}>
              Load more
            </Button>
          </div>
        </Show>
      </Show>
    </section>
  );
}
