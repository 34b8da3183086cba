import { A } from "@solidjs/router";
import { createMemo, For, type JSX, Show } from "solid-js";

import { Icon } from "../../components/icons";
import { TimeAgo } from "../../components/time";
import type { LoggedModel, LoggedModelOrder } from "../../wire";
import { loggedModelHref, runHref, versionHref } from "../models/addresses";
import { formatMetric } from "../models/metric-text";
import { metricColumns } from "./columns";

import "../models/models.css";

export interface LoggedModelTableProps {
  models: readonly LoggedModel[];
  order: LoggedModelOrder;
  onSort: (field: string) => void;
}

/** Logged models, a column for each metric that most of them have. */
export function LoggedModelTable(props: LoggedModelTableProps): JSX.Element {
  const metrics = createMemo(() => metricColumns(props.models));
  return (
    <div class="panel table-scroll">
      <table class="plain-table logged-table">
        <thead>
          <tr>
            <Head field="name" label="Name" order={props.order} onSort={props.onSort} />
            <th scope="col">Run</th>
            <th scope="col">Type</th>
            <For each={metrics()}>
              {(key) => (
                <Head
                  field={`metrics.${quotedKey(key)}`}
                  label={key}
                  number
                  order={props.order}
                  onSort={props.onSort}
                />
              )}
            </For>
            <th scope="col">Registered</th>
            <Head field="creation_timestamp" label="Created" order={props.order} onSort={props.onSort} />
          </tr>
        </thead>
        <tbody>
          <For each={props.models}>{(model) => <Row model={model} metrics={metrics()} />}</For>
        </tbody>
      </table>
    </div>
  );
}

/** The name of a metric in the filter language. */
function quotedKey(key: string): string {
  return /^[A-Za-z_][\w.]*$/.test(key) ? key : `\`${key.replaceAll("`", "``")}\``;
}

interface HeadProps {
  field: string;
  label: string;
  number?: boolean;
  order: LoggedModelOrder;
  onSort: (field: string) => void;
}

function Head(props: HeadProps): JSX.Element {
  const active = () => props.order.field_name === props.field;
  return (
    <th
      scope="col"
      class={props.number === true ? "number" : ""}
      aria-sort={active() ? (props.order.ascending ? "ascending" : "descending") : undefined}
    >
      <button type="button" class="sort" title={props.label} onClick={() => props.onSort(props.field)}>
        <span class="ellipsis">{props.label}</span>
        <Show when={active()}>
          <Icon name={props.order.ascending ? "sortUp" : "sortDown"} size={12} />
        </Show>
      </button>
    </th>
  );
}

function Row(props: { model: LoggedModel; metrics: readonly string[] }): JSX.Element {
  const info = () => props.model.info;
  /** The latest of the metric, whatever dataset it was computed on. */
  const value = (key: string) => props.model.data.metrics?.findLast((metric) => metric.key === key)?.value;
  return (
    <tr>
      <td>
        <A class="plain-name" href={loggedModelHref(info().model_id)}>
          {info().name}
        </A>
        <Show when={info().status !== "LOGGED_MODEL_READY"}>
          <span class="status-bad"> {info().status.replace("LOGGED_MODEL_", "").toLowerCase().replace("_", " ")}</span>
        </Show>
      </td>
      <td class="mono">
        <Show when={info().source_run_id}>{(run) => <A href={runHref(run())}>{run().slice(0, 8)}</A>}</Show>
      </td>
      <td class="muted">{info().model_type}</td>
      <For each={props.metrics}>
        {(key) => (
          <td class="number">
            <Show when={value(key) !== undefined} fallback={<span class="muted">–</span>}>
              {formatMetric(value(key) ?? 0)}
            </Show>
          </td>
        )}
      </For>
      <td>
        <For each={info().registrations ?? []}>
          {(one) => (
            <A class="registered" href={versionHref(one.name, one.version)}>
              {one.name} {one.version}
            </A>
          )}
        </For>
      </td>
      <td class="fits muted">
        <TimeAgo at={info().creation_timestamp_ms} />
      </td>
    </tr>
  );
}
