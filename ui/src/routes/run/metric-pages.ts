// The pages of a run's metrics, joined: the next one is asked for when the end comes into sight, and what is shown is renewed
// while the run goes on.

import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";

import { isAbort } from "../../data/http";
import { summaries } from "../../data/metrics";
import type { MetricSummary } from "../../wire";

const PAGE = 500;
const TYPING_MS = 150;
/** So many pages are renewed while a run goes on; of thousands of metrics the first are looked at. */
const MOST_RENEWED = 4;

export interface MetricPages {
  rows: () => readonly MetricSummary[];
  complete: () => boolean;
  error: () => unknown;
  more: () => void;
  retry: () => void;
}

export function createMetricPages(runId: () => string, contains: () => string, version: () => number): MetricPages {
  const [rows, setRows] = createSignal<readonly MetricSummary[]>([]);
  const [token, setToken] = createSignal<string | undefined>();
  const [error, setError] = createSignal<unknown>();
  let stop = new AbortController();
  let busy = false;
  onCleanup(() => stop.abort());

  /** Reads the first page, as many from the start as are shown, or the one after them. */
  async function load(from: "anew" | "start" | "end"): Promise<void> {
    if (from === "end" && (busy || token() === "" || token() === undefined)) return;
    stop.abort();
    const own = new AbortController();
    stop = own;
    busy = true;
    try {
      const shown = Math.max(1, Math.min(Math.ceil(rows().length / PAGE), MOST_RENEWED));
      const wanted = from === "start" ? shown : 1;
      let next = from === "end" ? token() : undefined;
      const read: MetricSummary[] = [];
      for (let page = 0; page < wanted && next !== ""; page++) {
        const request = { run_id: runId(), contains: contains(), max_results: PAGE, page_token: next };
        const answer = await summaries(request, { signal: own.signal });
        read.push(...answer.metrics);
        next = answer.next_page_token;
      }
      if (own.signal.aborted) return;
      if (from === "anew") setRows(read);
      else setRows((before) => (from === "start" ? renewed(before, read, next === "") : [...before, ...read]));
      if (from !== "start" || rows().length === read.length) setToken(next ?? "");
      setError(undefined);
    } catch (failure) {
      if (!isAbort(failure) && !own.signal.aborted) setError(failure);
    } finally {
      if (!own.signal.aborted) busy = false;
    }
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(typing));
  // Both are read from a run that is made anew whenever it changes: what has to be asked for anew are other values only.
  const askedRun = createMemo(runId);
  const askedText = createMemo(contains);
  const shownVersion = createMemo(version);
  createEffect(
    on([askedRun, askedText], ([, text], before) => {
      clearTimeout(typing);
      // What is shown stays until the answer is there.
      if (before === undefined || text === "") void load("anew");
      else typing = setTimeout(() => void load("anew"), TYPING_MS);
    }),
  );
  createEffect(on(shownVersion, () => void load("start"), { defer: true }));

  return {
    rows,
    complete: () => token() === "",
    error,
    more: () => void load("end"),
    retry: () => void load("start"),
  };
}

/** Rows read anew, with those behind them that were not read again. */
export function renewed(
  before: readonly MetricSummary[],
  read: readonly MetricSummary[],
  complete: boolean,
): readonly MetricSummary[] {
  const last = read.at(-1);
  if (complete || last === undefined || before.length <= read.length) return read;
  const keys = new Set(read.map((metric) => metric.key));
  return [...read, ...before.filter((metric) => !keys.has(metric.key) && metric.key > last.key)];
}
