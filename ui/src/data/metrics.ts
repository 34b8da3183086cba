// Metrics of one run: how many points each has, its latest, least and greatest value.

import type { GetMetricSummariesResponse, MetricSummary } from "../wire";
import { get, type Options, TRAINYARD } from "./http";

export interface MetricSearch {
  run_id: string;
  /** Part of the name. */
  contains?: string | undefined;
  /** Start of the name. */
  prefix?: string | undefined;
  max_results?: number | undefined;
  page_token?: string | undefined;
}

export interface SummaryPage {
  metrics: MetricSummary[];
  /** Empty on the last page. */
  next_page_token: string;
}

/** One page of a run's metrics, in the order of their names. */
export async function summaries(request: MetricSearch, options: Options = {}): Promise<SummaryPage> {
  const query = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== ""));
  const answer = await get<GetMetricSummariesResponse>(`${TRAINYARD}runs/metric-summaries`, query, options);
  return { metrics: answer.metrics ?? [], next_page_token: answer.next_page_token ?? "" };
}
