import { createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";

import { Button } from "../components/button";
import { Empty } from "../components/empty";
import { MenuButton } from "../components/menu";
import { useShortcuts } from "../components/shortcuts";
import { toast } from "../components/toast";
import { fetchSeries } from "../data/charts";
import { createLive, type Interest } from "../data/live";
import { ChartCard } from "./chart-card";
import { ChartEditor } from "./chart-editor";
import type { Keeping } from "./chart-store";
import { KeepingMenu } from "./keeping";
import { ChartsProvider, type Suggest } from "./charts-context";
import { runColor } from "./colors";
import { Smoothing } from "./line-settings";
import { SeriesLoader } from "./loader";
import { type ChartRun, commonKeys, runLabel } from "./run-values";
import {
  type ChartSpec,
  type ChartsState,
  dropChart,
  insertChart,
  KINDS,
  lineChart,
  moveChart,
  newChart,
  removeChart,
  replaceChart,
} from "./spec";
import { sameList } from "./same";
import { createSync } from "./sync";

import "./charts.css";

export interface ChartsProps {
  runs: readonly ChartRun[];
  state: ChartsState;
  setState: (state: ChartsState) => void;
  suggest: Suggest;
  openRun: (runId: string) => void;
  /** What to hear about while the charts are shown. */
  live: Interest;
  /** Shows which run has which colour; not where a list beside the charts does. */
  legend?: boolean;
  /** How the arrangement is kept; not where it is part of a view. */
  keeping?: Keeping;
}

const MOST_LINE_RUNS = 100;
/** Live points are asked for at most so often. */
const REFRESH_MS = 1000;
const MOST_FOR_ALL = 200;

/** A board of charts about some runs: added, arranged and removed by the reader, kept by the owner. */
export function Charts(props: ChartsProps): JSX.Element {
  const loader = new SeriesLoader((request, signal) => fetchSeries(request, { signal }));
  onCleanup(() => loader.close());
  const sync = createSync();
  useShortcuts("charts");
  useShortcuts("handles");
  const [version, setVersion] = createSignal(0);
  const [editing, setEditing] = createSignal<{ spec: ChartSpec; isNew: boolean }>();
  const [filter, setFilter] = createSignal("");
  const lineRuns = createMemo(() => props.runs.slice(0, MOST_LINE_RUNS));

  const outdated = new Set<string>();
  let refresh: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(refresh));
  function refreshSoon(): void {
    refresh ??= setTimeout(() => {
      refresh = undefined;
      // A slow server is not asked again before it has answered.
      if (loader.busy) {
        refreshSoon();
        return;
      }
      loader.outdate([...outdated]);
      outdated.clear();
      setVersion((count) => count + 1);
    }, REFRESH_MS);
  }
  createLive(() => props.live, {
    changed(changes) {
      for (const change of changes) if (change.kinds.has("metrics")) outdated.add(change.runId);
      if (outdated.size > 0) refreshSoon();
    },
    reload() {
      for (const run of props.runs) outdated.add(run.info.run_id);
      refreshSoon();
    },
  });
  const charts = () => props.state.charts;
  const change = (next: ChartsState): void => props.setState(next);
  const shown = createMemo(() => {
    const wanted = filter().trim().toLowerCase();
    if (wanted === "") return charts();
    return charts().filter((chart) => JSON.stringify(chart).toLowerCase().includes(wanted));
  });

  // By id, so that a chart whose settings change stays on the page and keeps what it has loaded.
  const ids = createMemo(() => shown().map((chart) => chart.id), [], { equals: sameList });

  async function add(kind: ChartSpec["kind"]): Promise<void> {
    const names = (asked: "metric" | "param", had: "metrics" | "params") =>
      props.suggest(asked, "").catch(() => commonKeys(props.runs, had));
    const [metrics, params] = await Promise.all([names("metric", "metrics"), names("param", "params")]);
    setEditing({ spec: newChart(kind, metrics, params), isNew: true });
  }

  async function addAll(): Promise<void> {
    const metrics = await props.suggest("metric", "").catch(() => commonKeys(props.runs, "metrics"));
    const there = new Set(charts().flatMap((chart) => (chart.kind === "line" ? chart.metrics : [])));
    const missing = metrics.filter((metric) => !there.has(metric)).slice(0, MOST_FOR_ALL);
    change({ ...props.state, charts: [...charts(), ...missing.map((metric) => lineChart([metric]))] });
  }

  function remove(spec: ChartSpec): void {
    const place = charts().findIndex((chart) => chart.id === spec.id);
    change(removeChart(props.state, spec.id));
    // Other charts may have changed by then: only this one comes back.
    toast("Chart removed", { undo: () => change(insertChart(props.state, spec, place)) });
  }

  const smoothing = (): number => {
    const line = charts().find((chart) => chart.kind === "line");
    return line?.smoothing ?? 0;
  };
  const smoothAll = (weight: number): void =>
    change({
      ...props.state,
      charts: charts().map((chart) => (chart.kind === "line" ? { ...chart, smoothing: weight } : chart)),
    });

  return (
    <ChartsProvider
      value={{
        runs: () => props.runs,
        lineRuns,
        loader,
        version,
        sync,
        suggest: (kind, contains) => props.suggest(kind, contains),
        openRun: (runId) => props.openRun(runId),
      }}
    >
      <div class="charts">
        <div class="charts-bar" role="toolbar" aria-label="Charts">
          <MenuButton
            label="Add a chart"
            text="Add"
            icon="plus"
            kind="plain"
            items={[
              ...KINDS.map(({ kind, name }) => ({ label: name, run: () => void add(kind) })),
              { label: "Lines of all metrics", separated: true, run: () => void addAll() },
            ]}
          />
          <Show when={charts().some((chart) => chart.kind === "line")}>
            <label class="charts-smooth">
              <span class="muted">Smoothing</span>
              <Smoothing value={smoothing()} onChange={smoothAll} />
            </label>
          </Show>
          <Show when={charts().length > 4}>
            <input
              class="input charts-filter"
              type="search"
              placeholder="Filter charts"
              aria-label="Filter charts"
              value={filter()}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </Show>
          <Show when={sync.isZoomed()}>
            <Button kind="quiet" icon="undo" onClick={() => sync.resetZoom()}>
              Reset zoom
            </Button>
          </Show>
          <Show when={props.keeping}>{(keeping) => <KeepingMenu keeping={keeping()} />}</Show>
          <Show when={props.runs.length > MOST_LINE_RUNS}>
            <span class="muted charts-note">
              Lines of the first {MOST_LINE_RUNS} of {props.runs.length} runs
            </span>
          </Show>
        </div>
        <Show when={props.legend === true && lineRuns().length > 0}>
          <ul class="charts-legend" aria-label="Colours of runs">
            <For each={lineRuns()}>
              {(run) => (
                <li>
                  <button
                    type="button"
                    class="charts-run"
                    data-strong={sync.highlighted() === run.info.run_id ? "" : undefined}
                    onPointerEnter={() => sync.setHighlighted(run.info.run_id)}
                    onPointerLeave={() => sync.setHighlighted(undefined)}
                    onFocus={() => sync.setHighlighted(run.info.run_id)}
                    onBlur={() => sync.setHighlighted(undefined)}
                    onClick={() => props.openRun(run.info.run_id)}
                  >
                    <span class="chart-swatch" style={{ "background-color": runColor(run.info.run_id) }} />
                    <span class="ellipsis">{runLabel(run)}</span>
                  </button>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <Show
          when={charts().length > 0}
          fallback={
            <Empty icon="chart" title="No charts" code={'mlflow.log_metric("loss", loss, step=step)'}>
              Metrics that are logged over steps can be drawn here. Add shows which kinds there are.
            </Empty>
          }
        >
          <div class="charts-scroll">
            <div class="charts-grid">
              <For each={ids()} fallback={<p class="muted">No chart fits the filter.</p>}>
                {(id) => (
                  <Show when={charts().find((chart) => chart.id === id)}>
                    {(spec) => (
                      <ChartCard
                        spec={spec()}
                        onChange={(next) => change(replaceChart(props.state, next))}
                        onEdit={() => setEditing({ spec: spec(), isNew: false })}
                        onRemove={() => remove(spec())}
                        onMove={(by) => change(moveChart(props.state, id, by))}
                        onDrop={(dropped) => change(dropChart(props.state, dropped, id))}
                      />
                    )}
                  </Show>
                )}
              </For>
            </div>
          </div>
        </Show>
        <Show when={editing()} keyed>
          {({ spec, isNew }) => (
            <ChartEditor
              spec={spec}
              isNew={isNew}
              onClose={() => setEditing(undefined)}
              onSave={(next) =>
                change(isNew ? { ...props.state, charts: [...charts(), next] } : replaceChart(props.state, next))
              }
            />
          )}
        </Show>
      </div>
    </ChartsProvider>
  );
}
