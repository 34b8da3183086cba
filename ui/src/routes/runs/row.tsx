import { type Accessor, createMemo, For, type JSX, Match, Show, Switch } from "solid-js";

import { Button } from "../../components/button";
import { Icon } from "../../components/icons";
import { TimeAgo } from "../../components/time";
import type { VirtualItem } from "../../components/virtual";
import { describe } from "../../data/http";
import type { GroupKey, RunGroup } from "../../wire";
import { RunCell } from "./cell";
import { isNumeric } from "./columns";
import type { Layout } from "./layout";
import { aggregateOf } from "./row-source";
import { expandable, type Row } from "./run-rows";
import type { Sparks } from "./sparks";
import type { Aggregate, Column } from "./state";
import { formatNumber } from "./values";

/** What all lines of a table share. */
export interface TableContext {
  row: (index: number) => Row;
  layout: Layout;
  marked: (row: Row) => boolean;
  /** Column of the cell that the keyboard is at, when it is in this line. */
  active: (index: number) => number | undefined;
  sparks: Sparks;
  groups: () => readonly GroupKey[];
  aggregate: () => Aggregate;
  onMark: (index: number, event: MouseEvent) => void;
  onToggle: (row: Row) => void;
  onMore: (row: Row) => void;
}

/** One line of the table. The element stays when another line takes its place. */
export function TableRow(props: { item: Accessor<VirtualItem | undefined>; table: TableContext }): JSX.Element {
  const index = () => props.item()?.index ?? 0;
  const row = createMemo(() => props.table.row(index()));
  return (
    <Show when={props.item()}>
      {(item) => (
        <div
          class="runs-row"
          role="row"
          aria-rowindex={index() + 2}
          aria-level={row().depth + 1}
          aria-selected={row().kind === "run" ? props.table.marked(row()) : undefined}
          aria-expanded={expandable(row()) ? isExpanded(row()) : undefined}
          data-index={index()}
          data-kind={row().kind}
          style={{
            transform: `translateY(${String(item().start)}px)`,
            width: `${String(props.table.layout.width())}px`,
          }}
        >
          <div class="runs-pinned" style={{ width: `${String(props.table.layout.pinnedWidth())}px` }}>
            <div class="runs-mark" role="gridcell">
              <Show when={row().kind === "run"}>
                <label class="check">
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label="Mark run"
                    checked={props.table.marked(row())}
                    onClick={(event) => {
                      props.table.onMark(index(), event);
                      // With Shift a run that is marked stays marked, though the browser has taken the tick away.
                      event.currentTarget.checked = props.table.marked(row());
                    }}
                  />
                </label>
              </Show>
            </div>
            <For each={props.table.layout.pinned()}>
              {(column, at) => <Cell table={props.table} row={row()} line={index()} column={column} at={at()} />}
            </For>
          </div>
          <For each={props.table.layout.inSight()}>
            {(cell) => (
              <Show when={props.table.layout.scrolled()[cell.index]}>
                {(column) => (
                  <Cell
                    table={props.table}
                    row={row()}
                    line={index()}
                    column={column()}
                    at={props.table.layout.pinned().length + cell.index}
                    left={props.table.layout.pinnedWidth() + cell.start}
                  />
                )}
              </Show>
            )}
          </For>
        </div>
      )}
    </Show>
  );
}

interface CellProps {
  table: TableContext;
  row: Row;
  line: number;
  column: Column;
  /** Place among all columns, pinned ones first. */
  at: number;
  /** Pixels from the left; none for pinned columns, which stand one after the other. */
  left?: number;
}

export function cellId(line: number, column: number): string {
  return `runs-${String(line)}-${String(column)}`;
}

