import { For, type JSX, Show } from "solid-js";

import { Button } from "../components/button";
import { useCharts } from "./charts-context";
import { KeyPicker } from "./key-picker";
import { canLogX } from "./line-axes";
import { Check, Labelled } from "./setting";
import type { LineAxis, LineSpec } from "./spec";

/** Settings of a chart of lines. */
export function LineSettings(props: { spec: LineSpec; onChange: (spec: LineSpec) => void }): JSX.Element {
  const charts = useCharts();
  const suggest = (contains: string): Promise<string[]> => charts.suggest("metric", contains);
  const set = (part: Partial<LineSpec>): void => props.onChange({ ...props.spec, ...part });

  function chooseAxis(kind: string): void {
    const x: LineAxis =
      kind === "metric" ? { kind, key: "" } : { kind: kind === "time" || kind === "relative" ? kind : "step" };
    set({ x, logX: props.spec.logX && canLogX(x) });
  }

  return (
    <>
      <Labelled label="Metrics">
        <ul class="chart-chips">
          <For each={props.spec.metrics}>
            {(metric) => (
              <li class="chart-chip">
                <span>{metric}</span>
                <Button
                  kind="quiet"
                  icon="close"
                  label={`Remove ${metric}`}
                  onClick={() => set({ metrics: props.spec.metrics.filter((other) => other !== metric) })}
                />
              </li>
            )}
          </For>
        </ul>
        <KeyPicker
          label="Add a metric"
          value=""
          suggest={suggest}
          onChoose={(metric) => set({ metrics: [...new Set([...props.spec.metrics, metric])] })}
        />
      </Labelled>
      <Labelled label="X axis">
        <span class="field-picker">
          <select
            class="input"
            aria-label="X axis"
            value={props.spec.x.kind}
            onChange={(event) => chooseAxis(event.currentTarget.value)}
          >
            <option value="step">Step</option>
            <option value="time">Time</option>
            <option value="relative">Time since start</option>
            <option value="metric">Another metric</option>
          </select>
          <Show when={props.spec.x.kind === "metric" && props.spec.x}>
            {(axis) => (
              <KeyPicker
                label="Metric of the x axis"
                value={axis().key}
                suggest={suggest}
                onChoose={(key) => set({ x: { kind: "metric", key } })}
              />
            )}
          </Show>
        </span>
      </Labelled>
      <Labelled label="Smoothing">
        <Smoothing value={props.spec.smoothing} onChange={(smoothing) => set({ smoothing })} />
      </Labelled>
      <div class="chart-checks">
        <Check label="Log y" checked={props.spec.logY} onChange={(logY) => set({ logY })} />
        <Show when={canLogX(props.spec.x)}>
          <Check label="Log x" checked={props.spec.logX} onChange={(logX) => set({ logX })} />
        </Show>
        <Check
          label="Clip outliers"
          checked={props.spec.clipOutliers}
          onChange={(clipOutliers) => set({ clipOutliers })}
        />
        <Check label="Band of extremes" checked={props.spec.band} onChange={(band) => set({ band })} />
      </div>
    </>
  );
}

const MOST = 0.99;

/** A slider for the weight of the past; what matters happens near 1, so it is spread there. */
export function Smoothing(props: { value: number; onChange: (weight: number) => void }): JSX.Element {
  const place = () => Math.round((1 - Math.sqrt(1 - Math.min(props.value, MOST))) * 1000);
  const weight = (at: number): number => Math.round((1 - (1 - at / 1000) ** 2) * 1000) / 1000;
  return (
    <span class="chart-smoothing">
      <input
        type="range"
        min="0"
        max={String(Math.round((1 - Math.sqrt(1 - MOST)) * 1000))}
        aria-label="Smoothing"
        aria-valuetext={props.value === 0 ? "none" : String(props.value)}
        value={place()}
        onInput={(event) => props.onChange(weight(event.currentTarget.valueAsNumber))}
      />
      <output>{props.value === 0 ? "off" : props.value.toFixed(2)}</output>
    </span>
  );
}
