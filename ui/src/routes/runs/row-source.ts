import * as runs from "../../data/runs";
import { both, quoteName, quoteText } from "../../filter/lexer";
import type { GroupKey, GroupOrder, MetricAggregate, Run, RunColumns, RunGroup } from "../../wire";
import { toNumber } from "../../data/numbers";
import { orderBy } from "./columns";
import type { Page } from "./paged-window";
import type { Root, RowSource } from "./run-rows";
import type { Aggregate, ViewState } from "./state";
import { BARE_RUN, weightOf } from "./values";

/** What of a view decides which rows there are, and in which order. */
export type RowQuery = Pick<ViewState, "filter" | "order" | "groups" | "tree" | "lifecycle" | "aggregate"> & {
  experimentId: string;
  /** Metrics of the columns, for aggregates. */
  metrics: readonly string[];
};

/** Runs stand below their parents only where nothing is filtered: else a child that fits would be out of sight. */
export function isTree(query: Pick<RowQuery, "filter" | "groups" | "tree">): boolean {
  return query.tree && query.groups.length === 0 && query.filter.trim() === "";
}

/** One request for groups is about so many metrics at most; so many are asked for in all. */
const METRICS_EACH = 20;
const MOST_METRICS = 200;
/** Values that a page should have at most, so that runs with thousands of metrics come in smaller pages. */
const PAGE_VALUES = 60_000;

/** Runs of a first page that may be as heavy as they like. */
const FIRST_WHOLE = 20;
/** The heaviest run of each experiment that has come with all of its values: a run has thousands of them, or ten. */
const heaviest = new Map<string, number>();

/** How many runs a page has: as many as asked for, unless they would be too heavy together. */
export function pageSize(experimentId: string, size: number, columns: RunColumns | undefined): number {
  const known = heaviest.get(experimentId);
  // With named columns no run is heavier than they are; else what is known of the experiment's runs has to tell.
  const weight = columns ? BARE_RUN + keysOf(columns) : known;
  if (weight === undefined) return Math.min(size, FIRST_WHOLE);
  return Math.max(10, Math.min(size, Math.floor(PAGE_VALUES / weight)));
}

/** Notes how heavy runs are that have come with all of their values. */
export function noteWeights(experimentId: string, runs: readonly Run[]): void {
  if (runs.length === 0) return;
  heaviest.set(experimentId, Math.max(heaviest.get(experimentId) ?? 0, ...runs.slice(0, 10).map(weightOf)));
}

function keysOf({ metrics, params, tags }: RunColumns): number {
  return (metrics?.length ?? 0) + (params?.length ?? 0) + (tags?.length ?? 0);
}

/** Lines of a query; `columns` says what runs come with, each time anew. */
export function rowSource(query: RowQuery, columns: () => RunColumns | undefined): RowSource {
  const request = {
    experiment_ids: [query.experimentId],
    filter: query.filter,
    run_view_type: query.lifecycle,
  };
  const order_by = orderBy(query.order);
  const tree = isTree(query);

  async function page(
    filter: string,
    token: string,
    size: number,
    signal: AbortSignal,
    roots: boolean,
  ): Promise<Page<Run>> {
    const only = columns();
    const answer = await runs.search(
      {
        ...request,
        filter,
        order_by,
        max_results: pageSize(query.experimentId, size, only),
        page_token: token,
        ...(roots ? { roots_only: true } : {}),
        ...(only ? { columns: only } : {}),
      },
      { signal },
    );
    if (!only) noteWeights(query.experimentId, answer.runs);
    return { rows: answer.runs, next: answer.next_page_token };
  }

  async function groupPage(token: string, signal: AbortSignal): Promise<Page<Root>> {
    const order = groupOrder(query);
    const pages = await Promise.all(
      metricParts(query).map((metrics) =>
        runs.groups(
          {
            ...request,
            group_by: query.groups,
            metrics,
            max_results: 1000,
            page_token: token,
            ...(order ? { order_by: order } : {}),
          },
          { signal },
        ),
      ),
    );
    const [first, ...rest] = pages;
    const groups = withMetrics(first?.groups ?? [], rest);
    return { rows: groups.map((group) => ({ group })), next: first?.next_page_token ?? "" };
  }

  return {
    roots: async (token, size, signal) => {
      if (query.groups.length > 0) return groupPage(token, signal);
      const found = await page(query.filter, token, size, signal, tree);
      return { rows: found.rows.map((run) => ({ run })), next: found.next };
    },
    branch: (root, token, size, signal) => {
      const below =
        "run" in root
          ? `tags.\`mlflow.parentRunId\` = '${root.run.info.run_id}'`
          : both(query.filter, groupClause(query.groups, root.group.values));
      return page(below, token, size, signal, false);
    },
    children: (ids) => (tree ? runs.childrenCounts(ids) : Promise.resolve(new Map<string, number>())),
  };
}

