import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ChangeQueue, Rounds } from "./change-queue";
import type { Change } from "./live";

const change = (runId: string, ...kinds: ("status" | "metrics")[]): Change => ({
  experimentId: "1",
  runId,
  kinds: new Set(kinds),
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a queue of changes", () => {
  it("deals with all of them, in lots of at most 200, each run once", async () => {
    const lots: number[] = [];
    const queue = new ChangeQueue((lot) => {
      lots.push(lot.length);
      return Promise.resolve();
    });
    queue.add(Array.from({ length: 450 }, (_, at) => change(`r${String(at)}`, "metrics")));
    queue.add([change("r0", "status")]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(lots).toEqual([200, 200, 50]);
  });

  it("deals with one lot at a time", async () => {
    let finish: (() => void) | undefined;
    const lots: string[][] = [];
    const queue = new ChangeQueue((lot) => {
      lots.push(lot.map((one) => one.runId));
      return new Promise((resolve) => (finish = resolve));
    });
    queue.add([change("a", "metrics")]);
    await vi.advanceTimersByTimeAsync(1000);
    queue.add([change("b", "metrics")]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lots).toEqual([["a"]]);
    finish?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(lots).toEqual([["a"], ["b"]]);
  });

  it("repeats what has failed, later and later, together with what has come since", async () => {
    const lots: (readonly Change[])[] = [];
    const queue = new ChangeQueue((lot) => {
      lots.push(lot);
      return lots.length < 3 ? Promise.reject(new Error("unreachable")) : Promise.resolve();
    });
    queue.add([change("a", "status")]);
    await vi.advanceTimersByTimeAsync(1000);
    queue.add([change("a", "metrics"), change("b", "status")]);
    await vi.advanceTimersByTimeAsync(4000);
    expect(lots).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(lots).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(lots).toHaveLength(3);
    expect(lots[2]).toEqual([change("a", "status", "metrics"), change("b", "status")]);
  });

  it("stops when it is closed", async () => {
    const deal = vi.fn(() => Promise.resolve());
    const queue = new ChangeQueue(deal);
    queue.add([change("a", "status")]);
    queue.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(deal).not.toHaveBeenCalled();
  });
});

describe("rounds", () => {
  it("do the work once for all that ask meanwhile, and once more for those that asked while it was done", async () => {
    let finish: (() => void) | undefined;
    const work = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const rounds = new Rounds(1000, work);
    for (let at = 0; at < 5; at++) rounds.soon();
    await vi.advanceTimersByTimeAsync(1000);
    rounds.soon();
    rounds.soon();
    await vi.advanceTimersByTimeAsync(5000);
    expect(work).toHaveBeenCalledTimes(1);
    finish?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(2);
    finish?.();
    await vi.advanceTimersByTimeAsync(5000);
    expect(work).toHaveBeenCalledTimes(2);
  });
});
