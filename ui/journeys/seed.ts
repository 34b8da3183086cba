/** Fills a server over the REST API, as training programs do. */

export interface SeedRun {
  name: string;
  params?: Record<string, string>;
  metrics?: Record<string, number | number[]>;
  tags?: Record<string, string>;
  status?: "FINISHED" | "FAILED" | "KILLED";
  start?: number;
  /** Milliseconds that it took. */
  duration?: number;
}

const AT_ONCE = 24;
const API = "api/2.0/mlflow/";

export async function post<T>(url: string, path: string, body: unknown): Promise<T> {
  const answer = await fetch(`${url}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export async function createExperiment(url: string, name: string): Promise<string> {
  return (await post<{ experiment_id: string }>(url, `${API}experiments/create`, { name })).experiment_id;
}

/** Logs one run; without a status it is still running. */
export async function createRun(url: string, experiment_id: string, run: SeedRun): Promise<string> {
  const start_time = run.start ?? Date.now();
  const tags = Object.entries(run.tags ?? {}).map(([key, value]) => ({ key, value }));
  const made = await post<{ run: { info: { run_id: string } } }>(url, `${API}runs/create`, {
    experiment_id,
    run_name: run.name,
    user_id: "ada",
    start_time,
    tags,
  });
  const { run_id } = made.run.info;
  const params = Object.entries(run.params ?? {}).map(([key, value]) => ({ key, value }));
  const metrics = Object.entries(run.metrics ?? {}).flatMap(([key, values]) =>
    [values].flat().map((value, step) => ({ key, value, step, timestamp: start_time + step * 1000 })),
  );
  for (let at = 0; at === 0 || at < metrics.length; at += 1000) {
    const part = { metrics: metrics.slice(at, at + 1000), params: at === 0 ? params : [] };
    if (part.metrics.length + part.params.length > 0) await post(url, `${API}runs/log-batch`, { run_id, ...part });
  }
  if (run.status) {
    const end_time = start_time + (run.duration ?? 60_000);
    await post(url, `${API}runs/update`, { run_id, status: run.status, end_time });
  }
  return run_id;
}

/** Logs many runs, some at a time; their ids in the same order. */
export async function createRuns(url: string, experiment_id: string, all: readonly SeedRun[]): Promise<string[]> {
  const ids = new Array<string>(all.length);
  let next = 0;
  const work = async () => {
    for (let at = next++; at < all.length; at = next++) {
      const run = all[at];
      if (run) ids[at] = await createRun(url, experiment_id, run);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return ids;
}

/** Numbers that look random and are the same every time. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const OPTIMIZERS = ["adam", "sgd", "adamw", "lion"];

/** A sweep: learning rate, depth and optimizer, with an accuracy that depends on them. */
export function sweep(count: number, start = Date.UTC(2026, 0, 1)): SeedRun[] {
  const random = numbers(7);
  return Array.from({ length: count }, (_, at): SeedRun => {
    const depth = 2 + (at % 5) * 2;
    const lr = [0.1, 0.01, 0.001, 0.0001][at % 4] ?? 0.1;
    const accuracy = 0.7 + 0.02 * depth - Math.abs(Math.log10(lr) + 3) * 0.05 + random() * 0.03;
    return {
      name: `sweep-${String(at).padStart(5, "0")}`,
      params: { lr: String(lr), depth: String(depth), optimizer: OPTIMIZERS[at % 3] ?? "adam" },
      metrics: { accuracy, "val/loss": 1 - accuracy + random() * 0.01 },
      tags: { team: at % 2 === 0 ? "vision" : "speech" },
      status: at % 50 === 49 ? "FAILED" : "FINISHED",
      start: start + at * 60_000,
      duration: 30_000 + Math.floor(random() * 600_000),
    };
  });
}
