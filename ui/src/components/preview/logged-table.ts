/** Tables of `log_table`: JSON in pandas' "split" orientation, whose cells may be pictures in files of their own. */

export interface LoggedTable {
  columns: string[];
  rows: unknown[][];
}

export interface ImageCell {
  path: string;
  preview: string;
}

/** The table in a JSON value, or nothing if it is something else. */
export function loggedTable(value: unknown): LoggedTable | undefined {
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.data)) {
    return undefined;
  }
  const rows = value.data as unknown[];
  if (!rows.every((row): row is unknown[] => Array.isArray(row))) {
    return undefined;
  }
  return {
    columns: value.columns.map((column) => (typeof column === "string" ? column : JSON.stringify(column))),
    rows,
  };
}

/** The picture that a cell stands for. */
export function imageCell(cell: unknown): ImageCell | undefined {
  if (!isRecord(cell) || cell.type !== "image" || typeof cell.filepath !== "string") {
    return undefined;
  }
  const preview = typeof cell.compressed_filepath === "string" ? cell.compressed_filepath : cell.filepath;
  return { path: cell.filepath, preview };
}

/** A cell as text. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) {
    return "";
  }
  if (typeof cell === "string") {
    return cell;
  }
  if (cell instanceof Date) {
    return Number.isNaN(cell.getTime()) ? "" : cell.toISOString();
  }
  if (typeof cell === "bigint" || typeof cell === "number" || typeof cell === "boolean") {
    return String(cell);
  }
  if (cell instanceof Uint8Array) {
    return `${String(cell.length)} bytes`;
  }
  return JSON.stringify(cell, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)) ?? "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
