import { createEffect, createSignal, For, type JSX, Show } from "solid-js";

import { Icon } from "../../components/icons";
import { type MenuItem, MenuList } from "../../components/menu";
import { PopoverButton } from "../../components/popover";
import {
  changeColumn,
  columnId,
  columnLabel,
  isNumeric,
  moveColumn,
  nextOrder,
  resizeColumn,
  orderKey,
  toggleColumn,
  togglePin,
} from "./columns";
import type { Layout } from "./layout";
import { groupOrder } from "./row-source";
import { cellId } from "./row";
import type { Column, Order, ViewState } from "./state";

import "./header.css";

export interface HeaderRowProps {
  layout: Layout;
  columns: readonly Column[];
  view: ViewState;
  /** Column that the keyboard is at. */
  active: number | undefined;
  /** Undefined where some of the runs in sight are marked. */
  allMarked: boolean | undefined;
  onMarkAll: (marked: boolean) => void;
  onOrder: (order: Order | null) => void;
  onColumns: (columns: Column[]) => void;
  onGroup: (column: Column) => void;
}

/** Names of the columns: order by a click, resize at the edge, drag to move, the rest in a menu. */
export function HeaderRow(props: HeaderRowProps): JSX.Element {
  const [dragged, setDragged] = createSignal<string>();
  const [target, setTarget] = createSignal<string>();
  let box!: HTMLInputElement;
  createEffect(() => (box.indeterminate = props.allMarked === undefined));

  const head = (column: () => Column, at: () => number, left?: () => number) => (
    <HeadCell
      {...props}
      column={column()}
      at={at()}
      left={left?.()}
      dropTarget={target() === columnId(column())}
      onDrag={setDragged}
      onOver={(id) => setTarget(dragged() === undefined || dragged() === id ? undefined : id)}
      onDrop={() => {
        const [id, before] = [dragged(), target()];
        if (id !== undefined && before !== undefined) props.onColumns(moveColumn(props.columns, id, before));
        setDragged(undefined);
        setTarget(undefined);
      }}
    />
  );

  return (
    <div class="runs-head" role="rowgroup" style={{ width: `${String(props.layout.width())}px` }}>
      <div class="runs-head-row" role="row" aria-rowindex={1}>
        <div class="runs-pinned" style={{ width: `${String(props.layout.pinnedWidth())}px` }}>
          <div class="runs-mark" role="columnheader">
            <label class="check">
              <input
                ref={box}
                type="checkbox"
                tabIndex={-1}
                aria-label="Mark all runs in sight"
                checked={props.allMarked === true}
                onChange={(event) => props.onMarkAll(event.currentTarget.checked)}
              />
            </label>
          </div>
          <For each={props.layout.pinned()}>{(column, at) => head(() => column, at)}</For>
        </div>
        <For each={props.layout.inSight()}>
          {(cell) => (
            <Show when={props.layout.scrolled()[cell.index]}>
              {(column) =>
                head(
                  column,
                  () => props.layout.pinned().length + cell.index,
                  () => props.layout.pinnedWidth() + cell.start,
                )
              }
            </Show>
          )}
        </For>
      </div>
    </div>
  );
}

type HeadCellProps = HeaderRowProps & {
  column: Column;
  at: number;
  left: number | undefined;
  dropTarget: boolean;
  onDrag: (id: string | undefined) => void;
  onOver: (id: string) => void;
  onDrop: () => void;
};

