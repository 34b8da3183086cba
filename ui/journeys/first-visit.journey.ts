import { createExperiment, createRun } from "./seed";
import { expect, test } from "./server";

test("the first visit to an empty store shows what to type, and the first run appears by itself", async ({
  page,
  server,
}) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/experiments$/);
  await expect(page.getByRole("link", { name: "Default" })).toBeVisible();

  await page.getByRole("link", { name: "Default" }).click();
  await expect(page.getByText("No runs yet")).toBeVisible();
  await expect(page.locator("pre")).toContainText(`mlflow.set_tracking_uri("${server.url}")`);

  await createRun(server.url, "0", { name: "first-run", metrics: { accuracy: 0.97 } });
  await expect(page.getByRole("link", { name: "first-run" })).toBeVisible();
});

test("an experiment is made, renamed, deleted and restored by keyboard alone", async ({ page, server }) => {
  await page.goto("/experiments");
  await expect(page.getByRole("link", { name: "Default" })).toBeVisible();
  await page.keyboard.press("n");
  await page.keyboard.type("iris");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "iris" })).toBeVisible();

  await page.goBack();
  await page.getByRole("link", { name: "iris" }).focus();
  await page.keyboard.press("F2");
  await expect(page.getByRole("dialog", { name: "Rename experiment" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("iris-2");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "iris-2" })).toBeVisible();

  await page.getByRole("link", { name: "iris-2" }).focus();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("link", { name: "iris-2" })).toBeHidden();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByRole("link", { name: "iris-2" })).toBeVisible();

  await createExperiment(server.url, "other");
  await page.keyboard.press("/");
  await page.keyboard.type("oth");
  await expect(page.getByRole("link", { name: "iris-2" })).toBeHidden();
});

test("a name that is taken is told in the window, which stays open", async ({ page, server }) => {
  await createExperiment(server.url, "iris");
  await page.goto("/experiments");
  await page.getByRole("button", { name: "New experiment" }).click();
  await page.getByLabel("Name").fill("iris");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("already exists");
});
