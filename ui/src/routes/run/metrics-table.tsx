import { A } from "@solidjs/router";
import { createEffect, createSignal, For, type JSX, on, Show } from "solid-js";

import { Failure } from "../../components/failure";
import { Skeleton } from "../../components/skeleton";
import { rowHeight } from "../../components/row-height";
import { createVirtual } from "../../components/virtual";
import { formatExact } from "../../charts/ticks";
import { toNumber } from "../../data/numbers";
import type { Double } from "../../wire";
import type { MetricSummary } from "../../wire";
import { createMetricPages } from "./metric-pages";

// The style sheet says it again: in `style` a constant would become an inline style, which the page's policy forbids.
const ROW = rowHeight(30);
const MOST_HEIGHT = 480;

export interface MetricsTableProps {
  runId: string;
  /** How many metrics the run had when it was loaded. */
  total: number;
  /** Changes when metrics have been logged. */
  version: number;
}

/** All metrics of a run with their latest, least and greatest value; searched by the server, drawn as far as in sight. */
export function MetricsTable(props: MetricsTableProps): JSX.Element {
  const [text, setText] = createSignal("");
  const pages = createMetricPages(
    () => props.runId,
    () => text().trim(),
    () => props.version,
  );
  return (
    <section class="panel" aria-label="Metrics">
      <div class="panel-head">
        <h2>
          Metrics <span class="muted">{Math.max(props.total, text() === "" ? pages.rows().length : 0)}</span>
        </h2>
        <Show when={props.total > 8 || text() !== ""}>
          <input
            class="input"
            type="search"
            placeholder="Filter metrics"
            aria-label="Filter metrics"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </Show>
      </div>
      <Show when={pages.error()}>
        {(error) => <Failure what="The metrics could not be loaded" error={error()} onRetry={pages.retry} inline />}
      </Show>
      <Show
        when={pages.rows().length > 0}
        fallback={
          <Show when={pages.complete()} fallback={pages.error() === undefined && <Skeleton lines={5} />}>
            <Show when={text() === ""} fallback={<p class="muted">No metric fits.</p>}>
              <p class="muted">
                None yet. <code>mlflow.log_metric("loss", loss, step=step)</code> writes one.
              </p>
            </Show>
          </Show>
        }
      >
        <Rows runId={props.runId} rows={pages.rows()} complete={pages.complete()} onEnd={pages.more} />
      </Show>
    </section>
  );
}

interface RowsProps {
  runId: string;
  rows: readonly MetricSummary[];
  complete: boolean;
  /** The last row that is there has come into sight. */
  onEnd: () => void;
}

function Rows(props: RowsProps): JSX.Element {
  let scroller!: HTMLDivElement;
  const virtual = createVirtual({
    count: () => props.rows.length,
    scroller: () => scroller,
    size: () => ROW,
    before: () => ROW,
  });
  createEffect(
    on([virtual.items, () => props.rows.length], ([items, count]) => {
      const last = items.at(-1);
      if (last && last.index >= count - 20 && !props.complete) props.onEnd();
    }),
  );
  return (
    <div
      class="run-table"
      role="table"
      aria-label="Metrics"
      aria-rowcount={props.complete ? props.rows.length + 1 : -1}
      tabIndex={0}
      ref={scroller}
      style={{ height: `${String(Math.min((props.rows.length + 1) * ROW + 2, MOST_HEIGHT))}px` }}
    >
      <div class="run-row run-metric run-table-head" role="row" aria-rowindex={1}>
        <span role="columnheader">Name</span>
        <span role="columnheader">Latest</span>
        <span role="columnheader">Min</span>
        <span role="columnheader">Max</span>
        <span role="columnheader">Step</span>
        <span role="columnheader">Points</span>
      </div>
      <div class="run-table-all" role="rowgroup" style={{ height: `${String(virtual.total())}px` }}>
        <For each={virtual.items()}>
          {(item) => (
            <Show when={props.rows[item.index]}>
              {(metric) => (
                <div
                  class="run-row run-metric"
                  role="row"
                  aria-rowindex={item.index + 2}
                  style={{ transform: `translateY(${String(item.start)}px)` }}
                >
                  <span role="rowheader" class="ellipsis" title={metric().key}>
                    <A href={chartAddress(props.runId, metric().key)}>{metric().key}</A>
                  </span>
                  <span role="cell" class="run-strong">
                    {formatExact(toNumber(metric().last.value))}
                  </span>
                  <span role="cell">{extreme(metric().min)}</span>
                  <span role="cell">{extreme(metric().max)}</span>
                  <span role="cell">{metric().last.step}</span>
                  <span role="cell">{metric().points.toLocaleString()}</span>
                </div>
              )}
            </Show>
          )}
        </For>
      </div>
    </div>
  );
}

/** The least or greatest value; there is none where all values are NaN. */
function extreme(value: { value: Double } | undefined): string {
  return value === undefined ? "—" : formatExact(toNumber(value.value));
}

function chartAddress(runId: string, key: string): string {
  const part = key.startsWith("system/") ? "system" : "charts";
  return `/runs/${runId}/${part}?metric=${encodeURIComponent(key)}`;
}
