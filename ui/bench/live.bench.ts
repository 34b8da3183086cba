/** What pages that follow a live run hold in memory as it goes on. */
import { test } from "@playwright/test";
import { setTimeout as sleep } from "node:timers/promises";

import { startServer } from "../journeys/program";
import { createExperiment, createRun, post } from "../journeys/seed";
import { coldPage, heapOf } from "./probes";
import { keep, size } from "./report";

const MINUTES = Number(process.env["TRAINYARD_BENCH_LIVE_MINUTES"] ?? "10");
const METRICS = 10;
/** Points of each metric, sent every half second. */
const POINTS = 5;
const EVERY_MS = 500;

test("live", async ({ browser }) => {
  const server = await startServer();
  const experiment = await createExperiment(server.url, "live");
  const run = await createRun(server.url, experiment, { name: "long training", params: { lr: "0.1" } });
  const writer = logging(server.url, run);
  const pages = [
    { name: "run page, its charts", path: `runs/${run}/charts`, ready: ".chart-plot .u-wrap" },
    { name: "run page, overview", path: `runs/${run}`, ready: "table, [role=table]" },
    { name: "table of runs with charts", path: `experiments/${experiment}`, ready: '.runs-row[data-kind="run"]' },
  ];
  const open = await Promise.all(
    pages.map(async ({ name, path, ready }) => {
      const { page, close } = await coldPage(browser);
      await page.goto(`${server.url}/${path}`);
      await page.locator(ready).first().waitFor();
      if (path.startsWith("experiments")) await page.keyboard.press("v");
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable");
      return { name, page, session, close };
    }),
  );
  await sleep(5000);
  const read = () =>
    Promise.all(
      open.map(async ({ session }) => {
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
  await server.stop();

  const minutes = [...new Set([0, 1, Math.round(MINUTES / 2), MINUTES])];
  await keep("live", {
    title: `Memory over ${String(MINUTES)} minutes of a live run`,
    method:
      `A run that logs ${String(METRICS)} metrics, ${String((POINTS * 1000) / EVERY_MS)} points a second of each (${points.toLocaleString("en")} in all), and three pages that ` +
      "follow it, each in a profile of its own: bytes of the JavaScript heap in use after garbage collection, and nodes of the document, from five seconds after the page was there on.",
    columns: minutes.map((minute) => (minute === 0 ? "at the start" : `${String(minute)} min`)),
    rows: open.map(({ name }, at): [string, ...string[]] => [
      name,
      ...minutes.map((minute) => {
        const reading = readings[minute]?.[at];
        return reading ? `${size(reading.heap)}, ${reading.nodes.toLocaleString("en")} nodes` : "–";
      }),
    ]),
  });
});

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