function Cell(props: CellProps): JSX.Element {
  return (
    <div
      class="runs-cell"
      classList={{ number: isNumeric(props.column), active: props.table.active(props.line) === props.at }}
      role="gridcell"
      id={cellId(props.line, props.at)}
      aria-colindex={props.at + 2}
      data-at={props.at}
      style={{
        width: `${String(props.table.layout.widthOf(props.column))}px`,
        left: props.left === undefined ? undefined : `${String(props.left)}px`,
      }}
    >
      <Show when={props.at === 0}>
        <Expander row={props.row} onToggle={props.table.onToggle} />
      </Show>
      <Switch>
        <Match when={props.row.kind === "run" && props.row}>
          {(row) => <RunCell run={row().run} column={props.column} sparks={props.table.sparks} />}
        </Match>
        <Match when={props.row.kind === "group" && props.row}>
          {(row) => <GroupCell table={props.table} group={row().group} column={props.column} at={props.at} />}
        </Match>
        <Match when={props.row.kind === "loading"}>
          <span class="skeleton-cell" />
        </Match>
        <Match when={props.at === 0 && props.row.kind === "more"}>
          <Button kind="quiet" tabIndex={-1} onClick={() => props.table.onMore(props.row)}>
            Show more
          </Button>
        </Match>
        <Match when={props.at === 0 && props.row.kind === "failed" && props.row}>
          {(row) => (
            <Button
              kind="quiet"
              tabIndex={-1}
              icon="refresh"
              title={describe(row().error)}
              onClick={() => props.table.onMore(props.row)}
            >
              Could not be loaded
            </Button>
          )}
        </Match>
      </Switch>
    </div>
  );
}

function isExpanded(row: Row): boolean {
  return (row.kind === "group" || row.kind === "run") && row.expanded;
}

function Expander(props: { row: Row; onToggle: (row: Row) => void }): JSX.Element {
  return (
    <>
      <Show when={props.row.depth > 0}>
        <span class="runs-indent" style={{ width: `${String(props.row.depth * 18)}px` }} />
      </Show>
      <Show when={expandable(props.row)}>
        <button
          type="button"
          class="runs-expander"
          tabIndex={-1}
          aria-label={isExpanded(props.row) ? "Close" : "Open"}
          onClick={() => props.onToggle(props.row)}
        >
          <Icon name={isExpanded(props.row) ? "down" : "forward"} size={12} />
        </button>
      </Show>
    </>
  );
}

/** A group's values in its first cell, and its numbers below the columns of metrics. */
function GroupCell(props: { table: TableContext; group: RunGroup; column: Column; at: number }): JSX.Element {
  const group = () => props.group;
  const keyName = (key: GroupKey) => (key.kind === "dataset" ? "dataset" : key.key);
  const names = () =>
    props.table
      .groups()
      .map((key, at) => `${keyName(key)} ${group().values[at] ?? "none"}`)
      .join(", ");
  const number = () =>
    props.column.source === "metric" && props.column.spark !== true
      ? aggregateOf(group(), props.column.key, props.table.aggregate())
      : undefined;
  const all = () => {
    const metric = group().metrics?.find((one) => one.key === props.column.key);
    if (!metric || metric.count === 0) return undefined;
    const numbers = (["mean", "min", "max", "std"] as const).map(
      (name) => `${name} ${text(aggregateOf(group(), metric.key, name))}`,
    );
    return [`${String(metric.count)} runs`, ...numbers].join("\n");
  };
  return (
    <Switch>
      <Match when={props.at === 0}>
        <span class="group-name ellipsis" title={names()}>
          <For each={props.table.groups()}>
            {(key, at) => (
              <>
                <Show when={at() > 0}>
                  <span class="muted"> · </span>
                </Show>
                {/* With several keys there is room for their values alone: what is grouped by stands above the table. */}
                <Show when={props.table.groups().length === 1}>
                  <span class="muted">{keyName(key)} </span>
                </Show>
                {group().values[at()] ?? <span class="absent">none</span>}
              </>
            )}
          </For>
        </span>
        <span class="group-count">
          {group().runs.toLocaleString()} {group().runs === 1 ? "run" : "runs"}
        </span>
      </Match>
      <Match when={number() !== undefined}>
        <span class="ellipsis" title={all()}>
          {text(number())}
        </span>
      </Match>
      <Match when={props.column.source === "attribute" && props.column.key === "status" && group().running > 0}>
        <span class="status" data-status="RUNNING">
          {group().running} running
        </span>
      </Match>
      <Match
        when={props.column.source === "attribute" && props.column.key === "start_time" && group().latest_start_time}
      >
        {(at) => <TimeAgo at={at()} />}
      </Match>
    </Switch>
  );
}

function text(value: number | undefined): string {
  return value === undefined ? "–" : formatNumber(value);
}
