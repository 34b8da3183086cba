// Charts of pages that belong to no view: kept in this browser.

import { createSignal } from "solid-js";

import { readCharts } from "./read-spec";
import type { ChartsState } from "./spec";

/** The charts kept under a name, or nothing where the reader has not changed them. */
export function createStoredCharts(
  name: string,
): [state: () => ChartsState | undefined, setState: (state: ChartsState) => void] {
  const key = `trainyard.charts.${name}`;
  const [state, setState] = createSignal(read(key));
  return [
    state,
    (next) => {
      setState(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Storage may be full or forbidden: kept for this page only.
      }
    },
  ];
}

function read(key: string): ChartsState | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : readCharts(JSON.parse(text));
  } catch {
    return undefined;
  }
}
