import { copyText } from "../../components/copy";
import { toast, toastError } from "../../components/toast";
import { nextOrder, RESIZE_STEP } from "./columns";
import { expandable, type Row } from "./run-rows";
import type { Column, Order } from "./state";
import type { Place } from "./table";
import { exactText } from "./values";

export interface TableKeys {
  place: () => Place;
  go: (place: Place) => void;
  /** Lines of a page. */
  page: () => number;
  last: () => number;
  row: (line: number) => Row;
  column: (at: number) => Column | undefined;
  mark: (line: number, range: boolean) => void;
  setAnchor: (line: number) => void;
  toggle: (row: Row) => void;
  more: (row: Row) => void;
  open: (run_id: string) => void;
  order: (order: Order | null) => void;
  currentOrder: () => Order | null;
  menu: (place: Place) => void;
  /** Makes a column wider by so many pixels, or narrower. */
  resize: (column: number, by: number) => void;
}

/** The keyboard of the table: moves the active cell and acts on it. */
export function tableKeys(table: TableKeys): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const place = table.place();
    const mod = event.ctrlKey || event.metaKey;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (place.line === -1 && event.shiftKey && sideways) {
      event.preventDefault();
      table.resize(place.column, event.key === "ArrowRight" ? RESIZE_STEP : -RESIZE_STEP);
      return;
    }
    const next = moved(event.key, mod, place, table);
    if (next) {
      event.preventDefault();
      move(event, place, next, table);
      return;
    }
    if (act(event.key, mod, event.shiftKey, place, table)) event.preventDefault();
  };
}

function moved(key: string, mod: boolean, { line, column }: Place, table: TableKeys): Place | undefined {
  switch (key) {
    case "ArrowDown":
      return { line: line + 1, column };
    case "ArrowUp":
      return { line: line - 1, column };
    case "ArrowLeft":
      return { line, column: column - 1 };
    case "ArrowRight":
      return { line, column: column + 1 };
    case "PageDown":
      return { line: line + table.page(), column };
    case "PageUp":
      return { line: Math.max(0, line - table.page()), column };
    case "Home":
      return mod ? { line: 0, column } : { line, column: 0 };
    case "End":
      return mod ? { line: table.last(), column } : { line, column: Infinity };
    default:
      return undefined;
  }
}

function move(event: KeyboardEvent, place: Place, next: Place, table: TableKeys): void {
  const row = place.line >= 0 ? table.row(place.line) : undefined;
  if (place.column === 0 && row && expandable(row)) {
    const expanded = (row.kind === "run" || row.kind === "group") && row.expanded;
    if ((event.key === "ArrowRight" && !expanded) || (event.key === "ArrowLeft" && expanded)) {
      table.toggle(row);
      return;
    }
  }
  const vertical = next.line !== place.line;
  table.go(next);
  const { line } = table.place();
  if (!vertical || line < 0) return;
  if (event.shiftKey) table.mark(line, true);
  else table.setAnchor(line);
}

function act(key: string, mod: boolean, shift: boolean, place: Place, table: TableKeys): boolean {
  const column = table.column(place.column);
  const row = place.line >= 0 ? table.row(place.line) : undefined;
  if (mod && key.toLowerCase() === "c") {
    if (row?.kind === "run" && column) copyCell(exactText(row.run, column) ?? "");
    return true;
  }
  if (mod) return false;
  if (key === " ") {
    if (row) table.mark(place.line, shift);
    return true;
  }
  if (key === "f" || key === "ContextMenu" || (shift && key === "F10")) {
    table.menu(place);
    return true;
  }
  if (key !== "Enter") return false;
  if (!row && column) table.order(nextOrder(table.currentOrder(), column));
  else if (row?.kind === "run") table.open(row.run.info.run_id);
  else if (row?.kind === "group") table.toggle(row);
  else if (row) table.more(row);
  return true;
}

function copyCell(text: string): void {
  copyText(text).then(
    () => toast("Copied", { stay: 1500 }),
    (error: unknown) => toastError("Not copied", error),
  );
}
