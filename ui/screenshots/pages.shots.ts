/** Every page, dark and light, at the width of a small laptop, and the main ones on a phone. */
import { type Browser, type Page, test } from "@playwright/test";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ROOT, type Server, startServer } from "../journeys/program";
import { seedSights, type Sights } from "./store";

const ALL = join(ROOT, "ui/test-results/screenshots");
const SHOWN = join(ROOT, "docs/images/ui");
/** An image of docs/images/ui takes at most so many bytes. */
const LARGEST = 150_000;

interface Shot {
  name: string;
  path: (sights: Sights) => string;
  /** What has to be there before the picture is taken. */
  ready: string;
  act?: (page: Page) => Promise<unknown>;
  /** Whether docs/ui.md shows it. */
  shown?: boolean;
  phone?: boolean;
}

const runs = (sights: Sights, query = "") => `experiments/${sights.experiment}${query}`;
const RUN_ROW = '.runs-row[data-kind="run"]';
const DRAWN = ".chart-plot .u-wrap";

const SHOTS: readonly Shot[] = [
  { name: "experiments", path: () => "experiments", ready: ".experiments-row .number", shown: true, phone: true },
  { name: "runs", path: (sights) => runs(sights), ready: RUN_ROW, shown: true, phone: true },
  { name: "runs-charts", path: (sights) => runs(sights, `?view=${sights.view}`), ready: DRAWN, shown: true },
  {
    name: "runs-grouped",
    path: (sights) => runs(sights, `?view=${sights.grouped}`),
    ready: '.runs-row[data-kind="group"]',
    act: async (page) => page.locator('.runs-row[data-kind="group"] .runs-expander').first().click(),
    shown: true,
  },
  {
    name: "runs-tree",
    path: (sights) => runs(sights),
    ready: RUN_ROW,
    act: async (page) => {
      await page.getByRole("treegrid").focus();
      await page.keyboard.press("ControlOrMeta+End");
      await page.locator(".runs-expander").last().click();
    },
  },
  {
    name: "runs-columns",
    path: (sights) => runs(sights),
    ready: RUN_ROW,
    act: (page) => page.locator("[data-key=columns]").click(),
    shown: true,
    phone: true,
  },
  {
    name: "runs-filter",
    path: (sights) => runs(sights),
    ready: RUN_ROW,
    act: async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("metrics.val/accuracy > 0.9 AND params.o", { delay: 5 });
      await page.getByRole("option", { name: /optimizer/ }).waitFor();
    },
  },
  {
    name: "runs-marked",
    path: (sights) => runs(sights),
    ready: RUN_ROW,
    act: async (page) => {
      for (const line of [1, 2, 4]) await page.locator(`.runs-row[data-index="${String(line)}"] input`).click();
    },
  },
  { name: "run", path: ({ best }) => `runs/${best}`, ready: "table, [role=table]", shown: true, phone: true },
  { name: "run-charts", path: ({ live }) => `runs/${live}/charts`, ready: DRAWN, shown: true, phone: true },
  { name: "run-system", path: ({ best }) => `runs/${best}/system`, ready: DRAWN, shown: true },
  {
    name: "run-artifacts",
    path: ({ best }) => `runs/${best}/artifacts/plots/confusion.png`,
    ready: "main img",
    shown: true,
  },
  { name: "run-table", path: ({ best }) => `runs/${best}/artifacts/errors.csv`, ready: "[role=columnheader]" },
  { name: "run-logs", path: ({ best }) => `runs/${best}/logs`, ready: '[aria-label="Text of the log"]', shown: true },
  { name: "run-children", path: ({ parent }) => `runs/${parent}/children`, ready: "[role=row] a, td a", shown: true },
  { name: "run-models", path: ({ best }) => `runs/${best}/models`, ready: "main a[href*=logged-models]", shown: true },
  {
    name: "compare",
    path: (sights) => compare(sights),
    ready: ".compare-body [role=rowheader]",
    shown: true,
    phone: true,
  },
  { name: "compare-charts", path: (sights) => `${compare(sights)}&part=charts`, ready: DRAWN, shown: true },
  {
    name: "compare-artifacts",
    path: (sights) => `${compare(sights)}&part=artifacts`,
    ready: ".compare-file",
    act: async (page) => {
      await page.getByRole("button", { name: "plots" }).click();
      await page.getByRole("button", { name: "confusion.png" }).click();
      await page.locator(".compare-figure img").first().waitFor();
    },
    shown: true,
  },
  { name: "models", path: () => "models", ready: "main a[href*='models/']", phone: true, shown: true },
  { name: "model", path: ({ models }) => `models/${models.name}`, ready: "main a[href*=versions]", shown: true },
  {
    name: "version",
    path: ({ models }) => `models/${models.name}/versions/${models.versions.at(-1) ?? ""}`,
    ready: "[aria-label=Lineage]",
    shown: true,
    phone: true,
  },
  {
    name: "versions-compared",
    path: ({ models: { name, versions } }) =>
      `models/${name}/compare?a=${versions[0] ?? ""}&b=${versions.at(-1) ?? ""}`,
    ready: "main [role=row], main tr",
    shown: true,
  },
  {
    name: "logged-models",
    path: (sights) => runs(sights, "/models"),
    ready: "main [role=row] a, main td a",
    shown: true,
  },
  {
    name: "logged-model",
    path: ({ models }) => `logged-models/${models.loggedModel}`,
    ready: "[aria-label=Lineage]",
    shown: true,
  },
  {
    name: "palette",
    path: () => "experiments",
    ready: ".experiments-row",
    act: async (page) => {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("combobox", { name: /Search experiments/ }).waitFor();
      await page.keyboard.type("speech");
      await page.getByRole("option", { name: /speech-recognizer/ }).waitFor();
    },
    shown: true,
  },
  {
    name: "shortcuts",
    path: (sights) => runs(sights),
    ready: RUN_ROW,
    act: (page) => page.keyboard.press("?"),
    shown: true,
  },
  { name: "empty-experiment", path: ({ empty }) => `experiments/${empty}`, ready: "main pre, main code", shown: true },
  { name: "not-found", path: () => "runs/00000000000000000000000000000000", ready: "main [role=alert], main p" },
];

