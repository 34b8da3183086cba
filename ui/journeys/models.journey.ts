/** From a run's model to a registered one: register, alias, compare, describe, take back. */
import { seedModel, seedRun } from "./models-seed";
import { expect, test } from "./server";

test("register a model from a run and set an alias", async ({ page, server }) => {
  const run = await seedRun(server, "first run");
  await seedModel(server, run, "classifier", ["length", "width"]);

  await page.goto(`/runs/${run.runId}/models`);
  await page.getByRole("button", { name: "Register" }).click();
  const dialog = page.getByRole("dialog", { name: "Register model" });
  await dialog.getByLabel("Registered model").fill("iris/flowers");
  await expect(dialog.getByText("A name cannot contain / or :.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Register", exact: true })).toBeDisabled();
  await dialog.getByLabel("Registered model").fill("iris");
  await expect(dialog.getByText("A new registered model.")).toBeVisible();
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(/\/models\/iris\/versions\/1$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("iris version 1");
  const lineage = page.getByRole("list", { name: "Lineage" });
  await expect(lineage).toContainText("flowers");
  await expect(lineage.getByRole("link", { name: "first run" })).toBeVisible();
  await expect(page.getByRole("row", { name: "length double yes" })).toBeVisible();
  await expect(page.getByText('mlflow.sklearn.load_model("models:/iris/1")')).toBeVisible();

  await page.getByRole("button", { name: "Set an alias for version 1" }).click();
  await page.getByRole("textbox", { name: "Alias for version 1" }).fill("v1");
  await expect(page.getByText("v and a number would look like a version.")).toBeVisible();
  await page.getByRole("textbox", { name: "Alias for version 1" }).fill("champion");
  await page.keyboard.press("Enter");
  await expect(page.getByText("@champion", { exact: true })).toBeVisible();
  await expect(page.getByText('load_model("models:/iris@champion")')).toBeVisible();
  const byAlias = "registered-models/alias?name=iris&alias=champion";
  const found = await server.call<{ model_version: { version: string } }>("GET", byAlias);
  expect(found.model_version.version).toBe("1");

  await page.getByRole("button", { name: "Remove alias champion" }).click();
  await expect(page.getByText("@champion", { exact: true })).toBeHidden();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
  await expect(page.getByText("@champion", { exact: true })).toBeVisible();
});

test("compare two versions, describe and delete", async ({ page, server }) => {
  const run = await seedRun(server, "a run");
  await server.call("POST", "registered-models/create", { name: "iris" });
  for (const columns of [["length"], ["length", "width"]]) {
    const modelId = await seedModel(server, run, "classifier", columns);
    const source = `models:/${modelId}`;
    await server.call("POST", "model-versions/create", { name: "iris", source, model_id: modelId });
  }

  await page.goto("/models");
  await page.getByRole("link", { name: "iris", exact: true }).click();
  await page.getByLabel("Pick version 1 to compare").check();
  await page.getByLabel("Pick version 2 to compare").check();
  await page.getByRole("button", { name: "Compare" }).click();
  const schema = page.getByRole("region", { name: "Schema" });
  await expect(schema.getByRole("row")).toHaveCount(2);
  await expect(schema.getByRole("row", { name: "input width added none double" })).toBeVisible();
  await expect(page.getByRole("row", { name: "scikit-learn changed ==1.1 ==1.2" })).toBeVisible();
  await page.getByRole("button", { name: "Show what is equal" }).click();
  await expect(schema.getByRole("row", { name: "input length same double double" })).toBeVisible();

  await page.goto("/models/iris");
  await page.getByRole("button", { name: "Edit the description" }).click();
  await page.getByLabel("Description, in Markdown").fill("For **flowers** only.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("flowers", { exact: true })).toHaveCSS("font-weight", "700");

  await page.getByRole("button", { name: "Actions on this model" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete registered model" });
  await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("iris");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No registered models yet")).toBeVisible();
});

test("filter and sort the models of an experiment", async ({ page, server }) => {
  const run = await seedRun(server, "a run");
  await seedModel(server, run, "small", ["a"]);
  await seedModel(server, run, "large", ["a", "b"]);
  await page.goto("/experiments/0/models");
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.keyboard.press("/");
  await page.keyboard.type("name = 'small'");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("link", { name: "small" })).toBeVisible();
  await page.getByRole("combobox", { name: "Filter models" }).fill("name ==");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("at character");
});

test("the palette finds by name", async ({ page, server }) => {
  await seedRun(server, "needle run");
  await server.call("POST", "registered-models/create", { name: "needle model" });
  await page.goto("/models");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("combobox", { name: /Search experiments/ })).toBeFocused();
  await page.keyboard.type("needle");
  const results = page.getByRole("listbox", { name: "Results" });
  await expect(results.getByRole("option")).toHaveCount(2);
  await expect(results.getByRole("option", { name: "needle model" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\/[0-9a-f]{32}/);
});

test("what is written about one model stays with it when another is opened", async ({ page, server }) => {
  for (const name of ["first model", "second model"]) await server.call("POST", "registered-models/create", { name });
  await page.goto("/models/first%20model");
  await page.getByRole("button", { name: "Edit the description" }).click();
  await page.getByLabel("Description, in Markdown").fill("About the first.");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("combobox", { name: /Search experiments/ })).toBeFocused();
  await page.keyboard.type("second");
  await expect(page.getByRole("option", { name: "second model" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("second model");
  await expect(page.getByRole("button", { name: "Edit the description" })).toBeVisible();
  await expect(page.getByLabel("Description, in Markdown")).toBeHidden();
});
