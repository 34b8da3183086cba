import { createSignal } from "solid-js";

import type { Run } from "../../wire";
import type { ChartRun } from "./state";

export interface MarkedRun extends ChartRun {
  /** Whether it was deleted already when it was marked. */
  deleted: boolean;
}

/** Runs that are marked, by id; whatever the order, the filter or the page they came with. */
export interface Selection {
  runs: () => ReadonlyMap<string, MarkedRun>;
  has: (run_id: string) => boolean;
  set: (runs: readonly Run[], marked: boolean) => void;
  toggle: (run: Run) => void;
  clear: () => void;
}

export function createSelection(): Selection {
  const [runs, setRuns] = createSignal<ReadonlyMap<string, MarkedRun>>(new Map());
  const set = (changed: readonly Run[], marked: boolean) => {
    setRuns((before) => {
      const after = new Map(before);
      for (const { info } of changed) {
        const { run_id, run_name, start_time } = info;
        const deleted = info.lifecycle_stage === "deleted";
        if (marked) after.set(run_id, { run_id, run_name, start_time, deleted });
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
