/** Runs with many values: what the table asks for of them, and how a filter is typed. */
import { watchSearches } from "./rest";
import { createExperiment, createRun, createRuns, post, sweep } from "./seed";
import { expect, test } from "./server";

interface Asked {
  max_results?: number;
  columns?: { metrics?: string[]; params?: string[] };
}

test("a table of runs with thousands of metrics asks for what it shows", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "many metrics");
  const metrics = Object.fromEntries(
    Array.from({ length: 1500 }, (_, at) => [`layer/${String(at).padStart(4, "0")}/grad`, at / 8]),
  );
  await createRuns(
    server.url,
    experiment,
    Array.from({ length: 20 }, (_, at) => ({ name: `wide-${String(at)}`, metrics, status: "FINISHED" as const })),
  );
  const asked: Asked[] = [];
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (!response.url().endsWith("/runs/search")) return;
    const request = response.request().postDataJSON() as Asked;
    asked.push(request);
    if (request.columns) sizes.push(response.body().then((body) => body.length));
  });
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "wide-19" })).toBeVisible();
  // With more names than are looked at, the newest run alone comes whole: its names are what columns are chosen from.
  const [whole, lines] = [asked.filter(({ columns }) => !columns), asked.filter(({ columns }) => columns)];
  expect(whole.map(({ max_results }) => max_results)).toEqual([1]);
  expect(lines.length).toBeGreaterThan(0);
  for (const { columns } of lines) expect(columns?.metrics?.length).toBe(5);
  for (const size of await Promise.all(sizes)) expect(size).toBeLessThan(60_000);

  // Another column is filled in where the table stands.
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("searchbox").fill("layer/1234");
  await page
    .getByRole("option", { name: /layer\/1234\/grad/ })
    .or(page.getByLabel(/layer\/1234\/grad/))
    .first()
    .click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: /layer\/1234\/grad/ })).toBeVisible();
  await expect(page.locator('.runs-row[data-index="0"]')).toContainText("154.25");
  expect(asked.at(-1)?.columns?.metrics).toContain("layer/1234/grad");
});

test("values of params, tags and attributes are completed", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "values");
  await createRuns(server.url, experiment, sweep(30));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00029" })).toBeVisible();
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  const option = (name: RegExp) => page.getByRole("option", { name });

  await filter.pressSequentially("params.optimizer = ");
  await expect(option(/^adamw/)).toContainText("10 runs");
  await filter.pressSequentially("sg");
  await expect(option(/^adamw/)).toHaveCount(0);
  await filter.press("Tab");
  await expect(filter).toHaveValue("params.optimizer = 'sgd' ");
  await filter.pressSequentially("AND tags.team = 'sp");
  await expect(option(/^speech/)).toBeVisible();
  await filter.press("Tab");
  await filter.pressSequentially("AND user_id = ");
  await expect(option(/^ada/)).toContainText("30 runs");
  await filter.press("Tab");
  await filter.pressSequentially("AND params.lr > ");
  await expect(option(/^0\.01/)).toBeVisible();
  await filter.pressSequentially("0.00");
  await expect(option(/^0\.1/)).toHaveCount(0);
  await filter.pressSequentially("5");
  await filter.press("Enter");
  await expect(filter).toHaveAttribute("aria-invalid", "false");
  await expect(filter).toHaveValue(
    "params.optimizer = 'sgd' AND tags.team = 'speech' AND user_id = 'ada' AND params.lr > 0.005",
  );
  await expect(page.getByRole("link", { name: "sweep-00001" })).toBeVisible();
  await expect(page.getByRole("link", { name: "sweep-00002" })).toHaveCount(0);
});

test("rows that have moved wait for the reader, and sort themselves when nobody points at them", async ({
  page,
  server,
}) => {
  const experiment = await createExperiment(server.url, "race");
  const [first, second] = await createRuns(server.url, experiment, [
    { name: "ahead", metrics: { score: 10 } },
    { name: "behind", metrics: { score: 5 } },
    { name: "last", metrics: { score: 1 } },
  ]);
  const score = (run_id: string | undefined, value: number) =>
    post(server.url, "api/2.0/mlflow/runs/log-metric", { run_id, key: "score", value, step: 9, timestamp: Date.now() });
  const names = () => page.locator(".runs-row .run-name").allTextContents();
  const searched = watchSearches(page);
  const listening = page.waitForResponse((response) => response.url().includes("/events?"));
  await page.goto(`/experiments/${experiment}`);
  await listening;
  // Runs that go on are read once more then.
  await searched();
  await page.getByRole("columnheader", { name: /score/ }).getByRole("button", { name: "score", exact: true }).click();
  await expect.poll(names).toEqual(["ahead", "behind", "last"]);

  await page.getByRole("link", { name: "behind" }).hover();
  await score(second, 20);
  const note = page.getByRole("button", { name: "1 run has moved: sort again" });
  await expect(note).toBeVisible();
  await expect(page.locator('.runs-row[data-index="1"]')).toContainText("20");
  expect(await names()).toEqual(["ahead", "behind", "last"]);
  await note.click();
  await expect.poll(names).toEqual(["behind", "ahead", "last"]);
  await expect(note).toHaveCount(0);

  await page.getByRole("heading", { level: 1 }).hover();
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
  });
  await score(first, 30);
  await expect.poll(names).toEqual(["ahead", "behind", "last"]);
});

test("a hidden tab hears nothing, and catches up when it is shown", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "hidden");
  const run = await createRun(server.url, experiment, { name: "training", metrics: { loss: 7 } });
  const streams: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/events?")) streams.push(request.url());
  });
  const ended: string[] = [];
  page.on("requestfailed", (request) => {
    if (request.url().includes("/events?")) ended.push(request.url());
  });
  await page.goto(`/experiments/${experiment}`);
  await expect(page.locator('.runs-row[data-index="0"]')).toContainText("7");
  await expect.poll(() => streams.length).toBe(1);
  const show = (state: "hidden" | "visible") =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);

  await show("hidden");
  await expect.poll(() => ended.length).toBe(1);
  await post(server.url, "api/2.0/mlflow/runs/log-metric", {
    run_id: run,
    key: "loss",
    value: 0.125,
    step: 9,
    timestamp: Date.now(),
  });
  await show("visible");
  await expect(page.locator('.runs-row[data-index="0"]')).toContainText("0.125");
  expect(streams.length).toBe(2);
});

test("a run that is created between the lines and the first count appears", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "between");
  await createRun(server.url, experiment, { name: "there", metrics: { loss: 1 }, status: "FINISHED" });
  let proceed = () => {};
  const created = new Promise<void>((resolve) => (proceed = resolve));
  for (const late of ["**/runs/groups", "**/events?*"]) {
    await page.route(late, async (route) => {
      await created;
      await route.continue();
    });
  }
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "there" })).toBeVisible();
  await createRun(server.url, experiment, { name: "between", metrics: { loss: 2 }, status: "FINISHED" });
  proceed();
  await expect(page.getByRole("link", { name: "between" })).toBeVisible();
});
