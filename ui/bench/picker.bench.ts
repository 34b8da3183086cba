/** The picker of columns among 12,000 names of metrics. */
import { type Browser, errors, type Page, test } from "@playwright/test";

import { startServer } from "../journeys/program";
import { coldPage, type Frames, median, scroll, taken } from "./probes";
import { keep, ms, percent } from "./report";
import { startStock, stockNames, stockThere } from "./stock";
import { layerName, manyNames, NAMES } from "./stores";

const TIMES = 7;
/** What stock is measured with: names that it copes with, and as many as ours has. */
const STOCK_NAMES = [1000, NAMES];
/** How long one step may take. */
const PATIENCE_MINUTES = 5;

interface Figures {
  open: number;
  find: number;
  scroll: Frames;
}

/** How the picker of a UI is reached, and where its names stand. */
interface Picker {
  rows: string;
  button: string;
  list: string;
  search: (page: Page) => Promise<void>;
  line: string;
  blank?: string;
}

const OURS: Picker = {
  rows: '.runs-row[data-kind="run"]',
  button: "[data-key=columns]",
  list: ".picker-list",
  search: (page) => page.getByRole("searchbox", { name: "Search columns" }).focus(),
  line: ".picker-line",
  blank: ".skeleton-cell",
};

const STOCK: Picker = {
  rows: '.ag-row a[href*="/runs/"]',
  button: '[data-testid="column-selection-dropdown"]',
  list: '[data-testid="column-selector-list"]',
  search: (page) => page.getByPlaceholder("Search columns").focus(),
  line: '[data-testid="column-selector-list"]',
};

test("picker", async ({ browser }) => {
  const { folder, contents } = await manyNames();
  const server = await startServer(folder);
  const url = `${server.url}/experiments/${contents.experimentId}`;
  const ours = await measured(browser, url, OURS, NAMES).finally(server.stop);
  const stock: { count: number; figures: Figures | undefined }[] = [];
  for (const count of stockThere() ? STOCK_NAMES : []) {
    const store = await stockNames(count);
    const other = await startStock(store.folder);
    const address = `${other.url}/#/experiments/${store.contents.experimentId}/runs`;
    const figures = await measured(browser, address, STOCK, count).catch(unlessLate).finally(other.stop);
    stock.push({ count, figures });
  }
  const row = (name: string, read: (figures: Figures) => string): [string, ...string[]] => [
    name,
    read(ours),
    ...stock.map(({ figures }) => (figures ? read(figures) : `not there after ${String(PATIENCE_MINUTES)} min`)),
  ];
  await keep("picker", {
    title: "Twelve thousand names",
    method:
      `The picker of columns in an experiment of twenty runs with as many metrics each: from the click on its button until names are drawn, from putting one name whole ` +
      `into its search until that is what is drawn, and scrolling the list for 5 s at 4,000 pixels a second. Medians of ${String(TIMES)}.`,
    columns: [
      `Trainyard, ${NAMES.toLocaleString("en")} names`,
      ...stock.map(({ count }) => `stock MLflow, ${count.toLocaleString("en")} names`),
    ],
    rows: [
      row("open", ({ open }) => ms(open)),
      row("find", ({ find }) => ms(find)),
      row(
        "scroll: frames dropped",
        ({ scroll: { dropped, due } }) => `${String(dropped)} of ${String(due)} (${percent(dropped / due)})`,
      ),
      row("longest frame", ({ scroll: { longest } }) => ms(longest)),
      row("frames with names still loading", ({ scroll: { waiting } }) => percent(waiting)),
    ],
  });
});

/** A step that has taken longer than anybody waits. */
class Late extends Error {}

function unlessLate(error: unknown): undefined {
  if (!(error instanceof Late) && !(error instanceof errors.TimeoutError)) throw error;
  return undefined;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late()), PATIENCE_MINUTES * 60_000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function measured(browser: Browser, url: string, picker: Picker, names: number): Promise<Figures> {
  const [opened, found]: [number[], number[]] = [[], []];
  const wanted = layerName(names - 37);
  const { page, close } = await coldPage(browser);
  try {
    for (let time = 0; time < TIMES; time += 1) {
      await page.goto("about:blank");
      await page.goto(url);
      await page
        .locator(picker.rows)
        .first()
        .waitFor({ timeout: PATIENCE_MINUTES * 60_000 });
      await page.waitForTimeout(1000);
      // Stock has a second button of that name, for a menu.
      const button = page.locator(picker.button).first();
      const drawn = { selector: picker.line, text: "layer/" };
      opened.push(await inTime(taken(page, "click", () => button.click(), drawn)));
      await picker.search(page);
      await page.waitForTimeout(500);
      const type = () => page.keyboard.insertText(wanted);
      const until = { selector: picker.line, text: wanted, without: layerName(0) };
      found.push(await inTime(taken(page, "input", type, until)));
    }
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("Delete");
    await page.waitForTimeout(1000);
    const { list, blank } = picker;
    const way = { pixelsPerSecond: 4000, seconds: 5, ...(blank === undefined ? {} : { blank }) };
    const frames = await inTime(scroll(page, list, way));
    return { open: median(opened), find: median(found), scroll: frames };
  } finally {
    await close();
  }
}
