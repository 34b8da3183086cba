import { createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { toNumber } from "../../data/numbers";
import type { Metric, Param } from "../../wire";
import { formatMetric } from "./metric-text";

/** Rows that are drawn before one asks for all. */
const FIRST = 25;

/** The metrics of a model; those on a dataset say on which. */
export function Metrics(props: { metrics: readonly Metric[] }): JSX.Element {
  const [all, setAll] = createSignal(false);
  return (
    <Show when={props.metrics.length > 0}>
      <section class="panel" aria-labelledby="metrics">
        <h2 id="metrics">Metrics</h2>
        <table class="plain-table">
          <tbody>
            <For each={props.metrics.slice(0, all() ? undefined : FIRST)}>
              {(metric) => (
                <tr>
                  <td class="value-key">
                    {metric.key}
                    <Show when={metric.dataset_name}>{(dataset) => <span class="muted"> on {dataset()}</span>}</Show>
                  </td>
                  <td class="number" title={String(toNumber(metric.value))}>
                    {formatMetric(metric.value)}
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <All count={props.metrics.length} shown={all()} onShow={() => setAll(true)} />
      </section>
    </Show>
  );
}

export function Params(props: { params: readonly Param[] }): JSX.Element {
  const [all, setAll] = createSignal(false);
  return (
    <Show when={props.params.length > 0}>
      <section class="panel" aria-labelledby="params">
        <h2 id="params">Params</h2>
        <table class="plain-table">
          <tbody>
            <For each={props.params.slice(0, all() ? undefined : FIRST)}>
              {(param) => (
                <tr>
                  <td class="value-key">{param.key}</td>
                  <td class="value-text">{param.value}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <All count={props.params.length} shown={all()} onShow={() => setAll(true)} />
      </section>
    </Show>
  );
}

function All(props: { count: number; shown: boolean; onShow: () => void }): JSX.Element {
  return (
    <Show when={!props.shown && props.count > FIRST}>
      <Button kind="quiet" onClick={() => props.onShow()}>
        Show all {props.count.toLocaleString()}
      </Button>
    </Show>
  );
}
