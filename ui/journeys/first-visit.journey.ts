import type { Page } from "@playwright/test";

import { watchSearches } from "./rest";
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

test("experiments that others make, rename and delete come and go by themselves", async ({ page, server }) => {
  const listening = page.waitForResponse((response) => response.url().includes("all_experiments=true"));
  await page.goto("/experiments");
  await listening;
  await expect(page.getByRole("link", { name: "Default" })).toBeVisible();
  const id = await createExperiment(server.url, "from elsewhere");
  await expect(page.getByRole("link", { name: "from elsewhere" })).toBeVisible();
  await server.call("POST", "experiments/update", { experiment_id: id, new_name: "with a new name" });
  await expect(page.getByRole("link", { name: "with a new name" })).toBeVisible();
  await server.call("POST", "experiments/delete", { experiment_id: id });
  await expect(page.getByRole("link", { name: "with a new name" })).toBeHidden();
  await server.call("POST", "experiments/restore", { experiment_id: id });
  await expect(page.getByRole("link", { name: "with a new name" })).toBeVisible();
});

test("who reads further down is told of new experiments, and nothing moves", async ({ page, server }) => {
  for (let at = 0; at < 60; at++) await createExperiment(server.url, `e-${String(at)}`);
  const looked = listLooksAgain(page);
  await page.goto("/experiments");
  await looked;
  await expect(page.getByRole("link", { name: "e-59" })).toBeVisible();
  await page.locator(".experiments-body").evaluate((element) => (element.scrollTop = 1500));
  await expect(page.getByRole("link", { name: "e-20" })).toBeVisible();
  await createExperiment(server.url, "new one");
  const told = page.getByRole("button", { name: "1 new experiment" });
  await expect(told).toBeVisible();
  expect(await page.locator(".experiments-body").evaluate((element) => element.scrollTop)).toBe(1500);
  await told.click();
  await expect(page.getByRole("link", { name: "new one" })).toBeVisible();
  await expect(told).toBeHidden();
});

test("what the list finds that it had missed moves nothing for who reads further down", async ({ page, server }) => {
  for (let at = 0; at < 60; at++) await createExperiment(server.url, `e-${String(at)}`);
  let proceed = () => {};
  const made = new Promise<void>((resolve) => (proceed = resolve));
  await page.route(/\/events\?.*experiment_id=/, async (route) => {
    await made;
    await route.continue();
  });
  const searched = watchSearches(page);
  const looked = listLooksAgain(page);
  await page.goto("/experiments");
  await expect(page.getByRole("link", { name: "e-59" })).toBeVisible();
  await page.locator(".experiments-body").evaluate((element) => (element.scrollTop = 1500));
  await expect(page.getByRole("link", { name: "e-20" })).toBeVisible();
  await createExperiment(server.url, "new one");
  proceed();
  await looked;
  await searched();
  await expect(page.getByRole("button", { name: "1 new experiment" })).toBeVisible();
  expect(await page.locator(".experiments-body").evaluate((element) => element.scrollTop)).toBe(1500);
});

/** Once it listens to the experiments it shows, the list asks for the first of them: something may have been missed. */
async function listLooksAgain(page: Page): Promise<void> {
  let heard = false;
  await page.waitForResponse((response) => {
    const address = response.url();
    heard ||= ["all_experiments=true", "experiment_id="].every((topic) => address.includes(topic));
    if (!heard || !address.endsWith("experiments/search")) return false;
    return (response.request().postDataJSON() as { max_results?: number }).max_results === 1;
  });
}

test("a page is asked for once on the way from the experiments to their runs", async ({ page, server }) => {
  const id = await createExperiment(server.url, "read once");
  await createRun(server.url, id, { name: "only", status: "FINISHED" });
  // The list is heard of as a whole at first, and with each of its experiments once it is there.
  const opened = page.waitForResponse((response) =>
    ["all_experiments=true", `experiment_id=${id}`].every((topic) => response.url().includes(topic)),
  );
  await page.goto("/experiments");
  await opened;
  const searches: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/runs/search")) searches.push(request.url());
  });
  const listening = page.waitForResponse((response) => response.url().includes(`events?experiment_id=${id}`));
  await page.getByRole("link", { name: "read once" }).click();
  await expect(page.getByRole("link", { name: "only" })).toBeVisible();
  await listening;
  // Longer than the old connection is kept, and changes are gathered.
  await page.waitForTimeout(2000);
  expect(searches).toHaveLength(1);
});

