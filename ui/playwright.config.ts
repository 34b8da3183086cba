import { defineConfig } from "@playwright/test";

import { CHROMIUM } from "./journeys/chromium";

export default defineConfig({
  testDir: "journeys",
  testMatch: "*.journey.ts",
  // Every journey has a server of its own; more at once only take each other's time.
  workers: 1,
  timeout: 120_000,
  // Slow machines need longer, and a journey that passes the second time only is told as flaky.
  expect: { timeout: 20_000 },
  retries: 1,
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: CHROMIUM,
  },
});
