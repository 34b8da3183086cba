/** Columns of the runs table: sparklines, pinned, resized, moved, and exported as they are shown. */
import { readFile } from "node:fs/promises";

import { addressRests } from "./rest";
import { createExperiment, createRuns } from "./seed";
import { expect, test } from "./server";

test("columns are pinned, widened, moved, drawn as lines, and kept", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "columns");
  await createRuns(
    server.url,
    experiment,
    [1, 2, 3].map((at) => ({
      name: `run-${String(at)}`,
      params: { lr: String(at / 10) },
      metrics: { loss: Array.from({ length: 20 }, (_, step) => at / (step + 1)) },
      status: "FINISHED" as const,
    })),
  );
  await page.goto(`/experiments/${experiment}`);
  const head = (name: string) => page.getByRole("columnheader", { name: new RegExp(name) }).first();
  const menu = async (column: string, entry: string) => {
    await head(column).hover();
    await page
      .getByRole("button", { name: `Menu of column ${column}`, exact: true })
      .first()
      .click();
    const item = page.getByRole("menu").getByText(entry, { exact: true });
    await item.click();
  };
  const order = () => page.locator(".runs-head .head-name").allTextContents();
  await expect(head("lr")).toBeVisible();

  await menu("loss", "Sparkline beside it");
  await expect(page.locator(".runs-row .spark path").first()).toBeVisible();
  const lines = await page
    .locator(".runs-row .spark path")
    .evaluateAll((all) => all.map((one) => one.getAttribute("d")));
  expect(lines).toHaveLength(3);
  expect(lines.every((line) => (line ?? "").length > 40)).toBe(true);

  await menu("lr", "Pin");
  await expect(page.locator(".runs-head .runs-pinned")).toContainText("lr");
  const before = await order();
  await menu("Status", "Move right");
  await expect.poll(order).not.toEqual(before);

  const width = async () => (await head("lr").boundingBox())?.width ?? 0;
  const narrow = await width();
  // Values that arrive while the mouse is held may lay the table out anew.
  await expect(async () => {
    const edge = await head("lr").locator(".head-resize").boundingBox();
    if (!edge) throw new Error("no edge to drag");
    await page.mouse.move(edge.x + edge.width / 2, edge.y + edge.height / 2);
    await page.mouse.down();
    await page.mouse.move(edge.x + 80, edge.y + 4, { steps: 5 });
    await page.mouse.up();
    expect(await width()).toBeGreaterThan(narrow + 40);
  }).toPass();

  await addressRests(page);
  // Another visit of the same address has the columns as they were left.
  const after = await order();
  await page.reload();
  await expect.poll(order).toEqual(after);
  await expect.poll(width).toBeGreaterThan(narrow + 40);
});

test("a metric is found among twelve thousand names, and exported although all of them are too many", async ({
  page,
  server,
}) => {
  const experiment = await createExperiment(server.url, "names");
  const metrics = Object.fromEntries(
    Array.from({ length: 12_000 }, (_, at) => [`layer.${String(at).padStart(5, "0")}/norm`, at]),
  );
  await createRuns(server.url, experiment, [{ name: "wide", metrics, status: "FINISHED" }]);
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "wide" })).toBeVisible();
  await page.getByRole("button", { name: "Columns", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Columns" });
  await dialog.getByRole("searchbox", { name: "Search columns" }).fill("11987");
  const options = dialog.getByRole("option");
  await expect(options).toHaveCount(1);
  await options.first().click();
  await page.keyboard.press("Escape");
  const head = page.getByRole("columnheader", { name: /layer\.11987/ });
  await head.scrollIntoViewIfNeeded();
  await expect(head).toBeVisible();

  await page.getByRole("button", { name: "Which runs, and export" }).click();
  await page.getByRole("menuitem", { name: "Export CSV" }).click();
  await expect(page.getByText(/more than 5000 different metrics/)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export the columns shown" }).click(),
  ]);
  const csv = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(csv).toHaveLength(2);
  expect(csv[0]).toContain("metrics.layer.11987/norm");
  expect(csv[1]).toMatch(/(,|^)11987(\.0)?(,|$)/);
});

