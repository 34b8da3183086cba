/** A run that goes on while it is looked at. */
import { createExperiment, createRun, post } from "./seed";
import { expect, test } from "./server";

const API = "api/2.0/mlflow/";

async function log(url: string, run_id: string, key: string, from: number, to: number): Promise<void> {
  const metrics = Array.from({ length: to - from }, (_, at) => ({
    key,
    value: 1 / (1 + from + at),
    step: from + at,
    timestamp: Date.now(),
  }));
  await post(url, `${API}runs/log-batch`, { run_id, metrics });
}

test("a live run grows: values, lines, status and log", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "live");
  const run = await createRun(server.url, experiment, { name: "long training", params: { lr: "0.1" } });
  await log(server.url, run, "loss", 0, 10);

  await page.goto(`/runs/${run}`);
  const metrics = page.getByRole("table", { name: "Metrics" });
  await expect(metrics.getByRole("row", { name: /loss/ })).toContainText("9");
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  const duration = page.getByText(/running for/);
  const before = await duration.textContent();
  await expect.poll(() => duration.textContent()).not.toBe(before);

  // Points and metrics that are logged now appear by themselves.
  await log(server.url, run, "loss", 10, 25);
  await log(server.url, run, "accuracy", 0, 1);
  await expect(metrics.getByRole("row", { name: /loss/ })).toContainText("24");
  await expect(metrics.getByRole("row", { name: /accuracy/ })).toBeVisible();

  await page.getByRole("link", { name: "Charts" }).click();
  const chart = page.getByRole("region", { name: "loss" });
  const plot = chart.getByRole("application");
  await expect(plot).toBeVisible();
  const last = async (): Promise<string | null> => {
    await plot.focus();
    for (let jump = 0; jump < 12; jump += 1) await page.keyboard.press("Shift+ArrowRight");
    return chart.locator(".chart-readout-title").textContent();
  };
  await expect.poll(last).toBe("step 24");
  await log(server.url, run, "loss", 25, 100);
  await expect.poll(last).toBe("step 99");

  // Another change of the run leaves the charts as they are.
  await plot.evaluate((element) => element.setAttribute("data-stays", "yes"));
  await post(server.url, `${API}runs/update`, { run_id: run, run_name: "very long training" });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("very long training");
  await expect(plot).toHaveAttribute("data-stays", "yes");

  // The log is followed from its end.
  const root = await artifactRoot(server.url, run);
  await put(server.url, `${root}/train.log`, "epoch 1\n");
  await page.getByRole("link", { name: "Logs" }).click();
  const text = page.getByLabel("Text of the log");
  await expect(text).toHaveText(/epoch 1/);
  await put(server.url, `${root}/train.log`, "epoch 1\nepoch 2\n");
  await expect(text).toHaveText(/epoch 2/);

  await post(server.url, `${API}runs/update`, { run_id: run, status: "FINISHED", end_time: Date.now() });
  await expect(page.getByText("Finished")).toBeVisible();
});

test("a run is renamed, described, tagged, deleted and brought back", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "edited");
  const run = await createRun(server.url, experiment, { name: "first name", metrics: { loss: 1 }, status: "FINISHED" });
  await page.goto(`/runs/${run}`);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name of the run" }).fill("second name");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("second name");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("first name");

  await page.getByRole("button", { name: "Edit tags" }).click();
  await page.getByRole("textbox", { name: "Tag key" }).fill("stage");
  await page.getByRole("textbox", { name: "Tag value" }).fill("candidate");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.locator(".tag", { hasText: "stage" })).toContainText("candidate");

  await page.getByRole("button", { name: "More about the run" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByText("Deleted", { exact: true })).toBeVisible();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
  await expect(page.getByText("Deleted", { exact: true })).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("Finished")).toBeVisible();
});

async function artifactRoot(url: string, run_id: string): Promise<string> {
  const answer = await fetch(`${url}/${API}runs/get?run_id=${run_id}`);
  const { run } = (await answer.json()) as { run: { info: { artifact_uri: string } } };
  return run.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, "");
}

async function put(url: string, path: string, content: string): Promise<void> {
  const answer = await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", body: content });
  if (!answer.ok) throw new Error(`PUT ${path}: ${String(answer.status)}`);
}

test("files of a live run appear, and a log that is written anew is read anew", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "live files");
  const run = await createRun(server.url, experiment, { name: "writes files" });
  const root = `mlflow-artifacts:/${experiment}/${run}/artifacts`;
  await page.goto(`/runs/${run}/artifacts`);
  await expect(page.getByText("No files yet")).toBeVisible();
  await server.upload(root, "plots/first.txt", "one");
  const tree = page.getByRole("tree", { name: "Files" });
  await tree.getByRole("treeitem", { name: "plots" }).click();
  await tree.getByRole("treeitem", { name: "first.txt" }).click();
  await expect(page.getByRole("region", { name: "Preview" })).toContainText("one");
  // An open directory is listed again, by itself and on request.
  await server.upload(root, "plots/second.txt", "two");
  await expect(tree.getByRole("treeitem", { name: "second.txt" })).toBeVisible();
  await server.upload(root, "plots/third.txt", "three");
  await page.getByRole("button", { name: "List the files again" }).click();
  await expect(tree.getByRole("treeitem", { name: "third.txt" })).toBeVisible({ timeout: 9000 });

  await server.upload(root, "train.log", "epoch 1\nepoch 2\nepoch 3\n");
  await page.getByRole("link", { name: "Logs" }).click();
  const text = page.getByLabel("Text of the log");
  await expect(text).toHaveText(/epoch 3/);
  await server.upload(root, "train.log", "restarted\n");
  await expect(text).toHaveText(/restarted/);
  await expect(text).not.toHaveText(/epoch/);
});

test("a log that is begun while somebody waits for it appears by itself", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "silent");
  const run = await createRun(server.url, experiment, { name: "silent at first" });
  await page.goto(`/runs/${run}/logs`);
  await expect(page.getByText("No logs")).toBeVisible();
  await server.upload(`mlflow-artifacts:/${experiment}/${run}/artifacts`, "train.log", "epoch 1\n");
  await expect(page.getByLabel("Text of the log")).toHaveText(/epoch 1/, { timeout: 40_000 });
});

test("metrics of children are those of now", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "family");
  const parent = await createRun(server.url, experiment, { name: "parent" });
  const tags = { "mlflow.parentRunId": parent };
  const child = await createRun(server.url, experiment, { name: "child", metrics: { loss: 0.75 }, tags });
  const listening = page.waitForResponse((response) => response.url().includes(`experiment_id=${experiment}`));
  await page.goto(`/runs/${parent}/children`);
  const line = page.getByRole("row", { name: /child/ });
  await expect(line).toContainText("0.75");
  await listening;
  await post(server.url, `${API}runs/log-metric`, {
    run_id: child,
    key: "loss",
    value: 0.125,
    step: 9,
    timestamp: Date.now(),
  });
  await expect(line).toContainText("0.125");
});
