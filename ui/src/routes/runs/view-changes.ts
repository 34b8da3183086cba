// Saving and deleting views, with a way back. By the time somebody takes a change back, another view may be open, or none: the page
// changes only where it still shows what the change was about.

import { toast, toastError } from "../../components/toast";
import * as views from "../../data/views";
import { toJson, type ViewState } from "./state";
import type { ViewStore } from "./view-state";

/** Writes what is shown into the saved view that is open. */
export async function saveView(store: ViewStore, state: ViewState): Promise<void> {
  const view = store.saved();
  if (!view) return;
  try {
    store.markSaved(await views.update(view.view_id, { definition: toJson(state) }));
    toast(`Saved ${view.name}`, {
      undo: async () => {
        const restored = await views.update(view.view_id, { definition: view.definition });
        if (store.saved()?.view_id === view.view_id) store.markSaved(restored);
      },
    });
  } catch (error) {
    toastError("The view was not saved", error, () => saveView(store, state));
  }
}

/** Deletes the saved view that is open. */
export async function deleteView(store: ViewStore, experimentId: string): Promise<void> {
  const view = store.saved();
  if (!view) return;
  try {
    await views.remove(view.view_id);
    store.open(undefined);
    toast(`Deleted ${view.name}`, {
      undo: async () => {
        const made = await views.create(experimentId, view.name, view.definition);
        const state = store.state();
        const untouched = store.saved() === undefined && state !== undefined && toJson(state) === "{}";
        if (untouched) store.open(made);
      },
    });
  } catch (error) {
    toastError("The view was not deleted", error, () => deleteView(store, experimentId));
  }
}
