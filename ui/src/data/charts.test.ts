import { describe, expect, it } from "vitest";

import { decodeSeries } from "./charts";

/** Writes an answer as the server does. */
function encode(series: { run_id: string; metric_key: string; points: number; rows: number[][] }[]): ArrayBuffer {
  const header = (offsets: number[]) =>
    JSON.stringify({
      series: series.map(({ run_id, metric_key, points, rows }, index) => ({
        run_id,
        metric_key,
        points,
        rows: rows.length,
        offset: offsets[index],
      })),
    });
  const room = Math.ceil((header(series.map(() => 1_000_000)).length + 8) / 8) * 8;
  let end = room;
  const offsets = series.map(({ rows }) => {
    const offset = end;
    end += rows.length * 5 * 8;
    return offset;
  });
  const buffer = new ArrayBuffer(end);
  const bytes = new Uint8Array(buffer);
  bytes.fill(0x20, 0, room);
  bytes.set(new TextEncoder().encode("TYC1"));
  new DataView(buffer).setUint32(4, room - 8, true);
  bytes.set(new TextEncoder().encode(header(offsets)), 8);
  const view = new DataView(buffer);
  for (const [index, { rows }] of series.entries()) {
    for (let column = 0; column < 5; column++) {
      for (const [row, values] of rows.entries()) {
        view.setFloat64((offsets[index] ?? 0) + (column * rows.length + row) * 8, values[column] ?? NaN, true);
      }
    }
  }
  return buffer;
}

describe("chart data", () => {
  it("is read column by column, NaN and infinities included", () => {
    const rows = [
      [1, 1000, 0.5, 0.25, 0.75],
      [2, 2000, NaN, -Infinity, Infinity],
    ];
    const [first, second] = decodeSeries(
      encode([
        { run_id: "a", metric_key: "loss", points: 9, rows },
        { run_id: "b", metric_key: "größe/1", points: 0, rows: [] },
      ]),
    );
    expect(first).toMatchObject({ run_id: "a", metric_key: "loss", points: 9 });
    expect([...(first?.step ?? [])]).toEqual([1, 2]);
    expect([...(first?.timestamp ?? [])]).toEqual([1000, 2000]);
    expect([...(first?.last ?? [])]).toEqual([0.5, NaN]);
    expect([...(first?.min ?? [])]).toEqual([0.25, -Infinity]);
    expect([...(first?.max ?? [])]).toEqual([0.75, Infinity]);
    expect(second?.metric_key).toBe("größe/1");
    expect(second?.step.length).toBe(0);
  });

  it("has infinite values again, which are stored as the greatest that are finite", () => {
    const greatest = Number.MAX_VALUE;
    const rows = [[1, 1000, -greatest, -greatest, greatest]];
    const [series] = decodeSeries(encode([{ run_id: "a", metric_key: "loss", points: 1, rows }]));
    expect([series?.last[0], series?.min[0], series?.max[0]]).toEqual([-Infinity, -Infinity, Infinity]);
  });

  it("is not copied", () => {
    const buffer = encode([{ run_id: "a", metric_key: "m", points: 1, rows: [[1, 2, 3, 4, 5]] }]);
    expect(decodeSeries(buffer)[0]?.step.buffer).toBe(buffer);
  });

  it("that is something else is refused", () => {
    expect(() => decodeSeries(new ArrayBuffer(4))).toThrow("TYC1");
    expect(() => decodeSeries(new TextEncoder().encode('{"error_code":"X"}').buffer)).toThrow("TYC1");
  });

  it("that was cut off is refused, with the series' name", () => {
    const whole = encode([{ run_id: "a", metric_key: "loss", points: 1, rows: [[1, 2, 3, 4, 5]] }]);
    expect(() => decodeSeries(whole.slice(0, 12))).toThrow("header");
    expect(() => decodeSeries(whole.slice(0, whole.byteLength - 8))).toThrow("columns of loss");
  });
});
