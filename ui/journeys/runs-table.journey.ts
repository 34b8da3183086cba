import { createExperiment, createRun, createRuns, post, sweep } from "./seed";
import { expect, test } from "./server";

test("the best of 10,000 runs is found by filter and order", async ({ page, server }) => {
  test.setTimeout(300_000);
  const experiment = await createExperiment(server.url, "large sweep");
  const runs = sweep(10_000);
  await createRuns(server.url, experiment, runs);
  const fits = runs.filter((run) => run.params?.["optimizer"] === "sgd" && run.params["depth"] === "10");
  const best = fits.toSorted((a, b) => Number(b.metrics?.["accuracy"]) - Number(a.metrics?.["accuracy"]))[0];

  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByText("10,000 runs")).toBeVisible();

  await page.keyboard.press("/");
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await page.keyboard.type("params.opt");
  await expect(page.getByRole("option", { name: /optimizer/ })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.type("= 'sgd' AND params.depth = 10");
  await page.keyboard.press("Enter");
  await expect(filter).toHaveValue("params.optimizer = 'sgd' AND params.depth = 10");
  await expect(page.getByText(`${fits.length.toLocaleString("en")} runs`, { exact: false })).toBeVisible();

  await page
    .getByRole("columnheader", { name: /accuracy/ })
    .getByRole("button", { name: "accuracy", exact: true })
    .click();
  await expect(page.locator('.runs-row[data-index="0"]')).toContainText(best?.name ?? "");

  // The last of all is reached by one key, page after page.
  await page.getByRole("button", { name: "Clear filter" }).click();
  await expect(page.getByText("10,000 runs")).toBeVisible();
  await page.getByRole("treegrid").focus();
  await page.keyboard.press("ControlOrMeta+End");
  const worst = runs.toSorted((a, b) => Number(a.metrics?.["accuracy"]) - Number(b.metrics?.["accuracy"]))[0];
  await expect(page.locator('.runs-row[data-index="9999"]')).toContainText(worst?.name ?? "", { timeout: 30_000 });
});

test("what is wrong with a filter is told where it is wrong, and the runs stay", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "mistakes");
  await createRuns(server.url, experiment, sweep(5));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00004" })).toBeVisible();
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await filter.fill("metrics.accuracy == 1");
  await filter.press("Enter");
  await expect(filter).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("alert")).toContainText("unknown comparison");
  await expect(page.locator(".filter-colours [data-wrong]").first()).toHaveText("=");
  await expect(page.getByRole("link", { name: "sweep-00004" })).toBeVisible();
});

test("a sweep is grouped, a group is opened, and its order kept", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "grouped");
  await createRuns(server.url, experiment, sweep(60));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00059" })).toBeVisible();

  await page.getByRole("button", { name: "Group runs" }).click();
  const choice = page.getByRole("dialog", { name: "Group runs" });
  await choice.getByRole("button", { name: /depth/ }).click();
  await page.keyboard.press("Escape");
  await expect(page.locator('.runs-row[data-kind="group"]')).toHaveCount(5);
  await expect(page.locator('.runs-row[data-index="0"]')).toContainText("12 runs");

  await page
    .getByRole("columnheader", { name: /accuracy/ })
    .getByRole("button", { name: "accuracy", exact: true })
    .click();
  await expect(page.locator('.runs-row[data-index="0"]')).toContainText("depth 10");
  const accuracy = page.getByRole("columnheader", { name: /accuracy/ });
  await expect(accuracy).toHaveAttribute("aria-sort", "descending");
  // Of a param that they are not grouped by, groups have no one value: nothing says that they were ordered by it.
  const rate = page.getByRole("columnheader", { name: /lr/ });
  await rate.getByRole("button", { name: "lr", exact: true }).click();
  await expect(accuracy).not.toHaveAttribute("aria-sort");
  await expect(rate).not.toHaveAttribute("aria-sort");
  await expect(rate.locator(".head-name .icon")).toHaveCount(0);
  await page.getByRole("treegrid").focus();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator('.runs-row[data-kind="run"]')).toHaveCount(12);
});

test("a group shows its mean, and its standard deviation where that is asked for", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "spread");
  const of = (team: string, values: number[]) =>
    values.map((loss, at) => ({
      name: `${team}-${String(at)}`,
      params: { team },
      metrics: { loss },
      status: "FINISHED" as const,
    }));
  await createRuns(server.url, experiment, [...of("even", [4, 4, 4]), ...of("wide", [2, 4, 4, 4, 5, 5, 7, 9])]);
  await page.goto(`/experiments/${experiment}`);
  await page.getByRole("button", { name: "Group runs" }).click();
  const choice = page.getByRole("dialog", { name: "Group runs" });
  await choice.getByRole("button", { name: /team/ }).click();
  const group = (team: string) => page.locator('.runs-row[data-kind="group"]').filter({ hasText: team });
  const shows = async (value: string) => {
    await expect(group("wide").getByText(value, { exact: true })).toBeVisible();
  };
  await shows("5");
  await choice.getByRole("radio", { name: /std/i }).click();
  // Of a sample: 32 squares between seven degrees of freedom.
  await shows("2.13809");
  await expect(group("even").getByText("0", { exact: true })).toBeVisible();
});

