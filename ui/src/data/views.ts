import type { View } from "../wire";
import { change, get, type Options, TRAINYARD } from "./http";

/** The saved views of an experiment. */
export async function list(experiment_id: string, options: Options = {}): Promise<View[]> {
  const answer = await get<{ views?: View[] }>(`${TRAINYARD}views/list`, { experiment_id }, options);
  return answer.views ?? [];
}

export async function getView(view_id: string, options: Options = {}): Promise<View> {
  const answer = await get<{ view: View }>(`${TRAINYARD}views/get`, { view_id }, options);
  return answer.view;
}

export async function create(experiment_id: string, name: string, definition: string): Promise<View> {
  const answer = await change<{ view: View }>("POST", `${TRAINYARD}views/create`, { experiment_id, name, definition });
  return answer.view;
}

/** Changes the name, the definition or both. */
export async function update(view_id: string, changes: { name?: string; definition?: string }): Promise<View> {
  const answer = await change<{ view: View }>("PATCH", `${TRAINYARD}views/update`, { view_id, ...changes });
  return answer.view;
}

export async function remove(view_id: string): Promise<void> {
  await change("DELETE", `${TRAINYARD}views/delete`, { view_id });
}
