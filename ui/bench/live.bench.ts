/** What pages that follow a live run hold in memory as it goes on. */
import { type Browser, errors, test } from "@playwright/test";
import { setTimeout as sleep } from "node:timers/promises";

import { type Server, startServer } from "../journeys/program";
import { createExperiment, createRun, post } from "../journeys/seed";
import { coldPage, heapOf } from "./probes";
import { keep, size } from "./report";
import { startStock, stockEmpty, stockThere } from "./stock";

const MINUTES = Number(process.env["TRAINYARD_BENCH_LIVE_MINUTES"] ?? "10");
const METRICS = 10;
/** Points of each metric, sent every half second. */
const POINTS = 5;
const EVERY_MS = 500;

interface Watched {
  name: string;
  path: (experiment: string, run: string) => string;
  /** What has to be there before the first reading. */
  ready: string;
  /** Shows the charts. */
  key?: string;
}

const OURS: readonly Watched[] = [
  { name: "run page, its charts", path: (_, run) => `runs/${run}/charts`, ready: ".chart-plot .u-wrap" },
  { name: "run page, overview", path: (_, run) => `runs/${run}`, ready: "table, [role=table]" },
  {
    name: "table of runs with charts",
    path: (experiment) => `experiments/${experiment}`,
    ready: '.runs-row[data-kind="run"]',
    key: "v",
  },
];

/** Stock's pages read the run again every half a minute, some of them. */
const STOCK: readonly Watched[] = [
  {
    name: "stock MLflow: run page, its charts",
    path: (experiment, run) => `#/experiments/${experiment}/runs/${run}/model-metrics`,
    ready: "text=loss/0",
  },
  {
    name: "stock MLflow: run page, overview",
    path: (experiment, run) => `#/experiments/${experiment}/runs/${run}`,
    ready: "text=loss/0",
  },
  {
    name: "stock MLflow: charts of an experiment's runs",
    path: (experiment) => `#/experiments/${experiment}/runs?compareRunsMode=CHART`,
    ready: "text=loss/0",
  },
];

interface Reading {
  heap: number;
  nodes: number;
}

interface Held {
  points: number;
  /** By the minute; of each page one, nothing of those that did not come. */
  readings: (Reading | undefined)[][];
}

/** How long a page may take until it shows the run. */
const PATIENCE_MINUTES = 2;

test("live", async ({ browser }) => {
  const server = await startServer();
  const ours = await held(browser, server, OURS).finally(server.stop);
  let stock: Held | undefined;
  if (stockThere()) {
    const { folder } = await stockEmpty();
    const other = await startStock(folder);
    stock = await held(browser, other, STOCK).finally(other.stop);
  }

  const minutes = [...new Set([0, 1, Math.round(MINUTES / 2), MINUTES])];
  const rows = (pages: readonly Watched[], { readings }: Held) =>
    pages.map(({ name }, at): [string, ...string[]] => [
      name,
      ...minutes.map((minute) => {
        const reading = readings[minute]?.[at];
        if (!reading) return `not there after ${String(PATIENCE_MINUTES)} min`;
        return `${size(reading.heap)}, ${reading.nodes.toLocaleString("en")} nodes`;
      }),
    ]);
  await keep("live", {
    title: `Memory over ${String(MINUTES)} minutes of a live run`,
    method:
      `A run that logs ${String(METRICS)} metrics, ${String((POINTS * 1000) / EVERY_MS)} points a second of each (${ours.points.toLocaleString("en")} in all), and three pages that ` +
      "follow it, each in a profile of its own: bytes of the JavaScript heap in use after garbage collection, and nodes of the document, from five seconds after the page was there on. " +
      (stock ? `Stock MLflow was sent as many points as it took (${stock.points.toLocaleString("en")}).` : ""),
    columns: minutes.map((minute) => (minute === 0 ? "at the start" : `${String(minute)} min`)),
    rows: [...rows(OURS, ours), ...(stock ? rows(STOCK, stock) : [])],
  });
});

/** Logs to a server and reads what pages that follow it hold. */
async function held(browser: Browser, server: Server, pages: readonly Watched[]): Promise<Held> {
  const experiment = await createExperiment(server.url, `live ${String(Date.now())}`);
  const run = await createRun(server.url, experiment, { name: "long training", params: { lr: "0.1" } });
  const writer = logging(server.url, run);
  const open = await Promise.all(
    pages.map(async ({ path, ready, key }) => {
      const { page, close } = await coldPage(browser);
      await page.goto(`${server.url}/${path(experiment, run)}`);
      const shown = page
        .locator(ready)
        .first()
        .waitFor({ timeout: PATIENCE_MINUTES * 60_000 });
      const late = await shown.then(
        () => false,
        (error: unknown) => {
          if (error instanceof errors.TimeoutError) return true;
          throw error;
        },
      );
      if (late) return { session: undefined, close };
      if (key !== undefined) await page.keyboard.press(key);
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable");
      return { session, close };
    }),
  );
  await sleep(5000);
  const read = () =>
    Promise.all(
      open.map(async ({ session }): Promise<Reading | undefined> => {
        if (!session) return undefined;
        const heap = await heapOf(session);
        const { metrics } = await session.send("Performance.getMetrics");
        return { heap, nodes: metrics.find(({ name }) => name === "Nodes")?.value ?? NaN };
      }),
    );
  const readings = [await read()];
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    await sleep(60_000);
    readings.push(await read());
  }
  const points = await writer.stop();
  await Promise.all(open.map(({ close }) => close()));
  return { points, readings };
}

/** Logs until it is stopped; then says how many points it has logged. */
function logging(url: string, run_id: string): { stop: () => Promise<number> } {
  let [goesOn, step] = [true, 0];
  const work = async () => {
    while (goesOn) {
      const first = step;
      const metrics = Array.from({ length: METRICS * POINTS }, (_, at) => {
        const now = first + (at % POINTS);
        const value = Math.exp(-now / 2000) + 0.05 * Math.sin(now * 0.7 + at) + Math.floor(at / POINTS) / 10;
        return { key: `loss/${String(Math.floor(at / POINTS))}`, value, step: now, timestamp: Date.now() };
      });
      await post(url, "api/2.0/mlflow/runs/log-batch", { run_id, metrics });
      step += POINTS;
      await sleep(EVERY_MS);
    }
    return step * METRICS;
  };
  const done = work();
  return {
    stop: () => {
      goesOn = false;
      return done;
    },
  };
}
