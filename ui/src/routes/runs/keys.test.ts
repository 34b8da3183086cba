import { beforeEach, describe, expect, it, vi } from "vitest";

import { type TableKeys, tableKeys } from "./keys";
import type { Row } from "./run-rows";
import type { Place } from "./table";

let place: Place;
let rows: Row[];
const toggle = vi.fn<(row: Row) => void>();
const mark = vi.fn<(line: number, range: boolean) => void>();
const open = vi.fn<(id: string) => void>();
const menu = vi.fn<(place: Place) => void>();
const order = vi.fn();
const resize = vi.fn<(column: number, by: number) => void>();

const table: TableKeys = {
  place: () => place,
  go: (next) => {
    place = { line: Math.max(-1, Math.min(9, next.line)), column: Math.max(0, Math.min(3, next.column)) };
  },
  page: () => 5,
  last: () => 9,
  row: (line) => rows[line] ?? { kind: "loading", key: "", depth: 0 },
  column: () => ({ source: "metric", key: "loss" }),
  mark,
  setAnchor: () => undefined,
  toggle,
  more: () => undefined,
  open,
  order,
  currentOrder: () => null,
  menu,
  resize,
};

/** Presses a key; whether the table took it. */
function press(key: string, held: { shiftKey?: boolean; ctrlKey?: boolean } = {}): boolean {
  const grid = {};
  let taken = false;
  const event = {
    key,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...held,
    target: grid,
    currentTarget: grid,
  };
  tableKeys(table)({ ...event, preventDefault: () => (taken = true) } as unknown as KeyboardEvent);
  return taken;
}

function group(expanded: boolean): Row {
  return {
    kind: "group",
    key: "g",
    depth: 0,
    expanded,
    group: { values: ["1"], runs: 2, running: 0, latest_start_time: 0, metrics: [] },
  };
}

beforeEach(() => {
  vi.clearAllMocks();
  place = { line: 2, column: 0 };
  rows = [];
});

describe("keys of the table", () => {
  it.each([
    ["ArrowDown", {}, { line: 3, column: 0 }],
    ["ArrowRight", {}, { line: 2, column: 1 }],
    ["PageDown", {}, { line: 7, column: 0 }],
    ["PageUp", {}, { line: 0, column: 0 }],
    ["End", {}, { line: 2, column: 3 }],
    ["End", { ctrlKey: true }, { line: 9, column: 0 }],
    ["Home", { ctrlKey: true }, { line: 0, column: 0 }],
  ])("%s %o moves to %o", (key, held, to) => {
    expect(press(key, held)).toBe(true);
    expect(place).toEqual(to);
  });

  it("go to the header, and order by its column there", () => {
    place = { line: 0, column: 1 };
    press("ArrowUp");
    expect(place.line).toBe(-1);
    press("Enter");
    expect(order).toHaveBeenCalledWith({ source: "metric", key: "loss", descending: true });
  });

  it("open and close what is below a line, in the first column only", () => {
    rows[2] = group(false);
    press("ArrowRight");
    expect(toggle).toHaveBeenCalledTimes(1);
    expect(place.column).toBe(0);
    rows[2] = group(true);
    press("ArrowRight");
    expect(place.column).toBe(1);
    expect(toggle).toHaveBeenCalledTimes(1);
    place = { line: 2, column: 0 };
    press("ArrowLeft");
    expect(toggle).toHaveBeenCalledTimes(2);
  });

  it("mark lines, and ranges with Shift", () => {
    press(" ");
    expect(mark).toHaveBeenLastCalledWith(2, false);
    press("ArrowDown", { shiftKey: true });
    expect(mark).toHaveBeenLastCalledWith(3, true);
    press("ArrowDown");
    expect(mark).toHaveBeenCalledTimes(2);
  });

  it("resize a column from its header", () => {
    place = { line: -1, column: 2 };
    expect(press("ArrowRight", { shiftKey: true })).toBe(true);
    expect(press("ArrowLeft", { shiftKey: true })).toBe(true);
    expect(resize.mock.calls).toEqual([
      [2, 16],
      [2, -16],
    ]);
    expect(place).toEqual({ line: -1, column: 2 });
  });

  it("offer filters, and leave other keys alone", () => {
    press("f");
    expect(menu).toHaveBeenCalledWith({ line: 2, column: 0 });
    expect(press("x")).toBe(false);
    expect(press("k", { ctrlKey: true })).toBe(false);
  });
});
