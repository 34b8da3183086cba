import { describe, expect, it } from "vitest";

import type { Run } from "../../wire";
import { type Root, type RowSource, RunRows } from "./run-rows";

function run(run_id: string): Run {
  return {
    info: {
      run_id,
      run_uuid: run_id,
      run_name: run_id,
      experiment_id: "1",
      user_id: "",
      status: "FINISHED",
      start_time: 0,
      artifact_uri: "",
      lifecycle_stage: "active",
    },
    data: {},
    inputs: {},
  };
}

/** Runs by the run above them; `""` has the roots. */
function source(tree: Record<string, string[]>): RowSource {
  const page = (all: string[], token: string, size: number) => {
    const start = Number(token);
    const end = start + size;
    return { ids: all.slice(start, end), next: end < all.length ? String(end) : "" };
  };
  return {
    roots: (token, size) => {
      const { ids, next } = page(tree[""] ?? [], token, size);
      return Promise.resolve({ rows: ids.map((id): Root => ({ run: run(id) })), next });
    },
    branch: (root, token, size) => {
      const { ids, next } = page("run" in root ? (tree[root.run.info.run_id] ?? []) : [], token, size);
      return Promise.resolve({ rows: ids.map(run), next });
    },
    children: (ids) =>
      Promise.resolve(new Map(ids.flatMap((id) => (tree[id] ? [[id, tree[id].length] as const] : [])))),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

function lines(rows: RunRows): string[] {
  return Array.from({ length: rows.count }, (_, at) => {
    const row = rows.row(at);
    return "  ".repeat(row.depth) + (row.kind === "run" ? row.run.info.run_id : row.kind);
  });
}

const many = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${String(at)}`);

describe("the lines of the table", () => {
  it("open and close at any depth", async () => {
    const rows = new RunRows(source({ "": ["a", "b"], a: ["a1", "a2"], a1: ["x"] }), new Set(), () => undefined, 10);
    rows.show(0, 10);
    await settled();
    expect(lines(rows)).toEqual(["a", "b"]);
    expect(rows.row(0)).toMatchObject({ children: 2, expanded: false });
    rows.toggle("run:a");
    await settled();
    rows.toggle("run:a1");
    await settled();
    expect(lines(rows)).toEqual(["a", "  a1", "    x", "  a2", "b"]);
    rows.toggle("run:a");
    expect(lines(rows)).toEqual(["a", "b"]);
    rows.toggle("run:a");
    expect(lines(rows)).toEqual(["a", "  a1", "    x", "  a2", "b"]);
  });

  it("stay open when the order changes", async () => {
    const open = new Set<string>();
    const before = new RunRows(source({ "": ["a", "b"], a: ["a1"] }), open, () => undefined, 10);
    before.show(0, 10);
    await settled();
    before.toggle("run:a");
    const after = new RunRows(source({ "": ["b", "a"], a: ["a1"] }), open, () => undefined, 10);
    after.show(0, 10);
    await settled();
    expect(lines(after)).toEqual(["b", "a", "  a1"]);
  });

  it("below a root stay in place when that root's page is let go", async () => {
    const rows = new RunRows(source({ "": many("r", 100_000), r1: ["c0", "c1"] }), new Set(), () => undefined, 200);
    rows.show(0, 20);
    await settled();
    rows.toggle("run:r1");
    await settled();
    rows.show(90_000, 90_020);
    await settled();
    expect(rows.row(90_002)).toMatchObject({ run: { info: { run_id: "r90000" } } });
    expect(rows.nested).toBe(2);
  });

  it("show more of many children on request", async () => {
    const rows = new RunRows(source({ "": ["a", "b"], a: many("c", 150) }), new Set(["run:a"]), () => undefined, 10);
    rows.show(0, 10);
    await settled();
    expect(rows.count).toBe(103);
    expect(rows.row(101).kind).toBe("more");
    rows.more("run:a");
    await settled();
    expect(rows.count).toBe(152);
    expect(lines(rows).at(-1)).toBe("b");
  });

  it("take newer states of runs", async () => {
    const rows = new RunRows(source({ "": ["a"], a: ["a1"] }), new Set(["run:a"]), () => undefined, 10);
    rows.show(0, 10);
    await settled();
    const newer = run("a1");
    newer.info.status = "FAILED";
    rows.patch(new Map([["a1", newer]]));
    expect(rows.row(1)).toMatchObject({ run: { info: { status: "FAILED" } } });
    expect([...rows.runs()].map((one) => one.info.run_id)).toEqual(["a", "a1"]);
  });

  it("take new numbers of groups in place, and say when others have come or their order has changed", async () => {
    let groups: [string, number][] = [
      ["a", 1],
      ["b", 2],
    ];
    const rows = new RunRows(
      {
        ...source({}),
        roots: () =>
          Promise.resolve({
            rows: groups.map(([value, runs]): Root => {
              return { group: { values: [value], runs, running: 0, latest_start_time: 0, metrics: [] } };
            }),
            next: "",
          }),
      },
      new Set(),
      () => undefined,
      10,
    );
    rows.show(0, 10);
    await settled();
    const shown = () =>
      Array.from({ length: rows.count }, (_, at) => {
        const row = rows.row(at);
        return row.kind === "group" ? [row.group.values[0], row.group.runs] : row.kind;
      });
    groups = [
      ["a", 5],
      ["b", 2],
    ];
    expect(await rows.renewGroups()).toBe(false);
    expect(shown()).toEqual(groups);
    groups = [
      ["b", 7],
      ["a", 5],
    ];
    expect(await rows.renewGroups()).toBe(true);
    expect(shown()).toEqual(groups.toReversed());
    groups = [...groups, ["c", 1]];
    expect(await rows.renewGroups()).toBe(true);
    expect(rows.count).toBe(2);
  });
});
