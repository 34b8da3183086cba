import { createMemo, For, type JSX, Show } from "solid-js";

import { createVirtual } from "../virtual";
import { cellText, imageCell } from "./logged-table";

import "./grid.css";

export interface TableGridProps {
  label: string;
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
  /** The address of a picture that a cell stands for. */
  imageUrl?: ((path: string) => string) | undefined;
  /** Rows of the whole file, where not all are here. */
  totalRows?: number | undefined;
}

const ROW = 28;
const PICTURE_ROW = 84;
/** Rows whose texts decide how wide columns are. */
const SAMPLED = 50;

/** A table of which only the rows and columns in sight are drawn. */
export function TableGrid(props: TableGridProps): JSX.Element {
  let scroller!: HTMLDivElement;
  const sample = createMemo(() => props.rows.slice(0, SAMPLED));
  const pictures = createMemo(() => {
    const found = new Set<number>();
    for (const at of props.columns.keys()) {
      if (sample().some((row) => imageCell(row[at]) !== undefined)) found.add(at);
    }
    return found;
  });
  const numeric = createMemo(() => {
    const found = new Set<number>();
    for (const at of props.columns.keys()) {
      if (sample().length > 0 && sample().every((row) => isNumeric(row[at]))) found.add(at);
    }
    return found;
  });
  const widths = createMemo(() =>
    props.columns.map((column, at) => {
      if (pictures().has(at)) {
        return 120;
      }
      const longest = Math.max(column.length + 1, ...sample().map((row) => Math.min(60, cellText(row[at]).length)));
      return Math.min(360, Math.max(64, longest * 7.2 + 22));
    }),
  );
  const height = () => (pictures().size > 0 ? PICTURE_ROW : ROW);
  const rows = createVirtual({
    count: () => props.rows.length,
    scroller: () => scroller,
    size: height,
    overscan: 10,
  });
  const columns = createVirtual({
    count: () => props.columns.length,
    scroller: () => scroller,
    size: widths,
    horizontal: true,
    overscan: 3,
  });
  const px = (value: number) => `${String(value)}px`;

  return (
    <div
      class="grid"
      ref={scroller}
      role="table"
      aria-label={props.label}
      aria-rowcount={(props.totalRows ?? props.rows.length) + 1}
      aria-colcount={props.columns.length}
      tabIndex={0}
    >
      <div class="grid-head" role="row" aria-rowindex={1} style={{ width: px(columns.total()) }}>
        <For each={columns.items()}>
          {(column) => (
            <div
              class="grid-cell"
              role="columnheader"
              aria-colindex={column.index + 1}
              data-number={numeric().has(column.index) ? "" : undefined}
              title={props.columns[column.index]}
              style={{ left: px(column.start), width: px(column.size) }}
            >
              {props.columns[column.index]}
            </div>
          )}
        </For>
      </div>
      <div class="grid-body" role="rowgroup" style={{ width: px(columns.total()), height: px(rows.total()) }}>
        <For each={rows.items()}>
          {(row) => (
            <div
              class="grid-row"
              role="row"
              aria-rowindex={row.index + 2}
              style={{ transform: `translateY(${px(row.start)})`, height: px(row.size) }}
            >
              <For each={columns.items()}>
                {(column) => (
                  <div
                    class="grid-cell"
                    role="cell"
                    aria-colindex={column.index + 1}
                    data-number={numeric().has(column.index) ? "" : undefined}
                    style={{ left: px(column.start), width: px(column.size) }}
                  >
                    <Cell value={props.rows[row.index]?.[column.index]} imageUrl={props.imageUrl} />
                  </div>
                )}
              </For>
            </div>
          )}
        </For>
      </div>
    </div>
  );
}

function Cell(props: { value: unknown; imageUrl?: ((path: string) => string) | undefined }): JSX.Element {
  const picture = () => (props.imageUrl === undefined ? undefined : imageCell(props.value));
  const text = () => cellText(props.value);
  return (
    <Show
      when={picture()}
      fallback={<span title={text().length > 12 ? text().slice(0, 2000) : undefined}>{text()}</span>}
    >
      {(image) => (
        <a href={props.imageUrl?.(image().path)} target="_blank" rel="noopener external" title={image().path}>
          <img src={props.imageUrl?.(image().preview)} alt={image().path} loading="lazy" />
        </a>
      )}
    </Show>
  );
}

/** Numbers, and texts of CSV files that look like one. Nothing at all does not say that a column is not of numbers. */
function isNumeric(value: unknown): boolean {
  if (typeof value === "string") {
    return value === "" || /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^(nan|[+-]?inf)$/i.test(value.trim());
  }
  return value === null || value === undefined || typeof value === "number" || typeof value === "bigint";
}
