/** The table of runs: scrolling, ordering and filtering 100,000 of them. */
import { type Browser, type Page, test } from "@playwright/test";

import { startServer } from "../journeys/program";
import type { SeedRun } from "../journeys/seed";
import { coldPage, type Frames, median, scroll, taken } from "./probes";
import { keep, ms, percent } from "./report";
import { startStock, stockRuns, stockThere } from "./stock";
import { manyRuns, RUNS, tableRuns } from "./stores";

const TIMES = 5;
const STOCK_TIMES = 3;
/** Of 100,000 runs its orders and filters were not all answered within twenty minutes. */
const STOCK_RUNS = 2000;
const SECONDS = 5;
/** Five times a second a page of rows, and as fast as a pulled scroll bar. */
const SPEEDS = [4000, 40_000] as const;

interface Figures {
  scrolls: Frames[];
  order: number;
  filter: number;
}

test("table", async ({ browser }) => {
  const still = await plainPage(browser);
  const { folder, contents } = await manyRuns();
  const server = await startServer(folder);
  const ours = await ofOurs(browser, `${server.url}/experiments/${contents.experimentId}`).finally(server.stop);
  const stock: Figures[] = [];
  if (stockThere()) {
    const store = await stockRuns(STOCK_RUNS);
    const other = await startStock(store.folder);
    const url = `${other.url}/#/experiments/${store.contents.experimentId}/runs`;
    stock.push(await ofStock(browser, url, STOCK_RUNS).finally(other.stop));
  }
  const all = [ours, ...stock];
  const smooth = (name: string, at: number, read: (frames: Frames) => string): [string, ...string[]] => [
    name,
    ...all.map(({ scrolls }) => (scrolls[at] ? read(scrolls[at]) : "–")),
  ];
  const dropped = (frames: Frames) =>
    `${String(frames.dropped)} of ${String(frames.due)} (${percent(frames.dropped / frames.due)})`;
  await keep("table", {
    title: "The table of runs",
    method:
      `Scrolled by a script for ${String(SECONDS)} s at a steady speed, in a window of 1280 × 800 without a graphics card; a frame is due every 1/60 s, ` +
      "and one is dropped where two come further apart. " +
      `A page of plain text, scrolled likewise, drops ${dropped(still)}, its longest frame takes ${ms(still.longest)}: what this machine can do. ` +
      "Rows still loading are frames in which a line in sight had no values yet. Stock's table holds the first 100 runs and is scrolled up and down in these. " +
      `Ordering by a metric (a click on its column; in stock by the menu of its toolbar) and filtering (\`params.optimizer = 'sgd' AND metrics.m1 > 0.5\`, from Enter on): medians of ${String(TIMES)} (${String(STOCK_TIMES)} of stock) until the frame after ` +
      "the one that has the right first row.",
    columns: ["Trainyard, 100,000 runs", ...stock.map(() => `stock MLflow, ${STOCK_RUNS.toLocaleString("en")} runs`)],
    rows: [
      smooth("scroll, 4,000 pixels a second: frames dropped", 0, dropped),
      smooth("longest frame", 0, ({ longest }) => ms(longest)),
      smooth("frames with rows still loading", 0, ({ waiting }) => percent(waiting)),
      smooth("scroll, 40,000 pixels a second: frames dropped", 1, dropped),
      smooth("longest frame", 1, ({ longest }) => ms(longest)),
      smooth("frames with rows still loading", 1, ({ waiting }) => percent(waiting)),
      ["order by a metric", ...all.map(({ order }) => ms(order))],
      ["filter", ...all.map(({ filter }) => ms(filter))],
    ],
  });
});

/** What the browser can do at best on this machine. */
async function plainPage(browser: Browser): Promise<Frames> {
  const { page, close } = await coldPage(browser);
  await page.setContent(`<pre id="all" style="height: 700px; overflow: auto">${"line of text\n".repeat(5000)}</pre>`);
  const frames = await scroll(page, "#all", { pixelsPerSecond: SPEEDS[0], seconds: SECONDS });
  await close();
  return frames;
}

