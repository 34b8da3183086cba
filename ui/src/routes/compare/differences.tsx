import { A } from "@solidjs/router";
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";

import { runColor } from "../../charts/colors";
import { Button } from "../../components/button";
import { Icon } from "../../components/icons";
import { RunStatusBadge } from "../../components/run-status";
import { rowHeight } from "../../components/row-height";
import { createVirtual, type VirtualItem } from "../../components/virtual";
import type { Run } from "../../wire";
import { type CompareRow, compareRows, orderBy, sharesOf, tableRows } from "./rows";

const ROW = rowHeight(32);
const HEAD = 58;
// The style sheet says it again: in `style` a constant would become an inline style, which the page's policy forbids.
const COLUMN = 170;

/** The table of values: a column for each run, those rows first in which the runs differ. */
export function Differences(props: { runs: readonly Run[]; onRemove: (runId: string) => void }): JSX.Element {
  const [only, setOnly] = createSignal(false);
  const [text, setText] = createSignal("");
  const [order, setOrder] = createSignal<{ kind: string; key: string; ascending: boolean }>();
  const groups = createMemo(() => compareRows(props.runs));
  const rows = createMemo(() => tableRows(groups(), only(), text()));

  // Columns in the order of the chosen row.
  const places = createMemo(() => {
    const by = order();
    const row =
      by && groups().flatMap((group) => group.rows.filter((one) => one.kind === by.kind && one.key === by.key))[0];
    return row ? orderBy(row, by.ascending) : props.runs.map((_, index) => index);
  });
  const toggleOrder = (row: CompareRow): void => {
    const by = order();
    const same = by?.kind === row.kind && by.key === row.key;
    if (same && by.ascending) setOrder(undefined);
    else setOrder({ kind: row.kind, key: row.key, ascending: same });
  };
  const orderOf = (row: CompareRow): "ascending" | "descending" | undefined => {
    const by = order();
    if (by?.kind !== row.kind || by.key !== row.key) return undefined;
    return by.ascending ? "ascending" : "descending";
  };
  const differing = () => groups().reduce((count, group) => count + group.differing, 0);

  let scroller!: HTMLDivElement;
  const down = createVirtual({
    count: () => rows().length,
    scroller: () => scroller,
    size: () => ROW,
    before: () => HEAD,
  });
  const across = createVirtual({
    count: () => props.runs.length,
    scroller: () => scroller,
    size: () => COLUMN,
    horizontal: true,
    overscan: 2,
  });

  return (
    <>
      <div class="compare-bar">
        <label class="compare-only">
          <input type="checkbox" checked={only()} onChange={(event) => setOnly(event.currentTarget.checked)} />
          Only differences
        </label>
        <span class="muted">{differing()} rows differ</span>
        <input
          class="input"
          type="search"
          placeholder="Filter names"
          aria-label="Filter names"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div
        class="compare-scroll"
        ref={scroller}
        role="table"
        aria-label="Values of the runs"
        aria-rowcount={rows().length + 1}
        aria-colcount={props.runs.length + 1}
        tabIndex={0}
      >
        <div class="compare-all" style={{ width: `calc(var(--names) + ${String(across.total())}px)` }}>
          <div class="compare-row compare-head" role="row" aria-rowindex={1}>
            <span class="compare-name" role="columnheader">
              <span class="muted">Name</span>
            </span>
            <For each={across.items()}>
              {(item) => (
                <Show when={props.runs[places()[item.index] ?? -1]}>
                  {(run) => <RunHead run={run()} item={item} onRemove={() => props.onRemove(run().info.run_id)} />}
                </Show>
              )}
            </For>
          </div>
          <div class="compare-body" role="rowgroup" style={{ height: `${String(down.total())}px` }}>
            <For each={down.items()}>
              {(item) => {
                const at = () => rows()[item.index];
                const heading = () => {
                  const row = at();
                  return row && "heading" in row ? row.heading : undefined;
                };
                const row = () => {
                  const shown = at();
                  return shown && "row" in shown ? shown.row : undefined;
                };
                return (
                  <div
                    class="compare-row"
                    role="row"
                    aria-rowindex={item.index + 2}
                    data-heading={heading() ? "" : undefined}
                    data-differs={row()?.differs === true ? "" : undefined}
                    style={{ transform: `translateY(${String(item.start)}px)` }}
                  >
                    <Show when={heading()}>
                      {(group) => (
                        <span class="compare-name" role="rowheader">
                          {group().name}
                          <span class="muted compare-count">
                            {group().differing} of {group().rows.length} differ
                          </span>
                        </span>
                      )}
                    </Show>
                    <Show when={row()}>
                      {(shown) => (
                        <Row
                          row={shown()}
                          order={orderOf(shown())}
                          places={places()}
                          columns={across.items()}
                          onOrder={() => toggleOrder(shown())}
                        />
                      )}
                    </Show>
                  </div>
                );
              }}
            </For>
          </div>
        </div>
        <Show when={rows().length === 0}>
          <p class="muted compare-none">{only() ? "Nothing differs." : "No name fits."}</p>
        </Show>
      </div>
    </>
  );
}

function RunHead(props: { run: Run; item: VirtualItem; onRemove: () => void }): JSX.Element {
  const info = () => props.run.info;
  return (
    <span
      class="compare-cell compare-run"
      role="columnheader"
      aria-colindex={props.item.index + 2}
      style={{ left: `calc(var(--names) + ${String(props.item.start)}px)` }}
    >
      <span class="compare-run-line">
        <span class="compare-swatch" style={{ "background-color": runColor(info().run_id) }} />
        <A class="ellipsis" href={`/runs/${info().run_id}`} title={info().run_name}>
          {info().run_name}
        </A>
        <Button
          class="compare-remove"
          kind="quiet"
          icon="close"
          label={`Take ${info().run_name} out of the comparison`}
          onClick={() => props.onRemove()}
        />
      </span>
      <RunStatusBadge status={info().status} />
    </span>
  );
}

interface RowProps {
  row: CompareRow;
  order: "ascending" | "descending" | undefined;
  places: readonly number[];
  columns: readonly VirtualItem[];
  onOrder: () => void;
}

function Row(props: RowProps): JSX.Element {
  const shares = createMemo(() => sharesOf(props.row));
  return (
    <>
      <span class="compare-name" role="rowheader" aria-sort={props.order}>
        <button
          type="button"
          class="compare-order ellipsis"
          title={`${props.row.key}: order the runs by it`}
          onClick={() => props.onOrder()}
        >
          {props.row.key}
        </button>
        <Show when={props.order}>
          {(order) => <Icon name={order() === "ascending" ? "sortUp" : "sortDown"} size={13} />}
        </Show>
      </span>
      <For each={props.columns}>
        {(item) => {
          const place = () => props.places[item.index] ?? -1;
          const value = () => props.row.values[place()];
          const share = () => shares()?.[place()];
          return (
            <span
              class="compare-cell"
              role="cell"
              aria-colindex={item.index + 2}
              data-number={props.row.numbers ? "" : undefined}
              title={value()}
              style={{ left: `calc(var(--names) + ${String(item.start)}px)` }}
            >
              <Show when={share() !== undefined}>
                <span class="compare-share" style={{ width: `${String(Math.round((share() ?? 0) * 100))}%` }} />
              </Show>
              <span class="ellipsis compare-value">{value() ?? <span class="muted">—</span>}</span>
            </span>
          );
        }}
      </For>
    </>
  );
}