function compare({ compared }: Sights): string {
  return `compare?${compared.map((id) => `run=${id}`).join("&")}`;
}

test("pictures of every page", async ({ browser }) => {
  const server = await startServer();
  await takeAll(browser, server).finally(server.stop);
});

async function takeAll(browser: Browser, server: Server): Promise<void> {
  const drawing = await browser.newPage();
  const sights = await seedSights(server, drawing);
  await mkdir(ALL, { recursive: true });
  await mkdir(SHOWN, { recursive: true });
  // Names of pages, to take those alone.
  const only = process.env["TRAINYARD_SHOTS"]?.split(",");
  const before = only ? [] : await readdir(SHOWN);
  for (const old of before) if (old.endsWith(".webp")) await rm(join(SHOWN, old));
  for (const theme of ["dark", "light"] as const) {
    for (const width of [1280, 390]) {
      const screen = await openScreen(browser, theme, width);
      for (const shot of SHOTS.filter(({ name, phone }) => (width > 400 || phone) && (only?.includes(name) ?? true))) {
        const picture = await take(screen, `${server.url}/${shot.path(sights)}`, shot);
        const name = `${shot.name}-${theme}${width > 400 ? "" : "-phone"}`;
        await writeFile(join(ALL, `${name}.png`), picture);
        if (shot.shown !== true || width < 400) continue;
        await writeFile(join(SHOWN, `${name}.webp`), await smaller(drawing, picture, name));
      }
      await screen.context().close();
    }
  }
}

async function openScreen(browser: Browser, colorScheme: "dark" | "light", width: number): Promise<Page> {
  const phone = width < 400 ? { hasTouch: true, isMobile: true } : {};
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: width < 400 ? 844 : 800 },
    ...phone,
  });
  return context.newPage();
}

async function take(page: Page, url: string, { name, ready, act }: Shot): Promise<Buffer> {
  await page.goto(url);
  try {
    await page.locator(ready).first().waitFor({ timeout: 60_000 });
  } catch (error) {
    throw new Error(`${name}: ${ready} is not there`, { cause: error });
  }
  await page.waitForTimeout(500);
  await act?.(page);
  // Charts and pictures that come into sight are loaded and drawn.
  await page.waitForTimeout(1200);
  return page.screenshot({ caret: "hide" });
}

/** The picture as WebP, which the browser itself writes: as good as fits. */
async function smaller(page: Page, picture: Buffer, name: string): Promise<Buffer> {
  for (const quality of [0.9, 0.8, 0.7, 0.6]) {
    const address = await page.evaluate(
      async ({ source, good }) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.width, image.height];
        canvas.getContext("2d")?.drawImage(image, 0, 0);
        return canvas.toDataURL("image/webp", good);
      },
      { source: `data:image/png;base64,${picture.toString("base64")}`, good: quality },
    );
    const bytes = Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
    if (bytes.length <= LARGEST) return bytes;
  }
  throw new Error(`${name} takes more than ${String(LARGEST)} bytes`);
}
