/** Journeys with a Trainyard server of their own each. */
import { test as base } from "@playwright/test";

import { type Server, startServer } from "./program";

export { Server, startServer } from "./program";

/** A page that logs an error or breaks the content security policy fails its journey. */
export const test = base.extend<{ server: Server; problems: string[] }>({
  // Playwright finds out what a fixture needs from this pattern.
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        // The browser tells of every answer that is an error; journeys look at what the page makes of them.
        const answer = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !answer) problems.push(message.text());
      });
      await use(problems);
      base.expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});

export const expect = base.expect;
