import { describe, expect, it, vi } from "vitest";

import type { SeriesColumns, SeriesRequest } from "../data/charts";
import { BUCKETS, MOST_KEPT, SeriesLoader } from "./loader";

const columns = (run_id: string, metric_key: string, value: number): SeriesColumns => {
  const one = Float64Array.of(value);
  return { run_id, metric_key, points: 1, step: one, timestamp: one, last: one, min: one, max: one };
};

function server() {
  let version = 0;
  const fetch = vi.fn((request: SeriesRequest, _: AbortSignal) =>
    Promise.resolve(request.series.map(({ run_id, metric_key }) => columns(run_id, metric_key, version))),
  );
  return { fetch, loader: new SeriesLoader(fetch), next: () => version++ };
}

const asked = (request: SeriesRequest | undefined) =>
  request?.series.map(({ run_id, metric_key }) => `${run_id}.${metric_key}`);

describe("series", () => {
  it("of charts that load together travel in one request", async () => {
    const { fetch, loader } = server();
    await Promise.all([
      loader.load(["a", "b"], ["loss"], { x: "step" }),
      loader.load(["a", "b"], ["acc", "loss"], { x: "step" }),
    ]);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(fetch.mock.calls[0]?.[0]).toMatchObject({ x: "step", buckets: BUCKETS });
    expect(asked(fetch.mock.calls[0]?.[0])).toEqual(["a.loss", "b.loss", "a.acc", "b.acc"]);
    expect(loader.find("b", "acc", { x: "step" })?.run_id).toBe("b");
  });

  it("that are there are not asked for again", async () => {
    const { fetch, loader } = server();
    await loader.load(["a"], ["loss"], { x: "step" });
    await loader.load(["a"], ["loss"], { x: "step" });
    expect(fetch).toHaveBeenCalledTimes(1);
    await loader.load(["a"], ["loss"], { x: "step", from: 2, to: 5 });
    expect(fetch.mock.calls[1]?.[0]).toMatchObject({ from: 2, to: 5 });
  });

  it("of a run that goes on are renewed, and shown until then", async () => {
    const { fetch, loader, next } = server();
    await loader.load(["a", "b"], ["loss"], { x: "step" });
    next();
    loader.outdate(["b"]);
    const loading = loader.load(["a", "b"], ["loss"], { x: "step" });
    expect(loader.find("b", "loss", { x: "step" })?.last[0]).toBe(0);
    expect(loader.busy).toBe(false);
    await loading;
    expect(asked(fetch.mock.calls[1]?.[0])).toEqual(["b.loss"]);
    expect(loader.find("b", "loss", { x: "step" })?.last[0]).toBe(1);
  });

  it("are split where a request has room for no more", async () => {
    const { fetch, loader } = server();
    const runs = Array.from({ length: 600 }, (_, index) => String(index));
    await loader.load(runs, ["loss", "acc"], { x: "step" });
    expect(fetch.mock.calls.map(([request]) => request.series.length)).toEqual([500, 500, 200]);
  });

  it("that failed are asked for again", async () => {
    const { fetch, loader } = server();
    fetch.mockRejectedValueOnce(new Error("away"));
    await expect(loader.load(["a"], ["loss"], { x: "step" })).rejects.toThrow("away");
    await loader.load(["a"], ["loss"], { x: "step" });
    expect(loader.find("a", "loss", { x: "step" })).toBeDefined();
    expect(loader.busy).toBe(false);
  });

  it("that nobody has asked for for long are let go of", async () => {
    const { fetch, loader } = server();
    const runs = Array.from({ length: 100 }, (_, index) => String(index));
    const charts = MOST_KEPT / runs.length + 2;
    for (let chart = 0; chart < charts; chart++) {
      await loader.load(runs, [`metric-${String(chart)}`], { x: "step" });
      await loader.load(runs, ["looked at"], { x: "step" });
    }
    expect(loader.find("7", "metric-0", { x: "step" })).toBeUndefined();
    expect(loader.find("7", "looked at", { x: "step" })).toBeDefined();
    expect(loader.find("7", `metric-${String(charts - 1)}`, { x: "step" })).toBeDefined();
    const before = fetch.mock.calls.length;
    await loader.load(runs, ["metric-0"], { x: "step" });
    expect(fetch.mock.calls.length).toBe(before + 1);
    expect(loader.find("7", "metric-0", { x: "step" })).toBeDefined();
  });

  it("are given up when the page is left", () => {
    const { fetch, loader } = server();
    void loader.load(["a"], ["loss"], { x: "step" });
    loader.close();
    return Promise.resolve().then(() => expect(fetch.mock.calls[0]?.[1].aborted).toBe(true));
  });

  it("of old zooms are dropped, those of whole axes never", async () => {
    const { loader } = server();
    await loader.load(["a"], ["loss"], { x: "step" });
    for (let from = 0; from < 20; from++) await loader.load(["a"], ["loss"], { x: "step", from, to: from + 1 });
    expect(loader.find("a", "loss", { x: "step" })).toBeDefined();
    expect(loader.find("a", "loss", { x: "step", from: 0, to: 1 })).toBeUndefined();
    expect(loader.find("a", "loss", { x: "step", from: 19, to: 20 })).toBeDefined();
  });
});
