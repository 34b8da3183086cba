/** A store to look at: experiments, a sweep with its curves, a live run, models and their versions. */
import type { Page } from "@playwright/test";

import type { Server } from "../journeys/program";
import { createExperiment, createRun, createRuns, numbers, post, type SeedRun, sweep } from "../journeys/seed";
import { uploadFiles } from "./files";
import { seedModels, type Models } from "./models";
import { classifierRuns, curves, machine } from "./sweep";

const HOUR = 3_600_000;

/** What the pictures are of. */
export interface Sights {
  experiment: string;
  /** The view with charts beside the table. */
  view: string;
  /** The same grouped by two params. */
  grouped: string;
  /** The best run, which has files and a model. */
  best: string;
  /** A run that goes on. */
  live: string;
  /** A run with children. */
  parent: string;
  compared: string[];
  empty: string;
  models: Models;
}

export async function seedSights(server: Server, page: Page): Promise<Sights> {
  const { url } = server;
  const now = Date.now();
  await others(url, now);
  const empty = await createExperiment(url, "robot-grasping");
  const experiment = await createExperiment(url, "image-classification");
  const runs = classifierRuns(36, now - HOUR);
  const ids = await createRuns(url, experiment, runs);
  await withData(server, ids);
  const parent = await nested(url, experiment, now - 40 * HOUR);
  const order = ids.map((id, at) => ({ id, name: runs[at]?.name ?? "", value: accuracy(runs[at]) }));
  const ranked = order.toSorted((a, b) => b.value - a.value);
  const best = ranked[0]?.id ?? "";
  await describe(server, best);
  await uploadFiles(server, best, page);
  if (ranked[1]) await uploadFiles(server, ranked[1].id, page);
  const models = await seedModels(
    server,
    experiment,
    ranked.slice(0, 4).map(({ id }) => id),
  );
  const live = await liveRun(url, experiment, now);
  return {
    experiment,
    view: await saveView(server, experiment, "Sweep overview", overview()),
    grouped: await saveView(server, experiment, "By optimizer and depth", grouped()),
    best,
    live,
    parent,
    compared: ranked.slice(0, 5).map(({ id }) => id),
    empty,
    models,
  };
}

function accuracy(run: SeedRun | undefined): number {
  const values = run?.metrics?.["val/accuracy"];
  return run?.status === "FINISHED" && Array.isArray(values) ? (values.at(-1) ?? 0) : 0;
}

/** Experiments that fill the list. */
async function others(url: string, now: number): Promise<void> {
  const named = [
    ["fraud-detection", 64, 9 * 24],
    ["recommender-baseline", 12, 30 * 24],
    ["speech-recognition", 28, 50],
    ["text-embedding", 41, 5],
    ["tabular-forecasting", 90, 70 * 24],
  ] as const;
  for (const [name, count, hours] of named) {
    const experiment = await createExperiment(url, name);
    await createRuns(url, experiment, sweep(count, now - hours * HOUR - count * 60_000));
  }
}

async function withData(server: Server, ids: readonly string[]): Promise<void> {
  const dataset = (name: string, rows: number) => ({
    name,
    digest: name === "plants-train" ? "4f1c09ab" : "b7702d3e",
    source_type: "s3",
    source: JSON.stringify({ uri: `s3://datasets/${name}` }),
    profile: JSON.stringify({ num_rows: rows }),
  });
  for (const run_id of ids) {
    const tags = (context: string) => [{ key: "mlflow.data.context", value: context }];
    await server.call("POST", "runs/log-inputs", {
      run_id,
      datasets: [
        { tags: tags("training"), dataset: dataset("plants-train", 48_211) },
        { tags: tags("validation"), dataset: dataset("plants-val", 6_027) },
      ],
    });
  }
}

const NOTE = `The best of the sweep so far.

- trained with **RandAugment** and a cosine schedule
- overfits from step 90 on: try \`dropout = 0.3\`

| split | accuracy |
|---|---|
| val | 0.94 |
| test | 0.93 |
`;

