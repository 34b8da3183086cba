import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { ToastOptions } from "../../components/toast";
import { deleteRuns, restoreRuns, tagRuns } from "./bulk-change";

const toasts: { message: string; undo: ToastOptions["undo"] }[] = [];

vi.mock("../../components/toast", () => ({
  toast: (message: string, options: ToastOptions = {}) => toasts.push({ message, undo: options.undo }),
  toastError: (what: string) => toasts.push({ message: what, undo: undefined }),
}));

const requests: { action: string; run_ids: string[] }[] = [];
let fails: (request: number) => boolean;
let answer: (path: string) => unknown;

beforeEach(() => {
  toasts.length = 0;
  requests.length = 0;
  fails = () => false;
  answer = () => ({});
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    requests.push(JSON.parse(String(init.body)) as (typeof requests)[number]);
    const status = fails(requests.length) ? 400 : 200;
    return Promise.resolve(Response.json(answer(path), { status }));
  });
});

afterEach(() => vi.unstubAllGlobals());

const run = (run_id: string, deleted = false) => ({ run_id, run_name: run_id, start_time: 0, deleted });

it("deletes and takes back only the runs that were not deleted before", async () => {
  const changed = vi.fn<() => void>();
  await deleteRuns([run("a"), run("long-gone", true), run("b")], changed);
  expect(toasts.map((toast) => toast.message)).toEqual(["Deleted 2 runs"]);
  await toasts[0]?.undo?.();
  expect(requests).toEqual([
    { action: "delete", run_ids: ["a", "b"] },
    { action: "restore", run_ids: ["a", "b"] },
  ]);
  expect(changed).toHaveBeenCalledTimes(2);
});

it("asks for nothing where all are deleted already", async () => {
  await deleteRuns([run("a", true)], () => undefined);
  await restoreRuns([run("a")], () => undefined);
  expect(requests).toEqual([]);
  expect(toasts.length).toBe(2);
});

it("tells which part of many runs was changed, and takes back that part", async () => {
  const all = Array.from({ length: 2500 }, (_, index) => run(String(index)));
  fails = (request) => request === 2;
  const changed = vi.fn<() => void>();
  await deleteRuns(all, changed);
  expect(changed).toHaveBeenCalledTimes(1);
  expect(toasts.map((toast) => toast.message)).toEqual(["Deleted 1,000 runs", "1,500 runs could not be deleted"]);
  await toasts[0]?.undo?.();
  expect(requests.at(-1)).toMatchObject({ action: "restore", run_ids: all.slice(0, 1000).map((one) => one.run_id) });
});

it("puts back the values that a tag had, run by run", async () => {
  const had: Record<string, string | undefined> = { a: "x", b: "x", c: undefined, d: "new", e: "y" };
  const answers = Object.entries(had).map(([run_id, value]) => ({
    info: { run_id },
    data: { tags: value === undefined ? [] : [{ key: "team", value }] },
  }));
  answer = (path) => (path.endsWith("runs/search") ? { runs: answers } : {});
  const changed = vi.fn<() => void>();
  const { done, error } = await tagRuns("1", Object.keys(had), "team", "new", changed);
  expect([done.length, error]).toEqual([5, undefined]);
  expect(toasts.map((toast) => toast.message)).toEqual(["Set tag team of 5 runs"]);
  requests.length = 0;
  await toasts[0]?.undo?.();
  expect(requests).toEqual([
    { action: "set_tag", key: "team", value: "x", run_ids: ["a", "b"] },
    { action: "delete_tag", key: "team", run_ids: ["c"] },
    { action: "set_tag", key: "team", value: "y", run_ids: ["e"] },
  ]);
  expect(changed).toHaveBeenCalledTimes(2);
});

it("changes no tag whose values cannot be put back", async () => {
  fails = () => true;
  const { done, error } = await tagRuns("1", ["a"], "team", undefined, () => undefined);
  expect(done).toEqual([]);
  expect(error).toBeDefined();
  expect(requests.some((request) => request.action === "delete_tag")).toBe(false);
});