/** The filter that finds the runs of a group. */
export function groupClause(keys: readonly GroupKey[], values: readonly (string | null)[]): string {
  return keys
    .map((group, at) => {
      const value = values[at] ?? null;
      const name = group.key ?? "";
      if (group.kind === "dataset") {
        const key = `dataset.${name === "" ? "name" : name}`;
        return value === null ? `NOT ${key} LIKE '%'` : `${key} = ${quoteText(value)}`;
      }
      const key = group.kind === "attribute" ? name : `${group.kind}s.${quoteName(name)}`;
      return value === null ? `${key} IS NULL` : `${key} = ${quoteText(value)}`;
    })
    .join(" AND ");
}

/** A number of a group; undefined where none of its runs has the metric. */
export function aggregateOf(group: RunGroup, key: string, aggregate: Aggregate): number | undefined {
  const metric: MetricAggregate | undefined = group.metrics?.find((one) => one.key === key);
  const value = metric?.[aggregate];
  return value === undefined ? undefined : toNumber(value);
}

/** The order of the view, as far as groups have what it orders by. */
export function groupOrder(query: Pick<RowQuery, "order" | "groups" | "aggregate">): GroupOrder | undefined {
  const { order, groups, aggregate } = query;
  if (!order) return undefined;
  const { source, key, descending } = order;
  if (source === "metric") return { by: "metric", key, aggregate, descending };
  const index = groups.findIndex((group) => group.kind === source && group.key === key);
  if (index >= 0) return { by: "value", index, descending };
  // Runs are found by the name of the dataset that they are grouped by.
  const dataset = source === "attribute" && key === "datasets" ? groups.findIndex((one) => one.kind === "dataset") : -1;
  if (dataset >= 0) return { by: "value", index: dataset, descending };
  return source === "attribute" && key === "start_time" ? { by: "latest_start_time", descending } : undefined;
}

/** The metrics of the columns, so many a request; the one that groups are ordered by is among the first. */
export function metricParts(query: Pick<RowQuery, "order" | "metrics">): string[][] {
  const ordered = query.order?.source === "metric" ? query.order.key : undefined;
  const first = query.metrics.filter((key) => key === ordered);
  const metrics = [...first, ...query.metrics.filter((key) => key !== ordered)].slice(0, MOST_METRICS);
  const parts = [metrics.slice(0, METRICS_EACH)];
  for (let at = METRICS_EACH; at < metrics.length; at += METRICS_EACH) parts.push(metrics.slice(at, at + METRICS_EACH));
  return parts;
}

/** Groups with further metrics of them. Between two answers groups may come and go: what one of them lacks is blank. */
export function withMetrics(groups: readonly RunGroup[], rest: readonly { groups: RunGroup[] }[]): RunGroup[] {
  const name = (group: RunGroup): string => JSON.stringify(group.values);
  const further = rest.map((page) => new Map(page.groups.map((group) => [name(group), group.metrics ?? []])));
  return groups.map((group) => ({
    ...group,
    metrics: [...(group.metrics ?? []), ...further.flatMap((page) => page.get(name(group)) ?? [])],
  }));
}