test("children stand below their parent and stay there in another order", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "nested");
  const start = Date.UTC(2026, 0, 1);
  const parent = await createRun(server.url, experiment, {
    name: "parent",
    metrics: { loss: 1 },
    status: "FINISHED",
    start,
  });
  await createRun(server.url, experiment, {
    name: "alone",
    metrics: { loss: 2 },
    status: "FINISHED",
    start: start + 9000,
  });
  for (const [at, name] of ["child-a", "child-b"].entries()) {
    const tags = { "mlflow.parentRunId": parent };
    await createRun(server.url, experiment, {
      name,
      tags,
      metrics: { loss: 5 - at },
      status: "FINISHED",
      start: start + at,
    });
  }
  const names = () => page.locator(".runs-row .run-name").allTextContents();

  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "parent" })).toBeVisible();
  await expect.poll(names).toEqual(["alone", "parent"]);
  await page
    .getByRole("row", { name: /parent/ })
    .getByRole("button", { name: "Open" })
    .click();
  await expect.poll(async () => (await names()).length).toBe(4);

  const header = page.getByRole("columnheader", { name: /loss/ }).getByRole("button", { name: "loss", exact: true });
  await header.click();
  await header.click();
  await expect(page.locator('.runs-row[data-index="0"] .run-name')).toHaveText("parent");
  await expect(page.locator('.runs-row[data-index="1"] .run-name')).toHaveText("child-b");
  await expect(page.locator('.runs-row[data-index="1"]')).toHaveAttribute("aria-level", "2");
});

test("marked runs are tagged and deleted together, and the deletion is undone", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "bulk");
  await createRuns(server.url, experiment, sweep(6));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00005" })).toBeVisible();
  await page.getByRole("treegrid").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByText("3 marked")).toBeVisible();

  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("textbox", { name: "Key" }).fill("keep");
  await page.getByRole("textbox", { name: "Value" }).fill("no");
  await page.getByRole("button", { name: "Set tag" }).click();
  await expect(page.getByText("Set tag keep of 3 runs")).toBeVisible();
  const tagged = await post<{ runs: unknown[] }>(server.url, "api/2.0/mlflow/runs/search", {
    experiment_ids: [experiment],
    filter: "tags.keep = 'no'",
  });
  expect(tagged.runs.length).toBe(3);

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByText("3 runs", { exact: true })).toBeVisible();
  // The tag can be taken back, too: each message has a button of its own.
  const told = page.getByRole("status").locator(".toast").filter({ hasText: "Deleted 3 runs" });
  await told.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("6 runs", { exact: true })).toBeVisible();
});

test("deleted runs are shown, marked and restored together", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "restored");
  const ids = await createRuns(server.url, experiment, sweep(5));
  for (const run_id of ids.slice(0, 3)) await server.call("POST", "runs/delete", { run_id });
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByText("2 runs", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Which runs, and export" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Deleted runs", exact: true }).click();
  await expect(page.getByText("3 runs", { exact: true })).toBeVisible();
  await page.getByRole("checkbox", { name: "Mark all runs in sight" }).check();
  const marked = page.getByRole("toolbar", { name: "Marked runs" });
  await expect(marked).toContainText("3 marked");
  await expect(marked.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await marked.getByRole("button", { name: "Restore" }).click();
  await expect(page.locator(".runs-row .run-name")).toHaveCount(0);
  await page.getByRole("button", { name: "Only active ones" }).click();
  await expect(page.getByText("5 runs", { exact: true })).toBeVisible();
  const active = await server.call<{ runs: unknown[] }>("POST", "runs/search", { experiment_ids: [experiment] });
  expect(active.runs).toHaveLength(5);
});

test("a view with order, groups, a pinned column and charts is what somebody else sees", async ({
  page,
  server,
  browser,
}) => {
  const experiment = await createExperiment(server.url, "whole views");
  await createRuns(server.url, experiment, sweep(20));
  // Beside charts a small table has one pinned column only.
  const viewport = { width: 1800, height: 900 };
  await page.setViewportSize(viewport);
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00019" })).toBeVisible();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("button", { name: "accuracy: pin" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Group runs" }).click();
  await page.getByRole("dialog", { name: "Group runs" }).getByRole("button", { name: /depth/ }).click();
  await page.keyboard.press("Escape");
  const order = (where: typeof page) => where.getByRole("columnheader", { name: /accuracy/ });
  await order(page).getByRole("button", { name: "accuracy", exact: true }).click();
  await page.getByRole("button", { name: "Charts beside the table" }).click();
  await expect(page.locator(".chart-card").first()).toBeVisible();

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save view…" }).click();
  await page.getByLabel("Name").fill("by depth");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=/);
  await expect(page).not.toHaveURL(/state=/);
  const context = await browser.newContext({ baseURL: server.url, viewport });
  const other = await context.newPage();
  await other.goto(page.url());
  for (const seen of [page, other]) {
    await expect(order(seen)).toHaveAttribute("aria-sort", "descending");
    await expect(seen.locator(".runs-head .runs-pinned")).toContainText("accuracy");
    await expect(seen.locator('.runs-row[data-kind="group"]')).toHaveCount(5);
    await expect(seen.locator('.runs-row[data-index="0"]')).toContainText("depth 10");
    await expect(seen.locator(".chart-card").first()).toBeVisible();
  }
  await context.close();
});

