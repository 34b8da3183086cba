/** Every page on a phone: nothing sticks out at the side, and what is pressed is large enough. */
import type { Page } from "@playwright/test";

import { createExperiment, createRun, createRuns, sweep } from "./seed";
import { seedModel } from "./models-seed";
import { expect, test } from "./server";

const SHOTS = process.env["TRAINYARD_PHONE_SHOTS"];

/** Phones of today, and the narrowest that are still common. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 360, height: 740 },
];

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("no page is wider than a phone", async ({ page, server }) => {
  test.setTimeout(240_000);
  const experiment = await createExperiment(
    server.url,
    "a sweep of learning rates for the image classifier of the shop",
  );
  const long = "a/rather/long/name/of/a/metric_that_nobody_has_cut_short";
  const ids = await createRuns(
    server.url,
    experiment,
    sweep(24).map((run) => ({ ...run, metrics: { ...run.metrics, [long]: 0.123456789 } })),
  );
  const run = await createRun(server.url, experiment, {
    name: "resnet-50-with-augmentation-and-a-long-name",
    params: { optimizer: "adam", "model/config/path": "/home/somebody/experiments/configs/resnet50/augmented.yaml" },
    metrics: { loss: Array.from({ length: 50 }, (_, at) => 1 / (at + 1)), [long]: 0.5 },
    tags: {
      "mlflow.note.content":
        "# A run\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n\n```\na long line of code that does not fit on a phone at all, not by far\n```",
      "mlflow.source.name": "/home/somebody/projects/classifier/training/train_everything.py",
      "mlflow.source.git.commit": "0123456789abcdef0123456789abcdef01234567",
      team: "vision",
    },
    status: "FINISHED",
  });
  await server.upload(`mlflow-artifacts:/${experiment}/${run}/artifacts`, "notes/readme.md", "# Notes\n\ntext");
  await server.upload(`mlflow-artifacts:/${experiment}/${run}/artifacts`, "train.log", "epoch 1\nepoch 2\n");
  const model = await seedModel(server, { runId: run, root: "" }, "classifier", [
    "pixels",
    "a_very_long_name_of_a_column_of_the_signature",
  ]);
  await server.call("POST", "registered-models/create", { name: "shop-image-classifier-production" });
  for (let at = 0; at < 2; at++) {
    await server.call("POST", "model-versions/create", {
      name: "shop-image-classifier-production",
      source: `models:/${model}`,
      model_id: model,
      run_id: run,
    });
  }
  const unbroken = "m".repeat(80);
  await server.call("POST", "registered-models/create", { name: unbroken });
  const compared = ids
    .slice(0, 4)
    .map((id) => `run=${id}`)
    .join("&");
  const pages = {
    experiments: "/experiments",
    runs: `/experiments/${experiment}`,
    "logged-models": "/experiments/0/models",
    run: `/runs/${run}`,
    "run-charts": `/runs/${run}/charts`,
    "run-system": `/runs/${run}/system`,
    "run-artifacts": `/runs/${run}/artifacts`,
    "run-artifact": `/runs/${run}/artifacts/notes/readme.md`,
    "run-logs": `/runs/${run}/logs`,
    "run-children": `/runs/${run}/children`,
    "run-models": `/runs/${run}/models`,
    compare: `/compare?${compared}`,
    "compare-charts": `/compare?${compared}&part=charts`,
    "compare-artifacts": `/compare?${compared}&part=artifacts`,
    models: "/models",
    model: "/models/shop-image-classifier-production",
    version: "/models/shop-image-classifier-production/versions/1",
    "unbroken-model": `/models/${unbroken}`,
    "logged-model": `/logged-models/${model}`,
    "not-found": `/experiments/${experiment}/nothing/here`,
  };
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
    await fits(page, name);
  }

  await page.goto(pages.runs);
  await expect(page.locator(".runs-row .run-name").first()).toBeVisible();
  await page.getByRole("button", { name: "Columns" }).tap();
  await expect(page.locator(".picker-line").first()).toBeVisible();
  await fits(page, "column-picker");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Charts beside the table" }).tap();
  await expect(page.locator(".chart-card canvas").first()).toBeVisible();
  await fits(page, "runs-with-charts");

  const windows: [string, string, () => Promise<void>][] = [
    ["new-experiment", "/experiments", () => page.getByRole("button", { name: "New experiment" }).tap()],
    ["palette", "/experiments", () => page.getByRole("button", { name: "Search and commands" }).tap()],
    ["shortcuts", pages.runs, () => page.keyboard.press("?")],
    ["group-picker", pages.runs, () => page.getByRole("button", { name: "Group" }).tap()],
    ["views", pages.runs, () => page.getByRole("button", { name: "Views" }).tap()],
    [
      "chart-editor",
      pages["run-charts"],
      async () => {
        await page.getByRole("button", { name: "Menu of loss" }).tap();
        await page.getByRole("menuitem", { name: "Edit…" }).tap();
      },
    ],
    ["register", pages["run-models"], () => page.getByRole("button", { name: "Register" }).first().tap()],
    [
      "tags",
      pages.model,
      async () => {
        await page.getByRole("button", { name: "Actions on this model" }).tap();
        await page.getByRole("menuitem", { name: "Edit tags" }).tap();
      },
    ],
    [
      "stage",
      pages.version,
      async () => {
        await page.getByRole("button", { name: "Actions on this version" }).tap();
        await page.getByRole("menuitem", { name: "Move to a stage" }).tap();
      },
    ],
  ];
  for (const [name, address, open] of windows) {
    await page.goto(address);
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
    await open();
    await expect(page.locator("dialog[open], [role=dialog], .popover").first()).toBeVisible();
    await fits(page, `window-${name}`);
  }

  // The part of a run that is shown is in sight among the others.
  await page.goto(pages["run-models"]);
  await expect(page.locator(".tab-active")).toBeInViewport({ ratio: 1 });
});

test("a finger does what keys and a mouse do", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "touched");
  const run = await createRun(server.url, experiment, {
    name: "only",
    params: { optimizer: "adam" },
    metrics: { loss: Array.from({ length: 40 }, (_, at) => 1 / (at + 1)) },
    status: "FINISHED",
  });
  await page.goto(`/experiments/${experiment}`);
  const cell = page.getByRole("gridcell", { name: "adam" });
  await expect(cell).toBeVisible();
  await cell.dispatchEvent("pointerdown", { pointerType: "touch", isPrimary: true, clientX: 200, clientY: 200 });
  await page
    .getByRole("menuitem", { name: /optimizer/ })
    .first()
    .tap();
  await expect(page.getByLabel("Filter runs")).toHaveValue(/params\.optimizer/);

  await page.goto(`/runs/${run}/charts`);
  await expect(page.locator(".chart-card canvas").first()).toBeVisible();
  await page.getByRole("button", { name: "Menu of loss" }).tap();
  await page.getByRole("menuitem", { name: "Zoom in" }).tap();
  await expect(page.getByRole("button", { name: "Reset zoom" })).toBeVisible();
});

/** Nothing sticks out, what is pressed is large enough, and everything has a name for screen readers. */
async function fits(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    // What is laid out anew stands where it is to be with the second frame.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    });
    await fitsNow(page, `${name}-${String(size.width)}`);
  }
}

