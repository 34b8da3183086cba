/** Charts of a run and of comparisons: zoomed, arranged, saved for others, and sent as an address. */
import { createExperiment, createRun, createRuns } from "./seed";
import { expect, test } from "./server";

const curve = (from: number): number[] => Array.from({ length: 200 }, (_, at) => from / (1 + at / 10));

test("charts are zoomed along x, along y and by a box", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "zoomed");
  const run = await createRun(server.url, experiment, {
    name: "training",
    metrics: { loss: curve(4), "val/loss": curve(6) },
    status: "FINISHED",
  });
  await page.goto(`/runs/${run}/charts`);
  const over = (name: string) => page.getByRole("region", { name, exact: true }).locator(".u-over");
  await expect(over("loss")).toBeVisible();
  const drag = async (name: string, from: [number, number], to: [number, number]) => {
    const box = await over(name).boundingBox();
    if (!box) throw new Error("the chart is not there");
    const at = ([x, y]: [number, number]): [number, number] => [box.x + box.width * x, box.y + box.height * y];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 6 });
    await page.mouse.up();
  };
  /** The last label of each axis, as the file says what is in sight. */
  const extent = async (name: string): Promise<{ steps: number[]; svg: string }> => {
    const chart = page.getByRole("region", { name, exact: true });
    const told = page.waitForEvent("download");
    await chart.getByRole("button", { name: /^Menu of/ }).click();
    await page.getByRole("menuitem", { name: "Export CSV" }).click();
    const stream = await (await told).createReadStream();
    let text = "";
    for await (const part of stream) text += String(part);
    const rows = text.trim().split("\n").slice(1);
    return { steps: rows.map((row) => Number(row.split(",")[3])), svg: text };
  };
  const reset = page.getByRole("button", { name: "Reset zoom" });
  await expect(reset).toHaveCount(0);

  // Straight up: only y, and only here.
  await drag("loss", [0.5, 0.9], [0.505, 0.4]);
  await expect(reset).toBeVisible();
  expect((await extent("loss")).steps.length).toBe(200);
  await over("loss").dblclick();
  await expect(reset).toHaveCount(0);

  // A box: both, and x in the other chart too.
  await drag("loss", [0.25, 0.3], [0.75, 0.9]);
  await expect(reset).toBeVisible();
  await expect.poll(async () => (await extent("val/loss")).steps.length).toBeLessThan(120);
  const { steps } = await extent("loss");
  expect(Math.min(...steps)).toBeGreaterThan(30);
  expect(Math.max(...steps)).toBeLessThan(170);
  await over("loss").dblclick();
  await expect(reset).toHaveCount(0);
  expect((await extent("val/loss")).steps.length).toBe(200);

  // By keys.
  await page.getByRole("region", { name: "loss", exact: true }).getByRole("application").focus();
  await page.keyboard.press("y");
  await expect(reset).toBeVisible();
  await page.keyboard.press("0");
  await expect(reset).toHaveCount(0);
});

test("an arrangement of charts is sent as an address, and saved for everybody", async ({ page, server, browser }) => {
  const experiment = await createExperiment(server.url, "arranged");
  const metrics = { accuracy: curve(1), loss: curve(4), "val/loss": curve(6) };
  const [one, other] = await createRuns(server.url, experiment, [
    { name: "one", metrics, status: "FINISHED" },
    { name: "other", metrics, status: "FINISHED" },
  ]);
  const charts = (where: typeof page) =>
    where.locator(".chart-card").evaluateAll((all) => all.map((card) => card.ariaLabel));
  const elsewhere = async (address: string): Promise<typeof page> => {
    const context = await browser.newContext({ baseURL: server.url });
    const fresh = await context.newPage();
    await fresh.goto(address);
    return fresh;
  };
  await page.goto(`/runs/${String(one)}/charts`);
  await expect.poll(() => charts(page)).toEqual(["accuracy", "loss", "val/loss"]);
  expect(page.url()).not.toContain("charts=");

  await page.getByRole("button", { name: "Menu of accuracy" }).click();
  await page.getByRole("menuitem", { name: "Later" }).click();
  await expect.poll(() => charts(page)).toEqual(["loss", "accuracy", "val/loss"]);
  await expect(page).toHaveURL(/charts=/);
  const guest = await elsewhere(page.url());
  await expect.poll(() => charts(guest)).toEqual(["loss", "accuracy", "val/loss"]);
  // Nothing of it stays with whoever was sent the address.
  await guest.goto(`/runs/${String(other)}/charts`);
  await expect.poll(() => charts(guest)).toEqual(["accuracy", "loss", "val/loss"]);

  await page.getByRole("button", { name: "Arrangement of the charts" }).click();
  await page.getByRole("menuitem", { name: "Save for this experiment" }).click();
  // What is pointed at stays: it is taken back only after others have been looked at.
  await page.getByText("Saved for everybody").hover();
  await expect(page).not.toHaveURL(/charts=/);
  await guest.reload();
  await expect.poll(() => charts(guest)).toEqual(["loss", "accuracy", "val/loss"]);

  // It is no view of the table.
  await guest.goto(`/experiments/${experiment}`);
  await guest.getByRole("button", { name: "Views" }).click();
  await expect(guest.getByRole("menuitemcheckbox", { name: "All runs" })).toBeVisible();
  await expect(guest.getByRole("menuitemcheckbox", { name: /Charts of runs/ })).toHaveCount(0);
  await guest.context().close();

  await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
  await expect(page).toHaveURL(/charts=/);
  await page.getByRole("button", { name: "Arrangement of the charts" }).click();
  await page.getByRole("menuitem", { name: "Back to the usual charts" }).click();
  await expect.poll(() => charts(page)).toEqual(["accuracy", "loss", "val/loss"]);

  await page.goto(`/compare?run=${String(one)}&run=${String(other)}&part=charts`);
  await expect.poll(async () => (await charts(page)).length).toBe(3);
  const before = await charts(page);
  await page.getByRole("button", { name: `Menu of ${before[0] ?? ""}` }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await expect(page).toHaveURL(/charts=/);
  const reader = await elsewhere(page.url());
  await expect.poll(() => charts(reader)).toEqual(before.slice(1));
  await reader.context().close();
});

test("all keys of all pages are listed, those of the page first", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "keys");
  await createRun(server.url, experiment, { name: "a run", metrics: { loss: 1 } });
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "a run" })).toBeVisible();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("group", { name: "Here" }).getByRole("heading").first()).toHaveText(
    "Runs of an experiment",
  );
  await expect(dialog.getByRole("group", { name: "On other pages" })).toContainText("Rename the run");
});
