/** Pages as a whole: parts of a run, themes, requests that fail, and nothing that jumps. */
import { seedModel, seedRun } from "./models-seed";
import { createExperiment, createRun, createRuns, post, sweep } from "./seed";
import { expect, test } from "./server";

test("a run shows its commit, inputs, outputs, system metrics and children", async ({ page, server }) => {
  const seeded = await seedRun(server, "with inputs");
  const model = await seedModel(server, seeded, "flower-classifier", ["petal_length"]);
  await post(server.url, "api/2.0/mlflow/runs/set-tag", {
    run_id: seeded.runId,
    key: "mlflow.source.git.commit",
    value: "0123456789abcdef0123456789abcdef01234567",
  });
  await post(server.url, "api/2.0/mlflow/runs/log-metric", {
    run_id: seeded.runId,
    key: "system/cpu_utilization_percentage",
    value: 42,
    step: 0,
    timestamp: Date.now(),
  });
  await createRun(server.url, "0", {
    name: "a child",
    metrics: { accuracy: 0.5 },
    tags: { "mlflow.parentRunId": seeded.runId },
    status: "FINISHED",
  });
  await page.goto(`/runs/${seeded.runId}`);
  await expect(page.getByText("0123456789", { exact: true })).toBeVisible();
  await expect(page.getByText("flowers")).toBeVisible();
  await expect(page.getByText("training", { exact: true })).toBeVisible();
  const outputs = page.locator("section", { has: page.getByRole("heading", { name: "Outputs" }) });
  await expect(outputs.getByRole("listitem").filter({ hasText: "flower-classifier" })).toContainText("at step 0");
  await expect(outputs.getByRole("link", { name: "flower-classifier" })).toHaveAttribute(
    "href",
    new RegExp(`/logged-models/${model}$`),
  );
  await page.getByRole("link", { name: "System", exact: true }).click();
  await expect(page.getByRole("region", { name: /cpu_utilization_percentage/ })).toBeVisible();
  await page.getByRole("link", { name: /^Children/ }).click();
  await page.getByRole("link", { name: "a child" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("a child");
  await expect(page.getByRole("link", { name: "Parent run" })).toBeVisible();
});

test("a logged model has a page with its schema, files and run", async ({ page, server }) => {
  const run = await seedRun(server, "maker");
  const model = await seedModel(server, run, "classifier", ["petal_length", "petal_width"]);
  await page.goto("/experiments/0/models");
  await page.getByRole("link", { name: "classifier" }).first().click();
  await expect(page).toHaveURL(new RegExp(`/logged-models/${model}$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("classifier");
  await expect(page.getByText("petal_length")).toBeVisible();
  await expect(page.getByRole("tree", { name: "Files" }).getByText("MLmodel")).toBeVisible();
  await page.getByRole("link", { name: "maker" }).first().click();
  await expect(page).toHaveURL(new RegExp(`/runs/${run.runId}$`));
});

test("the theme is chosen, kept, and changes what is drawn", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/experiments");
  const ground = () =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor + document.documentElement.dataset["theme"]);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const light = await ground();
  const choose = async (name: string) => {
    await page.getByRole("button", { name: "Theme" }).click();
    await page.getByRole("menuitemcheckbox", { name }).click();
  };
  await choose("Dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await ground()).not.toBe(light);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await choose("As the system");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("what could not be loaded is told, and tried again", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "unreachable");
  const run = await createRun(server.url, experiment, { name: "there", metrics: { loss: 1 }, status: "FINISHED" });
  await server.upload(`mlflow-artifacts:/${experiment}/${run}/artifacts`, "plots/note.txt", "text");
  for (const [address, request, found] of [
    [`/experiments/${experiment}`, "**/runs/search*", "there"],
    [`/runs/${run}`, "**/runs/get*", "loss"],
    [`/runs/${run}/artifacts`, "**/artifacts/list*", "plots"],
    ["/models", "**/registered-models/search*", "No registered models"],
  ] as const) {
    await page.route(request, (route) => route.abort());
    await page.goto(address);
    const failure = page.getByRole("alert").filter({ hasText: "could not" }).first();
    await expect(failure).toBeVisible();
    await page.unroute(request);
    await failure.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText(found).first()).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
  // A directory that cannot be listed is not a file that is missing.
  await page.route("**/artifacts/list*plots*", (route) => route.abort());
  await page.goto(`/runs/${run}/artifacts/plots/note.txt`);
  await expect(page.getByText("plots could not be listed")).toBeVisible();
  await page.unroute("**/artifacts/list*plots*");
  await page.getByRole("region", { name: "Preview" }).getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("region", { name: "Preview" })).toContainText("text");
});

test("tags of a run are changed in a window, and taken back from there", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "tags");
  const run = await createRun(server.url, experiment, { name: "tagged", tags: { team: "vision" }, status: "FINISHED" });
  await page.goto(`/runs/${run}`);
  await page.getByRole("button", { name: "Edit tags" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Delete tag team" }).click();
  await expect(dialog.getByText("No tags yet.")).toBeVisible();
  await dialog.getByRole("button", { name: "Undo" }).click();
  await expect(dialog.getByText("vision")).toBeVisible();

  await page.route("**/runs/change", (route) => route.abort());
  await dialog.getByRole("button", { name: "Delete tag team" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The tag was not deleted");
  await expect(dialog.getByText("vision")).toBeVisible();
  await page.unroute("**/runs/change");

  await dialog.getByLabel("Tag key").fill("team");
  await dialog.getByLabel("Tag value").fill("speech");
  await dialog.getByRole("button", { name: "Set tag" }).click();
  await expect(dialog.getByText("speech")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  // The offer is still there when the window is closed.
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("vision")).toBeVisible();
});

test("nothing jumps while a page is loaded", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "calm");
  const ids = await createRuns(server.url, experiment, sweep(60));
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  const seeded = await seedRun(server, "maker");
  const model = await seedModel(server, seeded, "classifier", ["petal_length"]);
  await server.call("POST", "registered-models/create", { name: "flowers" });
  const version = { name: "flowers", source: `models:/${model}`, model_id: model, run_id: seeded.runId };
  await server.call("POST", "model-versions/create", version);
  const [first, ...others] = ids.slice(0, 5);
  for (const address of [
    "/experiments",
    `/experiments/${experiment}`,
    `/runs/${first ?? ""}`,
    `/runs/${first ?? ""}/charts`,
    `/compare?run=${[first, ...others].join("&run=")}`,
    "/models",
    "/models/flowers",
    "/experiments/0/models",
  ]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
    const moved = await page.evaluate(() =>
      (window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0),
    );
    // Good is at most 0.1 (web.dev/cls); the text of a heading may take the place of its name's skeleton.
    expect({ address, good: moved <= 0.1, moved }).toMatchObject({ address, good: true });
  }
});

test("a preview stays as it was unfolded while its run goes on", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "goes on");
  const run = await createRun(server.url, experiment, { name: "before" });
  const root = `mlflow-artifacts:/${experiment}/${run}/artifacts`;
  await server.upload(root, "settings.json", '{"layers": [{"units": 64}]}');
  await page.goto(`/runs/${run}/artifacts/settings.json`);
  await page.getByRole("button", { name: "layers:" }).click();
  await expect(page.getByRole("button", { name: "0:" })).toBeVisible();
  await post(server.url, "api/2.0/mlflow/runs/update", { run_id: run, run_name: "after" });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("after");
  await expect(page.getByRole("button", { name: "0:" })).toBeVisible();
});

test("what is chosen in the palette stays chosen when a late answer comes", async ({ page, server }) => {
  await seedRun(server, "needle run");
  await server.call("POST", "registered-models/create", { name: "needle model" });
  await page.goto("/models");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  const option = (name: string) => page.getByRole("listbox", { name: "Results" }).getByRole("option", { name });
  await expect(option("needle run")).toBeVisible();
  await expect(option("needle model")).toBeVisible();
  // Until the answer to what is typed comes, what was found before is shown as far as it fits.
  let answered = 0;
  await page.route("**/search*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
    answered += 1;
  });
  await page.keyboard.type("needle");
  await page.keyboard.press("ArrowDown");
  await expect(option("needle run")).toHaveAttribute("aria-selected", "true");
  await expect.poll(() => answered).toBeGreaterThan(0);
  await page.waitForTimeout(1000);
  await expect(option("needle run")).toHaveAttribute("aria-selected", "true");
});
