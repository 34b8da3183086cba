/** A hundred lines of a million points each: from the request for data until they are drawn. */
import { type Browser, test } from "@playwright/test";

import { type Server, startServer } from "../journeys/program";
import { coldPage, load, median, timed } from "./probes";
import { atMost, keep, ms, size } from "./report";
import { startStock, stockLines, stockThere } from "./stock";
import { LINES, longLines, POINTS } from "./stores";

const TIMES = 9;
/** What stock's page of a metric can load, and how often it is waited for. */
const STOCK_POINTS = 10_000;
const STOCK_TIMES = 3;
const LIMIT_MS = 300;

interface Draw {
  /** From the request for data to the frame after the one with the lines. */
  first: number;
  /** Until the first byte of the answer. */
  server: number;
  transfer: number;
  draw: number;
  /** From the click that shows the charts, whose code is loaded then. */
  click: number;
  bytes: number;
}

test("charts", async ({ browser }) => {
  const { folder, contents } = await longLines();
  const server = await startServer(folder);
  const address = `${server.url}/compare#${contents.runIds.map((id) => `run=${id}`).join("&")}`;
  const draws: Draw[] = [];
  try {
    for (let time = 0; time < TIMES + 1; time += 1) draws.push(await firstDraw(browser, address));
  } finally {
    await server.stop();
  }
  const beside = await besideStock(browser);
  const [cold, ...warm] = draws;
  const of = (key: keyof Draw) => [median(warm.map((one) => one[key])), cold?.[key] ?? NaN];
  const row = (name: string, key: keyof Draw, show: (value: number) => string): [string, ...string[]] => [
    name,
    ...of(key).map(show),
  ];
  const [usual = NaN] = of("first");
  await keep("charts", {
    title: "A hundred lines of a million points",
    method:
      `The charts of ${String(LINES)} compared runs, each with one metric of ${POINTS.toLocaleString("en")} noisy points, packed as they are some minutes after the last. ` +
      "The server answers one request with a thousand buckets of each line, and the page draws them all. First draw is the time from the request for data to the frame " +
      `after the one with the lines: the median of ${String(TIMES)} new browser profiles, and the very first after the server's start, which reads from disk. ` +
      "Server is the time to the first byte. From the click on Charts there is the code of the charts to be loaded, too. The last rows are about " +
      `runs of ${STOCK_POINTS.toLocaleString("en")} points each, from the start of the navigation to the frame after the one with all lines, with a cold cache: ` +
      `the median of ${String(TIMES)} loads of ours and of ${String(STOCK_TIMES)} of stock's page of a metric, and the very first.`,
    columns: ["median", "first after the server's start"],
    rows: [
      ["first draw", atMost(ms(usual), usual, LIMIT_MS, "ms"), ms(cold?.first ?? NaN)],
      row("of which server", "server", ms),
      row("of which transfer", "transfer", ms),
      row("of which drawing", "draw", ms),
      row("over the wire", "bytes", size),
      row("from the click on Charts", "click", ms),
      ...beside,
    ],
  });
});

/** From the navigation to the lines, on as many points as stock can draw: our page and stock's. */
async function besideStock(browser: Browser): Promise<[string, ...string[]][]> {
  const points = `100 × ${STOCK_POINTS.toLocaleString("en")} points`;
  const ours = await longLines(STOCK_POINTS);
  const runs = ours.contents.runIds.map((id) => `run=${id}`).join("&");
  const rows: [string, ...string[]][] = [];
  const measure = async (name: string, server: Server, path: string, drawn: string, times: number) => {
    try {
      const loads: number[] = [];
      for (let time = 0; time < times + 1; time += 1) {
        loads.push((await load(browser, `${server.url}${path}`, drawn)).rows);
      }
      const [cold = NaN, ...warm] = loads;
      rows.push([`${name}, ${points}, from the navigation`, ms(median(warm)), ms(cold)]);
    } finally {
      await server.stop();
    }
  };
  const own = await startServer(ours.folder);
  await measure("Trainyard", own, `/compare?part=charts#${runs}`, ".chart-plot .u-wrap", TIMES);
  if (!stockThere()) return rows;
  const stock = await stockLines(STOCK_POINTS);
  const { experimentId, runIds } = stock.contents;
  const asked = { runs: runIds, metric: "loss", experiments: [experimentId], plot_metric_keys: ["loss"] };
  const query = Object.entries(asked).map(([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`);
  const drawn = `.js-plotly-plot .main-svg .trace:nth-child(${String(LINES)})`;
  await measure("stock MLflow", await startStock(stock.folder), `/#/metric?${query.join("&")}`, drawn, STOCK_TIMES);
  return rows;
}

async function firstDraw(browser: Browser, address: string): Promise<Draw> {
  const { page, close } = await coldPage(browser);
  try {
    await page.goto(address);
    await page.locator(".compare-body [role=rowheader]").first().waitFor();
    await page.waitForTimeout(1000);
    const tab = page.getByRole("tab", { name: "Charts" });
    const { began, ended } = await timed(page, "click", () => tab.click(), {
      selector: ".chart-plot .u-wrap",
      text: "",
    });
    const asked = await page.evaluate(() => {
      const all = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      const found = all.filter((entry) => entry.name.endsWith("/charts/series"));
      if (found.length !== 1 || !found[0])
        throw new Error(`${String(found.length)} requests for series instead of one`);
      const { startTime, responseStart, responseEnd, encodedBodySize } = found[0];
      return { startTime, responseStart, responseEnd, encodedBodySize };
    });
    await page.getByRole("application", { name: new RegExp(`, ${String(LINES)} lines`) }).waitFor();
    return {
      first: ended - asked.startTime,
      server: asked.responseStart - asked.startTime,
      transfer: asked.responseEnd - asked.responseStart,
      draw: ended - asked.responseEnd,
      click: ended - began,
      bytes: asked.encodedBodySize,
    };
  } finally {
    await close();
  }
}
