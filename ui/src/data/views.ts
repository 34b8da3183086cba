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

/** The page whose charts a view keeps; nothing for a view of the table of runs. */
export function pageOf(view: Pick<View, "definition">): string | undefined {
  const page = readDefinition(view)["page"];
  return typeof page === "string" ? page : undefined;
}

/** What a view holds. Anybody may have written it. */
export function readDefinition({ definition }: Pick<View, "definition">): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(definition);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