function HeadCell(props: HeadCellProps): JSX.Element {
  const id = () => columnId(props.column);
  const order = () => {
    const now = props.view.order;
    return now?.source === props.column.source && now.key === props.column.key && props.column.spark !== true
      ? now
      : undefined;
  };
  /** Groups have no order by this: only the runs within each of them do. */
  const inner = () => props.view.groups.length > 0 && groupOrder(props.view) === undefined;
  const sortable = () => orderKey(props.column) !== undefined && props.column.spark !== true;
  const label = () => columnLabel(props.column);

  return (
    <div
      class="runs-head-cell"
      classList={{ number: isNumeric(props.column), active: props.active === props.at, drop: props.dropTarget }}
      role="columnheader"
      id={cellId(-1, props.at)}
      aria-colindex={props.at + 2}
      aria-sort={order() && !inner() ? (order()?.descending === true ? "descending" : "ascending") : undefined}
      style={{
        width: `${String(props.layout.widthOf(props.column))}px`,
        left: props.left === undefined ? undefined : `${String(props.left)}px`,
      }}
      draggable={true}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/plain", label());
        props.onDrag(id());
      }}
      onDragEnd={() => props.onDrop()}
      onDragOver={(event) => {
        event.preventDefault();
        props.onOver(id());
      }}
      onDrop={(event) => event.preventDefault()}
    >
      <button
        type="button"
        class="head-name"
        tabIndex={-1}
        disabled={!sortable()}
        title={`${sourceName(props.column)}${label()}${order() && inner() ? ": orders the runs within each group" : ""}`}
        onClick={() => props.onOrder(nextOrder(props.view.order, props.column))}
      >
        <Show when={props.column.spark}>
          <Icon name="spark" size={12} />
        </Show>
        <span class="ellipsis">{label()}</span>
        <Show when={inner() ? undefined : order()}>
          {(now) => <Icon name={now().descending ? "sortDown" : "sortUp"} size={12} />}
        </Show>
      </button>
      <PopoverButton
        label={`Column ${label()}`}
        role="menu"
        end={isNumeric(props.column)}
        button={(bind) => (
          <button type="button" class="head-menu" tabIndex={-1} aria-label={`Menu of column ${label()}`} {...bind}>
            <Icon name="down" size={12} />
          </button>
        )}
      >
        {(close) => <MenuList items={menuOf(props, sortable())} onClose={close} />}
      </PopoverButton>
      <span
        class="head-resize"
        // A drag of its own that never begins, so that none of the whole cell does.
        draggable={true}
        onDragStart={(event) => {
          event.preventDefault();
          event.stopPropagation();
        }}
        onPointerDown={(event) => resize(event, props)}
        onDblClick={() => reset(props)}
      />
    </div>
  );
}

function sourceName(column: Column): string {
  return column.source === "attribute" ? "" : `${column.source} `;
}

function menuOf(props: HeadCellProps, sortable: boolean): MenuItem[] {
  const { column } = props;
  const id = columnId(column);
  const all = props.layout.all();
  const items: MenuItem[] = [];
  const orderTo = (descending: boolean) => () => props.onOrder({ source: column.source, key: column.key, descending });
  if (sortable) {
    items.push({ label: "Smallest first", icon: "sortUp", run: orderTo(false) });
    items.push({ label: "Largest first", icon: "sortDown", run: orderTo(true) });
  }
  if (column.source === "param" || column.source === "tag" || ["status", "user_id", "datasets"].includes(column.key)) {
    items.push({ label: "Group by it", icon: "group", run: () => props.onGroup(column) });
  }
  if (column.source === "metric") {
    const other: Column = { source: "metric", key: column.key, ...(column.spark === true ? {} : { spark: true }) };
    const there = props.columns.some((one) => columnId(one) === columnId(other));
    const name = column.spark === true ? "Latest value beside it" : "Sparkline beside it";
    items.push({
      label: name,
      icon: "spark",
      checked: there,
      run: () => {
        const added = toggleColumn(props.columns, other);
        const next = props.columns[props.columns.findIndex((one) => columnId(one) === id) + 1];
        props.onColumns(there || !next ? added : moveColumn(added, columnId(other), columnId(next)));
      },
    });
  }
  const pinned = column.pinned === true;
  items.push({
    label: pinned ? "Unpin" : "Pin",
    icon: "pin",
    separated: items.length > 0,
    run: () => props.onColumns(togglePin(props.columns, id)),
  });
  const left = all[props.at - 1];
  if (left) {
    items.push({
      label: "Move left",
      icon: "back",
      run: () => props.onColumns(moveColumn(props.columns, id, columnId(left))),
    });
  }
  if (props.at + 1 < all.length) {
    const behind = all[props.at + 2];
    items.push({
      label: "Move right",
      icon: "forward",
      run: () => props.onColumns(moveColumn(props.columns, id, behind && columnId(behind))),
    });
  }
  items.push({ label: "Hide", icon: "eyeOff", run: () => props.onColumns(toggleColumn(props.columns, column)) });
  return items;
}

/** Follows the pointer; the view is told when it is let go. */
function resize(event: PointerEvent, props: HeadCellProps): void {
  event.preventDefault();
  event.stopPropagation();
  const handle = event.currentTarget as HTMLElement;
  const start = event.clientX;
  const before = props.layout.widthOf(props.column);
  const id = columnId(props.column);
  handle.setPointerCapture(event.pointerId);
  const follow = (next: PointerEvent) => {
    props.onColumns(resizeColumn(props.columns, id, before + next.clientX - start));
  };
  // The cell is made anew while its column changes, so the page listens, not the handle.
  const end = () => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

function reset(props: HeadCellProps): void {
  props.onColumns(changeColumn(props.columns, columnId(props.column), ({ width: _, ...rest }) => rest));
}
