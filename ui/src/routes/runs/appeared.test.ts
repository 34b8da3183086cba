import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Change } from "../../data/live";
import { Appeared } from "./appeared";
import type { RowQuery } from "./row-source";

const asked: { filter: string; run_view_type: string }[] = [];
let fits: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)) as (typeof asked)[number]);
    return Promise.resolve(Response.json({ runs: fits.map((run_id) => ({ info: { run_id }, data: {} })) }));
  });
});
afterEach(() => vi.unstubAllGlobals());

const query = (filter: string): RowQuery => ({
  experimentId: "1",
  filter,
  order: null,
  groups: [],
  tree: false,
  lifecycle: "ACTIVE_ONLY",
  aggregate: "mean",
  metrics: [],
});
const change = (runId: string, ...kinds: string[]) =>
  ({ experimentId: "1", runId, kinds: new Set(kinds) }) as unknown as Change;

it("counts every created run where nothing is filtered, without asking", async () => {
  const appeared = new Appeared();
  expect(await appeared.among(query(""), [change("a", "created"), change("b", "metrics")])).toEqual(["a"]);
  expect(asked).toEqual([]);
});

it("counts only created runs that the filter finds", async () => {
  const appeared = new Appeared();
  fits = ["b"];
  const all = [change("a", "created"), change("b", "created"), change("c", "created", "deleted")];
  expect(await appeared.among(query("metrics.loss < 1 OR params.x = '1'"), all)).toEqual(["b"]);
  expect(asked[0]?.filter).toBe("(metrics.loss < 1 OR params.x = '1') AND run_id IN ('a', 'b')");
  expect(asked[0]?.run_view_type).toBe("ACTIVE_ONLY");
});

it("asks again about a created run when more has been logged to it, and not about others", async () => {
  const appeared = new Appeared();
  fits = [];
  expect(await appeared.among(query("metrics.loss < 1"), [change("a", "created")])).toEqual([]);
  fits = ["a"];
  const later = [change("a", "metrics"), change("elsewhere", "metrics")];
  expect(await appeared.among(query("metrics.loss < 1"), later)).toEqual(["a"]);
  expect(asked[1]?.filter).toContain("run_id IN ('a')");
  expect(await appeared.among(query("metrics.loss < 1"), [change("a", "metrics")])).toEqual([]);
  expect(asked).toHaveLength(2);
});
