// Deletes and restores many runs, with a way back that touches only what was changed.

import { toast, toastError } from "../../components/toast";
import * as runs from "../../data/runs";
import type { MarkedRun } from "./selection";

/** Deletes those of the runs that are not deleted yet. */
export function deleteRuns(marked: Iterable<MarkedRun>, onChanged: () => void): Promise<void> {
  const ids = [...marked].filter((run) => !run.deleted).map((run) => run.run_id);
  return changeRuns(ids, "delete", onChanged);
}

/** Restores those of the runs that are deleted. */
export function restoreRuns(marked: Iterable<MarkedRun>, onChanged: () => void): Promise<void> {
  const ids = [...marked].filter((run) => run.deleted).map((run) => run.run_id);
  return changeRuns(ids, "restore", onChanged);
}

/** `1 run`, `2,000 runs`. */
export function countText(count: number): string {
  return count === 1 ? "1 run" : `${count.toLocaleString()} runs`;
}

async function changeRuns(ids: string[], action: "delete" | "restore", onChanged: () => void): Promise<void> {
  const [word, opposite] = action === "delete" ? (["deleted", "restore"] as const) : (["restored", "delete"] as const);
  if (ids.length === 0) {
    toast(action === "delete" ? "The marked runs are deleted already" : "None of the marked runs is deleted");
    return;
  }
  const { done, error } = await runs.changeAll({ run_ids: ids, action });
  if (done.length > 0) {
    onChanged();
    toast(`${action === "delete" ? "Deleted" : "Restored"} ${countText(done.length)}`, {
      undo: async () => {
        const back = await runs.changeAll({ run_ids: done, action: opposite });
        onChanged();
        if (back.error !== undefined) throw back.error;
      },
    });
  }
  if (error !== undefined) toastError(`${countText(ids.length - done.length)} could not be ${word}`, error);
}