test("a view is saved by name, and its address shows the same to somebody else", async ({ page, server, browser }) => {
  const experiment = await createExperiment(server.url, "views");
  await createRuns(server.url, experiment, sweep(20));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00019" })).toBeVisible();
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await filter.fill("metrics.accuracy > 0.8");
  await filter.press("Enter");
  await expect(page).toHaveURL(/state=/);
  const shared = page.url();

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save view…" }).click();
  await page.getByLabel("Name").fill("good ones");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=/);
  await expect(page).not.toHaveURL(/state=/);
  const saved = page.url();

  const other = await browser.newPage();
  for (const address of [shared, saved]) {
    await other.goto(address);
    await expect(other.getByRole("combobox", { name: "Filter runs" })).toHaveValue("metrics.accuracy > 0.8");
  }
  await expect(other.getByRole("button", { name: "Views" })).toContainText("good ones");
  await other.close();
});

test("names that look like markup are shown as they are and run nothing", async ({ page, server }) => {
  const hostile = '<img src=x onerror="document.title=`taken`">';
  const experiment = await createExperiment(server.url, `${hostile} </script><script>document.title="taken"</script>`);
  await createRun(server.url, experiment, {
    name: hostile,
    params: { "a b": "`'\"\\", ["__proto__"]: "x", constructor: "y" },
    metrics: { "val/loss": 1 },
    tags: { "tick`s": "</style><script>1</script>" },
    status: "FINISHED",
  });
  await page.goto("/experiments");
  await page.getByRole("link", { name: /onerror/ }).click();
  await expect(page.getByRole("link", { name: hostile })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: /val\/loss/ })).toBeVisible();

  // The value of a cell becomes a filter, whatever is in it.
  const cell = page.locator('.runs-row[data-index="0"] .runs-cell', { hasText: "`'\"\\" });
  await cell.hover();
  await cell.getByRole("button", { name: /Filter/ }).click();
  await expect(page.getByRole("combobox", { name: "Filter runs" })).toHaveValue(/params\.`a b` = /);
  await expect(page.getByText("1 run", { exact: true })).toBeVisible();
  expect(await page.title()).not.toBe("taken");
  expect(await page.locator("main img, main script").count()).toBe(0);
});

test("views are reached by arrows, and the focus comes back from a dialog", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "keyboard");
  await createRuns(server.url, experiment, sweep(3));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00002" })).toBeVisible();
  const views = page.getByRole("button", { name: "Views" });
  await views.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemcheckbox", { name: "All runs" })).toBeVisible();
  await page.getByRole("menuitem", { name: "Save view…" }).focus();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitemcheckbox", { name: "All runs" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Save view" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Save view" })).toBeHidden();
  await expect(views).toBeFocused();
});

test("with Shift a marked run stays marked, two clicks open none, and only runs in sight are marked together", async ({
  page,
  server,
}) => {
  const experiment = await createExperiment(server.url, "marks");
  await createRuns(server.url, experiment, sweep(60));
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("link", { name: "sweep-00059" })).toBeVisible();
  const boxes = page.getByRole("checkbox", { name: "Mark run" });
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 marked")).toBeVisible();
  await expect(boxes.nth(2)).toBeChecked();
  await boxes.nth(4).dblclick();
  await expect(page.getByText("3 marked")).toBeVisible();
  await page.getByRole("button", { name: "Unmark all" }).click();
  await page.getByRole("checkbox", { name: "Mark all runs in sight" }).click();
  const table = await page.getByRole("treegrid").evaluate((element) => element.clientHeight);
  const marked = Number(/^\d+/.exec((await page.locator(".bulk-count").textContent()) ?? "")?.[0]);
  expect(Math.abs(marked - (table / 32 - 1))).toBeLessThanOrEqual(1);
});

test("times that are no dates are shown as the numbers they are", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "nanoseconds");
  const start = 1_700_000_000_000_000_000;
  const run = await createRun(server.url, experiment, { name: "nanoseconds", metrics: { loss: 1 }, start });
  for (const path of [`/experiments/${experiment}`, `/runs/${run}`, "/experiments"]) {
    await page.goto(path);
    await expect(page.getByText(String(start)).first()).toBeVisible();
  }
});

test("the page of a deleted experiment says so, and brings it back with its runs", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "thrown away");
  await createRuns(server.url, experiment, sweep(3));
  await server.call("POST", "experiments/delete", { experiment_id: experiment });
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByText("This experiment is deleted")).toBeVisible();
  await page.getByRole("button", { name: "Restore the experiment" }).click();
  await expect(page.locator(".runs-row[data-kind=run]")).toHaveCount(3);
  await expect(page.locator(".experiment-head .run-deleted")).toHaveCount(0);
});
