import { createRoot } from "solid-js";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Run } from "../../wire";
import { createRenewal } from "./renewal";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const run = (run_id: string) => ({ info: { run_id } }) as unknown as Run;

function start(read: (ids: string[], signal: AbortSignal) => Promise<Run[]>) {
  return createRoot((dispose) => {
    const renewed = vi.fn<(runs: ReadonlyMap<string, Run>) => void>();
    return { changed: createRenewal({ read, onRenewed: renewed }), renewed, dispose };
  });
}

it("reads the changed runs only, and not again before it has an answer", async () => {
  let answer: (runs: Run[]) => void = () => undefined;
  const read = vi.fn((_: string[]) => new Promise<Run[]>((resolve) => (answer = resolve)));
  const { changed, renewed, dispose } = start(read);
  changed(["a"]);
  changed(["b", "a"]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(read.mock.calls.map(([ids]) => ids)).toEqual([["a", "b"]]);
  changed(["c"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(read).toHaveBeenCalledTimes(1);
  answer([run("a")]);
  await vi.advanceTimersByTimeAsync(2000);
  expect([...(renewed.mock.calls[0]?.[0].keys() ?? [])]).toEqual(["a"]);
  expect(read.mock.calls[1]?.[0]).toEqual(["c"]);
  dispose();
});

it("asks again for what could not be read, until the page is left", async () => {
  const read = vi.fn((_: string[], __: AbortSignal) => Promise.reject<Run[]>(new Error("away")));
  const { changed, renewed, dispose } = start(read);
  changed(["a"]);
  await vi.advanceTimersByTimeAsync(4500);
  expect(read.mock.calls.map(([ids]) => ids)).toEqual([["a"], ["a"]]);
  dispose();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(read).toHaveBeenCalledTimes(2);
  expect(read.mock.calls[0]?.[1].aborted).toBe(true);
  expect(renewed).not.toHaveBeenCalled();
});