const FILTER = "params.optimizer = 'sgd' AND metrics.m1 > 0.5";

function fits(run: SeedRun): boolean {
  return run.params?.["optimizer"] === "sgd" && Number(run.metrics?.["m1"]) > 0.5;
}

function best(runs: readonly SeedRun[], metric: string): string {
  const value = (run: SeedRun) => Number(run.metrics?.[metric]);
  return runs.reduce((a, b) => (value(b) > value(a) ? b : a)).name;
}

async function ofOurs(browser: Browser, url: string): Promise<Figures> {
  const runs = tableRuns(RUNS);
  const { page, close } = await coldPage(browser);
  await page.goto(url);
  await page.getByText("100,000 runs").waitFor();
  await page.waitForTimeout(1000);
  const scrolls: Frames[] = [];
  for (const pixelsPerSecond of SPEEDS) {
    scrolls.push(await scroll(page, ".runs-table", { pixelsPerSecond, seconds: SECONDS, blank: ".skeleton-cell" }));
    await page.waitForTimeout(1000);
  }
  const first = '.runs-row[data-index="0"]';
  const orders: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await page.goto(url);
    await page.locator('.runs-row[data-kind="run"]').first().waitFor();
    await page.waitForTimeout(500);
    const head = page.getByRole("columnheader").getByRole("button", { name: "accuracy", exact: true });
    orders.push(await taken(page, "click", () => head.click(), { selector: first, text: best(runs, "accuracy") }));
  }
  const newest = runs.findLast(fits)?.name ?? "";
  const filters: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await page.goto(url);
    await page.locator('.runs-row[data-kind="run"]').first().waitFor();
    await page.getByRole("combobox", { name: "Filter runs" }).fill(FILTER);
    await page.waitForTimeout(500);
    filters.push(await taken(page, "keydown", () => page.keyboard.press("Enter"), { selector: first, text: newest }));
  }
  await close();
  return { scrolls, order: median(orders), filter: median(filters) };
}

async function ofStock(browser: Browser, url: string, count: number): Promise<Figures> {
  const runs = tableRuns(count);
  const { page, close } = await coldPage(browser);
  const open = async () => {
    // It keeps the order that was asked for last.
    if (page.url().startsWith("http")) await page.evaluate(() => localStorage.clear());
    // The same address again would only move within the page.
    await page.goto("about:blank");
    await page.goto(url);
    await page.locator('.ag-row a[href*="/runs/"]').first().waitFor({ timeout: 120_000 });
    await page.waitForTimeout(2000);
  };
  await open();
  const scrolls: Frames[] = [];
  for (const pixelsPerSecond of SPEEDS) {
    scrolls.push(await scroll(page, ".ag-body-viewport", { pixelsPerSecond, seconds: SECONDS }));
    await page.waitForTimeout(1000);
  }
  const first = '.ag-row[row-index="0"] a[href*="/runs/"]';
  const orders: number[] = [];
  for (let time = 0; time < STOCK_TIMES; time += 1) {
    await open();
    orders.push(await orderStock(page, first, best(runs, "accuracy")));
  }
  const newest = runs.findLast(fits)?.name ?? "";
  const filters: number[] = [];
  for (let time = 0; time < STOCK_TIMES; time += 1) {
    await open();
    await page.getByPlaceholder("metrics.rmse").first().fill(FILTER);
    await page.waitForTimeout(500);
    filters.push(await taken(page, "keydown", () => page.keyboard.press("Enter"), { selector: first, text: newest }));
  }
  await close();
  return { scrolls, order: median(orders), filter: median(filters) };
}

/** By the menu above its table, which orders by any metric; the time counts from the last click. */
async function orderStock(page: Page, selector: string, text: string): Promise<number> {
  await page.getByTestId("sort-select-dropdown").click();
  const entry = page.getByTestId("sort-select-accuracy");
  await entry.waitFor();
  return taken(page, "click", () => entry.click(), { selector, text });
}
