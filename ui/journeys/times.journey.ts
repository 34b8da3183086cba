/** Times are told in the reader's zone and language. */
import { createExperiment, createRun } from "./seed";
import { expect, test } from "./server";

test.use({ timezoneId: "Asia/Kolkata", locale: "en-GB" });

test("times are those of the reader's zone", async ({ page, server }) => {
  const experiment = await createExperiment(server.url, "far away");
  const start = Date.UTC(2026, 0, 31, 20, 15, 30);
  const run = await createRun(server.url, experiment, { name: "at night", start, status: "FINISHED" });
  await page.goto(`/runs/${run}`);
  // Five and a half hours on, which is another day and another month.
  await expect(page.locator("dl")).toContainText(/1 Feb 2026, 01:45:30/);
  await page.goto(`/experiments/${experiment}`);
  await expect(page.locator(".runs-row").getByText(/1 Feb/)).toBeVisible();
});
