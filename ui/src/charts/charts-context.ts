// What all charts of a page have in common, handed down from `Charts`.

import { createContext, useContext } from "solid-js";

import type { SeriesLoader } from "./loader";
import type { ChartRun } from "./run-values";
import type { ChartSync } from "./sync";

/** Names of metrics or params that contain a text, for the pickers. */
export type Suggest = (kind: "metric" | "param", contains: string) => Promise<string[]>;

export interface ChartsContext {
  runs: () => readonly ChartRun[];
  /** Runs that have a line: the first hundred. */
  lineRuns: () => readonly ChartRun[];
  loader: SeriesLoader;
  /** Changes when live runs have new points. */
  version: () => number;
  sync: ChartSync;
  suggest: Suggest;
  openRun: (runId: string) => void;
}

const Context = createContext<ChartsContext>();

export const ChartsProvider = Context.Provider;

export function useCharts(): ChartsContext {
  const context = useContext(Context);
  if (!context) throw new Error("a chart has to be inside <Charts>");
  return context;
}
