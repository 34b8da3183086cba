import { createSignal } from "solid-js";

import type { Run } from "../../wire";
import type { ChartRun } from "./state";

/** Runs that are marked, by id; whatever the order, the filter or the page they came with. */
export interface Selection {
  runs: () => ReadonlyMap<string, ChartRun>;
  has: (run_id: string) => boolean;
  set: (runs: readonly Run[], marked: boolean) => void;
  toggle: (run: Run) => void;
  clear: () => void;
}

export function createSelection(): Selection {
  const [runs, setRuns] = createSignal<ReadonlyMap<string, ChartRun>>(new Map());
  const set = (changed: readonly Run[], marked: boolean) => {
    setRuns((before) => {
      const after = new Map(before);
      for (const { info } of changed) {
        if (marked) after.set(info.run_id, { run_id: info.run_id, run_name: info.run_name });
        else after.delete(info.run_id);
      }
      return after;
    });
  };
  return {
    runs,
    has: (run_id) => runs().has(run_id),
    set,
    toggle: (run) => set([run], !runs().has(run.info.run_id)),
    clear: () => setRuns(new Map()),
  };
}
