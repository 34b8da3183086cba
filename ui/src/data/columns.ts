import type {
  Column as ColumnSummary,
  ColumnKind,
  ColumnValue,
  GroupKey,
  ListColumnsResponse,
  ListColumnValuesResponse,
} from "../wire";
import { get, type Options, TRAINYARD } from "./http";

export interface ColumnPage {
  columns: ColumnSummary[];
  next_page_token: string;
}

export interface ColumnSearch {
  experiment_ids: string[];
  kind?: ColumnKind | undefined;
  /** Part of the name, in any case. */
  contains?: string | undefined;
  max_results?: number | undefined;
  page_token?: string | undefined;
}

/** Names of metrics, params and tags of some experiments, with what is known about their values. */
export async function search(request: ColumnSearch, options: Options = {}): Promise<ColumnPage> {
  const { experiment_ids, kind, contains, max_results, page_token } = request;
  const answer = await get<ListColumnsResponse>(
    `${TRAINYARD}columns`,
    {
      experiment_id: experiment_ids,
      kind,
      contains: contains === "" ? undefined : contains,
      max_results,
      page_token: page_token === "" ? undefined : page_token,
    },
    options,
  );
  return { columns: answer.columns ?? [], next_page_token: answer.next_page_token ?? "" };
}

/** Values that the newest runs of an experiment have, those of most runs first. */
export async function values(
  experiment_id: string,
  { kind, key = "" }: GroupKey,
  contains: string,
  options: Options = {},
): Promise<ColumnValue[]> {
  const asked = { experiment_id, kind, key, contains: contains === "" ? undefined : contains, max_results: 40 };
  const answer = await get<ListColumnValuesResponse>(`${TRAINYARD}column-values`, asked, options);
  return answer.values;
}
