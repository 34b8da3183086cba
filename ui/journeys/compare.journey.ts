/** Comparing runs: what differs, in which order, and their lines. */
import { readFile } from "node:fs/promises";

import { createExperiment, createRuns, type SeedRun } from "./seed";
import { expect, test } from "./server";

const STEPS = 300;

/** Five runs that agree in one param and differ in the others; the third has a spike. */
function five(): SeedRun[] {
  return Array.from({ length: 5 }, (_, at): SeedRun => {
    const loss = Array.from({ length: STEPS }, (__, step) => 1 / (1 + step / 50) + at / 10);
    if (at === 2) loss[150] = 40;
    return {
      name: `candidate-${String(at)}`,
      params: { lr: String(10 ** -(at + 1)), batch_size: "64", optimizer: at % 2 === 0 ? "adam" : "sgd" },
      metrics: { loss, accuracy: [0.5, 0.9, 0.7, 0.6, 0.8][at] ?? 0 },
      tags: { team: "vision" },
      status: "FINISHED",
    };
  });
}

test("five runs are compared: what differs first, then their lines", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "candidates");
  const ids = await createRuns(server.url, experiment, five());
  await page.goto(`/compare?${ids.map((id) => `run=${id}`).join("&")}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare 5 runs");

  const table = page.getByRole("table", { name: "Values of the runs" });
  const names = () => table.locator(".compare-body [role=rowheader]").allTextContents();
  await expect
    .poll(async () => (await names()).slice(0, 4))
    .toEqual([expect.stringMatching(/^Params/), "lr", "optimizer", "batch_size"]);

  await page.getByRole("checkbox", { name: "Only differences" }).check();
  await expect.poll(names).not.toContain("batch_size");
  await expect.poll(names).not.toContain("team");
  await expect.poll(names).toContain("accuracy");

  // The best is first where the runs are ordered by what is to be great.
  const order = () => table.locator(".compare-head [role=columnheader] a").allTextContents();
  await table.getByRole("button", { name: "accuracy" }).click();
  await expect.poll(order).toEqual(["candidate-1", "candidate-4", "candidate-2", "candidate-3", "candidate-0"]);

  await table.getByRole("button", { name: "Take candidate-0 out of the comparison" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare 4 runs");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare 5 runs");

  await page.getByRole("tab", { name: "Charts" }).click();
  const chart = page.getByRole("region", { name: "loss" });
  await expect(chart.getByRole("application", { name: /loss by step, 5 lines/ })).toBeVisible();

  // By keys along the line of the third run to its spike: the readout has the exact value.
  const plot = chart.getByRole("application");
  await plot.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  for (let jump = 0; jump < 15; jump += 1) await page.keyboard.press("Shift+ArrowRight");
  await expect(chart.locator(".chart-readout")).toContainText("candidate-2");
  await expect(chart.locator(".chart-readout")).toContainText("step 150");
  await expect(chart.locator(".chart-readout-value")).toHaveText("40");
});

test("charts are zoomed together, arranged by keys, and exported", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "candidates");
  const runs = five().map((run): SeedRun => ({
    ...run,
    metrics: { ...run.metrics, lr: Array.from({ length: STEPS }, (_, step) => 1 / (step + 1)) },
  }));
  const ids = await createRuns(server.url, experiment, runs);
  await page.goto(`/compare?part=charts&${ids.map((id) => `run=${id}`).join("&")}`);
  const titles = () => page.locator(".chart-title").allTextContents();
  await expect.poll(titles).toEqual(["accuracy", "loss", "lr"]);

  const loss = page.getByRole("region", { name: "loss" });
  await loss.getByRole("application").focus();
  await page.keyboard.press("+");
  await expect(page.getByRole("button", { name: "Reset zoom" })).toBeVisible();

  // What is exported is what is in sight, of all runs.
  const exported = async (entry: string): Promise<string> => {
    await loss.getByRole("button", { name: "Menu of loss" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: entry }).click(),
    ]);
    return readFile(await download.path(), "latin1");
  };
  const csv = (await exported("Export CSV")).trim().split("\r\n");
  expect(csv[0]).toBe("run_id,run_name,metric,step,timestamp,value,min,max");
  expect(csv.length - 1).toBeLessThan(5 * STEPS * 0.6);
  expect(csv.length - 1).toBeGreaterThan(5 * STEPS * 0.4);
  expect(csv.some((line) => line.includes(",candidate-2,loss,150,") && line.includes(",40,"))).toBe(true);
  expect(await exported("Export PNG")).toContain("PNG");
  const svg = await exported("Export SVG");
  expect(svg).toContain("<svg");
  expect(svg).toContain("candidate-4");

  await page.getByRole("button", { name: "Reset zoom" }).click();
  await expect(page.getByRole("button", { name: "Reset zoom" })).toHaveCount(0);

  await page.getByRole("button", { name: /^Move loss/ }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(titles).toEqual(["loss", "accuracy", "lr"]);
  await page.reload();
  await expect.poll(titles).toEqual(["loss", "accuracy", "lr"]);

  await page.getByRole("button", { name: "Add a chart" }).click();
  await page.getByRole("menuitem", { name: "Scatter" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("application", { name: /5 marks/ })).toBeVisible();
});

test("files of runs stand beside each other", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "files");
  const ids = await createRuns(server.url, experiment, five().slice(0, 3));
  for (const [at, id] of ids.entries()) {
    const root = `mlflow-artifacts:/${experiment}/${id}/artifacts`;
    await server.upload(root, "report/notes.txt", `notes of candidate ${String(at)}`);
    if (at === 1) await server.upload(root, "report/only.txt", "only here");
  }
  await page.goto(`/compare?${ids.map((id) => `run=${id}`).join("&")}`);
  await page.getByRole("tab", { name: "Differences" }).focus();
  await page.keyboard.press("End");
  await expect(page.getByRole("tab", { name: "Artifacts" })).toHaveAttribute("aria-selected", "true");
  const files = page.getByRole("navigation", { name: "Files of the runs" });
  await files.getByRole("button", { name: "report" }).click();
  await files.getByRole("button", { name: "notes.txt" }).click();
  const previews = page.getByRole("region", { name: "The file in each run" });
  for (const at of [0, 1, 2]) await expect(previews).toContainText(`notes of candidate ${String(at)}`);
  await files.getByRole("button", { name: /only\.txt.*1 of 3/ }).click();
  await expect(previews).toContainText("only here");
  await expect(previews.getByText("This run has no such file.")).toHaveCount(2);
});
