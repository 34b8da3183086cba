import { defineConfig } from "@playwright/test";
import { join } from "node:path";

import { CHROMIUM } from "../journeys/chromium";
import { ROOT } from "../journeys/program";

// A development build is several times slower, and reads the UI's files as they are at the moment.
process.env["TRAINYARD_BIN"] ??= join(ROOT, "target/release/trainyard");

// Measurements of the web UI: `make bench-ui`, or one part with `npm run bench -- table`. Each leaves its figures in
// target/bench-ui/figures, and what is there goes into docs/performance.md in the end.
export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  workers: 1,
  // Stores are filled on first use, and a live run is watched for ten minutes.
  timeout: 90 * 60_000,
  retries: 0,
  reporter: [["list"]],
  outputDir: "../test-results/bench",
  globalTeardown: "./report.ts",
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: CHROMIUM,
  },
});
