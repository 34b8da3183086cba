// Chart data: the request for bucketed series and the decoder of its binary answer ("TYC1").
//
// Columns are views into the answer's buffer, so decoding 100 series of 1000 rows copies nothing.

import { type Options, queryBytes, TRAINYARD } from "./http";
import { unclamped } from "./numbers";

/** One metric of one run. */
export interface SeriesKey {
  run_id: string;
  metric_key: string;
}

/** What the x axis of the buckets is. */
export type BucketAxis = "step" | "timestamp";

/** Body of `POST charts/series`. */
export interface SeriesRequest {
  series: readonly SeriesKey[];
  x: BucketAxis;
  buckets: number;
  from?: number;
  to?: number;
}

/** A series in buckets: one row a bucket, or one row a point where there are no more points than buckets. */
export interface SeriesColumns extends SeriesKey {
  /** How many points the buckets stand for. */
  points: number;
  step: Float64Array;
  /** Milliseconds since the epoch. */
  timestamp: Float64Array;
  last: Float64Array;
  min: Float64Array;
  max: Float64Array;
}

interface SeriesEntry extends SeriesKey {
  rows: number;
  points: number;
  offset: number;
}

const MAGIC = 0x31435954; // "TYC1", little-endian
const COLUMNS = 5;
const WIDTH = Float64Array.BYTES_PER_ELEMENT;

/** Thrown when an answer is not what the format says; the message names the place. */
export class ChartDataError extends Error {
  override readonly name = "ChartDataError";
}

/** Decodes the answer of `charts/series`. */
export function decodeSeries(buffer: ArrayBuffer): SeriesColumns[] {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC) {
    throw new ChartDataError("chart data does not begin with TYC1");
  }
  const headerLength = view.getUint32(4, true);
  if (8 + headerLength > buffer.byteLength) {
    throw new ChartDataError(`chart data ends inside its header of ${String(headerLength)} bytes`);
  }
  return readEntries(buffer, headerLength).map((entry) => readColumns(buffer, view, entry));
}

function readEntries(buffer: ArrayBuffer, headerLength: number): SeriesEntry[] {
  const text = new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new ChartDataError("the header of chart data is not JSON");
  }
  const series = (header as { series?: unknown } | null)?.series;
  if (!Array.isArray(series)) throw new ChartDataError("the header of chart data lists no series");
  return series as SeriesEntry[];
}

function readColumns(buffer: ArrayBuffer, view: DataView, entry: SeriesEntry): SeriesColumns {
  const { rows, offset } = entry;
  const end = offset + COLUMNS * rows * WIDTH;
  if (!Number.isInteger(rows) || !Number.isInteger(offset) || rows < 0 || offset < 8 || end > buffer.byteLength) {
    throw new ChartDataError(`chart data ends inside the columns of ${entry.metric_key}`);
  }
  const column = (index: number): Float64Array => floats(buffer, view, offset + index * rows * WIDTH, rows);
  return {
    run_id: entry.run_id,
    metric_key: entry.metric_key,
    points: entry.points,
    step: column(0),
    timestamp: column(1),
    last: values(column(2)),
    min: values(column(3)),
    max: values(column(4)),
  };
}

/** In place: the buffer is of this answer alone. */
function values(column: Float64Array): Float64Array {
  for (let row = 0; row < column.length; row++) column[row] = unclamped(column[row] ?? NaN);
  return column;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function floats(buffer: ArrayBuffer, view: DataView, offset: number, rows: number): Float64Array {
  // A view needs the alignment that the format promises and the byte order of this machine; else read one by one.
  if (LITTLE_ENDIAN && offset % WIDTH === 0) return new Float64Array(buffer, offset, rows);
  return Float64Array.from({ length: rows }, (_, row) => view.getFloat64(offset + row * WIDTH, true));
}

/** Asks for buckets of many series at once. */
export async function fetchSeries(request: SeriesRequest, options: Options = {}): Promise<SeriesColumns[]> {
  return decodeSeries(await queryBytes(TRAINYARD + "charts/series", request, options));
}

/** How many series and, with all of them together, how many buckets one request may be about. */
export const MOST_SERIES = 1000;
export const MOST_BUCKETS = 500_000;
