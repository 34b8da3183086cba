import { createSignal, onCleanup } from "solid-js";

import { fetchSeries, MOST_SERIES } from "../../data/charts";
import { isAbort } from "../../data/http";

const BUCKETS = 48;
const KEPT = 4000;
const WAIT = 60;
const RETRY = 5000;
const WIDTH = 100;
const HEIGHT = 20;

/** Small drawings of metrics for the cells in sight, asked for together and kept for a while. */
export interface Sparks {
  /** The path of a drawing, 100 wide and 20 high; empty where nothing was logged; undefined until it is here. */
  path: (run_id: string, metric_key: string) => string | undefined;
  /** Forgets the drawings of runs that have changed. */
  forget: (run_ids: Iterable<string>) => void;
}

export function createSparks(): Sparks {
  const paths = new Map<string, string>();
  const asked = new Set<string>();
  const wanted = new Map<string, { run_id: string; metric_key: string }>();
  const [version, setVersion] = createSignal(0);
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => {
    clearTimeout(timer);
    clearTimeout(retry);
    abort.abort();
  });

  async function load(): Promise<void> {
    timer = undefined;
    const batch = [...wanted].slice(0, MOST_SERIES);
    for (const [id] of batch) wanted.delete(id);
    const series = batch.map(([, one]) => one);
    try {
      const found = await fetchSeries({ series, x: "step", buckets: BUCKETS }, { signal: abort.signal });
      for (const [id] of batch) if (!paths.has(id)) keep(id, "");
      for (const one of found) keep(idOf(one.run_id, one.metric_key), pathOf(one.step, one.last));
      setVersion((now) => now + 1);
    } catch (error) {
      // Cells in sight ask again after a while, others when they come into sight.
      if (!isAbort(error)) {
        for (const [id] of batch) asked.delete(id);
        clearTimeout(retry);
        retry = setTimeout(() => setVersion((now) => now + 1), RETRY);
      }
    }
    if (wanted.size > 0 && timer === undefined && !abort.signal.aborted) timer = setTimeout(() => void load(), WAIT);
  }

  function keep(id: string, path: string): void {
    paths.delete(id);
    paths.set(id, path);
    const oldest = paths.size > KEPT ? paths.keys().next().value : undefined;
    if (oldest === undefined) return;
    paths.delete(oldest);
    asked.delete(oldest);
  }

  return {
    path: (run_id, metric_key) => {
      version();
      const id = idOf(run_id, metric_key);
      if (!asked.has(id)) {
        asked.add(id);
        wanted.set(id, { run_id, metric_key });
        timer ??= setTimeout(() => void load(), WAIT);
      }
      return paths.get(id);
    },
    forget: (run_ids) => {
      const gone = new Set(run_ids);
      for (const id of asked) if (gone.has(id.slice(0, id.indexOf("/")))) asked.delete(id);
      setVersion((now) => now + 1);
    },
  };
}

function idOf(run_id: string, metric_key: string): string {
  return `${run_id}/${metric_key}`;
}

/** A line through the values, from left to right by step and from bottom to top by value. What is no number leaves a gap. */
export function pathOf(steps: ArrayLike<number>, values: ArrayLike<number>): string {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return "";
  const first = steps[0] ?? 0;
  const span = (steps[steps.length - 1] ?? 0) - first || 1;
  const height = high - low || 1;
  let path = "";
  let pen = "M";
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    if (!Number.isFinite(value)) {
      pen = "M";
      continue;
    }
    const x = (((steps[at] ?? 0) - first) / span) * WIDTH;
    const y = high === low ? HEIGHT / 2 : HEIGHT - 1.5 - ((value - low) / height) * (HEIGHT - 3);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    // A single point is a short dash, else nothing of it would be seen.
    if (values.length === 1) path += "h4";
    pen = "L";
  }
  return path;
}
