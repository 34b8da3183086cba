import { A, useSearchParams } from "@solidjs/router";
import { createEffect, For, type JSX, Match, on, onCleanup, Show, Switch } from "solid-js";

import { Empty } from "../../components/empty";
import { Failure } from "../../components/failure";
import { MorePages } from "../../components/more-pages";
import { createPages } from "../../components/pages";
import { useShortcuts } from "../../components/shortcuts";
import { Skeleton } from "../../components/skeleton";
import { ownTags, TagChips } from "../../components/tags";
import { TimeAgo } from "../../components/time";
import { useTitle } from "../../components/title";
import { nameContains, searchRegisteredModels } from "../../data/models";
import type { RegisteredModel } from "../../wire";
import { modelHref, versionHref } from "./addresses";

import "../../components/plain-table.css";
import "./aliases.css";
import "./models.css";

const ORDERS = [
  { label: "Name", value: "name ASC" },
  { label: "Last changed", value: "last_updated_timestamp DESC" },
  { label: "Newest", value: "creation_timestamp DESC" },
] as const;

/** Waits for the end of typing. */
const TYPING_MS = 220;

/** Registered models: search, order, and the way to each. */
export default function Models(): JSX.Element {
  useTitle(() => "Models");
  const [params, setParams] = useSearchParams<{ search?: string; order?: string }>();
  const search = () => params.search ?? "";
  const order = () => ORDERS.find((one) => one.value === params.order) ?? ORDERS[0];
  const pages = createPages((pageToken, signal) =>
    searchRegisteredModels(nameContains(search()), order().value, pageToken, { signal }),
  );
  createEffect(on([search, order], () => void pages.restart()));

  let field!: HTMLInputElement;
  let typing: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(typing));
  useShortcuts("models", { "/": () => field.focus() });

  return (
    <div class="page">
      <header class="page-head">
        <h1>Models</h1>
        <input
          ref={field}
          class="input models-search"
          type="search"
          placeholder="Search by name"
          aria-label="Search models by name"
          value={search()}
          onInput={(event) => {
            const text = event.currentTarget.value;
            clearTimeout(typing);
            typing = setTimeout(() => setParams({ search: text }, { replace: true }), TYPING_MS);
          }}
        />
        <select
          class="input"
          aria-label="Order"
          value={order().value}
          onChange={(event) => setParams({ order: event.currentTarget.value }, { replace: true })}
        >
          <For each={ORDERS}>{(one) => <option value={one.value}>{one.label}</option>}</For>
        </select>
      </header>
      <Switch fallback={<Skeleton lines={8} label="Loading models" />}>
        <Match when={pages.items() === undefined && pages.failure()}>
          {(error) => (
            <Failure what="The models could not be loaded" error={error()} onRetry={() => void pages.restart()} />
          )}
        </Match>
        <Match when={pages.items()?.length === 0 && search() !== ""}>
          <Empty icon="search" title="No model has such a name">
            {search()}
          </Empty>
        </Match>
        <Match when={pages.items()?.length === 0}>
          <Empty
            icon="box"
            title="No registered models yet"
            code={'mlflow.sklearn.log_model(model, name="iris", registered_model_name="iris")'}
          >
            Register a model when you log it, or later from its run.
          </Empty>
        </Match>
        <Match when={pages.items()}>
          {(models) => (
            <>
              <ModelTable models={models()} />
              <MorePages pages={pages} />
            </>
          )}
        </Match>
      </Switch>
    </div>
  );
}

function ModelTable(props: { models: readonly RegisteredModel[] }): JSX.Element {
  return (
    <div class="panel table-scroll">
      <table class="plain-table models-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Latest</th>
            <th scope="col">Aliases</th>
            <th scope="col" class="wide-only">
              Tags
            </th>
            <th scope="col" class="wide-only">
              Changed
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={props.models}>{(model) => <ModelRow model={model} />}</For>
        </tbody>
      </table>
    </div>
  );
}

function ModelRow(props: { model: RegisteredModel }): JSX.Element {
  /** The greatest number of all stages. */
  const latest = () => {
    const numbers = (props.model.latest_versions ?? []).map((version) => Number(version.version));
    return numbers.length === 0 ? undefined : String(Math.max(...numbers));
  };
  return (
    <tr>
      <td>
        <A class="plain-name" href={modelHref(props.model.name)}>
          {props.model.name}
        </A>
      </td>
      <td class="fits">
        <Show when={latest()} fallback={<span class="muted">none</span>}>
          {(version) => <A href={versionHref(props.model.name, version())}>Version {version()}</A>}
        </Show>
      </td>
      <td>
        <span class="aliases">
          <For each={(props.model.aliases ?? []).slice(0, 4)}>
            {(one) => (
              <A class="alias" href={versionHref(props.model.name, one.version)} title={`Version ${one.version}`}>
                @{one.alias}
              </A>
            )}
          </For>
          <Show when={(props.model.aliases ?? []).length > 4}>
            <span class="muted">+{(props.model.aliases ?? []).length - 4}</span>
          </Show>
        </span>
      </td>
      <td class="wide-only">
        <TagChips tags={ownTags(props.model.tags)} />
      </td>
      <td class="fits muted wide-only">
        <TimeAgo at={props.model.last_updated_timestamp} />
      </td>
    </tr>
  );
}