async function fitsNow(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
  const found = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const say = (element: Element): string => {
      const { width, height } = element.getBoundingClientRect();
      const label = element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 30);
      const size = `${String(Math.round(width))}x${String(Math.round(height))}`;
      return `${element.tagName.toLowerCase()}.${element.className.toString()} “${label}” ${size}`;
    };
    // Inside of something that scrolls by itself, wide things are all right.
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      element !== document.body &&
      (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX) ||
        scrolls(element.parentElement));
    /** What a screen reader says of it; a picture for decoration says so by an empty text. */
    const nameOf = (element: Element): string => {
      const ids = element.getAttribute("aria-labelledby")?.split(" ") ?? [];
      const labels = "labels" in element ? [...((element.labels as NodeListOf<Element> | null) ?? [])] : [];
      const texts = [
        element.getAttribute("aria-label"),
        element.getAttribute("title"),
        ...ids.map((id) => document.getElementById(id)?.textContent),
        ...labels.map((label) => label.textContent),
        element.matches("button, a") ? element.textContent : "",
        ...[...element.querySelectorAll("img[alt], [aria-label]")].map(
          (inner) => inner.getAttribute("aria-label") ?? inner.getAttribute("alt"),
        ),
        element.matches("img[alt='']") ? "decoration" : element.getAttribute("alt"),
      ];
      return texts.map((text) => text?.trim() ?? "").find((text) => text !== "") ?? "";
    };
    const wide = [...document.querySelectorAll("main *, .popover, .popover *, dialog, dialog *")].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return (right > room + 1 || (element.matches(".popover, dialog") && left < 0)) && !scrolls(element.parentElement);
    });
    const main = document.querySelector("main");
    const beyond = Math.max(
      document.documentElement.scrollWidth - room,
      main ? main.scrollWidth - main.clientWidth : 0,
    );
    // More than the 24 pixels of WCAG 2.5.8: a thumb misses what is so small. Links within text are as large as its lines, and what nobody sees is not pressed.
    const small = [...document.querySelectorAll("button, [role=button], input[type=checkbox], select, .tab")].filter(
      (element) => {
        const { width, height } = element.getBoundingClientRect();
        const shown = width > 0 && height > 0 && getComputedStyle(element).visibility !== "hidden";
        const hit = element.closest("label") ?? element;
        const box = hit.getBoundingClientRect();
        return shown && element.closest("p, .unseen") === null && (box.width < 32 || box.height < 32);
      },
    );
    const nameless = [...document.querySelectorAll("button, a[href], input, select, textarea, img, iframe")].filter(
      (element) => element.checkVisibility() && nameOf(element) === "",
    );
    return { wide: wide.map(say), beyond, small: [...new Set(small.map(say))], nameless: nameless.map(say) };
  });
  expect.soft({ name, ...found }).toEqual({ name, wide: [], beyond: 0, small: [], nameless: [] });
}