test("runs are exported as the table has them", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "exported");
  await createRuns(
    server.url,
    experiment,
    ["adam", "sgd", "adam"].map((optimizer, at) => ({
      name: `run-${String(at)}`,
      params: { optimizer },
      metrics: { loss: at + 0.5 },
      status: "FINISHED" as const,
    })),
  );
  await page.goto(`/experiments/${experiment}?filter=${encodeURIComponent("params.optimizer = 'adam'")}`);
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await filter.fill("params.optimizer = 'adam'");
  await filter.press("Enter");
  await expect(page.locator(".runs-foot")).toContainText("2 runs");
  await page.getByRole("button", { name: "Which runs, and export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export CSV" }).click(),
  ]);
  const rows = (await readFile(await download.path(), "utf8")).trim().split(/\r?\n/);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toContain("run_name");
  expect(rows.slice(1).every((row) => row.includes("adam") && !row.includes("sgd"))).toBe(true);
});

test("tags of many runs are set and taken back", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "tagged");
  await createRuns(server.url, experiment, [
    { name: "has one", tags: { team: "vision" }, metrics: { loss: 1 }, status: "FINISHED" },
    { name: "has none", metrics: { loss: 1 }, status: "FINISHED" },
  ]);
  const teams = async () => {
    const found = await server.call<{
      runs: { info: { run_name: string }; data: { tags?: { key: string; value: string }[] } }[];
    }>("POST", "runs/search", { experiment_ids: [experiment] });
    return Object.fromEntries(
      found.runs.map((run) => [run.info.run_name, run.data.tags?.find((tag) => tag.key === "team")?.value]),
    );
  };
  await page.goto(`/experiments/${experiment}`);
  await page.getByRole("checkbox", { name: "Mark all runs in sight" }).check();
  await page.getByRole("toolbar", { name: "Marked runs" }).getByRole("button", { name: "Tag" }).click();
  await page.getByRole("dialog").getByLabel("Key").fill("team");
  await page.getByRole("dialog").getByLabel("Value").fill("speech");
  await page.getByRole("dialog").getByRole("button", { name: "Set tag" }).click();
  await expect.poll(teams).toEqual({ "has one": "speech", "has none": "speech" });
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect.poll(teams).toEqual({ "has one": "vision", "has none": undefined });
});

test("columns are moved, pinned, resized and hidden in their picker by keys alone", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "picked");
  const params = { batch: "8", depth: "4", lr: "0.1" };
  await createRuns(server.url, experiment, [
    { name: "first", params, metrics: { loss: 1 }, status: "FINISHED" },
    { name: "second", params: { ...params, lr: "0.2" }, metrics: { loss: 2 }, status: "FINISHED" },
  ]);
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("columnheader", { name: /lr/ })).toBeVisible();
  const names = () => page.locator(".picker-chosen li .ellipsis").allTextContents();
  const pressed = (what: string) => page.getByRole("button", { name: `lr: ${what}`, exact: true });
  await page.keyboard.press("o");
  await expect.poll(names).toContain("lr");

  const at = (await names()).indexOf("lr");
  await pressed("down").focus();
  await page.keyboard.press("Enter");
  await expect(pressed("down")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(pressed("down")).toBeFocused();
  expect((await names()).indexOf("lr")).toBe(at + 2);
  await pressed("up").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(pressed("up")).toBeFocused();
  expect((await names()).indexOf("lr")).toBe(at);

  // Pinned it stands behind the name of the run.
  await pressed("pin").focus();
  await page.keyboard.press("Enter");
  await expect(pressed("pin")).toBeFocused();
  await expect(pressed("pin")).toHaveAttribute("aria-pressed", "true");
  expect((await names()).slice(0, 2)).toEqual(["Run", "lr"]);
  await expect(page.locator(".runs-head .runs-pinned")).toContainText("lr");

  const width = async () => (await page.getByRole("columnheader", { name: /lr/ }).boundingBox())?.width ?? 0;
  const before = await width();
  await pressed("wider").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect.poll(width).toBe(before + 32);
  await pressed("narrower").focus();
  await page.keyboard.press("Enter");
  await expect.poll(width).toBe(before + 16);

  // The line that goes hands the focus on, at the ends the other way is what is left, and Escape still closes the window.
  await pressed("up").focus();
  await page.keyboard.press("Enter");
  await expect(pressed("up")).toBeDisabled();
  await expect(pressed("down")).toBeFocused();
  await pressed("hide").focus();
  await page.keyboard.press("Enter");
  await expect.poll(names).not.toContain("lr");
  await expect(page.getByRole("button", { name: "Run: hide" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator(".picker")).toHaveCount(0);
  await expect(page.getByRole("columnheader", { name: /lr/ })).toHaveCount(0);
});
