import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Show, Switch } from "solid-js";

import { Failure } from "../components/failure";
import { useCharts } from "./charts-context";
import { chartTheme, runColor } from "./colors";
import type { Drawing, Surface } from "./drawing";
import type { Extent } from "./extent";
import { drawLines } from "./line-figure";
import { buildLines, type FoundSeries, stepsWithin, withDetail, xExtent, yExtent } from "./lines";
import type { SeriesWindow } from "./loader";
import { runLabel } from "./run-values";
import { sameList } from "./same";
import { createSeries } from "./series-state";
import { type LineSpec, seriesMetrics } from "./spec";
import { axisName, yAxisName, zoomed } from "./sync";
import { TimeSeries } from "./time-series";

/** While a zoom still moves, nothing is asked for. */
const SETTLE_MS = 200;

/** What the card around a chart does with it. */
export interface LineTools {
  /** Draws it into a file. */
  draw: (surface: Surface) => Drawing;
  /** Shows a part of the x axis: half of it for 0.5, twice as much for 2. */
  zoomBy: (factor: number) => void;
}

/** A chart of lines with its data: loads series, more detail where it is zoomed, and shows what is going on. */
export function LineChart(props: {
  spec: LineSpec;
  /** Whether it is in sight or near. */
  active: boolean;
  /** There as long as there is something to see. */
  onTools: (tools: LineTools | undefined) => void;
}): JSX.Element {
  const charts = useCharts();
  const ids = createMemo(() => charts.lineRuns().map((run) => run.info.run_id), [], { equals: sameList });
  const metrics = createMemo(() => seriesMetrics(props.spec), [], { equals: sameList });
  const byTime = createMemo(() => props.spec.x.kind === "time" || props.spec.x.kind === "relative");
  const whole = createMemo((): SeriesWindow => ({ x: byTime() ? "timestamp" : "step" }));
  const zoom = () => charts.sync.zoom(axisName(props.spec.x));

  const named = createMemo(() => new Map(charts.lineRuns().map((run) => [run.info.run_id, run])));
  const nameOf = (runId: string): string => {
    const run = named().get(runId);
    return run ? runLabel(run) : runId.slice(0, 8);
  };
  const startOf = (runId: string): number => named().get(runId)?.info.start_time ?? 0;

  const base = createSeries(
    charts.loader,
    () => (props.active ? { runIds: ids(), metrics: metrics(), window: whole() } : undefined),
    charts.version,
  );
  const baseLines = createMemo(() => {
    base.arrived();
    const find = (runId: string, metric: string) => charts.loader.find(runId, metric, whole());
    return buildLines(props.spec, ids(), find, startOf);
  });
  const wholeX = createMemo(() => xExtent(baseLines(), props.spec.logX));

  // The part to have in more detail: steps or times, a little more than what is in sight.
  const [part, setPart] = createSignal<Extent>();
  let settling: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(settling));
  createEffect(() => {
    const wanted = zoom();
    const lines = baseLines();
    clearTimeout(settling);
    if (!wanted) {
      setPart(undefined);
      return;
    }
    settling = setTimeout(() => {
      const direct = props.spec.x.kind === "step" || props.spec.x.kind === "time";
      const found = direct ? wanted : stepsWithin(lines, wanted);
      setPart((before) => {
        const next = found && { min: Math.floor(found.min), max: Math.ceil(found.max) };
        return next && before && next.min === before.min && next.max === before.max ? before : next;
      });
    }, SETTLE_MS);
  });
  const detailWindow = createMemo((): SeriesWindow | undefined => {
    const wanted = part();
    // Relative time and other metrics are zoomed by the steps they cover: one request for all runs.
    const x = props.spec.x.kind === "time" ? "timestamp" : "step";
    return wanted && { x, from: wanted.min, to: wanted.max };
  });
  const detail = createSeries(
    charts.loader,
    () => {
      const window = detailWindow();
      if (!window || !props.active) return undefined;
      // Series that have fewer points than buckets are complete already.
      const runIds = [...new Set(baseLines().flatMap((line) => (line.points > line.x.length ? [line.runId] : [])))];
      return { runIds, metrics: metrics(), window };
    },
    charts.version,
  );

  const lines = createMemo(() => {
    detail.arrived();
    const window = detailWindow();
    const wanted = part();
    if (!window || !wanted) return baseLines();
    const find = (runId: string, metric: string): FoundSeries | undefined => {
      const all = charts.loader.find(runId, metric, whole());
      const more = charts.loader.find(runId, metric, window);
      return all && more ? withDetail(all, more, window.x, wanted) : all;
    };
    return buildLines(props.spec, ids(), find, startOf);
  });
  const x = createMemo(() => zoom() ?? wholeX());
  const wholeY = createMemo(() => {
    const within = x();
    return within && (yExtent(lines(), within, props.spec) ?? { min: 0, max: 1 });
  });
  const y = createMemo(() => charts.sync.zoom(yAxisName(props.spec.id)) ?? wholeY());
  // A part of one scale says nothing about another one.
  createEffect(
    on([metrics, () => props.spec.logY], () => charts.sync.setZoom(yAxisName(props.spec.id), undefined), {
      defer: true,
    }),
  );

  createEffect(() => {
    const extents = { x: x(), y: y() };
    const spec = props.spec;
    const drawn = lines();
    const all = wholeX();
    if (!extents.x || !extents.y || !all) {
      props.onTools(undefined);
      return;
    }
    const both = { x: extents.x, y: extents.y };
    props.onTools({
      draw: (surface) => drawLines(spec, drawn, both, surface, nameOf),
      zoomBy: (factor) => {
        charts.sync.setZoom(axisName(spec.x), zoomed(both.x, all, factor, (both.x.min + both.x.max) / 2));
      },
    });
  });

  onCleanup(() => props.onTools(undefined));

  const busy = () => base.loading() || detail.loading();
  const failed = () => base.error() ?? detail.error();
  const retry = (): void => {
    base.retry();
    detail.retry();
  };

  return (
    <div class="chart-state" aria-busy={busy()}>
      <Switch
        fallback={
          <Show when={base.loading() || !props.active} fallback={<Nothing spec={props.spec} runs={ids().length} />}>
            <div class="chart-loading" role="status" aria-label="Loading" />
          </Show>
        }
      >
        <Match when={failed() !== undefined && lines().length === 0}>
          <Failure what="The chart could not be loaded" error={failed()} onRetry={retry} inline />
        </Match>
        <Match when={wholeX() !== undefined && lines().length > 0}>
          <TimeSeries
            spec={props.spec}
            lines={lines()}
            x={x() ?? { min: 0, max: 1 }}
            y={y() ?? { min: 0, max: 1 }}
            whole={wholeX() ?? { min: 0, max: 1 }}
            wholeY={wholeY() ?? { min: 0, max: 1 }}
            theme={chartTheme()}
            sync={charts.sync}
            nameOf={nameOf}
            colorOf={runColor}
          />
          <Show when={failed()}>
            {(error) => (
              <div class="chart-note">
                <Failure what="Not up to date" error={error()} onRetry={retry} inline />
              </div>
            )}
          </Show>
        </Match>
      </Switch>
    </div>
  );
}

function Nothing(props: { spec: LineSpec; runs: number }): JSX.Element {
  const text = (): string => {
    if (props.runs === 0) return "Choose runs to see their lines.";
    if (props.spec.metrics.length === 0) return "Choose a metric: Edit in the chart's menu.";
    const other = props.spec.x.kind === "metric" ? ` together with “${props.spec.x.key}”` : "";
    return `None of the runs has logged ${props.spec.metrics.map((metric) => `“${metric}”`).join(", ")}${other}.`;
  };
  return <p class="chart-empty muted">{text()}</p>;
}
