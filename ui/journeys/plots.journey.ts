/** Charts about runs: each kind is drawn from what the runs have, and lines are smoothed. */
import { createExperiment, createRun, createRuns, sweep } from "./seed";
import { expect, test } from "./server";

test("parallel, bar, box, contour and scatter plots draw every run", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "plots");
  const ids = await createRuns(server.url, experiment, sweep(12));
  await page.goto(`/compare?part=charts&${ids.map((id) => `run=${id}`).join("&")}`);
  await expect(page.getByRole("button", { name: "Add a chart" })).toBeVisible();
  for (const kind of ["Parallel coordinates", "Bars", "Box", "Contour", "Scatter"]) {
    await page.getByRole("button", { name: "Add a chart" }).click();
    await page.getByRole("menuitem", { name: kind }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).last().click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  const cards = page.locator(".chart-card");
  const lines = (await cards.count()) - 5;
  for (let at = lines; at < lines + 5; at += 1) {
    // Charts are drawn when they come near.
    await cards.nth(at).scrollIntoViewIfNeeded();
    const plot = cards.nth(at).getByRole("application", { name: / marks\./ });
    // Until the values of the runs have come there is nothing to mark.
    const marks = async () => Number(/(\d+) marks/.exec((await plot.getAttribute("aria-label")) ?? "")?.[1]);
    await expect.poll(marks).toBeGreaterThanOrEqual(12);
    // Something else than one colour has been drawn.
    const colours = () =>
      plot
        .locator("canvas")
        .first()
        .evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
          const seen = new Set<number>();
          for (let pixel = 0; pixel + 3 < data.length; pixel += 4) {
            seen.add(((data[pixel] ?? 0) << 16) | ((data[pixel + 1] ?? 0) << 8) | (data[pixel + 2] ?? 0));
          }
          return seen.size;
        });
    await expect.poll(colours).toBeGreaterThan(5);
    // Keys walk along the marks; what they are at is told.
    await plot.focus();
    await page.keyboard.press("End");
    await expect(page.locator(".chart-readout").first()).toBeVisible();
    await page.keyboard.press("Home");
  }
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\/[0-9a-f]{32}$/);
});

test("lines are smoothed, and all of several metrics are reached by keys", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "smooth");
  const jagged = Array.from({ length: 60 }, (_, at) => (at % 2) + at / 60);
  const run = await createRun(server.url, experiment, {
    name: "jagged",
    metrics: { loss: jagged, "val/loss": jagged.map((value) => value + 3) },
    status: "FINISHED",
  });
  await page.goto(`/runs/${run}/charts`);
  const chart = page.getByRole("region", { name: "loss", exact: true });
  await expect(chart.locator("canvas").first()).toBeVisible();
  const slider = page.getByRole("slider", { name: "Smoothing" }).first();
  await expect(slider).toHaveAttribute("aria-valuetext", "none");
  await slider.fill("700");
  await expect(slider).not.toHaveAttribute("aria-valuetext", "none");
  // The readout tells both: the smoothed value and the logged one.
  await chart.getByRole("application").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(chart.locator(".chart-readout")).toBeVisible();

  await chart.getByRole("button", { name: "Menu of loss" }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").first().fill("val");
  await page.getByRole("option", { name: "val/loss" }).first().click();
  await dialog.getByRole("button", { name: /Save|Apply|Done|Change/ }).click();
  const both = page.getByRole("application", { name: /2 lines/ });
  await both.focus();
  const spoken = async (key: string) => {
    await page.keyboard.press(key);
    return both.locator(".chart-readout").textContent();
  };
  const first = await spoken("ArrowRight");
  const second = await spoken("ArrowDown");
  const third = await spoken("ArrowDown");
  expect(second).not.toBe(first);
  expect(third).not.toBe(second);
});

test("charts far from sight give up what they have drawn, and draw it again when one comes back", async ({
  page,
  server,
}) => {
  const experiment = await createExperiment(server.url, "many charts");
  const ids = await createRuns(server.url, experiment, sweep(12));
  await page.goto(`/compare?part=charts&${ids.map((id) => `run=${id}`).join("&")}`);
  await expect(page.locator(".chart-card canvas").first()).toBeVisible();
  for (let more = 0; more < 3; more += 1) {
    for (const kind of ["Box", "Bars", "Scatter", "Contour", "Parallel coordinates"]) {
      await page.getByRole("button", { name: "Add a chart" }).click();
      await page.getByRole("menuitem", { name: kind }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).last().click();
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
  }
  // One below the other, they reach far.
  await page.setViewportSize({ width: 500, height: 500 });
  const cards = page.locator(".chart-card");
  const count = await cards.count();
  const tops = () => cards.evaluateAll((all) => all.map((card) => (card as HTMLElement).offsetTop));
  const places = await tops();
  for (let at = 0; at < count; at += 1) {
    await cards.nth(at).scrollIntoViewIfNeeded();
    await expect(cards.nth(at).locator("canvas").first()).toBeVisible();
  }
  await expect(cards.first().locator("canvas")).toHaveCount(0);
  await expect.poll(() => page.locator(".chart-card:has(canvas)").count()).toBeLessThan(count - 4);

  await cards.first().scrollIntoViewIfNeeded();
  await expect(cards.first().locator("canvas").first()).toBeVisible();
  await expect(cards.last().locator("canvas")).toHaveCount(0);
  expect(await tops()).toEqual(places);

  // What one is at with the keyboard stays.
  const plot = cards.first().getByRole("application");
  await plot.focus();
  await cards.last().scrollIntoViewIfNeeded();
  await expect(cards.last().locator("canvas").first()).toBeVisible();
  await expect(plot).toBeFocused();
});
