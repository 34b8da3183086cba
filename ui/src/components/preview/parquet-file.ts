/** Parquet files read by ranges: the footer, then rows of one row group at a time. */
import { gunzipSync } from "fflate";
import { decompress as unzstd } from "fzstd";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from "hyparquet";

import { type ArtifactOwner, readArtifact } from "../../data/artifacts";

export interface ParquetFile {
  rows: number;
  columns: string[];
  /** Columns that are left out because there are too many, or because reading them would fetch too much. */
  left: number;
  /** Rows from a place on, as many as come cheaply. Fails where a compression is not known. */
  read: (from: number) => Promise<unknown[][]>;
}

/** Rows that are decoded at a time. */
const STEP = 1000;
const MOST_COLUMNS = 300;
/** Compressed bytes that are fetched of a row group at most. */
const MOST_BYTES = 48_000_000;

/** Snappy is built into the reader. */
const COMPRESSORS = {
  ZSTD: (input: Uint8Array, length: number) => unzstd(input, new Uint8Array(length)),
  GZIP: (input: Uint8Array, length: number) => gunzipSync(input, { out: new Uint8Array(length) }),
};

/** Opens a file whose bytes `source` has. */
export async function openParquet(source: AsyncBuffer): Promise<ParquetFile> {
  const file = keepingLast(source);
  const metadata = await parquetMetadataAsync(file);
  const all = topColumns(metadata);
  const columns = affordable(metadata, all.slice(0, MOST_COLUMNS));
  const rows = Number(metadata.num_rows);
  const read = async (from: number) => {
    const rowEnd = Math.min(from + STEP, endOfGroup(metadata.row_groups, from));
    const wanted = { file, metadata, columns, rowStart: from, rowEnd, useOffsetIndex: true, compressors: COMPRESSORS };
    const objects: Record<string, unknown>[] = await parquetReadObjects(wanted);
    return objects.map((object) => columns.map((column) => object[column]));
  };
  return { rows, columns, left: all.length - columns.length, read };
}

/** The bytes of an artifact. */
export async function artifactBuffer(owner: ArtifactOwner, path: string, signal: AbortSignal): Promise<AsyncBuffer> {
  const first = await readArtifact(owner, path, 0, 4, { signal });
  const { total: byteLength, etag } = first;
  return {
    byteLength,
    slice: async (start, end = byteLength) => {
      const { bytes } = await readArtifact(owner, path, start, Math.max(1, end - start), { signal, etag });
      return bytes.slice().buffer;
    },
  };
}

function topColumns(metadata: FileMetaData): string[] {
  // The schema is a tree in order of depth; its root comes first.
  const names: string[] = [];
  let at = 1;
  while (at < metadata.schema.length) {
    names.push(metadata.schema[at]?.name ?? "");
    at = behind(metadata, at);
  }
  return names;
}

/** The place in the list behind an element and all below it. */
function behind(metadata: FileMetaData, at: number): number {
  let next = at + 1;
  for (let child = 0; child < (metadata.schema[at]?.num_children ?? 0); child += 1) {
    next = behind(metadata, next);
  }
  return next;
}

/** The first columns whose chunks in the largest row group are together within what is fetched. */
function affordable(metadata: FileMetaData, columns: readonly string[]): string[] {
  const kept: string[] = [];
  const spent = metadata.row_groups.map(() => 0);
  for (const column of columns) {
    for (const [at, group] of metadata.row_groups.entries()) {
      spent[at] = (spent[at] ?? 0) + columnBytes(group, column);
    }
    if (Math.max(0, ...spent) > MOST_BYTES) break;
    kept.push(column);
  }
  return kept;
}

function columnBytes(group: RowGroup, column: string): number {
  let bytes = 0;
  for (const chunk of group.columns) {
    if (chunk.meta_data?.path_in_schema[0] === column) bytes += Number(chunk.meta_data.total_compressed_size);
  }
  return bytes;
}

function endOfGroup(groups: readonly RowGroup[], row: number): number {
  let end = 0;
  for (const group of groups) {
    end += Number(group.num_rows);
    if (end > row) break;
  }
  return end;
}

/** Keeps what was fetched last: the next rows of a group mostly need the same chunks. */
function keepingLast(source: AsyncBuffer): AsyncBuffer {
  const kept = new Map<string, Promise<ArrayBuffer>>();
  let bytes = 0;
  return {
    byteLength: source.byteLength,
    slice: (start, end = source.byteLength) => {
      const key = `${String(start)}-${String(end)}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      if (bytes + end - start > MOST_BYTES) {
        kept.clear();
        bytes = 0;
      }
      const fetched = Promise.resolve(source.slice(start, end));
      kept.set(key, fetched);
      bytes += end - start;
      fetched.catch(() => kept.delete(key));
      return fetched;
    },
  };
}
