// Deletes, restores and tags many runs, with a way back that touches only what was changed.

import { toast, toastError } from "../../components/toast";
import { searchByIds } from "../../data/run-details";
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
  if (error !== undefined) {
    const left = ids.slice(done.length);
    toastError(`${countText(left.length)} could not be ${word}`, error, () => changeRuns(left, action, onChanged));
  }
}

/**
 * Sets a tag of runs of an experiment, or deletes it where there is no value. What they had is read first, so that it can be
 * put back; where it cannot be read, nothing is changed.
 */
export async function tagRuns(
  experimentId: string,
  ids: string[],
  key: string,
  to: string | undefined,
  onChanged: () => void,
): Promise<runs.Changed> {
  const before = new Map<string, string | undefined>();
  try {
    for (const { info, data } of await searchByIds([experimentId], ids, { tags: [key] })) {
      before.set(info.run_id, data.tags?.find((tag) => tag.key === key)?.value);
    }
  } catch (error) {
    return { done: [], error };
  }
  const { done, error } = await runs.changeAll(tagChange(ids, key, to));
  if (done.length > 0) {
    onChanged();
    toast(`${to === undefined ? "Deleted" : "Set"} tag ${key} of ${countText(done.length)}`, {
      undo: async () => {
        await putBack(done, key, to, before);
        onChanged();
      },
    });
  }
  return error === undefined ? { done } : { done, error };
}

/** Gives runs the values of a tag that they had: those of one value by one request. */
async function putBack(
  ids: readonly string[],
  key: string,
  now: string | undefined,
  before: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const byValue = new Map<string | undefined, string[]>();
  for (const id of ids) {
    const value = before.get(id);
    if (value === now) continue;
    const same = byValue.get(value);
    if (same) same.push(id);
    else byValue.set(value, [id]);
  }
  for (const [value, same] of byValue) {
    const back = await runs.changeAll(tagChange(same, key, value));
    if (back.error !== undefined) throw back.error;
  }
}

function tagChange(run_ids: string[], key: string, value: string | undefined): Parameters<typeof runs.changeAll>[0] {
  return value === undefined ? { run_ids, action: "delete_tag", key } : { run_ids, action: "set_tag", key, value };
}
