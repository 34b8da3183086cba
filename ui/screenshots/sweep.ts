/** Runs of an image classifier as a sweep leaves them: curves that fall and overfit, on machines that were busy. */
import { numbers, type SeedRun } from "../journeys/seed";

export const STEPS = 120;
const MINUTE = 60_000;
const NAMES = [
  "brisk",
  "calm",
  "clever",
  "gentle",
  "keen",
  "lucid",
  "mellow",
  "nimble",
  "quiet",
  "rapid",
  "solid",
  "vivid",
];
const ANIMALS = ["heron", "otter", "lynx", "finch", "marten", "tern", "ibex", "wren"];

interface Setting {
  lr: number;
  batch: number;
  optimizer: string;
  depth: number;
  dropout: number;
}

/** So many runs, the last one `lastStart` milliseconds after the epoch. */
export function classifierRuns(count: number, lastStart: number): SeedRun[] {
  const random = numbers(23);
  return Array.from({ length: count }, (_, at): SeedRun => {
    const setting: Setting = {
      lr: [0.0003, 0.001, 0.003, 0.01][Math.floor(random() * 4)] ?? 0.001,
      batch: [32, 64, 128][Math.floor(random() * 3)] ?? 64,
      optimizer: ["adamw", "sgd", "lion"][Math.floor(random() * 3)] ?? "adamw",
      depth: [18, 34, 50][Math.floor(random() * 3)] ?? 18,
      dropout: [0, 0.1, 0.3][Math.floor(random() * 3)] ?? 0,
    };
    const failed = at % 9 === 5;
    return {
      name: `${NAMES[at % NAMES.length] ?? ""}-${ANIMALS[Math.floor(at / 3) % ANIMALS.length] ?? ""}-${String(at + 1)}`,
      params: {
        lr: String(setting.lr),
        batch_size: String(setting.batch),
        optimizer: setting.optimizer,
        depth: String(setting.depth),
        dropout: String(setting.dropout),
        augment: at % 4 === 0 ? "none" : "randaugment",
      },
      metrics: curves(setting, failed ? Math.floor(STEPS * 0.4) : STEPS, random),
      tags: source(at),
      status: failed ? "FAILED" : "FINISHED",
      start: lastStart - (count - 1 - at) * 47 * MINUTE,
      duration: (failed ? 9 : 26 + setting.depth / 3) * MINUTE + Math.floor(random() * 6 * MINUTE),
    };
  });
}

function source(at: number): Record<string, string> {
  return {
    team: at % 3 === 0 ? "perception" : "research",
    "mlflow.source.name": "train.py",
    "mlflow.source.type": "LOCAL",
    "mlflow.source.git.commit": "9f2c1e7ab04d5c8831f6a2be7d90c3e4f5a6b7c8",
    "mlflow.source.git.branch": "main",
  };
}

/** Losses, accuracies and the learning rate over the steps. */
export function curves(setting: Setting, steps: number, random: () => number): Record<string, number[]> {
  const { lr, depth, dropout, optimizer } = setting;
  const fit = 1 - Math.abs(Math.log10(lr) + 2.7) * 0.12 + (depth - 18) / 320 - (optimizer === "sgd" ? 0.05 : 0);
  const pace = 10 + 14 * Math.abs(Math.log10(lr) + 2.5) + depth / 10;
  const overfit = (0.3 - dropout) * 0.0022;
  const noise = () => random() + random() - 1;
  const over = (make: (step: number) => number) => Array.from({ length: steps }, (_, step) => make(step));
  const loss = (step: number) => 2.2 * Math.exp(-step / pace) + 0.32 * (1.25 - fit);
  return {
    "train/loss": over((step) => loss(step) + 0.05 * noise() * (0.4 + Math.exp(-step / 40))),
    "val/loss": over((step) => loss(step) + 0.1 + overfit * step + 0.06 * noise()),
    "val/accuracy": over((step) =>
      Math.min(0.985, 0.1 + (0.89 * fit - 0.1) * (1 - Math.exp(-step / pace)) + 0.012 * noise()),
    ),
    "val/f1": over((step) =>
      Math.min(0.98, 0.08 + (0.87 * fit - 0.08) * (1 - Math.exp(-step / (pace * 1.1))) + 0.012 * noise()),
    ),
    lr: over((step) => (step < 8 ? (lr * (step + 1)) / 8 : lr * 0.5 * (1 + Math.cos((Math.PI * (step - 8)) / STEPS)))),
  };
}

/** How busy a machine is while it trains. */
export function machine(steps: number): Record<string, number[]> {
  const random = numbers(3);
  const over = (base: number, sway: number) =>
    Array.from({ length: steps }, (_, step) => base + sway * (random() - 0.5) + 3 * Math.sin(step / 9));
  return {
    "system/cpu_utilization_percentage": over(46, 18),
    "system/gpu_0_utilization_percentage": over(91, 9),
    "system/gpu_0_memory_usage_megabytes": over(30_500, 300),
    "system/system_memory_usage_megabytes": over(48_200, 900),
    "system/disk_usage_percentage": over(61, 0.4),
    "system/network_receive_megabytes": Array.from({ length: steps }, (_, step) => 40 * step + 15 * random()),
  };
}