test("a part of the app that an update of the server took away leads to a new page", async ({
  page,
  server,
  problems,
}) => {
  await page.goto("/experiments");
  await expect(page.getByRole("link", { name: "Default" })).toBeVisible();
  await page.route("**/assets/**", (route) => route.fulfill({ status: 404, body: "" }));
  await page.getByRole("link", { name: "Models" }).first().click();
  await expect(page.getByText("A part of the app could not be loaded")).toBeVisible();
  await page.unroute("**/assets/**");
  await page.getByRole("button", { name: "Load the page anew" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveURL(`${server.url}/models`);
  // The browser and the page have said what was missing.
  problems.splice(0);
});

test("the palette finds a run by its whole id, whichever experiment it is in", async ({ page, server }) => {
  const id = await createExperiment(server.url, "gone");
  const run = await createRun(server.url, id, { name: "still known" });
  // Runs of deleted experiments are in none of those that are searched.
  await server.call("POST", "experiments/delete", { experiment_id: id });
  await page.goto("/experiments");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type(run);
  await expect(page.getByRole("option", { name: /still known/ })).toBeVisible();
});

test("what is typed before the palette is there becomes its text", async ({ page, server }) => {
  await createExperiment(server.url, "gearbox");
  await page.goto("/models");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  let deliver = () => {};
  const late = new Promise<void>((resolve) => (deliver = resolve));
  await page.route("**/assets/palette-*.js", async (route) => {
    await late;
    await route.continue();
  });
  await page.keyboard.press("ControlOrMeta+k");
  // To the page alone, the first two would mean another one.
  await page.keyboard.type("gearz");
  await page.keyboard.press("Backspace");
  deliver();
  await expect(page.getByRole("combobox", { name: /Search experiments/ })).toHaveValue("gear");
  await expect(page).toHaveURL(`${server.url}/models`);
  await page.keyboard.type("box");
  await page.getByRole("option", { name: /gearbox/ }).click();
  await expect(page.getByText("gearbox").first()).toBeVisible();
});

test("a window whose code is gone gives the keys back, and says what to do", async ({ page, server, problems }) => {
  await page.goto("/models");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.route("**/assets/**", (route) => route.fulfill({ status: 404, body: "" }));
  for (const key of ["ControlOrMeta+k", "?"]) {
    await page.keyboard.press(key);
    const missing = "A part of the app could not be loaded";
    const told = page.getByRole("status").locator(".toast").filter({ hasText: missing });
    await expect(told).toBeVisible();
    await told.getByRole("button", { name: "Dismiss" }).click();
    await expect(told).toHaveCount(0);
  }
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByText("A part of the app could not be loaded")).toBeVisible();
  await page.unroute("**/assets/**");
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Load the page anew" }).click();
  await loaded;
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await expect(page).toHaveURL(`${server.url}/experiments`);
  // The browser and the page have said what was missing.
  problems.splice(0);
});

test("Enter and Tab wait for the palette as letters do", async ({ page, server }) => {
  await page.goto("/models");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  let deliver = () => {};
  const late = new Promise<void>((resolve) => (deliver = resolve));
  await page.route("**/assets/palette-*.js", async (route) => {
    await late;
    await route.continue();
  });
  const link = page.getByRole("link", { name: "Experiments" });
  await link.focus();
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.press("Tab");
  await expect(link).toBeFocused();
  await page.keyboard.press("Enter");
  deliver();
  await expect(page.getByRole("combobox", { name: /Search experiments/ })).toBeVisible();
  await expect(page).toHaveURL(`${server.url}/models`);
});

test("a new name of an experiment reaches the page of its runs", async ({ page, server }) => {
  const id = await createExperiment(server.url, "old name");
  await createRun(server.url, id, { name: "only", status: "FINISHED" });
  const listening = page.waitForResponse((response) => response.url().includes(`events?experiment_id=${id}`));
  await page.goto(`/experiments/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("old name");
  await listening;
  await server.call("POST", "experiments/update", { experiment_id: id, new_name: "new name" });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("new name");
  await expect(page.getByRole("link", { name: "only" })).toBeVisible();
});

test("a name that is taken is told in the window, which stays open", async ({ page, server }) => {
  await createExperiment(server.url, "iris");
  await page.goto("/experiments");
  await page.getByRole("button", { name: "New experiment" }).click();
  await page.getByLabel("Name").fill("iris");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("already exists");
});
