import { createMemo, createSignal, Index, type JSX, onCleanup, onMount, Show } from "solid-js";

import { toast } from "../../components/toast";
import { rowHeight } from "../../components/row-height";
import { createSlots, createVirtual } from "../../components/virtual";
import type { Run } from "../../wire";
import { CellTools } from "./cell-tools";
import { columnId, resizeColumn } from "./columns";
import { HeaderRow } from "./header";
import { tableKeys } from "./keys";
import { createLayout } from "./layout";
import { linesInSight, runsBetween } from "./marking";
import { cellId, type TableContext, TableRow } from "./row";
import type { Row, RunRows } from "./run-rows";
import type { Selection } from "./selection";
import type { Sparks } from "./sparks";
import type { Column, Order, ViewState } from "./state";

import "./table.css";

export interface RunsTableProps {
  rows: RunRows;
  /** Changes whenever lines may have. */
  version: number;
  /** How many roots there probably are, while not all pages have been seen. */
  estimate: number | undefined;
  columns: readonly Column[];
  view: ViewState;
  selection: Selection;
  sparks: Sparks;
  /** Whether newer lines are being asked for. */
  stale: boolean;
  onOrder: (order: Order | null) => void;
  onColumns: (columns: Column[]) => void;
  onGroup: (column: Column) => void;
  onFilter: (clause: string) => void;
  onOpen: (run_id: string) => void;
  ref: (table: TableHandle) => void;
}

/** What the page does with a table from outside. */
export interface TableHandle {
  focus: () => void;
  toTop: () => void;
  atTop: () => boolean;
  /** Whether the pointer or the keyboard is in it. */
  reading: () => boolean;
}

/** Where the keyboard is: line -1 is the header. */
export interface Place {
  line: number;
  column: number;
}

