import { toast, toastError } from "../../components/toast";
import * as experiments from "../../data/experiments";
import type { Experiment } from "../../wire";

/** Brings a deleted experiment back with its runs, and says so, or why not with a way to try again. */
export async function restoreExperiment(experiment: Experiment, onRestored: () => void): Promise<void> {
  try {
    await experiments.restore(experiment.experiment_id);
    onRestored();
    toast(`Restored ${experiment.name}`);
  } catch (error) {
    toastError(`${experiment.name} was not restored`, error, () => restoreExperiment(experiment, onRestored));
  }
}
