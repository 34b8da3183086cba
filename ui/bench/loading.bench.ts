/** How long the pages that are opened most take to be there, with a cold cache. */
import { type Browser, test } from "@playwright/test";

import { type Server, startServer } from "../journeys/program";
import { type Load, load, median } from "./probes";
import { keep, ms, size } from "./report";
import { startStock, stockRuns, stockThere } from "./stock";
import { manyRuns } from "./stores";

const TIMES = 9;
const STOCK_TIMES = 3;

interface Pages {
  experiments: Load;
  runs: Load;
}

test("loading", async ({ browser }) => {
  const { folder, contents } = await manyRuns();
  const ours = await served(await startServer(folder), async ({ url }) => ({
    experiments: await typical(browser, `${url}/experiments`, ".experiments-row", TIMES),
    runs: await typical(browser, `${url}/experiments/${contents.experimentId}`, '.runs-row[data-kind="run"]', TIMES),
  }));
  const stock: (Pages | undefined)[] = [];
  for (const count of [2000, 100_000]) {
    if (!stockThere()) break;
    const store = await stockRuns(count);
    const figures = served(await startStock(store.folder), async ({ url }) => ({
      experiments: await typical(
        browser,
        `${url}/#/experiments`,
        'td a[href*="/experiments/"], [role=cell] a[href*="/experiments/"]',
        STOCK_TIMES,
      ),
      runs: await typical(
        browser,
        `${url}/#/experiments/${store.contents.experimentId}/runs`,
        '.ag-row a[href*="/runs/"]',
        STOCK_TIMES,
      ),
    }));
    stock.push(await figures);
  }
  const row = (name: string, read: (pages: Pages) => string): [string, ...string[]] => [
    name,
    ...[ours, ...stock].map((pages) => (pages ? read(pages) : "–")),
  ];
  await keep("loading", {
    title: "Loading with a cold cache",
    method:
      "A new browser profile each time, the server beside the browser: medians of " +
      `${String(TIMES)} loads (${String(STOCK_TIMES)} of stock) from the start of the navigation to the first contentful paint, and to the frame after ` +
      "the one that has the first rows. Bytes are those of all answers as they travelled, headers included, until a second after the first rows.",
    columns: [
      "Trainyard, 100,000 runs",
      ...stock.map((_, at) => `stock MLflow, ${at === 0 ? "2,000" : "100,000"} runs`),
    ],
    rows: [
      row("experiments: first paint", ({ experiments }) => ms(experiments.paint)),
      row("experiments: rows", ({ experiments }) => ms(experiments.rows)),
      row("experiments: over the wire", ({ experiments }) => travelled(experiments)),
      row("runs: first paint", ({ runs }) => ms(runs.paint)),
      row("runs: rows", ({ runs }) => ms(runs.rows)),
      row("runs: over the wire", ({ runs }) => travelled(runs)),
    ],
  });
});

function travelled({ bytes, requests }: Load): string {
  return `${size(bytes)} in ${String(requests)} answers`;
}

async function typical(browser: Browser, url: string, rows: string, times: number): Promise<Load> {
  // The first load finds the server's own caches empty, too; it is not counted.
  await load(browser, url, rows);
  const loads: Load[] = [];
  for (let time = 0; time < times; time += 1) loads.push(await load(browser, url, rows));
  const of = (key: keyof Load) => median(loads.map((one) => one[key]));
  return { paint: of("paint"), rows: of("rows"), bytes: of("bytes"), requests: Math.round(of("requests")) };
}

async function served<T>(server: Server, work: (server: Server) => Promise<T>): Promise<T> {
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
