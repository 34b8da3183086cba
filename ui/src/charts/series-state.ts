// Loading of a chart's series as signals: what is there, whether more is coming, what failed.

import { createEffect, createSignal, on } from "solid-js";

import type { SeriesLoader, SeriesWindow } from "./loader";

/** What a chart wants to have. */
export interface SeriesWish {
  runIds: readonly string[];
  metrics: readonly string[];
  window: SeriesWindow;
}

export interface SeriesState {
  /** Changes whenever series have arrived. */
  arrived: () => number;
  loading: () => boolean;
  error: () => unknown;
  retry: () => void;
}

/** Keeps what is wished for loaded; `version` changes when live runs have outdated something. */
export function createSeries(
  loader: SeriesLoader,
  wish: () => SeriesWish | undefined,
  version: () => number,
): SeriesState {
  const [arrived, setArrived] = createSignal(0);
  const [loading, setLoading] = createSignal(false);
  const [error, setError] = createSignal<unknown>();
  const [attempt, setAttempt] = createSignal(0);
  let latest = 0;

  createEffect(
    on([wish, version, attempt], ([wanted], before) => {
      latest++;
      const mine = latest;
      if (wanted === undefined || wanted.runIds.length === 0 || wanted.metrics.length === 0) {
        setLoading(false);
        setError(undefined);
        // A chart out of sight wishes for nothing again and again while runs go on, and is not to be drawn for it.
        if (before?.[0] !== undefined) setArrived((count) => count + 1);
        return;
      }
      setLoading(true);
      loader.load(wanted.runIds, wanted.metrics, wanted.window).then(
        () => {
          // What came for an older wish is in the loader all the same, and may be part of what is shown.
          setArrived((count) => count + 1);
          if (mine !== latest) return;
          setLoading(false);
          setError(undefined);
        },
        (failure: unknown) => {
          if (mine !== latest) return;
          setLoading(false);
          setError(failure);
        },
      );
    }),
  );

  return { arrived, loading, error, retry: () => void setAttempt((count) => count + 1) };
}
