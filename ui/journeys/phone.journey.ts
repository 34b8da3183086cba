/** Every page on a phone: nothing sticks out at the side, and what is pressed is large enough. */
import { createExperiment, createRun, createRuns, sweep } from "./seed";
import { seedModel } from "./models-seed";
import { expect, test } from "./server";

const SHOTS = process.env["TRAINYARD_PHONE_SHOTS"];

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
      run_id: run,
    });
  }
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
    "logged-model": `/logged-models/${model}`,
    "not-found": "/nowhere",
  };
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
    const wide = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      // Inside of something that scrolls by itself, wide things are all right.
      const scrolls = (element: Element | null): boolean =>
        element !== null &&
        element !== document.body &&
        (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX) ||
          scrolls(element.parentElement));
      return [...document.querySelectorAll("main *")]
        .filter((element) => element.getBoundingClientRect().right > room + 1 && !scrolls(element.parentElement))
        .map((element) => `${element.tagName.toLowerCase()}.${element.className.toString()}`);
    });
    expect({ name, wide }).toEqual({ name, wide: [] });
    const main = await page.evaluate(() => {
      const element = document.querySelector("main");
      return element ? element.scrollWidth - element.clientWidth : 0;
    });
    expect({ name, main }).toEqual({ name, main: 0 });
  }
});
