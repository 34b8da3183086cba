/** Stock `mlflow server`, measured beside ours on as much data as its pages can load. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { end, ROOT, Server, told } from "../journeys/program";
import { createExperiment, numbers, type SeedRun } from "../journeys/seed";
import { type KeptStore, keptStore } from "./kept-store";
import { EVERY_MS, type Filled, FIRST_TIME, layerName, LINES, losses, tableRuns } from "./stores";

const PYTHON = process.env["TRAINYARD_STOCK_PYTHON"] ?? join(ROOT, "target/venvs/mlflow-3.18/bin/python");
/** Stock takes half a minute on an idle machine. */
const READY_WITHIN = 600_000;
/** What it goes on doing after its first answer. */
const REST_MS = 20_000;

export function stockThere(): boolean {
  return existsSync(PYTHON);
}

/** Starts it on the SQLite file of a folder. */
export async function startStock(folder: string): Promise<Server> {
  const port = await freePort();
  const args = ["-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1", "--port", String(port)];
  args.push("--backend-store-uri", `sqlite:///${folder}/store.db`);
  args.push("--artifacts-destination", join(folder, "artifacts"));
  const child = spawn(PYTHON, args, {
    cwd: folder,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await told(child, /Application startup complete|Uvicorn running/, READY_WITHIN);
  const url = `http://127.0.0.1:${String(port)}`;
  while (
    !(await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await sleep(200);
  await sleep(REST_MS);
  return new Server(url, () => end(child));
}

/** The runs that our table is measured on, or the first of them. */
export async function stockRuns(count: number): Promise<KeptStore<Filled>> {
  return keptStore(`stock-runs-${String(count)}`, `${String(count)} runs`, async (folder) =>
    filled(folder, "large sweep", tableRuns(count)),
  );
}

/** Twenty runs with so many metrics each. */
export async function stockNames(count: number): Promise<KeptStore<Filled>> {
  const random = numbers(5);
  const runs = tableRuns(20).map((run): SeedRun => {
    const metrics = Object.fromEntries(Array.from({ length: count }, (_, at) => [layerName(at), random()]));
    return { ...run, metrics };
  });
  return keptStore(`stock-names-${String(count)}`, `${String(count)} names`, async (folder) =>
    filled(folder, "wide network", runs),
  );
}

/** Runs with so many points of a loss each, as those of `lines` are. */
export async function stockLines(points: number, lines = LINES): Promise<KeptStore<Filled>> {
  return keptStore(`stock-lines-${String(lines)}x${String(points)}`, `${String(points)} points`, async (folder) =>
    filledWith(
      folder,
      "long training",
      Array.from({ length: lines }, (_, at) =>
        JSON.stringify(["series", `run-${String(at)}`, FIRST_TIME, "loss", EVERY_MS, [...losses(at, 0, points)]]),
      ),
    ),
  );
}

/** A store of its own without runs, for what is logged while it is measured. */
export async function stockEmpty(): Promise<KeptStore<Filled>> {
  return keptStore("stock-empty", "no runs", (folder) => filled(folder, "empty", []));
}

async function filled(folder: string, name: string, runs: readonly SeedRun[]): Promise<Filled> {
  const line = (run: SeedRun) => JSON.stringify(["run", run.name, run.start, run.tags ?? {}, run.params, run.metrics]);
  return filledWith(folder, name, runs.map(line));
}

/** Has stock make its tables and an experiment, then writes the rows as its own store would. */
async function filledWith(folder: string, name: string, lines: readonly string[]): Promise<Filled> {
  const server = await startStock(folder);
  const experimentId = await createExperiment(server.url, name);
  await server.stop();
  const script = join(ROOT, "crates/trainyard-bench/src/stock_store.py");
  // The last argument is the experiment of a run that the script makes besides: the default one.
  const done = spawnSync(PYTHON, [script, join(folder, "store.db"), experimentId, "0"], { input: lines.join("\n") });
  if (done.status !== 0) throw new Error(`stock_store.py: ${String(done.stderr)}`);
  // The first line is the run that the script makes besides.
  return { experimentId, runIds: String(done.stdout).trim().split("\n").slice(1) };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer();
    listener.on("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      const port = typeof address === "object" && address ? address.port : 0;
      listener.close(() => resolve(port));
    });
  });
}