/** Runs in lines, their values in columns; only what is in sight is on the page. */
export function RunsTable(props: RunsTableProps): JSX.Element {
  let scroller!: HTMLDivElement;
  const height = rowHeight(32);
  const [room, setRoom] = createSignal(1000);
  const [place, setPlace] = createSignal<Place>({ line: 0, column: 0 });
  const [focused, setFocused] = createSignal(false);
  let anchor = 0;

  const count = createMemo(() => {
    void props.version;
    const { rows } = props;
    if (rows.complete || rows.error !== undefined) return rows.count;
    return Math.max(rows.count + 20, (props.estimate ?? 0) + rows.nested);
  });
  const lines = createVirtual({
    count,
    scroller: () => scroller,
    size: () => height,
    overscan: 8,
    before: () => height,
  });
  const layout = createLayout({ columns: () => props.columns, scroller: () => scroller, room });
  const slots = createSlots(lines.items);

  // What is in sight is what is loaded.
  const shown = createMemo(() => {
    const items = lines.items();
    const from = items[0]?.index ?? 0;
    const to = (items.at(-1)?.index ?? 30) + 1;
    props.rows.show(from, to);
    return { from, to };
  });

  const inSight = () => {
    // What is drawn changes whenever what is in sight does.
    shown();
    return linesInSight(scroller, height, count());
  };

  onMount(() => {
    const watcher = new ResizeObserver(() => setRoom(scroller.clientWidth));
    watcher.observe(scroller);
    onCleanup(() => watcher.disconnect());
    props.ref({
      focus: () => scroller.focus(),
      toTop: () => (scroller.scrollTop = 0),
      atTop: () => scroller.scrollTop < height,
      reading: () => scroller.matches(":hover, :focus-within"),
    });
  });

  function mark(line: number, range: boolean): void {
    const row = props.rows.row(line);
    if (range) {
      const { runs, absent } = runsBetween((at) => props.rows.row(at), anchor, line);
      props.selection.set(runs, true);
      if (absent > 0)
        toast(`${absent.toLocaleString()} lines between are not loaded, and not marked: scroll over them first`);
      return;
    }
    anchor = line;
    if (row.kind === "run") props.selection.toggle(row.run);
  }

  function toggle(row: Row): void {
    if (row.kind === "run" || row.kind === "group") props.rows.toggle(row.key);
  }

  function more(row: Row): void {
    if (row.kind === "more") props.rows.more(row.key);
    else if (row.kind === "failed") props.rows.retryBranch(row.key);
  }

  const table: TableContext = {
    row: (index) => {
      void props.version;
      return props.rows.row(index);
    },
    layout,
    marked: (row) => row.kind === "run" && props.selection.has(row.run.info.run_id),
    active: (line) => (focused() && place().line === line ? place().column : undefined),
    get sparks() {
      return props.sparks;
    },
    groups: () => props.view.groups,
    aggregate: () => props.view.aggregate,
    onMark: (line, event) => mark(line, event.shiftKey),
    onToggle: toggle,
    onMore: more,
  };

  function go(next: Place): void {
    const line = Math.max(-1, Math.min(count() - 1, next.line));
    const column = Math.max(0, Math.min(layout.all().length - 1, next.column));
    setPlace({ line, column });
    if (line >= 0) lines.scrollTo(line);
    layout.reveal(column);
  }

  function header(column: number): HTMLElement | null {
    return scroller.querySelector(`#${CSS.escape(cellId(-1, column))} .head-menu`);
  }

  const [tools, setTools] = createSignal<{ openMenu: (cell: HTMLElement) => void }>();
  const keys = tableKeys({
    place,
    go,
    page: () => Math.max(1, Math.floor(scroller.clientHeight / height) - 2),
    last: () => count() - 1,
    row: (line) => props.rows.row(line),
    column: (at) => layout.all()[at],
    mark,
    setAnchor: (line) => (anchor = line),
    toggle,
    more,
    open: (run_id) => props.onOpen(run_id),
    order: (column) => props.onOrder(column),
    currentOrder: () => props.view.order,
    resize: (at, by) => {
      const column = layout.all()[at];
      if (column) props.onColumns(resizeColumn(props.columns, columnId(column), layout.widthOf(column) + by));
    },
    menu: ({ line, column }) => {
      if (line < 0) {
        header(column)?.click();
        return;
      }
      const cell = scroller.querySelector<HTMLElement>(`#${CSS.escape(cellId(line, column))}`);
      if (cell) tools()?.openMenu(cell);
    },
  });

  return (
    <div
      class="runs-table"
      ref={scroller}
      role="treegrid"
      tabIndex={0}
      aria-label="Runs"
      aria-multiselectable="true"
      aria-rowcount={props.rows.complete ? count() + 1 : -1}
      aria-colcount={props.columns.length + 1}
      aria-busy={props.stale}
      aria-activedescendant={focused() ? cellId(place().line, place().column) : undefined}
      data-stale={props.stale ? "" : undefined}
      onKeyDown={keys}
      onFocusIn={(event) => setFocused(event.target === scroller)}
      onFocusOut={() => setFocused(false)}
      onPointerDown={(event) => {
        const cell = (event.target as Element).closest<HTMLElement>(".runs-cell[data-at]");
        const line = cell?.closest<HTMLElement>("[data-index]")?.dataset["index"];
        if (!cell || line === undefined) return;
        setPlace({ line: Number(line), column: Number(cell.dataset["at"]) });
        if (!(event.target as Element).closest("a, button, input")) anchor = Number(line);
      }}
      onDblClick={(event) => {
        const target = event.target as Element;
        // Two quick clicks on a box mark a run and take the mark away.
        if (target.closest("a, button, input, label")) return;
        const line = target.closest<HTMLElement>("[data-index]")?.dataset["index"];
        const row = line === undefined ? undefined : props.rows.row(Number(line));
        if (row?.kind === "run") props.onOpen(row.run.info.run_id);
        else if (row) toggle(row);
      }}
    >
      <HeaderRow
        layout={layout}
        columns={props.columns}
        view={props.view}
        active={focused() && place().line === -1 ? place().column : undefined}
        allMarked={marks(inSight(), props)}
        onMarkAll={(marked) => props.selection.set(marked ? runsIn(inSight(), props) : [...props.rows.runs()], marked)}
        onOrder={(order) => props.onOrder(order)}
        onColumns={(columns) => props.onColumns(columns)}
        onGroup={(column) => props.onGroup(column)}
      />
      <div
        class="runs-body"
        role="rowgroup"
        style={{ height: `${String(lines.total())}px`, width: `${String(layout.width())}px` }}
      >
        <Index each={slots()}>{(item) => <TableRow item={item} table={table} />}</Index>
        <Show when={props.columns.length > 0}>
          <CellTools
            ref={setTools}
            row={(line) => props.rows.row(line)}
            column={(at) => layout.all()[at]}
            scroller={() => scroller}
            onFilter={(clause) => props.onFilter(clause)}
          />
        </Show>
      </div>
    </div>
  );
}

function runsIn({ from, to }: { from: number; to: number }, props: RunsTableProps): Run[] {
  return from < to ? runsBetween((line) => props.rows.row(line), from, to - 1).runs : [];
}

/** Whether all, none or some of the runs in sight are marked. */
function marks(lines: { from: number; to: number }, props: RunsTableProps): boolean | undefined {
  void props.version;
  const runs = runsIn(lines, props);
  const marked = runs.filter((run) => props.selection.has(run.info.run_id)).length;
  if (marked === 0) return false;
  return marked === runs.length ? true : undefined;
}
