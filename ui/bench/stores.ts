/** What is measured on: many runs, many names, long lines. All of it follows from numbers, so that answers can be checked. */
import { spawnSync } from "node:child_process";

import { program, startServer } from "../journeys/program";
import { createExperiment, numbers, type SeedRun, sweep } from "../journeys/seed";
import { ingest, type IngestRun, type RegularSeries, send } from "./ingest";
import { type KeptStore, keptStore } from "./kept-store";

export const RUNS = 100_000;
export const NAMES = 12_000;
export const LINES = 100;
export const POINTS = 1_000_000;

const API = "api/2.0/mlflow/";
const AT_ONCE = 16;
export const FIRST_TIME = Date.UTC(2026, 0, 1);
/** Milliseconds between two points of a line. */
export const EVERY_MS = 100;
const WIDE_RUNS = 20;
const PART = 200_000;

export interface Filled {
  experimentId: string;
  runIds: string[];
}

/** Runs of a sweep with ten metrics each. */
export function tableRuns(count: number): SeedRun[] {
  const random = numbers(11);
  return sweep(count, FIRST_TIME - count * 60_000).map((run) => {
    const more = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`m${String(at)}`, random()]));
    return { ...run, metrics: { ...run.metrics, ...more } };
  });
}

/** The name of one of many metrics, as those of the layers of a network are called. */
export function layerName(at: number): string {
  return `layer/${String(Math.floor(at / 100)).padStart(3, "0")}/weight/${String(at % 100).padStart(2, "0")}`;
}

/** 100,000 runs of one experiment. */
export async function manyRuns(): Promise<KeptStore<Filled>> {
  return keptStore("runs", `${String(RUNS)} runs`, (folder) =>
    served(folder, async (url) => {
      const experimentId = await createExperiment(url, "large sweep");
      const runs = tableRuns(RUNS);
      const runIds = await createAll(url, experimentId, runs);
      const all = runs.map((run, at): IngestRun => ({
        runId: runIds[at] ?? "",
        params: run.params ?? {},
        series: Object.entries(run.metrics ?? {}).map(([key, value]) => single(key, Number(value), run.start ?? 0)),
      }));
      for (let at = 0; at < all.length; at += 500) await ingest(url, all.slice(at, at + 500));
      await inParallel(runs.length, async (at) => {
        const run = runs[at];
        const end_time = (run?.start ?? 0) + (run?.duration ?? 0);
        await post(url, `${API}runs/update`, { run_id: runIds[at], status: run?.status, end_time });
      });
      return { experimentId, runIds: [] };
    }),
  );
}

/** An experiment whose runs have 12,000 metrics each. */
export async function manyNames(): Promise<KeptStore<Filled>> {
  return keptStore("names", `${String(NAMES)} names`, (folder) =>
    served(folder, async (url) => {
      const experimentId = await createExperiment(url, "wide network");
      const runs = tableRuns(WIDE_RUNS);
      const runIds = await createAll(url, experimentId, runs);
      const random = numbers(5);
      for (const [at, runId] of runIds.entries()) {
        const start = runs[at]?.start ?? 0;
        const series = Array.from({ length: NAMES }, (_, name) => single(layerName(name), random(), start));
        await ingest(url, [{ runId, params: runs[at]?.params ?? {}, series }]);
      }
      return { experimentId, runIds };
    }),
  );
}

/** A hundred runs with a million points of a loss each, or so many as said. */
export async function longLines(points = POINTS): Promise<KeptStore<Filled>> {
  const name = points === POINTS ? "lines" : `lines-${String(points)}`;
  return keptStore(name, `${String(LINES)} lines of ${String(points)} points`, async (folder) => {
    const filled = await served(folder, async (url) => {
      const experimentId = await createExperiment(url, "long training");
      const runs = sweep(LINES, FIRST_TIME);
      const runIds = await createAll(url, experimentId, runs);
      for (let first = 0; first < points; first += PART) {
        for (const [at, runId] of runIds.entries()) {
          const values = losses(at, first, Math.min(PART, points - first));
          const firstTime = FIRST_TIME + first * EVERY_MS;
          const series = [{ key: "loss", values, firstStep: first, firstTime, every: EVERY_MS }];
          await ingest(url, [{ runId, params: first === 0 ? (runs[at]?.params ?? {}) : {}, series }]);
        }
      }
      return { experimentId, runIds };
    });
    // As a store is some minutes after the last point.
    const packed = spawnSync(program(), ["db", "pack", "--backend-store-uri", `sqlite:///${folder}/yard.db`]);
    if (packed.status !== 0) throw new Error(`trainyard db pack: ${String(packed.stderr)}`);
    return filled;
  });
}

/** A loss that falls and is noisy in all its bits, with a spike now and then. */
export function losses(line: number, first: number, count: number): Float32Array {
  const random = numbers(line * 7919 + first + 1);
  const [floor, pace] = [0.1 + (line % 10) * 0.03, 60_000 + (line % 7) * 40_000];
  return Float32Array.from({ length: count }, (_, at) => {
    const spike = random() < 1e-5 ? 3 : 0;
    return 2 * Math.exp(-(first + at) / pace) + floor + 0.08 * (random() - 0.5) + spike;
  });
}

function single(key: string, value: number, time: number): RegularSeries {
  return { key, values: Float64Array.of(value), firstStep: 0, firstTime: time, every: 0 };
}

async function served<T>(folder: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startServer(folder);
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

async function createAll(url: string, experiment_id: string, runs: readonly SeedRun[]): Promise<string[]> {
  const ids = new Array<string>(runs.length);
  await inParallel(runs.length, async (at) => {
    const run = runs[at];
    const tags = Object.entries(run?.tags ?? {}).map(([key, value]) => ({ key, value }));
    const request = { experiment_id, run_name: run?.name, user_id: "ada", start_time: run?.start, tags };
    const made = await post<{ run: { info: { run_id: string } } }>(url, `${API}runs/create`, request);
    ids[at] = made.run.info.run_id;
  });
  return ids;
}

async function inParallel(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) await work(at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function post<T>(url: string, path: string, body: unknown): Promise<T> {
  return send<T>(url, path, Buffer.from(JSON.stringify(body)));
}
