/** Comparing runs: what differs, in which order, and their lines. */
import { readFile } from "node:fs/promises";

import { png } from "./files";
import { createExperiment, createRuns, type SeedRun, sweep } from "./seed";
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
      start: Date.UTC(2026, 0, 1) + at * 60_000,
    };
  });
}

test("five runs are compared: what differs first, then their lines", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "candidates");
  await createRuns(server.url, experiment, [
    ...five(),
    { name: "another", metrics: { loss: 1 }, status: "FINISHED", start: Date.UTC(2025, 0, 1) },
  ]);
  await page.goto(`/experiments/${experiment}`);
  for (let at = 0; at < 5; at += 1) {
    const line = page.getByRole("row", { name: new RegExp(`candidate-${String(at)}`) });
    await line.getByRole("checkbox", { name: "Mark run" }).check();
  }
  const marked = page.getByRole("toolbar", { name: "Marked runs" });
  await expect(marked).toContainText("5 marked");
  await marked.getByRole("button", { name: "Compare" }).click();
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
    await server.upload(root, "report/confusion.png", png(40 + at, 30, 60 * at));
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

  // Pictures, each of its own run.
  await files.getByRole("button", { name: "confusion.png" }).click();
  const widths = () =>
    previews.locator("img").evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));
  await expect.poll(widths).toEqual([40, 41, 42]);
  const top = (all: Element[]) => all.map((image) => image.getBoundingClientRect().top);
  const tops = await previews.locator("img").evaluateAll(top);
  expect(new Set(tops.slice(0, 2)).size).toBe(1);
});

test("files of many runs are those of the first, and it is said so", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "many");
  const runs = Array.from({ length: 51 }, (_, at): SeedRun => ({ name: `run-${String(at)}`, status: "FINISHED" }));
  const ids = await createRuns(server.url, experiment, runs);
  await page.goto(`/compare?part=artifacts#${ids.map((id) => `run=${id}`).join("&")}`);
  await expect(page.getByText("Files of the first 50 of 51 runs.")).toBeVisible();
});

test("lines are drawn over another metric", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "another metric");
  const steps = Array.from({ length: 50 }, (_, step) => step);
  const ids = await createRuns(
    server.url,
    experiment,
    [1, 2].map((at) => ({
      name: `run-${String(at)}`,
      metrics: { tokens: steps.map((step) => step * 1000 * at), loss: steps.map((step) => at / (step + 1)) },
      status: "FINISHED" as const,
    })),
  );
  await page.goto(`/compare?part=charts&${ids.map((id) => `run=${id}`).join("&")}`);
  const loss = page.getByRole("region", { name: "loss", exact: true });
  await expect(loss.getByRole("application", { name: /loss by step/ })).toBeVisible();
  await loss.getByRole("button", { name: "Menu of loss" }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "X axis" }).selectOption("Another metric");
  await dialog.getByRole("combobox", { name: "Metric of the x axis" }).fill("tokens");
  await page.getByRole("option", { name: "tokens" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(loss.getByRole("application", { name: /loss by tokens/ })).toBeVisible();
  const told = page.waitForEvent("download");
  await loss.getByRole("button", { name: "Menu of loss" }).click();
  await page.getByRole("menuitem", { name: "Export SVG" }).click();
  const svg = await readFile(await (await told).path(), "utf8");
  const labels = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? "");
  expect(labels).toContain("tokens");
  // The second run has seen nearly a hundred thousand.
  expect(labels.some((label) => /^(80|90)( ?000|k|,000)$/.test(label))).toBe(true);
});

test("lines are drawn over the time since their start, by magnitudes, and without their outliers", async ({
  page,
  server,
}) => {
  const experiment = await createExperiment(server.url, "axes");
  const ids = await createRuns(server.url, experiment, five());
  await page.goto(`/compare?part=charts&${ids.map((id) => `run=${id}`).join("&")}`);
  const loss = page.getByRole("region", { name: "loss", exact: true });
  await expect(loss.getByRole("application", { name: /loss by step/ })).toBeVisible();
  const menu = async (entry: string) => {
    await loss.getByRole("button", { name: "Menu of loss" }).click();
    await page
      .getByRole("menuitem", { name: entry })
      .or(page.getByRole("menuitemcheckbox", { name: entry }))
      .click();
  };
  /** The texts of the chart as a file: its title, labels of the axes, names of runs. */
  const texts = async (): Promise<string[]> => {
    const told = page.waitForEvent("download");
    await menu("Export SVG");
    const svg = await readFile(await (await told).path(), "utf8");
    return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? "");
  };
  const greatest = (all: string[]) => Math.max(...all.filter((text) => /^\d+(\.\d+)?$/.test(text)).map(Number));

  await menu("Edit…");
  await page.getByRole("dialog").getByRole("combobox", { name: "X axis" }).selectOption("Time since start");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(loss.getByRole("application", { name: /loss by time since start/ })).toBeVisible();
  // Three hundred steps of a second each.
  const timed = await texts();
  expect(timed).toContain("time since start");
  expect(timed.filter((text) => /^\d m\b/.test(text)).length).toBeGreaterThan(1);
  expect(greatest(timed)).toBeGreaterThanOrEqual(30);

  await menu("Clip outliers");
  await expect.poll(async () => greatest(await texts())).toBeLessThan(10);
  await menu("Clip outliers");
  await menu("Log y axis");
  const magnitudes = (all: string[]) => ["1", "10"].every((label) => all.includes(label)) && !all.includes("30");
  await expect.poll(async () => magnitudes(await texts())).toBe(true);
});

test("what is missing of compared runs is said, with the way to more", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "few");
  const [one = ""] = await createRuns(server.url, experiment, sweep(1));
  await page.goto("/compare");
  await expect(page.getByRole("main").getByRole("link", { name: "experiment" })).toBeVisible();
  await page.goto(`/compare?run=${one}&run=${"0".repeat(32)}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare 1 run");
  await expect(page.getByText("1 of the runs is not there any more.")).toBeVisible();
  await page.getByRole("link", { name: "its experiment" }).click();
  await expect(page).toHaveURL(new RegExp(`/experiments/${experiment}$`));
});