async function describe(server: Server, run_id: string): Promise<void> {
  await server.call("POST", "runs/set-tag", { run_id, key: "mlflow.note.content", value: NOTE });
  await server.call("POST", "runs/set-tag", { run_id, key: "candidate", value: "yes" });
  const start = Date.now() - 2 * HOUR;
  const metrics = Object.entries(machine(60)).flatMap(([key, values]) =>
    values.map((value, step) => ({ key, value, step, timestamp: start + step * 20_000 })),
  );
  await server.call("POST", "runs/log-batch", { run_id, metrics });
}

async function liveRun(url: string, experiment: string, now: number): Promise<string> {
  const setting = { lr: 0.001, batch: 128, optimizer: "adamw", depth: 50, dropout: 0.1 };
  return createRun(url, experiment, {
    name: "nightly-resnet50",
    params: { lr: "0.001", batch_size: "128", optimizer: "adamw", depth: "50", dropout: "0.1", augment: "randaugment" },
    metrics: { ...curves(setting, 70, numbers(9)), ...machine(70) },
    tags: { team: "perception", "mlflow.source.name": "train.py" },
    start: now - 71 * 1000,
  });
}

/** A search with a run for each of its trials. */
async function nested(url: string, experiment: string, start: number): Promise<string> {
  const parent = await createRun(url, experiment, {
    name: "optuna-search",
    params: { sampler: "tpe", trials: "6" },
    metrics: { "val/accuracy": 0.914 },
    status: "FINISHED",
    start,
    duration: 5 * HOUR,
  });
  const trials = classifierRuns(6, start + 4 * HOUR).map((run, at) => ({
    ...run,
    name: `trial-${String(at)}`,
    tags: { ...run.tags, "mlflow.parentRunId": parent },
  }));
  await createRuns(url, experiment, trials);
  return parent;
}

const attribute = (key: string, more: object = {}) => ({ source: "attribute", key, ...more });
const metric = (key: string, more: object = {}) => ({ source: "metric", key, ...more });
const param = (key: string) => ({ source: "param", key });

/** The table by accuracy, with a line of the loss in each row, and charts of all kinds beside it. */
function overview(): object {
  const line = (key: string, more: object = {}) => ({ id: `line ${key}`, kind: "line", metrics: [key], ...more });
  return {
    columns: [
      attribute("run_name", { pinned: true, width: 190 }),
      metric("val/accuracy"),
      metric("val/loss", { spark: true }),
      metric("val/loss"),
      ...["lr", "optimizer", "depth", "dropout", "batch_size"].map(param),
      attribute("duration"),
      attribute("start_time"),
    ],
    order: { source: "metric", key: "val/accuracy", descending: true },
    chartsOpen: true,
    chartsShare: 0.46,
    charts: {
      charts: [
        line("val/loss", { smoothing: 0.6 }),
        line("val/accuracy", { smoothing: 0.6 }),
        {
          id: "parallel",
          kind: "parallel",
          width: 2,
          axes: [param("lr"), param("optimizer"), param("depth"), param("dropout"), metric("val/accuracy")].map(field),
          color: field(metric("val/accuracy")),
        },
        { id: "scatter", kind: "scatter", x: field(metric("val/loss")), y: field(metric("val/accuracy")) },
      ],
    },
  };
}

function field({ source, key }: { source: string; key: string }): { kind: string; key: string } {
  return { kind: source, key };
}

function grouped(): object {
  return {
    columns: [
      attribute("run_name", { pinned: true }),
      ...["val/accuracy", "val/loss", "val/f1", "train/loss"].map((key) => metric(key)),
      ...["lr", "batch_size", "dropout"].map(param),
      attribute("duration"),
    ],
    groups: [
      { kind: "param", key: "optimizer" },
      { kind: "param", key: "depth" },
    ],
    order: { source: "metric", key: "val/accuracy", descending: true },
  };
}

async function saveView(server: Server, experiment_id: string, name: string, definition: object): Promise<string> {
  const body = { experiment_id, name, definition: JSON.stringify(definition) };
  const made = await post<{ view: { view_id: string } }>(server.url, "api/trainyard/v1/views/create", body);
  return made.view.view_id;
}
