import { defineConfig } from "@playwright/test";

import { CHROMIUM } from "../journeys/chromium";

// Pictures of every page: `make screenshots`. All of them are kept in ui/test-results/screenshots, to be looked at; those that
// docs/ui.md shows go, smaller, to docs/images/ui.
export default defineConfig({
  testDir: ".",
  testMatch: "*.shots.ts",
  workers: 1,
  timeout: 30 * 60_000,
  retries: 0,
  reporter: [["list"]],
  outputDir: "../test-results/screenshots-work",
  use: { launchOptions: CHROMIUM },
});
