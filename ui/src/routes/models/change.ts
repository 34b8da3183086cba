import { toast, toastError } from "../../components/toast";
import { describe } from "../../data/http";

export interface Change {
  /** What has happened: "Alias champion set". */
  done: string;
  /** What has not: "The alias was not set". */
  failed: string;
  /** Where a failure is told: in the window that asked for the change. By a passing message without it. */
  tell?: (failure: string) => void;
  run: () => Promise<unknown>;
  /** Takes it back; left out for what cannot be taken back. */
  undo?: () => Promise<unknown>;
  /** Reads again what has changed; after the change and after taking it back. */
  reload: () => unknown;
}

/** Makes a change, tells of it and offers to take it back. Whether it was made. */
export async function make(change: Change): Promise<boolean> {
  try {
    await change.run();
  } catch (error) {
    if (change.tell) change.tell(`${change.failed}: ${describe(error)}`);
    else toastError(change.failed, error, () => make(change));
    return false;
  }
  const { undo } = change;
  const takeBack = async () => {
    await undo?.();
    await change.reload();
  };
  toast(change.done, undo === undefined ? {} : { undo: takeBack });
  await change.reload();
  return true;
}
